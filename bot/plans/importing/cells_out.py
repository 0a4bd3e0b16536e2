"""Values as cells, so that reading them again gives the same values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from bot.plans.importing.days import written_moment
from bot.plans.importing.texts import clean, escaped
from bot.plans.moments import NORWAY

FIRST_OF_SPREADSHEETS = dt.date(1901, 1, 1)  # they count the days of 1900 wrongly


def csv_cell(value: Any) -> str:
    """A value in a CSV file: ISO dates, decimal comma (a Norwegian spreadsheet makes 3.5 a date), no text that would be computed."""
    if isinstance(value, str):
        return escaped(clean(value))
    return as_written(value).replace(".", ",") if isinstance(value, float) else as_written(value)


def workbook_cell(value: Any) -> Any:
    """A value in a workbook: numbers and dates as such, where a workbook can hold them; a moment as Norwegian time."""
    if isinstance(value, dt.datetime):
        local = value.astimezone(NORWAY)
        exact = not local.fold and not local.microsecond and local.time() != dt.time()
        return local.replace(tzinfo=None) if exact else as_written(value)
    if isinstance(value, dt.date) and value >= FIRST_OF_SPREADSHEETS:
        return value
    if isinstance(value, float):
        return value if float(f"{value:.15g}") == value else as_written(value)  # a spreadsheet keeps fifteen digits
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return as_written(value)


def as_written(value: Any) -> str:
    """A value in words and digits; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    if isinstance(value, dt.datetime):
        return written_moment(value)
    return clean(value) if isinstance(value, str) else str(value)
