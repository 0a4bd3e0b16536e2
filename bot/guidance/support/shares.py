"""Which share of the full benefit belongs to which days of the month (integreringsloven § 20)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from bot.guidance.answers import Flag, MissingAnswer
from bot.guidance.facts_on_day import FactsOnDay
from bot.guidance.support.situation import Situation

MUNICIPALITY = "municipality"
FULL_AGE = "support_full_age"
COUPLE = "support_share_couple"
UNDER_25 = {"under_25_alone": "support_share_under25_alone", "under_25_parents": "support_share_under25_parents"}


@dataclass(frozen=True)
class MonthPart:
    """Some thirtieths of a month at one share: `code` is full, under_25_alone, under_25_parents or couple."""

    code: str
    share: Fraction
    thirtieths: int
    fact_ids: tuple[str, ...]


def month_parts(situation: Situation, facts: FactsOnDay) -> tuple[list[MonthPart], list[Flag]]:
    """The parts of the month in the programme, in time order, and what must be said about them.

    The whole month is 30 thirtieths whatever its length. A part of a month is one thirtieth per day in the programme, at most 30; the law
    gives the day its thirtieth, but how a first, last or birthday month is paid was not found, so such months are flagged.
    Raises MissingAnswer where an unknown decides the share.
    """
    first, last = situation.programme_days
    days = max(0, last - first + 1)
    whole = int(facts.number("support_day_parts"))
    thirtieths = whole if days == situation.days_in_month else min(days, whole)
    if not days:
        return [], [Flag("not_in_programme", ("support_needs_programme",), MUNICIPALITY)]
    flags = [Flag("part_of_month", ("support_day_parts",), MUNICIPALITY)] if days < situation.days_in_month else []
    days_below, age_flags = _days_below_full_age(situation, facts, first, days)
    flags += age_flags
    below = thirtieths if days_below == days else min(days_below, thirtieths)
    parts = []
    if below:
        part, share_flags = _below_full_age(situation, facts, below)
        parts.append(part)
        flags += share_flags
    if thirtieths > below:
        parts.append(_at_full_age(situation, facts, thirtieths - below))
    return parts, flags


def day_of_age(birth_date: dt.date, age: int) -> dt.date:
    """The day on which somebody reaches an age; born on 29 February: 1 March in other years, when the whole year has passed."""
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return dt.date(birth_date.year + age, 3, 1)


def _days_below_full_age(situation: Situation, facts: FactsOnDay, first: int, days: int) -> tuple[int, list[Flag]]:
    full_age = int(facts.number(FULL_AGE))
    if situation.birth_date is None:
        if situation.age is None:
            raise MissingAnswer("birth_date", f"Below {full_age} the benefit is a share, so ask for the birth date or the age.")
        # Who is a year below may reach the age in this very month; nobody can tell without the birth date.
        may_turn = situation.age == full_age - 1
        flags = [Flag("birthday_unknown", (FULL_AGE,), MUNICIPALITY)] if may_turn else []
        return (days if situation.age < full_age else 0), flags
    birthday = day_of_age(situation.birth_date, full_age)
    before = min(max((birthday - situation.first_day.replace(day=first)).days, 0), days)
    flags = [Flag("birthday_in_month", (FULL_AGE, "support_day_parts"), MUNICIPALITY)] if 0 < before < days else []
    return before, flags


def _below_full_age(situation: Situation, facts: FactsOnDay, thirtieths: int) -> tuple[MonthPart, list[Flag]]:
    if situation.living is None:
        raise MissingAnswer("living", "Below the age of the full benefit it decides whether the person lives with parents. Ask that.")
    code = "under_25_parents" if situation.living == "with_parents" else "under_25_alone"
    part = MonthPart(code, facts.number(UNDER_25[code]), thirtieths, (UNDER_25[code], FULL_AGE))
    couple = _couple_share(situation, facts)
    if couple is None:
        return part, []
    # How the two rules go together was not found: the smaller share is taken, and the municipality must be asked.
    lower = min(part, MonthPart("couple", couple, thirtieths, (COUPLE, "support_couple_rule")), key=lambda p: p.share)
    return lower, [Flag("couple_under_25", (COUPLE, UNDER_25[code]), MUNICIPALITY)]


def _at_full_age(situation: Situation, facts: FactsOnDay, thirtieths: int) -> MonthPart:
    couple = _couple_share(situation, facts)
    if couple is None:
        return MonthPart("full", Fraction(1), thirtieths, (FULL_AGE,))
    return MonthPart("couple", couple, thirtieths, (COUPLE, "support_couple_rule"))


def _couple_share(situation: Situation, facts: FactsOnDay) -> Fraction | None:
    if not facts.holds("support_couple_rule"):
        return None
    if situation.children:
        return None
    if situation.partner_in_programme is None and situation.living in (None, "with_partner"):
        raise MissingAnswer("partner_in_programme", "A couple who are both in the programme without children get a share each. Ask that.")
    if not situation.partner_in_programme:
        return None
    if situation.children is None:
        raise MissingAnswer("children", "A couple who are both in the programme get a share each when they have no children. Ask that.")
    return facts.number(COUPLE)
