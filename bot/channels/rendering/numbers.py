"""Answering a numbered list with a bare number, in the digits people have on their keyboards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.channels.rendering.isolates import LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK, without_isolates

MARKS = LEFT_TO_RIGHT_MARK + RIGHT_TO_LEFT_MARK
# Latin, Arabic-Indic and Extended Arabic-Indic digits; Ethiopic tens and ones, which are added. One full stop may follow.
NUMBER = re.compile("([1-9][0-9]{0,2}|[١-٩][٠-٩]{0,2}|[۱-۹][۰-۹]{0,2}|[፲-፺]?[፩-፱]|[፲-፺])\\.?")


def picked(text: str, numbered: Sequence[str]) -> str | None:
    """The payload that a bare number stands for ("3", "٣", "۳", "፫", "3.", " 3 "); None for anything else."""
    found = NUMBER.fullmatch(without_isolates(text).strip().strip(MARKS).strip())
    number = _value(found.group(1)) if found else 0
    return numbered[number - 1] if 0 < number <= len(numbered) else None


def _value(digits: str) -> int:
    return int(digits) if digits.isdecimal() else sum(int(unicodedata.numeric(digit)) for digit in digits)
