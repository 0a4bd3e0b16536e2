"""The support estimate: every share, absence, work, months in part, and that the arithmetic holds whatever is told."""

from __future__ import annotations

import ast
import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import Library, content_folder
from bot.content.facts import read_facts
from bot.content.formula import compute
from bot.guidance.answers import ImpossibleAnswer, MissingAnswer
from bot.guidance.codes import ABSENCE_KINDS, LIVING
from bot.guidance.facts_on_day import FactNotKnown
from bot.guidance.support import CUTTING_BENEFITS, KEPT_BENEFITS, Absence, Estimate, PaidWork, Situation, support_estimate
from tests.guidance.common import steady

FACTS = Library(content_folder()).facts
NOVEMBER = dt.date(2026, 11, 21)
GROWN = Situation(NOVEMBER, age=30, living="alone")
ALWAYS = {"estimate", "before_tax", "paid_in_arrears"}
AWAY = "without_permission"


def estimate(**changes: object) -> Estimate:
    return support_estimate(replace(GROWN, **changes), FACTS)  # type: ignore[arg-type]


def codes(found: Estimate) -> set[str]:
    return {flag.code for flag in found.flags} - ALWAYS


@pytest.mark.parametrize(
    ("changes", "fact", "line"),
    [
        ({}, "support_month", "full"),
        ({"age": 25}, "support_month", "full"),
        ({"age": 23}, "support_month_under25_alone", "under_25_alone"),
        ({"age": 23, "living": "with_parents"}, "support_month_under25_parents", "under_25_parents"),
        ({"age": 30, "living": "with_parents"}, "support_month", "full"),
        ({"living": "with_partner", "partner_in_programme": True, "children": 0}, "support_month_couple", "couple"),
        ({"living": "with_partner", "partner_in_programme": True, "children": 2}, "support_month", "full"),
        ({"living": "with_partner", "partner_in_programme": False}, "support_month", "full"),
        ({"living": "with_partner", "children": 1}, "support_month", "full"),
    ],
)
@pytest.mark.parametrize("month", [dt.date(2024, 7, 1), dt.date(2025, 4, 30), dt.date(2025, 5, 1), dt.date(2026, 2, 28), NOVEMBER])
def test_each_share_is_the_fact_of_that_month(changes: dict[str, object], fact: str, line: str, month: dt.date) -> None:
    found = estimate(month=month, **changes)
    assert found.total_kroner == FACTS.on(fact, month).value
    assert [part.code for part in found.lines] == [line]
    assert codes(found) == set()


def test_the_month_decides_which_g_is_used() -> None:
    assert estimate(month=dt.date(2026, 4, 30)).total == Decimal("21693.33")
    assert estimate(month=dt.date(2026, 5, 1)).total == Decimal("22758.17")


def test_everything_is_shown_and_rests_on_law_and_facts() -> None:
    found = estimate(age=23, absences=(Absence(AWAY, hours=Decimal("7.5")),))
    month, away = found.lines
    assert (month.reckoning, month.kroner) == ("2 × 136549 / 12 × 2/3", Decimal("15172.11"))
    assert (away.reckoning, away.kroner) == ("7.5 × 182065.3333 / 1850", Decimal("-738.10"))
    assert (month.legal_basis, away.legal_basis) == ("Integreringsloven § 20", "Integreringsloven § 21")
    assert {"g", "support_share_under25_alone", "support_absence_cut", "support_hour_parts"} <= set(found.fact_ids)
    assert {flag.code for flag in found.flags} == ALWAYS
    assert [flag.code for flag in found.ask] == ["estimate"]


def test_turning_25_in_the_month_shares_the_days_and_asks_the_municipality() -> None:
    found = estimate(age=None, birth_date=dt.date(2001, 11, 11), living="with_parents")
    assert [(line.code, line.reckoning) for line in found.lines] == [
        ("under_25_parents", "2 × 136549 / 12 × 1/3 × 10/30"),
        ("full", "2 × 136549 / 12 × 20/30"),
    ]
    assert found.total == Decimal("17700.80")
    assert codes(found) == {"birthday_in_month"}


@pytest.mark.parametrize(
    ("born", "month", "expected"),
    [
        (dt.date(2001, 11, 1), NOVEMBER, ["full"]),
        (dt.date(2001, 11, 2), NOVEMBER, ["under_25_alone", "full"]),
        (dt.date(2001, 11, 30), NOVEMBER, ["under_25_alone", "full"]),
        (dt.date(2001, 12, 1), NOVEMBER, ["under_25_alone"]),
        # The 31st has no thirtieth of its own.
        (dt.date(2001, 10, 31), dt.date(2026, 10, 1), ["under_25_alone"]),
        # Born on a leap day: a whole year has passed on 1 March.
        (dt.date(2000, 2, 29), dt.date(2025, 2, 1), ["under_25_alone"]),
        (dt.date(2000, 2, 29), dt.date(2025, 3, 1), ["full"]),
    ],
)
def test_the_day_of_the_birthday_decides(born: dt.date, month: dt.date, expected: list[str]) -> None:
    assert [line.code for line in estimate(age=None, birth_date=born, month=month).lines] == expected


def test_who_is_24_without_a_birth_date_may_turn_25_this_month() -> None:
    assert codes(estimate(age=24)) == {"birthday_unknown"}
    assert codes(estimate(age=24, birth_date=dt.date(2002, 3, 1))) == set()


def test_a_birthday_outside_the_days_in_the_programme_does_not_matter() -> None:
    found = estimate(age=None, birth_date=dt.date(2001, 11, 11), starts_on=dt.date(2026, 11, 11))
    assert [line.code for line in found.lines] == ["full"]
    assert codes(found) == {"part_of_month"}


def test_a_young_couple_gets_the_smaller_share_and_is_told_to_ask() -> None:
    found = estimate(age=22, living="with_partner", partner_in_programme=True, children=0)
    assert [line.code for line in found.lines] == ["under_25_alone"]
    assert codes(found) == {"couple_under_25"}


def test_the_rule_about_couples_is_not_used_before_it_held() -> None:
    found = estimate(month=dt.date(2024, 6, 1), partner_in_programme=True, children=0)
    assert [line.code for line in found.lines] == ["full"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"age": None}, "birth_date"),
        ({"age": 20, "living": None}, "living"),
        ({"living": None}, "partner_in_programme"),
        ({"living": "with_partner"}, "partner_in_programme"),
        ({"partner_in_programme": True}, "children"),
    ],
)
def test_what_decides_and_is_unknown_is_asked_and_not_guessed(changes: dict[str, object], field: str) -> None:
    with pytest.raises(MissingAnswer) as missing:
        estimate(**changes)
    assert missing.value.field == field
    assert "Ask" in str(missing.value) or "ask" in str(missing.value)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"living": "hotel"}, "living"),
        ({"age": -1}, "age"),
        ({"age": 200}, "age"),
        ({"children": -1}, "children"),
        ({"birth_date": dt.date(2026, 12, 1)}, "birth_date"),
        ({"starts_on": dt.date(2026, 11, 5), "ends_on": dt.date(2026, 11, 4)}, "ends_on"),
        ({"absences": (Absence("holiday", hours=1),)}, "absences.kind"),
        ({"absences": (Absence(AWAY),)}, "absences"),
        ({"absences": (Absence(AWAY, hours=1, days=1),)}, "absences"),
        ({"absences": (Absence(AWAY, hours=-1),)}, "absences.hours"),
        ({"absences": (Absence(AWAY, hours=Decimal("NaN")),)}, "absences.hours"),
        ({"absences": (Absence(AWAY, days=31),)}, "absences.days"),
        ({"work": PaidWork(hours=721)}, "work.hours"),
        ({"work": PaidWork(pay=-5)}, "work.pay"),
        ({"other_benefits": ("pension",)}, "other_benefits"),
    ],
)
def test_what_cannot_be_true_is_refused_with_what_is_possible(changes: dict[str, object], field: str) -> None:
    with pytest.raises(ImpossibleAnswer) as refused:
        estimate(**changes)
    assert refused.value.field == field
    assert len(str(refused.value)) > len(field) + 10


@pytest.mark.parametrize("month", [dt.date(2024, 4, 30), dt.date(2027, 5, 1)])
def test_a_month_whose_g_is_not_known_is_no_guess(month: dt.date) -> None:
    with pytest.raises(FactNotKnown, match="Ask the office that decides"):
        estimate(month=month)


def test_only_absence_without_permission_is_taken_off() -> None:
    kept = tuple(Absence(kind, days=3) for kind in ABSENCE_KINDS if kind not in (AWAY, "reported"))
    assert estimate(absences=kept).total == estimate().total
    assert codes(estimate(absences=kept)) == {"absence_kept"}
    reported = estimate(absences=(Absence("reported", hours=4),))
    assert (reported.total, codes(reported)) == (estimate().total, {"absence_not_decided"})


def test_hours_are_of_the_year_and_days_of_the_month() -> None:
    hours = estimate(absences=(Absence(AWAY, hours=10), Absence(AWAY, hours=5)))
    days = estimate(absences=(Absence(AWAY, days=2),))
    assert hours.lines[1].kroner == Decimal("-2214.31")
    assert days.lines[1].kroner == Decimal("-1517.21")


@pytest.mark.parametrize(
    ("work", "line", "kroner", "flag"),
    [
        (PaidWork(hours=20, pay=4000), "work_hours", "-2952.41", None),
        (PaidWork(hours=20, pay=2000), "work_pay", "-2000", None),
        (PaidWork(hours=20), "work_hours", "-2952.41", "work_half_known"),
        (PaidWork(pay=2000), "work_pay", "-2000", "work_half_known"),
    ],
)
def test_paid_work_in_the_programme_takes_what_is_better_for_the_participant(
    work: PaidWork, line: str, kroner: str, flag: str | None
) -> None:
    found = estimate(work=work)
    assert (found.lines[1].code, found.lines[1].kroner) == (line, Decimal(kroner))
    assert found.lines[1].legal_basis == "Integreringsloven § 23"
    assert codes(found) == ({flag} if flag else set())


def test_work_of_which_nothing_is_known_and_pay_outside_are_only_flagged() -> None:
    assert estimate(work=PaidWork()).total == estimate().total
    assert codes(estimate(work=PaidWork())) == {"work_unknown"}
    assert estimate(pay_outside_programme=True).total == estimate().total
    assert codes(estimate(pay_outside_programme=True)) == {"own_income_kept"}


def test_other_benefits_are_not_reckoned_but_asked_about() -> None:
    for benefit in CUTTING_BENEFITS:
        assert (estimate(other_benefits=(benefit,)).total, codes(estimate(other_benefits=(benefit,)))) == (
            estimate().total,
            {"other_benefits"},
        )
    assert codes(estimate(other_benefits=KEPT_BENEFITS)) == {"child_benefit_kept"}


def test_a_rule_that_is_not_confirmed_is_said_and_asked_about(tmp_path: Path) -> None:
    before, rule, after = (content_folder() / "facts" / "money.yml").read_text(encoding="utf-8").partition("  support_absence_cut:")
    (tmp_path / "money.yml").write_text(before + rule + after.replace("confidence: confirmed", "confidence: older", 1), encoding="utf-8")
    situation = replace(GROWN, absences=(Absence(AWAY, days=1),))
    flags = support_estimate(situation, read_facts(tmp_path)).flags
    assert [(flag.fact_ids, flag.ask) for flag in flags if flag.code == "not_confirmed"] == [(("support_absence_cut",), "municipality")]


def test_more_cannot_be_taken_off_than_is_there() -> None:
    found = estimate(absences=(Absence(AWAY, hours=100), Absence(AWAY, days=20)), work=PaidWork(10, 10000))
    assert found.total_ore == 0
    assert "nothing_left" in codes(found)
    assert found.lines[-1].ore == 0


def test_outside_the_programme_there_is_nothing_and_it_is_said() -> None:
    found = estimate(ends_on=dt.date(2026, 10, 31), absences=(Absence(AWAY, days=1),))
    assert found.total_ore == 0
    assert {"not_in_programme"} <= codes(found)


@pytest.mark.parametrize(
    ("changes", "thirtieths"),
    [
        ({"starts_on": dt.date(2026, 11, 1)}, 30),
        ({"starts_on": dt.date(2026, 11, 16)}, 15),
        ({"starts_on": dt.date(2026, 11, 30)}, 1),
        ({"ends_on": dt.date(2026, 11, 10)}, 10),
        ({"month": dt.date(2026, 10, 1), "starts_on": dt.date(2026, 10, 2)}, 30),
        ({"month": dt.date(2026, 2, 1), "starts_on": dt.date(2026, 2, 1)}, 30),
        ({"month": dt.date(2026, 2, 1), "starts_on": dt.date(2026, 2, 2)}, 27),
    ],
)
def test_a_month_in_part_has_a_thirtieth_for_each_day(changes: dict[str, object], thirtieths: int) -> None:
    found = estimate(**changes)
    assert found.lines[0].values["thirtieths"] == thirtieths
    assert found.total_ore == round(estimate(month=changes.get("month", NOVEMBER)).total_ore * thirtieths / 30)


hours = st.decimals(0, 600, places=2)
amounts = st.one_of(st.builds(Absence, st.just(AWAY), hours=hours), st.builds(Absence, st.just(AWAY), days=st.decimals(0, 28, places=1)))
days = st.dates(dt.date(2024, 7, 1), dt.date(2027, 4, 30))


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    month = draw(days)
    dates = draw(st.lists(st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)), min_size=2, max_size=2).map(sorted))
    return Situation(
        month=month,
        birth_date=draw(st.dates(dt.date(1970, 1, 1), dt.date(2007, 1, 1))),
        living=draw(st.sampled_from(LIVING)),
        partner_in_programme=draw(st.booleans()),
        children=draw(st.integers(0, 3)),
        starts_on=draw(st.sampled_from([None, dates[0]])),
        ends_on=draw(st.sampled_from([None, dates[1]])),
        absences=tuple(draw(st.lists(amounts, max_size=3))),
        work=draw(st.none() | st.builds(PaidWork, st.none() | hours, st.none() | st.decimals(0, 50000, places=2))),
    )


@steady
@given(situations())
def test_a_month_is_never_below_nothing_nor_above_the_full_benefit(situation: Situation) -> None:
    found = support_estimate(situation, FACTS)
    full = support_estimate(replace(GROWN, month=situation.month), FACTS)
    assert 0 <= found.total_ore <= full.total_ore
    assert found.total_ore == sum(line.ore for line in found.lines)
    assert all(line.ore <= 0 for line in found.lines if line.code.startswith(("absence", "work")))


@steady
@given(situations(), amounts)
def test_more_absence_never_gives_more(situation: Situation, absence: Absence) -> None:
    more = replace(situation, absences=(*situation.absences, absence))
    assert support_estimate(more, FACTS).total_ore <= support_estimate(situation, FACTS).total_ore


@steady
@given(situations(), st.decimals(0, 20, places=1))
def test_a_day_is_as_many_hours_as_the_two_parts_of_the_law_make_it(situation: Situation, count: Decimal) -> None:
    # 30 days are a month, so are 1850 / 12 hours: the two units take the same for the same part of a month.
    same_in_hours = Fraction(count) / 30 * Fraction(1850, 12)
    by_days = replace(situation, absences=(Absence(AWAY, days=count),), work=None)
    by_hours = replace(situation, absences=(Absence(AWAY, hours=same_in_hours),), work=None)
    assert support_estimate(by_days, FACTS).total_ore == support_estimate(by_hours, FACTS).total_ore


@steady
@given(situations())
def test_knowing_hours_and_pay_never_takes_more_than_knowing_one(situation: Situation) -> None:
    both = support_estimate(replace(situation, work=PaidWork(40, 6000)), FACTS).total_ore
    assert both >= support_estimate(replace(situation, work=PaidWork(40)), FACTS).total_ore
    assert both >= support_estimate(replace(situation, work=PaidWork(pay=6000)), FACTS).total_ore


@steady
@given(days, st.integers(1, 31), st.integers(1, 31))
def test_starting_later_never_gives_more(month: dt.date, one: int, other: int) -> None:
    earlier, later = sorted(dt.timedelta(days=day - 1) + month.replace(day=1) for day in (one, other))
    first = support_estimate(replace(GROWN, month=month, starts_on=earlier), FACTS)
    assert support_estimate(replace(GROWN, month=month, starts_on=later), FACTS).total_ore <= first.total_ore


@steady
@given(days, st.integers(1, 27))
def test_a_month_shared_between_two_is_the_month_give_or_take_its_length(month: dt.date, last: int) -> None:
    # The law's month has 30 parts, the calendar's 28 to 31 days.
    end = month.replace(day=last)
    first = support_estimate(replace(GROWN, month=month, ends_on=end), FACTS)
    second = support_estimate(replace(GROWN, month=month, starts_on=end + dt.timedelta(days=1)), FACTS)
    whole = support_estimate(replace(GROWN, month=month), FACTS)
    length = replace(GROWN, month=month).days_in_month
    assert abs(first.total_ore + second.total_ore - whole.total_ore * Fraction(length, 30)) <= 2


@steady
@given(situations())
def test_what_is_shown_is_what_was_reckoned(situation: Situation) -> None:
    for line in support_estimate(situation, FACTS).lines:
        formula = line.reckoning.replace("×", "*")
        ast.parse(formula, mode="eval")
        shown = Fraction(str(compute(formula, {}, 6)))
        assert abs(line.ore) <= shown * 100 + 1
        if line.ore > 0:
            assert abs(shown * 100 - line.ore) <= 1
