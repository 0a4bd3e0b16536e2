"""What one cell may hold: every form of day, moment, number and code, and what is said about anything else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.library import Library
from bot.plans.importing.days import day_of_serial, read_day, read_moment, written_moment
from bot.plans.importing.kinds import KINDS
from bot.plans.importing.known import known_from
from bot.plans.importing.sheets import ErrorCell
from bot.plans.importing.specification import BadValue, Type
from bot.plans.importing.texts import clean, escaped, unescaped
from bot.plans.importing.values import read_value
from bot.plans.moments import NORWAY
from tests.plans.import_case import TODAY, known

DAY = dt.date(2026, 11, 21)
KNOWN = known()


def value(kind: str, field: str, raw: object) -> object:
    return read_value(KINDS[kind].field(field), raw, KNOWN)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-21",
        "21.11.2026",
        "21/11/2026",
        "2026-11-21 00:00:00",
        "2026-11-21T00:00",
        "21.11.2026 00:00",
        DAY,
        dt.datetime(2026, 11, 21),
    ],
)
def test_a_day_is_read_in_every_form(raw: object) -> None:
    assert read_day(raw) == DAY


def test_one_digit_days_and_leap_days_are_read() -> None:
    assert read_day("1.2.2026") == dt.date(2026, 2, 1)
    assert read_day("29.02.2028") == dt.date(2028, 2, 29)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-21-11",
        "11/21/2026",
        "29.02.2027",
        "21.11.26",
        "21.11/2026",
        "21 November",
        "1826-01-01",
        "46347",
        2026,
        True,
        dt.time(9),
        "yes",
    ],
)
def test_what_is_no_day_says_how_to_write_one(raw: object) -> None:
    with pytest.raises(BadValue, match=r"is no date; write 2026-11-21 or 21\.11\.2026\."):
        read_day(raw)


def test_a_day_with_a_time_is_refused() -> None:
    with pytest.raises(BadValue, match="time of day"):
        read_day("2026-11-21 09:30")


def test_a_bare_number_of_a_workbook_is_the_day_it_counts() -> None:
    first = dt.datetime(1899, 12, 30)
    assert read_day(day_of_serial(46347, first)) == DAY
    assert read_moment(day_of_serial(46350.395833333336, first)) == dt.datetime(2026, 11, 24, 8, 30, tzinfo=dt.UTC)
    assert day_of_serial(2026, first) == 2026 and day_of_serial(46347, None) == 46347 and day_of_serial(True, first) is True


@pytest.mark.parametrize(
    "raw",
    [
        "2026-11-24 09:30",
        "2026-11-24T09:30:00",
        "24.11.2026 09:30",
        "24.11.2026 kl. 09.30",
        "24/11/2026 9:30",
        "2026-11-24T08:30Z",
        "2026-11-24 09:30+01:00",
        "2026-11-24 11:30:00+0300",
        dt.datetime(2026, 11, 24, 9, 30),
    ],
)
def test_a_moment_is_norwegian_time_and_stored_in_utc(raw: object) -> None:
    assert read_moment(raw) == dt.datetime(2026, 11, 24, 8, 30, tzinfo=dt.UTC)


def test_summer_time_counts() -> None:
    assert read_moment("2026-06-24 09:30") == dt.datetime(2026, 6, 24, 7, 30, tzinfo=dt.UTC)


def test_the_hour_that_does_not_exist_is_refused_and_the_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(BadValue, match="clocks go forward"):
        read_moment("2026-03-29 02:30")
    assert read_moment("2026-10-25 02:30") == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    second = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)
    assert read_moment(written_moment(second)) == second


@pytest.mark.parametrize("raw", ["2026-11-24", dt.datetime(2026, 11, 24), dt.date(2026, 11, 24), "09:30", "2026-11-24 25:00", 46350])
def test_what_is_no_moment_says_how_to_write_one(raw: object) -> None:
    with pytest.raises(BadValue, match="write 2026-11-24 09:30"):
        read_moment(raw)


@given(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2099, 12, 31), timezones=st.just(dt.UTC)))
def test_a_moment_written_and_read_is_the_same(moment: dt.datetime) -> None:
    assert read_moment(written_moment(moment)) == moment
    local = moment.astimezone(NORWAY)
    if not local.fold:
        assert read_moment(local.replace(tzinfo=None).isoformat()) == moment


@pytest.mark.parametrize(("raw", "hours"), [("22,5", 22.5), ("22.5", 22.5), ("22", 22.0), (22, 22.0), (22.5, 22.5), ("٢٢", 22.0)])
def test_numbers_have_comma_or_point(raw: object, hours: float) -> None:
    assert value("measures", "hours_per_week", raw) == hours


@pytest.mark.parametrize("raw", ["many", "-3", "1 000", "nan", "1e3", True, "61", 61, DAY])
def test_what_is_no_such_number_is_refused(raw: object) -> None:
    with pytest.raises(BadValue, match="number"):
        value("measures", "hours_per_week", raw)


def test_whole_numbers_are_whole() -> None:
    assert value("participants", "children", "2,0") == 2
    with pytest.raises(BadValue, match="whole"):
        value("participants", "children", "2,5")


@pytest.mark.parametrize(
    ("raw", "meant"), [("Yes", True), ("ja", True), (True, True), (1, True), ("NEI", False), (False, False), ("0", False)]
)
def test_yes_and_no(raw: object, meant: bool) -> None:
    assert value("participants", "partner_in_programme", raw) is meant


def test_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(BadValue, match="neither yes nor no"):
        value("participants", "partner_in_programme", "perhaps")


def test_codes_may_be_written_with_capitals_and_blanks() -> None:
    assert value("measures", "kind", "Work practice") == "work_practice"
    assert value("participants", "english", "b1") == "B1"


def test_an_unknown_code_names_the_codes_and_the_nearest() -> None:
    with pytest.raises(BadValue, match=r"is not one of refugee, .*Did you mean refugee\?"):
        value("participants", "permit", "refuge")


def test_municipalities_and_languages_go_by_all_their_names() -> None:
    assert value("participants", "municipality", "BÆRUM") == "baerum"
    assert value("participants", "language", "Tigrinja") == value("participants", "language", "ትግርኛ") == "ti"
    with pytest.raises(BadValue, match=r"no municipality .* Did you mean drammen\?"):
        value("participants", "municipality", "Dramen")
    with pytest.raises(BadValue, match="no language"):
        value("participants", "language", "Klingon")


def test_a_name_of_two_languages_names_neither(data: Path) -> None:
    file = data / "languages.yml"
    file.write_text(
        file.read_text().replace("locale: en_GB", "also_called: [norsk]").replace("direction: rtl", "direction: rtl, also_called: [norsk]")
    )
    languages = known_from(Library(data), TODAY).languages
    assert "norsk" not in languages and languages["english"] == "en" and languages["arabic"] == "ar"


@pytest.mark.parametrize(("born", "right"), [("1915-11-23", True), ("1915-11-22", False), ("2026-11-22", True), ("2026-11-23", False)])
def test_a_birth_date_is_not_in_the_future_and_makes_nobody_older_than_110(born: str, right: bool) -> None:
    if right:
        assert value("participants", "birth_date", born) == dt.date.fromisoformat(born)
    else:
        with pytest.raises(BadValue, match="future|110"):
            value("participants", "birth_date", born)


def test_a_text_is_not_too_long_and_no_date_or_error_of_a_spreadsheet() -> None:
    assert value("goals", "key", 7) == "7"
    for raw, words in [("x" * 41, "at most 40"), (dt.datetime(2026, 2, 1), "format the column as text"), (ErrorCell("#N/A"), "formula")]:
        with pytest.raises(BadValue, match=words):
            value("goals", "key", raw)


def test_the_example_of_every_field_can_be_read() -> None:
    for kind in KINDS.values():
        for field in kind.fields:
            read = read_value(field, field.example, KNOWN)
            assert read is not None and (field.type is not Type.TEXT or read == field.example), (kind.name, field.name)


@given(st.text(alphabet=st.sampled_from("'=+-@＝ab( \n")))
def test_escaping_takes_no_text_away(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert not escaped(text).startswith(tuple("=+-@＝"))


@given(st.text())
def test_clean_text_stays_clean(text: str) -> None:
    assert clean(clean(text)) == clean(text)
