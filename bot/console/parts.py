"""What every page of the console works with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.desk.handing_over import Desk
from bot.settings import Settings
from bot.storage.sealing import Seal


@dataclass(frozen=True)
class Parts:
    """Database, key, content, desk and settings of one installation."""

    sessions: sessionmaker[Session]
    seal: Seal
    library: Library
    desk: Desk
    settings: Settings

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One change with its entry in the audit log: all of it or nothing."""
        with self.sessions.begin() as session:
            yield session

    def now(self) -> dt.datetime:
        """This moment in UTC, by the desk's clock."""
        return self.desk.clock()
