"""Fagbrev på jobb: the practice before the contract, and what remains of the whole time (opplæringslova § 7-1)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bot.content import Library
from bot.guidance.answers import Amount, Flag, exact
from bot.guidance.facts_on_day import FactsOnDay
from bot.guidance.practice.filling import check_not_future, only_certain, stretches
from bot.guidance.practice.flags import COUNTY, period_flags
from bot.guidance.practice.months import MONTHS_IN_A_YEAR, total
from bot.guidance.practice.periods import FULL, Practice
from bot.guidance.practice.praksiskandidat import day_of
from bot.guidance.practice.requirement import check_trade
from bot.guidance.practice.results import Reached

PRACTICE, WHOLE, CONTRACT = "fagbrev_jobb_practice_years", "fagbrev_jobb_total_years", "fagbrev_jobb_contract_years"
FULL_TIME = "fagbrev_jobb_full_time_percent"
NUMBERS = (PRACTICE, FULL_TIME, WHOLE, CONTRACT)


@dataclass(frozen=True)
class Remaining:
    """Months from the contract to the end: at most (only the demanded year is taken off), with what is sure, and with everything."""

    at_most: Fraction
    with_sure: Fraction
    with_all: Fraction


@dataclass(frozen=True)
class WorkAndLearn:
    """The result: practice needed and counted in full-time months, the day on which a contract can be made, what remains after it."""

    needed: Fraction
    sure: Fraction
    all: Fraction
    contract_from: Reached
    remaining: Remaining
    flags: tuple[Flag, ...]


def fagbrev_pa_jobb_time(practice: Practice, library: Library, recognised_months: Amount = 0) -> WorkAndLearn:
    """Counts the practice; a position of 80 percent is a full one here, a smaller one counts as its part.

    `recognised_months`: realkompetanse in the trade that the county has approved. School years of `practice` are not used: the law asks for
    practice. Raises ImpossibleAnswer, UnknownOccupation, NoTradeCertificate, FactNotKnown.
    """
    check_not_future(practice.periods, practice.today)
    if practice.occupation is not None:
        check_trade(library, practice.occupation)
    facts = FactsOnDay(library.facts, practice.today)
    needed, whole, contract = (facts.number(fact_id) * MONTHS_IN_A_YEAR for fact_id in (PRACTICE, WHOLE, CONTRACT))
    recognised = exact("recognised_months", recognised_months, most=int(whole))
    enough = facts.number(FULL_TIME) / FULL

    def counts_as(share: Fraction) -> Fraction:
        return Fraction(1) if share >= enough else share

    sure, everything = (stretches(periods, practice.today, counts_as) for periods in (only_certain(practice.periods), practice.periods))
    sure_months, all_months = total(sure, practice.today), total(everything, practice.today)

    def remaining(months: Fraction) -> Fraction:
        # Whoever has less than the demanded practice works until it is there; the contract begins then.
        return max(contract, whole - max(months, needed) - recognised)

    return WorkAndLearn(
        needed,
        sure_months,
        all_months,
        Reached(day_of(sure, needed, practice.today), day_of(everything, needed, practice.today)),
        Remaining(remaining(needed), remaining(sure_months), remaining(all_months)),
        tuple(_flags(practice, facts)),
    )


def _flags(practice: Practice, facts: FactsOnDay) -> list[Flag]:
    flags = [
        Flag("county_decides", ("fagbrev_county_decides", "fagbrev_jobb_no_right"), COUNTY),
        Flag("counties_differ", ("fagbrev_jobb_county_rules",), COUNTY),
        Flag("needs_employment", ("fagbrev_jobb_contract",)),
        Flag("needs_grunnskole", ("fagbrev_jobb_grunnskole",)),
        *period_flags(practice),
    ]
    if not practice.works_today:
        flags.append(Flag("not_working_now"))
    if unsure := facts.unsure(NUMBERS):
        flags.append(Flag("not_confirmed", unsure, COUNTY))
    return flags
