"""When offices are open: weekdays, Norwegian holidays, the nights when clocks change, and what nobody has written."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.content import Library
from bot.desk.hours import HoursUnreadable, OpeningHours, hours_of, is_holiday, read_hours
from tests.desk.common import at

HOUR = dt.timedelta(hours=1)
NINE_TO_THREE = OpeningHours({day: (dt.time(9), dt.time(15)) for day in range(5)})
UNKNOWN = OpeningHours({})
NIGHT_TOO = OpeningHours({6: (dt.time(0), dt.time(6))})  # Sunday nights, when clocks change


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 08:59", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 14:59", True),
        ("2026-11-23 15:00", False),
        ("2026-11-22 10:00", False),  # Sunday
        ("2026-04-02 10:00", False),  # Maundy Thursday
        ("2026-04-03 10:00", False),  # Good Friday
        ("2026-04-06 10:00", False),  # Easter Monday
        ("2026-04-07 10:00", True),
        ("2027-05-17 10:00", False),  # Constitution Day, a Monday
        ("2026-05-01 10:00", False),
        ("2026-05-14 10:00", False),  # Ascension Day
        ("2026-05-25 10:00", False),  # Whit Monday
        ("2026-12-24 10:00", False),  # Christmas Eve, a Thursday
        ("2026-12-25 10:00", False),
        ("2026-12-31 10:00", False),
        ("2027-01-01 10:00", False),
        ("2026-12-23 10:00", True),
    ],
)
def test_open_or_closed(moment: str, is_open: bool) -> None:
    assert NINE_TO_THREE.is_open(at(moment)) is is_open


def test_sundays_are_holidays_only_where_they_are() -> None:
    assert is_holiday(dt.date(2026, 5, 17)) and is_holiday(dt.date(2026, 12, 24)) and is_holiday(dt.date(2026, 12, 26))
    assert not is_holiday(dt.date(2026, 11, 23))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23 07:00", "2026-11-23 09:00"),
        ("2026-11-23 15:00", "2026-11-24 09:00"),
        ("2026-11-27 16:00", "2026-11-30 09:00"),
        ("2026-04-01 15:30", "2026-04-07 09:00"),  # Wednesday before Easter
        ("2026-12-23 15:00", "2026-12-28 09:00"),  # 24 is closed, 25 and 26 are holidays, 27 is a Sunday
        ("2026-10-23 16:00", "2026-10-26 09:00"),  # over the night when winter time begins
        ("2026-03-27 16:00", "2026-03-30 09:00"),  # and summer time
        ("2026-11-23 10:00", "2026-11-23 10:00"),
    ],
)
def test_the_next_opening(moment: str, opens: str) -> None:
    assert NINE_TO_THREE.next_opening(at(moment)) == at(opens)


@pytest.mark.parametrize(
    ("moment", "hours", "target"),
    [
        ("2026-11-23 10:00", 1, "2026-11-23 11:00"),
        ("2026-11-23 10:00", 6, "2026-11-24 10:00"),
        ("2026-11-23 09:00", 6, "2026-11-23 15:00"),
        ("2026-11-27 14:00", 4, "2026-11-30 12:00"),  # Friday afternoon
        ("2026-11-28 03:00", 4, "2026-11-30 13:00"),  # Saturday night
        ("2026-04-01 14:30", 1, "2026-04-07 09:30"),
        ("2026-05-15 14:00", 6, "2026-05-18 14:00"),  # 17 May 2026 is a Sunday
        ("2027-05-14 14:00", 6, "2027-05-18 14:00"),  # in 2027 a Monday
        ("2026-12-23 14:00", 12, "2026-12-29 14:00"),
    ],
)
def test_so_much_office_time_later(moment: str, hours: int, target: str) -> None:
    assert NINE_TO_THREE.after(at(moment), hours * HOUR) == at(target)


@pytest.mark.parametrize(
    ("start", "end", "passed"),
    [
        ("2026-11-23 10:00", "2026-11-23 12:00", 2 * HOUR),
        ("2026-11-23 14:00", "2026-11-24 10:00", 2 * HOUR),
        ("2026-11-27 15:00", "2026-11-30 09:00", 0 * HOUR),
        ("2026-11-23 00:00", "2026-11-30 00:00", 30 * HOUR),
        ("2026-11-23 12:00", "2026-11-23 10:00", 0 * HOUR),
        ("2026-12-21 00:00", "2026-12-28 00:00", 18 * HOUR),
    ],
)
def test_how_much_office_time_lies_between(start: str, end: str, passed: dt.timedelta) -> None:
    assert NINE_TO_THREE.between(at(start), at(end)) == passed


def test_the_short_night_has_five_hours_and_the_long_one_seven() -> None:
    assert NIGHT_TOO.between(at("2026-03-29 00:00"), at("2026-03-29 12:00")) == 5 * HOUR
    assert NIGHT_TOO.between(at("2026-10-25 00:00"), at("2026-10-25 12:00")) == 7 * HOUR
    assert NIGHT_TOO.after(at("2026-03-29 00:00"), 5 * HOUR) == at("2026-03-29 06:00")


def test_where_no_hours_are_known_nothing_is_promised_and_all_time_counts() -> None:
    assert UNKNOWN.after(at("2026-11-23 10:00"), HOUR) is None
    assert UNKNOWN.next_opening(at("2026-11-23 10:00")) is None
    assert not UNKNOWN.is_open(at("2026-11-23 10:00"))
    assert UNKNOWN.between(at("2026-11-21 10:00"), at("2026-11-22 10:00")) == 24 * HOUR
    assert hours_of(None) == UNKNOWN


def test_the_hours_of_every_municipality_can_be_read(real_library: Library) -> None:
    for municipality in real_library.municipalities().values():
        assert read_hours(municipality).by_weekday, municipality.id


def test_how_hours_are_written(real_library: Library) -> None:
    oslo = real_library.municipalities()["oslo"]
    written = {"monday-thursday": "09:00-15:00", "friday": "9:00 – 12:30"}
    read = read_hours(replace(oslo, opening_hours=written)).by_weekday
    assert sorted(read) == [0, 1, 2, 3, 4]
    assert read[4] == (dt.time(9), dt.time(12, 30))


@pytest.mark.parametrize(
    ("days", "times"),
    [
        ("funday", "09:00-15:00"),
        ("friday-monday", "09:00-15:00"),
        ("monday", "nine to three"),
        ("monday", "15:00-09:00"),
        ("monday", "09:00-24:00"),
        ("monday", "09:70-15:00"),
    ],
)
def test_hours_nobody_can_read_are_named_and_keep_nobody_waiting(real_library: Library, days: str, times: str) -> None:
    municipality = replace(real_library.municipalities()["oslo"], opening_hours={days: times})
    with pytest.raises(HoursUnreadable, match="Write for example|closes before"):
        read_hours(municipality)
    assert hours_of(municipality) == UNKNOWN
