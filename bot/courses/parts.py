"""What everything about courses works with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from bot.content import Library
from bot.plans.moments import this_moment
from bot.storage.sealing import Seal


@dataclass(frozen=True)
class Courses:
    """The key of sealed words, the content, the key of one-time codes (bot.plans.link_codes.link_key), and a clock in UTC."""

    seal: Seal
    library: Library
    key: bytes
    clock: Callable[[], dt.datetime] = this_moment
