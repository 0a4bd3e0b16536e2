"""What must be said beside a count of practice, and what the county must be asked."""

from __future__ import annotations

from bot.guidance.answers import Flag
from bot.guidance.facts_on_day import FactsOnDay
from bot.guidance.practice.periods import FOREIGN, UNDOCUMENTED, Practice
from bot.guidance.practice.requirement import Requirement
from bot.guidance.practice.results import Counted

COUNTY = "county"
SCHOOL = "praksiskandidat_school_counts"


def praksiskandidat_flags(practice: Practice, needed: Requirement, counted: Counted, facts: FactsOnDay) -> list[Flag]:
    """The flags of a count for praksiskandidat."""
    flags = [Flag("county_decides", ("fagbrev_county_decides", "praksiskandidat_broad"), COUNTY)]
    if needed.differs:
        flags.append(Flag("longer_in_some_counties", needed.fact_ids, COUNTY))
    flags += period_flags(practice)
    if counted.school or counted.school_not_approved:
        flags.append(Flag("school_counts" if counted.school else "school_not_approved", (SCHOOL,), "" if counted.school else COUNTY))
    if not practice.works_today and counted.sure < needed.longest:
        flags.append(Flag("not_working_now"))
    flags.append(Flag("exam_first", ("praksiskandidat_exam_first", "praksiskandidat_exam_norwegian")))
    if unsure := facts.unsure(needed.fact_ids):
        flags.append(Flag("not_confirmed", unsure, COUNTY))
    return flags


def period_flags(practice: Practice) -> list[Flag]:
    """What must be said about periods that are not sure: documented foreign ones must be translated, others need papers."""
    kinds = {period.kind for period in practice.periods}
    flags = []
    if FOREIGN in kinds:
        flags.append(Flag("foreign_needs_translation", ("praksiskandidat_foreign_counts",), COUNTY))
    if UNDOCUMENTED in kinds:
        flags.append(Flag("papers_missing", ("praksiskandidat_foreign_counts", "praksiskandidat_broad"), COUNTY))
    if any(period.percent is None for period in practice.periods):
        flags.append(Flag("percent_unknown", ("praksiskandidat_years",)))
    return flags
