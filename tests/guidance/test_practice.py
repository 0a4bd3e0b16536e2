"""The practice calculator: months and days, jobs beside each other, what is sure, the trades that need more, fagbrev på jobb."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.content import ContentError, Library, content_folder
from bot.guidance.answers import ImpossibleAnswer
from bot.guidance.facts_on_day import FactNotKnown, FactsOnDay
from bot.guidance.practice import (
    NoTradeCertificate,
    Period,
    Practice,
    PracticeTime,
    UnknownOccupation,
    fagbrev_pa_jobb_time,
    praksiskandidat_time,
)
from bot.guidance.practice.months import DAY, Stretch, day_reached, months_between
from bot.guidance.practice.requirement import check_table
from tests.guidance.common import day, steady

LIBRARY = Library(content_folder())
TODAY = dt.date(2026, 11, 21)


def count(*periods: Period, **more: object) -> PracticeTime:
    return praksiskandidat_time(Practice(TODAY, periods, **more), LIBRARY)  # type: ignore[arg-type]


def sure(start: str, end: str | None = None, percent: int | Decimal = 100) -> Period:
    return Period(day(start), day(end) if end else None, percent, "NO", True)


def flags(found: PracticeTime) -> set[str]:
    return {flag.code for flag in found.flags} - {"county_decides", "exam_first"}


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2024-01-01", "2024-01-31", 1),
        ("2024-02-01", "2024-02-29", 1),
        ("2023-02-01", "2023-02-28", 1),
        ("2024-02-29", "2024-02-29", Fraction(1, 29)),
        ("2023-02-28", "2023-02-28", Fraction(1, 28)),
        ("2024-01-01", "2028-12-31", 60),
        ("2023-03-15", "2024-03-14", 12),
        ("2024-01-31", "2024-02-01", Fraction(1, 31) + Fraction(1, 29)),
        ("2024-01-02", "2024-01-01", 0),
    ],
)
def test_a_month_is_a_calendar_month_and_a_day_its_part(first: str, last: str, months: Fraction) -> None:
    assert months_between(day(first), day(last)) == months


@pytest.mark.parametrize(
    ("start", "percent", "needed", "reached"),
    [
        ("2021-12-01", 100, 60, "2026-11-30"),
        ("2024-02-29", 100, 12, "2025-02-28"),
        ("2024-03-01", 100, 12, "2025-02-28"),
        ("2023-03-01", 100, 12, "2024-02-29"),
        ("2022-01-01", 50, 60, "2031-12-31"),
        ("2026-11-01", 100, Fraction(1, 30), "2026-11-01"),
        ("2026-11-01", 100, Fraction(31, 900), "2026-11-02"),
    ],
)
def test_the_day_is_the_last_one_needed(start: str, percent: int, needed: Fraction, reached: str) -> None:
    stretch = Stretch(day(start), dt.date(2126, 12, 31), Fraction(percent, 100))
    assert day_reached([stretch], Fraction(needed)) == day(reached)


def test_exactly_five_years_full_time_is_enough() -> None:
    found = count(sure("2019-01-01", "2023-12-31"))
    assert (found.requirement.months, found.counted.sure, found.missing) == (60, 60, 0)
    assert found.met_on.with_sure == found.met_on.with_all == dt.date(2023, 12, 31)
    assert count(sure("2019-01-01", "2023-12-30")).met_on.with_sure is None


def test_who_works_on_reaches_it_and_who_has_stopped_does_not() -> None:
    going_on = count(sure("2024-12-01"))
    assert going_on.met_on.with_sure == dt.date(2029, 11, 30)
    assert flags(going_on) == set()
    stopped = count(sure("2024-12-01", "2025-11-30"))
    assert (stopped.met_on.with_sure, stopped.missing) == (None, 48)
    assert flags(stopped) == {"not_working_now"}
    assert stopped.gaps == ((dt.date(2025, 12, 1), TODAY),)


def test_work_with_a_last_day_to_come_counts_until_then() -> None:
    assert count(sure("2022-01-01", "2026-12-31")).met_on.with_sure == dt.date(2026, 12, 31)
    assert count(sure("2022-01-01", "2026-12-30")).met_on.with_sure is None


def test_half_a_position_takes_twice_the_time() -> None:
    assert count(sure("2020-01-01", percent=50)).met_on.with_sure == dt.date(2029, 12, 31)


def test_two_jobs_at_once_add_up_but_never_above_full_time() -> None:
    found = count(sure("2024-01-01", "2024-12-31", 60), sure("2024-01-01", "2024-12-31", 60))
    assert found.per_period == (Fraction(72, 10), Fraction(48, 10))
    assert found.counted.certain == 12


def test_what_is_sure_fills_the_day_before_what_is_not() -> None:
    unsure = Period(day("2024-01-01"), day("2024-12-31"), 80, "NO", False)
    abroad = Period(day("2024-01-01"), day("2024-12-31"), 30, "ET", True)
    found = count(unsure, abroad, sure("2024-01-01", "2024-12-31", 50))
    assert found.per_period == (Fraction(24, 10), Fraction(36, 10), 6)
    assert (found.counted.certain, found.counted.foreign, found.counted.undocumented) == (6, Fraction(36, 10), Fraction(24, 10))
    assert flags(found) == {"foreign_needs_translation", "papers_missing", "not_working_now"}


def test_unsure_parts_are_told_apart_with_a_day_of_their_own() -> None:
    found = count(Period(day("2018-01-01"), day("2020-12-31"), 100, "SY", True), sure("2024-12-01"))
    assert found.met_on.with_all == dt.date(2026, 11, 30)
    assert found.met_on.with_sure == dt.date(2029, 11, 30)
    assert (found.missing, found.missing_with_all) == (60 - found.counted.certain, 24 - found.counted.certain)
    asked = {flag.code: flag.ask for flag in found.flags}
    assert asked["foreign_needs_translation"] == "county"


@pytest.mark.parametrize(
    ("country", "documented", "kind"),
    [
        ("NO", True, "certain"),
        ("NO", None, "undocumented"),
        ("NO", False, "undocumented"),
        ("SO", True, "foreign"),
        (None, True, "foreign"),
        (None, None, "undocumented"),
    ],
)
def test_unknown_is_never_sure(country: str | None, documented: bool | None, kind: str) -> None:
    assert Period(day("2024-01-01"), None, 100, country, documented).kind == kind


def test_of_an_unknown_position_nothing_is_counted_and_it_is_said() -> None:
    found = count(Period(day("2024-01-01"), None, None, "NO", True))
    assert (found.per_period, found.met_on.with_all, found.gaps) == ((0,), None, ())
    assert flags(found) == {"percent_unknown"}


def test_gaps_are_the_days_without_any_work() -> None:
    found = count(sure("2020-01-01", "2020-06-30"), sure("2020-06-01", "2020-08-31", 50), sure("2021-01-01"))
    assert found.gaps == ((dt.date(2020, 9, 1), dt.date(2020, 12, 31)),)


def test_school_counts_when_approved_and_is_uncertain_before() -> None:
    work = sure("2024-01-01", "2026-10-31")
    approved, not_yet = (count(work, school_years=Decimal("2.5"), school_approved=said) for said in (True, None))
    assert (approved.counted.sure, approved.met_on.with_sure) == (64, dt.date(2026, 6, 30))
    assert (not_yet.counted.sure, not_yet.met_on.with_sure, not_yet.met_on.with_all) == (34, None, dt.date(2026, 6, 30))
    assert flags(approved) == {"school_counts"}
    assert flags(not_yet) == {"school_not_approved", "not_working_now"}


def test_school_alone_can_be_enough() -> None:
    assert count(school_years=5, school_approved=True).met_on.with_sure == TODAY
    assert count().met_on.with_all is None


def test_a_trade_that_needs_more_is_sure_in_oslo_and_asked_about_elsewhere() -> None:
    oslo, baerum = (count(sure("2021-01-01"), occupation="plumber", municipality=place) for place in ("oslo", "baerum"))
    assert (oslo.requirement.months, oslo.requirement.longest, oslo.met_on.with_sure) == (67, 67, dt.date(2026, 7, 31))
    assert (baerum.requirement.months, baerum.requirement.longest) == (60, 67)
    assert (baerum.met_on.with_sure, baerum.met_on_longest.with_sure) == (dt.date(2025, 12, 31), dt.date(2026, 7, 31))
    assert (flags(oslo), flags(baerum)) == (set(), {"longer_in_some_counties"})


@pytest.mark.parametrize("trade", ["electrician", "power_fitter", "automation_technician"])
def test_only_many_of_the_electrical_trades_need_more_so_the_county_is_asked_in_oslo_too(trade: str) -> None:
    found = count(sure("2024-01-01"), occupation=trade, municipality="oslo")
    assert (found.requirement.months, found.requirement.longest) == (60, 67)
    assert flags(found) == {"longer_in_some_counties"}


def test_every_other_trade_needs_five_years_which_is_the_course_and_a_quarter() -> None:
    facts = FactsOnDay(LIBRARY.facts, TODAY)
    course = facts.number("apprentice_school_years") + facts.number("apprentice_work_years")
    assert count(occupation="cook").requirement.months == 12 * course * (1 + facts.number("praksiskandidat_extra_percent") / 100)


def test_the_table_of_trades_names_only_what_exists(tmp_path: Path) -> None:
    check_table(LIBRARY)
    data = tmp_path / "data"
    data.mkdir()
    for folder in ("facts", "occupations", "municipalities"):
        (data / folder).symlink_to(content_folder() / folder)
    text = (content_folder() / "practice_time.yml").read_text(encoding="utf-8")
    for right, wrong, words in [
        ("[plumber]", "[plumer]", "Did you mean plumber"),
        ("general: praksiskandidat_years", "general: praksis_years", "is not known"),
        ("municipality: oslo", "municipality: olso", "Did you mean oslo"),
        ("  whole_group: true\n", "", "exactly the keys"),
    ]:
        (data / "practice_time.yml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
        with pytest.raises(ContentError, match=words):
            check_table(Library(data))


def test_an_occupation_without_trade_certificate_is_no_way_for_a_praksiskandidat() -> None:
    with pytest.raises(NoTradeCertificate, match="bachelor i sykepleie"):
        count(occupation="nurse")
    with pytest.raises(NoTradeCertificate, match="no certificate"):
        fagbrev_pa_jobb_time(Practice(TODAY, occupation="artist"), LIBRARY)
    with pytest.raises(UnknownOccupation, match="Did you mean plumber"):
        count(occupation="plumbr")


def test_before_the_law_nothing_is_counted() -> None:
    with pytest.raises(FactNotKnown, match="does not hold yet"):
        praksiskandidat_time(Practice(dt.date(2024, 7, 31)), LIBRARY)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Period(dt.date(2024, 2, 1), dt.date(2024, 1, 31)), "end"),
        (lambda: Period(dt.date(1024, 2, 1)), "start"),
        (lambda: Period(dt.date(2024, 2, 1), percent=0), "percent"),
        (lambda: Period(dt.date(2024, 2, 1), percent=101), "percent"),
        (lambda: Period(dt.date(2024, 2, 1), country="Norway"), "country"),
        (lambda: count(sure("2026-11-22")), "start"),
        (lambda: count(school_years=14), "school_years"),
        (lambda: fagbrev_pa_jobb_time(Practice(TODAY), LIBRARY, recognised_months=49), "recognised_months"),
    ],
)
def test_what_cannot_be_true_is_refused(make: object, field: str) -> None:
    with pytest.raises(ImpossibleAnswer) as refused:
        make()  # type: ignore[operator]
    assert refused.value.field == field


def test_fagbrev_pa_jobb_takes_eighty_percent_as_full() -> None:
    found = fagbrev_pa_jobb_time(Practice(TODAY, (sure("2025-12-01", percent=80),)), LIBRARY)
    assert found.contract_from.with_sure == dt.date(2026, 11, 30)
    assert (found.remaining.at_most, found.remaining.with_sure) == (36, 36)
    below = fagbrev_pa_jobb_time(Practice(TODAY, (sure("2025-12-01", percent=79),)), LIBRARY)
    assert below.contract_from.with_sure == dt.date(2027, 3, 6)
    assert below.sure == Fraction(79, 100) * months_between(dt.date(2025, 12, 1), TODAY)


@pytest.mark.parametrize(
    ("years", "recognised", "remaining"),
    [(1, 0, 36), (2, 0, 24), (2, 6, 18), (3, 0, 12), (10, 0, 12), (2, 48, 12)],
)
def test_what_remains_is_the_rest_of_four_years_but_at_least_the_contract_of_one(years: int, recognised: int, remaining: int) -> None:
    work = Period(dt.date(2026 - years, 11, 1), dt.date(2026, 10, 31), 100, "NO", True)
    found = fagbrev_pa_jobb_time(Practice(TODAY, (work,), "cook"), LIBRARY, recognised)
    assert (found.remaining.with_sure, found.remaining.at_most) == (remaining, max(12, 36 - recognised))
    assert {flag.code for flag in found.flags} == {
        "county_decides",
        "counties_differ",
        "needs_employment",
        "needs_grunnskole",
        "not_working_now",
    }


def test_uncertain_practice_makes_a_contract_of_its_own_day() -> None:
    found = fagbrev_pa_jobb_time(Practice(TODAY, (Period(day("2024-01-01"), day("2024-12-31"), 100, "UA", True),)), LIBRARY)
    assert (found.contract_from.with_sure, found.contract_from.with_all) == (None, dt.date(2024, 12, 31))
    assert (found.sure, found.all) == (0, 12)


@st.composite
def some_period(draw: st.DrawFn) -> Period:
    start = draw(st.dates(dt.date(1990, 1, 1), TODAY))
    end = draw(st.none() | st.dates(start, dt.date(2035, 12, 31)))
    percent = draw(st.decimals(1, 100, places=1))
    return Period(start, end, percent, draw(st.sampled_from(["NO", "ET", None])), draw(st.sampled_from([True, False, None])))


periods = st.lists(some_period(), max_size=5)


def no_later(one: dt.date | None, other: dt.date | None) -> bool:
    return (one or dt.date.max) <= (other or dt.date.max)


@steady
@given(periods, some_period())
def test_more_work_never_makes_the_day_later(told: list[Period], more: Period) -> None:
    before, after = count(*told), count(*told, more)
    assert no_later(after.met_on.with_sure, before.met_on.with_sure)
    assert no_later(after.met_on.with_all, before.met_on.with_all)
    assert after.counted.sure >= before.counted.sure
    assert after.counted.all >= before.counted.all
    learning = [fagbrev_pa_jobb_time(Practice(TODAY, tuple(p)), LIBRARY) for p in (told, [*told, more])]
    assert no_later(learning[1].contract_from.with_sure, learning[0].contract_from.with_sure)
    assert learning[1].remaining.with_all <= learning[0].remaining.with_all


@steady
@given(periods, st.decimals(0, 13, places=1), st.decimals(0, 13, places=1), st.booleans())
def test_more_school_never_makes_the_day_later(told: list[Period], one: Decimal, other: Decimal, approved: bool) -> None:
    less, more = (count(*told, school_years=years, school_approved=approved) for years in sorted((one, other)))
    assert no_later(more.met_on.with_sure, less.met_on.with_sure)
    assert no_later(more.met_on.with_all, less.met_on.with_all)


@steady
@given(periods, st.decimals(0, 13, places=1))
def test_with_everything_the_day_is_never_later_than_with_what_is_sure(told: list[Period], school: Decimal) -> None:
    found = count(*told, school_years=school)
    assert no_later(found.met_on.with_all, found.met_on.with_sure)
    assert found.counted.all >= found.counted.sure


@steady
@given(periods.filter(bool), st.integers(0, 20000))
def test_a_period_cut_in_two_changes_nothing(told: list[Period], after: int) -> None:
    whole, rest = told[0], told[1:]
    assume(whole.start < TODAY)
    last = min(whole.end or TODAY, TODAY)
    assume(last > whole.start)
    cut = whole.start + DAY * (after % (last - whole.start).days)
    pieces = [replace(whole, end=cut), replace(whole, start=cut + DAY)]
    one, two = count(whole, *rest), count(*pieces, *rest)
    assert (one.counted, one.met_on, one.gaps) == (two.counted, two.met_on, two.gaps)


@steady
@given(periods.filter(bool), st.decimals(1, 100, places=1), st.decimals(1, 100, places=1))
def test_a_larger_position_is_never_worse(told: list[Period], one: Decimal, other: Decimal) -> None:
    small, large = (count(replace(told[0], percent=percent), *told[1:]) for percent in sorted((one, other)))
    assert large.counted.all >= small.counted.all
    assert no_later(large.met_on.with_all, small.met_on.with_all)


@steady
@given(periods.filter(bool))
def test_never_more_than_the_calendar_has(told: list[Period]) -> None:
    found = count(*told)
    calendar_time = months_between(min(period.start for period in told), TODAY)
    assert sum(found.per_period) == found.counted.all <= calendar_time
    assert fagbrev_pa_jobb_time(Practice(TODAY, tuple(told)), LIBRARY).all <= calendar_time
    assert all(first <= last <= TODAY for first, last in found.gaps)


@steady
@given(periods)
def test_when_the_day_is_past_the_months_are_there(told: list[Period]) -> None:
    found = count(*told)
    assert (found.met_on.with_sure is not None and found.met_on.with_sure <= TODAY) == (found.missing == 0)
    assert (found.met_on.with_all is not None and found.met_on.with_all <= TODAY) == (found.missing_with_all == 0)


@steady
@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 5000), st.integers(1, 100))
def test_the_day_reached_has_the_months_and_the_day_before_not(start: dt.date, days: int, percent: int) -> None:
    share = Fraction(percent, 100)
    needed = share * months_between(start, start + DAY * days)
    reached = day_reached([Stretch(start, dt.date(2126, 12, 31), share)], needed)
    assert reached == start + DAY * days
