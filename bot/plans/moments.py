"""Moments of the tables: always stored in UTC; SQLite gives them back without a time zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

NORWAY = ZoneInfo("Europe/Oslo")


def in_utc(moment: dt.datetime) -> dt.datetime:
    """A moment in UTC; one without a time zone is taken as UTC, as the tables mean it."""
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def this_moment() -> dt.datetime:
    """Now, in UTC."""
    return dt.datetime.now(dt.UTC)


def day_in_norway(moment: dt.datetime) -> dt.date:
    """The day it is in Norway at a moment."""
    return in_utc(moment).astimezone(NORWAY).date()
