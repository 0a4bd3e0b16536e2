"""What a composed message is made of (see composed.py): small makers, so that nobody types the dictionaries."""

from __future__ import annotations

import datetime as dt
from typing import Any

Line = dict[str, Any]
BLANK: Line = {}


def line(phrase: str, **values: Any) -> Line:
    """A phrase with its values; also a value itself, where one phrase stands inside another."""
    return {"phrase": phrase, "values": values} if values else {"phrase": phrase}


def text(*path: str, **values: Any) -> Line:
    """A text of a folder of its own, such as text("interests", "notices", "begin")."""
    return {"text": list(path), "values": values} if values else {"text": list(path)}


def day(value: dt.date) -> Line:
    """A day, written with its weekday in the person's language."""
    return {"day": value.isoformat()}


def moment(value: dt.datetime) -> Line:
    """A moment (with time zone), written as day and time in Norway."""
    return {"moment": value.isoformat()}


def words(text: str) -> Line:
    """Words somebody wrote, shown as they are."""
    return {"words": text}


def quoted(value: Any) -> Line:
    """A value in quotation marks."""
    return {"quoted": value}


def listed(values: list[Any]) -> Line:
    """Several values with the language's comma between them."""
    return {"list": values}


def choice(phrase: str, payload: str) -> Line:
    """A button."""
    return {"phrase": phrase, "payload": payload}
