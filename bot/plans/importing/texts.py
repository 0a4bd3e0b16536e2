"""Text on its way into a cell and out of it."""

from __future__ import annotations

import re

from bot.plans.national_numbers import holds_national_number

UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")  # neither XML nor PostgreSQL takes them
FORMULA_STARTS = tuple("=+-@＝＋－＠")  # a spreadsheet computes what begins with one of these, whoever wrote it
LONGEST_SHOWN = 60
NATIONAL_NUMBER = "(a national identity number)"


def clean(text: str) -> str:
    """A text without blanks at its ends, with one kind of line break and without control characters."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def escaped(text: str) -> str:
    """A text as a CSV file holds it: an apostrophe before what a spreadsheet would compute. `unescaped` takes it away again."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) or _is_escaped(text) else text


def unescaped(text: str) -> str:
    """What `escaped` was given."""
    return text[1:] if _is_escaped(text) else text


def _is_escaped(text: str) -> bool:
    return text.startswith("'") and text[1:].startswith((*FORMULA_STARTS, "'"))


def is_national_number(text: str) -> bool:
    """True when a cell holds a national identity number, also one whose first nought a spreadsheet has taken away."""
    return holds_national_number(text) or (len(text) == 10 and text.isdigit() and holds_national_number(f"0{text}"))


def shown(value: object) -> str:
    """A value as a report may show it: short, and never a national identity number."""
    text = " ".join(str(value).split())
    if is_national_number(text):
        return NATIONAL_NUMBER
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN].rstrip()} ..."
