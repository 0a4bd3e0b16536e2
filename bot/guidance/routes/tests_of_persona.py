"""The tests a rule can name about age, permit, place, schooling, levels, work and programme. Each takes the situation and its parameters.

A test says yes or no only when the persona tells enough; a field that nobody told makes it unknown and is named as missing. More knowledge
may turn unknown into yes or no, never yes into no: the property tests rest on that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor

from bot.guidance.codes import LEVELS
from bot.guidance.routes.situation import Situation, years_after
from bot.guidance.routes.truth import Found, Missing, all_of, unknown, yes_if

FULL = 100


def one_of(situation: Situation, field: str, values: Sequence[str], unsure: Mapping[str, str] | None = None) -> Found:
    """Whether a field has one of the values. `unsure`: values that leave it open, each with the code of what is missing then."""
    told = getattr(situation.persona, field)
    if told is None:
        return unknown(field)
    if told in (unsure or {}):
        return unknown((unsure or {})[told])
    return yes_if(told in values)


def municipality(situation: Situation, id: str) -> Found:  # noqa: A002 - the word of the data
    """Whether the person lives in a municipality."""
    told = situation.persona.municipality
    if told is None:
        return unknown("municipality")
    return yes_if(True) if told == id else yes_if(False, place=situation.place_name(id))


def age_from(situation: Situation, fact: str, above: bool = False) -> Found:
    """Whether the person has reached an age (`above`: is older than it)."""
    limit, told = int(situation.number(fact)), situation.persona.age
    if told is None:
        return unknown("age")
    code = "older_than" if above else "age_reached"
    return yes_if(told > limit if above else told >= limit, Missing(code, {"age": str(limit)}))


def age_to(situation: Situation, fact: str) -> Found:
    """Whether the person is not older than an age."""
    limit, told = int(situation.number(fact)), situation.persona.age
    return unknown("age") if told is None else yes_if(told <= limit, age=str(limit))


def school_year_age(situation: Situation, fact: str) -> Found:
    """Whether the school year has come that starts in the year the person reaches an age.

    A persona tells whole years and no birthday, so it is certain only from that age on; what is missing says what holds for somebody who
    has that birthday later this year.
    """
    limit, told = int(situation.number(fact)), situation.persona.age
    return unknown("age") if told is None else yes_if(told >= limit, Missing("school_year_age", {"age": str(limit)}))


def norwegian(situation: Situation, skills: Sequence[str], fact: str) -> Found:
    """Whether each of the skills has at least the level of a fact."""
    level, told = situation.word(fact), situation.persona.norwegian
    if not told:
        return unknown("norwegian")

    def in_skill(skill: str) -> Found:
        if skill not in told:
            return unknown(f"norwegian.{skill}")
        return yes_if(_at_least(told[skill], level), Missing(f"norwegian_{skill}", {"level": level}))

    return all_of(in_skill(skill) for skill in skills)


def english(situation: Situation, fact: str) -> Found:
    """Whether English has at least the level of a fact."""
    level, told = situation.word(fact), situation.persona.english
    return unknown("english") if told is None else yes_if(_at_least(told, level), Missing("english_level", {"level": level}))


def has_job(situation: Situation) -> Found:
    """Whether the person works now."""
    percent = _position(situation)
    return percent if isinstance(percent, Found) else yes_if(percent > 0)


def no_full_job(situation: Situation) -> Found:
    """Whether work leaves room: yes without work, no with a full position, unknown between."""
    percent = _position(situation)
    if isinstance(percent, Found):
        return percent
    return unknown("assessment") if 0 < percent < FULL else yes_if(percent == 0)


def job_hours(situation: Situation, fact: str, week: Mapping[str, float]) -> Found:
    """Whether work takes at least some hours a week, where a full week is between `week.shortest` and `week.longest` hours."""
    hours, percent = situation.number(fact), _position(situation)
    if isinstance(percent, Found):
        return percent
    least, most = (percent / FULL * Fraction(str(week[end])) for end in ("shortest", "longest"))
    if least < hours <= most:
        return replace(unknown("work.hours"), facts=(fact,))
    return replace(yes_if(least >= hours, Missing("work_hours", {"hours": str(hours)})), facts=(fact,))


def not_in_programme(situation: Situation) -> Found:
    """Whether the introduction programme does not run today."""
    programme, today = situation.persona.programme, situation.persona.today
    if programme is None:
        return unknown("programme")
    if (programme.end and programme.end < today) or (programme.start and programme.start > today):
        return yes_if(True)
    untold = [name for name in ("start", "end") if getattr(programme, name) is None]
    return unknown(*(f"programme.{name}" for name in untold)) if untold else yes_if(False, Missing("programme_end"))


def programme_over_for(situation: Situation, fact: str) -> Found:
    """Whether so many years have passed since the end of the programme."""
    years, programme = int(situation.number(fact)), situation.persona.programme
    if programme is None or programme.end is None:
        return unknown("programme" if programme is None else "programme.end")
    day = years_after(programme.end, years)
    return yes_if(day <= situation.persona.today, Missing("wait_until", {"date": day.isoformat()}))


def programme_started_within(situation: Situation, fact: str) -> Found:
    """Whether the programme began less than so many years ago."""
    years, programme = int(situation.number(fact)), situation.persona.programme
    if programme is None or programme.start is None:
        return replace(unknown("programme" if programme is None else "programme.start"), facts=(fact,))
    within = situation.persona.today < years_after(programme.start, years)
    return replace(yes_if(within, Missing("norwegian_right")), facts=(fact,))


def undecided(situation: Situation, missing: str) -> Found:
    """Always unknown: no persona tells it, an office or a person must."""
    return unknown(missing)


def months_short(needed: Fraction, has: Fraction) -> str:
    """Full-time months that lack to a number of years, a begun month as a whole one."""
    return str(-floor(-(needed - has) * 12))


def _position(situation: Situation) -> Fraction | Found:
    work = situation.persona.work
    if work is None:
        return unknown("work")
    return unknown("work.percent") if work.percent is None else work.percent


def _at_least(told: str, level: str) -> bool:
    return LEVELS.index(told) >= LEVELS.index(level)
