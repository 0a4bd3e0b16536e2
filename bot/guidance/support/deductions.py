"""What is taken off: absence without permission (§ 21) and paid work that is part of the programme (§ 23)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from bot.guidance.answers import Flag, exact
from bot.guidance.facts_on_day import FactsOnDay
from bot.guidance.support.shares import MUNICIPALITY
from bot.guidance.support.situation import CUTTING_BENEFITS, Situation, hours_and_pay

DEDUCTED = "without_permission"
UNDECIDED = "reported"
ABSENCE_FACTS, WORK_FACTS = ("support_absence_cut",), ("support_work_in_programme",)


@dataclass(frozen=True)
class Deduction:
    """An amount in kroner to take off (not negative), how it was reckoned, and the numbers a sentence about it needs."""

    code: str
    kroner: Fraction
    reckoning: str
    values: dict[str, Fraction]
    fact_ids: tuple[str, ...]


def absence_deductions(situation: Situation, own_year: Fraction, facts: FactsOnDay) -> tuple[list[Deduction], list[Flag]]:
    """One deduction for all hours and one for all days of absence without permission; other kinds are kept or asked about.

    `own_year`: the participant's own benefit per year, in kroner, after shares. The law has two units and no bridge between them: an hour
    is 1/1850 of the year, a day 1/30 of the month. What was written in hours stays hours.
    """
    cut = [absence for absence in situation.absences if absence.kind == DEDUCTED]
    hours = sum((exact("absences.hours", a.hours) for a in cut if a.hours is not None), Fraction(0))
    days = sum((exact("absences.days", a.days) for a in cut if a.days is not None), Fraction(0))
    found = []
    if hours:
        found.append(_by_hours("absence_hours", hours, own_year, facts, ABSENCE_FACTS))
    if days:
        found.append(_by_days(days, own_year, facts))
    kinds = {absence.kind for absence in situation.absences}
    flags = []
    if UNDECIDED in kinds:
        flags.append(Flag("absence_not_decided", ABSENCE_FACTS, MUNICIPALITY))
    if kinds - {DEDUCTED, UNDECIDED}:
        flags.append(Flag("absence_kept", ABSENCE_FACTS))
    return found, flags


def work_deduction(situation: Situation, own_year: Fraction, facts: FactsOnDay) -> tuple[list[Deduction], list[Flag]]:
    """The deduction for work in the programme: the hours it takes, or krone for krone when that is less.

    Where hours or pay are unknown the other alone is reckoned; the true deduction can then only be smaller, and the flag says so.
    """
    flags = [Flag("own_income_kept", ("support_own_income_kept",))] if situation.pay_outside_programme else []
    if situation.work is None:
        return [], flags
    hours, pay = hours_and_pay(situation.work, situation.days_in_month)
    ways = []
    if hours is not None:
        ways.append(_by_hours("work_hours", hours, own_year, facts, WORK_FACTS))
    if pay is not None:
        ways.append(Deduction("work_pay", pay, shown(pay), {"pay": pay}, WORK_FACTS))
    if len(ways) < 2:
        flags.append(Flag("work_half_known" if ways else "work_unknown", WORK_FACTS, MUNICIPALITY))
    if not ways:
        return [], flags
    smaller = min(ways, key=lambda way: way.kroner)
    # A sentence about the choice needs what the other way would have taken.
    compared = {f"by_{way.code.removeprefix('work_')}": way.kroner for way in ways}
    return [replace(smaller, values={**smaller.values, **compared})], flags


def benefit_flags(situation: Situation) -> list[Flag]:
    """Other benefits (§ 22) are not reckoned, because it depends on what was earned when; they are named so that somebody asks."""
    flags = []
    if any(benefit in CUTTING_BENEFITS for benefit in situation.other_benefits):
        facts = ["support_benefits_cut"]
        if "overgangsstonad" in situation.other_benefits:
            facts += ["support_overgangsstonad_percent", "support_overgangsstonad_free"]
        flags.append(Flag("other_benefits", tuple(facts), MUNICIPALITY))
    if any(benefit not in CUTTING_BENEFITS for benefit in situation.other_benefits):
        flags.append(Flag("child_benefit_kept", ("support_child_benefit_kept",)))
    return flags


def shown(number: Fraction) -> str:
    """A number as a reckoning shows it: with a point, at most four decimals."""
    return f"{round(float(number), 4):f}".rstrip("0").rstrip(".")


def _by_hours(code: str, hours: Fraction, own_year: Fraction, facts: FactsOnDay, basis: tuple[str, ...]) -> Deduction:
    parts = facts.number("support_hour_parts")
    reckoning = f"{shown(hours)} × {shown(own_year)} / {shown(parts)}"
    values = {"hours": hours, "year": own_year, "parts": parts}
    return Deduction(code, hours * own_year / parts, reckoning, values, (*basis, "support_hour_parts"))


def _by_days(days: Fraction, own_year: Fraction, facts: FactsOnDay) -> Deduction:
    parts = facts.number("support_day_parts")
    own_month = own_year / 12
    reckoning = f"{shown(days)} × {shown(own_month)} / {shown(parts)}"
    values = {"days": days, "month": own_month, "parts": parts}
    return Deduction("absence_days", days * own_month / parts, reckoning, values, (*ABSENCE_FACTS, "support_day_parts"))
