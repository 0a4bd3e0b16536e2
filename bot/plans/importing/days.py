"""Days and moments as people and spreadsheets write them."""

from __future__ import annotations

import datetime as dt
import re

from bot.plans.importing.specification import BadValue
from bot.plans.moments import NORWAY

ISO = r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
NORWEGIAN = r"(?P<day>\d{1,2})(?P<mark>[./])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})"
TIME = r"(?:T|\s+(?:kl\.?\s*)?)(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,](?P<fraction>\d{1,6})\d*)?)?"
OFFSET = r"(?P<offset>Z|[+-]\d\d:?\d\d)?"
DAYS = [re.compile(form + rf"(?:{TIME})?") for form in (ISO, NORWEGIAN)]
MOMENTS = [re.compile(form + TIME + r"\s*" + OFFSET, re.IGNORECASE) for form in (ISO, NORWEGIAN)]
NO_DATE = "is no date; write 2026-11-21 or 21.11.2026."
NO_MOMENT = "is no day with a time; write 2026-11-24 09:30 or 24.11.2026 09:30."
YEARS = range(1900, 2101)
SERIALS = range(10_000, 80_000)  # 1927 to 2119; a smaller number is rather a year than a day counted by a spreadsheet


def read_day(raw: object) -> dt.date:
    """The day of a cell: 2026-11-21, 21.11.2026, 21/11/2026 or a spreadsheet's own date. Raises BadValue."""
    if isinstance(raw, str):
        raw = _parsed(raw, DAYS, NO_DATE)
    if isinstance(raw, dt.datetime):
        if raw.time() != dt.time():
            raise BadValue("has a time of day, and a day alone belongs here; write 2026-11-21.")
        raw = raw.date()
    if not isinstance(raw, dt.date) or raw.year not in YEARS:
        raise BadValue(NO_DATE)
    return raw


def read_moment(raw: object) -> dt.datetime:
    """The moment of a cell, in UTC. Raises BadValue.

    A time without an offset is Norwegian time; of the hour that comes twice in autumn it is the first.
    """
    if isinstance(raw, str):
        raw = _parsed(raw, MOMENTS, NO_MOMENT)
    elif isinstance(raw, dt.datetime) and raw.time() == dt.time():
        raise BadValue("has no time of day; write 2026-11-24 09:30.")
    if not isinstance(raw, dt.datetime) or raw.year not in YEARS:
        raise BadValue(NO_MOMENT)
    if raw.tzinfo is not None:
        return raw.astimezone(dt.UTC)
    moment = raw.replace(tzinfo=NORWAY).astimezone(dt.UTC)
    if moment.astimezone(NORWAY).replace(tzinfo=None) != raw:
        raise BadValue("does not exist: the clocks go forward in that hour. Write the time after it.")
    return moment


def day_of_serial(raw: object, first: dt.datetime | None) -> object:
    """The day a spreadsheet counted from its first one, where a cell holds it as a bare number; else the cell as it is."""
    if first is None or isinstance(raw, bool) or not isinstance(raw, (int, float)) or int(raw) not in SERIALS:
        return raw
    moment = first + dt.timedelta(days=raw)
    return (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)


def written_day(day: dt.date) -> str:
    """A day as the export writes it."""
    return day.isoformat()


def written_moment(moment: dt.datetime) -> str:
    """A moment as the export writes it: Norwegian time, with its offset in the hour that comes twice."""
    local = moment.astimezone(NORWAY)
    rest = "" if not local.second and not local.microsecond else f":{local:%S}" + (f".{local:%f}" if local.microsecond else "")
    offset = local.isoformat()[-6:] if local.fold else ""
    return f"{local:%Y-%m-%d %H:%M}{rest}{offset}"


def _parsed(text: str, forms: list[re.Pattern[str]], otherwise: str) -> dt.datetime:
    for form in forms:
        if found := form.fullmatch(text):
            try:
                return _moment(found.groupdict())
            except ValueError as error:  # such as the thirteenth month
                raise BadValue(otherwise) from error
    raise BadValue(otherwise)


def _moment(parts: dict[str, str | None]) -> dt.datetime:
    year, month, day, hour, minute, second = (int(parts.get(name) or 0) for name in ("year", "month", "day", "hour", "minute", "second"))
    fraction = int((parts.get("fraction") or "0").ljust(6, "0"))
    offset = parts.get("offset")
    zone = dt.datetime.strptime(offset.upper(), "%z").tzinfo if offset else None
    return dt.datetime(year, month, day, hour, minute, second, fraction, zone)
