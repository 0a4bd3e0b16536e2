"""The tests a rule can name about occupations that an authority must approve (authorisation)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.occupations import Occupation
from bot.guidance.routes.persona import NORWAY
from bot.guidance.routes.situation import Situation
from bot.guidance.routes.tests_of_persona import norwegian
from bot.guidance.routes.truth import NO, YES, Found, Missing, Truth, any_of, unknown

UPPER_SECONDARY = ("upper_secondary", "upper_secondary_unrecognised")
EDUCATION = "education_in_occupation"


def regulated(situation: Situation) -> Found:
    """Whether an occupation that is wished or was practised needs approval. No only when both are told."""
    persona = situation.persona
    if _regulated_ids(situation):
        return YES
    if persona.wish is None or persona.experience is None:
        return unknown("wish" if persona.wish is None else "experience")
    named = (persona.wish, *(row.occupation for row in persona.experience))
    if None in named:
        return unknown("experience.occupation")
    return NO if all(situation.occupation(one) for one in named) else unknown("authority_answer")


def approved_by(situation: Situation, authority: str) -> Found:
    """Whether one of the occupations is approved by this authority."""
    ids = _regulated_ids(situation)
    return any_of([Found(Truth.YES if row.regulated_by == authority else Truth.NO) for _, row in ids]) if ids else unknown("wish")


def trained_for(situation: Situation, authority: str) -> Found:
    """Whether schooling and practice point to an education in such an occupation. Practice without that schooling does not."""
    ids = _of(situation, authority)
    if ids:
        return any_of([_trained(situation, key, row) for key, row in ids])
    return unknown("authority_answer" if _regulated_ids(situation) else "wish")


def language_for(situation: Situation, authority: str, skills: Sequence[str], fact: str, eea: Sequence[str]) -> Found:
    """Whether Norwegian has the level asked of people educated outside the EEA (for others our sources tell none)."""
    level = norwegian(situation, skills, fact)
    if level.truth is not Truth.NO:
        return level
    # What was only wished tells no country; what was practised does.
    ids = [key for key, _ in _of(situation, authority)]
    outside = [_outside(situation, key, eea) for key in ids if key in _practised(situation)]
    if Truth.NO in outside or not ids:
        return unknown("authority_answer")
    if Truth.UNKNOWN in outside or not outside:
        return Found(Truth.UNKNOWN, (*level.missing, Missing("education_country")))
    return level


def _trained(situation: Situation, occupation_id: str, row: Occupation) -> Found:
    schooling, needed = situation.persona.schooling, ("higher",) if row.path == "higher" else (*UPPER_SECONDARY, "higher")
    if schooling is None:
        return unknown("schooling")
    if schooling in needed:
        return YES if occupation_id in _practised(situation) else unknown(EDUCATION)
    return unknown(EDUCATION) if schooling in UPPER_SECONDARY else Found(Truth.NO, (Missing(EDUCATION),))


def _outside(situation: Situation, occupation_id: str, eea: Sequence[str]) -> Truth:
    # Work of which nobody told the occupation may have been this one.
    rows = [row for row in situation.persona.experience or () if row.occupation in (occupation_id, None) and row.country != NORWAY]
    if not rows or any(row.country is None for row in rows):
        return Truth.UNKNOWN
    inside = {row.country in eea for row in rows}
    return Truth.UNKNOWN if len(inside) > 1 else Truth.NO if inside == {True} else Truth.YES


def _practised(situation: Situation) -> set[str]:
    return {row.occupation for row in situation.persona.experience or () if row.occupation}


def _regulated_ids(situation: Situation) -> list[tuple[str, Occupation]]:
    named = sorted({situation.persona.wish or "", *_practised(situation)})
    rows = [(key, situation.occupation(key)) for key in named]
    return [(key, row) for key, row in rows if row and row.regulated_by]


def _of(situation: Situation, authority: str) -> list[tuple[str, Occupation]]:
    return [(key, row) for key, row in _regulated_ids(situation) if row.regulated_by == authority]
