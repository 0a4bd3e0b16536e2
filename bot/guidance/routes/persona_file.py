"""Reads a persona as people write it (JSON) into the one the rules look at.

Code words must be right: a wrong one is an error that names the right ones. Occupations and countries come from the open world: one that
no list knows is unknown to the rules, so they say "ask", and a note says that the word was not understood.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from bot.content import Library
from bot.guidance.codes import FINAL_GOALS
from bot.guidance.routes.countries import Countries
from bot.guidance.routes.occupation_words import OccupationWords
from bot.guidance.routes.persona import UNLISTED, Experience, Persona, Programme, Work
from bot.guidance.routes.persona_errors import PersonaUnreadable, problems_of
from bot.guidance.routes.place_names import municipality_id
from bot.guidance.routes.written_persona import WrittenExperience, WrittenPersona, WrittenProgramme, WrittenWork


class PersonaReader:
    """Turns words into ids with the lists of a library. `notes` says what was not understood."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._occupations, self._countries = OccupationWords(library), Countries(library)
        self.notes: list[str] = []

    def read(self, entry: Any) -> Persona:
        """A persona from parsed JSON. Raises PersonaUnreadable, which names every field that is wrong and what is allowed."""
        self.notes = []
        if not isinstance(entry, Mapping):
            raise PersonaUnreadable(['A persona is an object with fields such as `age` and `permit`: {"age": 30, ...}.'])
        try:
            written = WrittenPersona.model_validate(dict(entry))
        except ValidationError as error:
            raise PersonaUnreadable(problems_of(error, WrittenPersona)) from error
        municipality, problem = municipality_id(self.library, written.municipality)
        if problem:
            raise PersonaUnreadable([problem])
        levels = written.norwegian.model_dump(exclude_none=True) if written.norwegian else {}
        return Persona(
            today=written.today or dt.date.today(),
            age=written.age,
            permit=written.permit,
            municipality=municipality,
            schooling=written.schooling,
            norwegian=levels,
            english=written.english,
            experience=None if written.experience is None else tuple(self._experience(written.experience)),
            work=self._work(written.work),
            programme=self._programme(written.programme),
            wish=self._wish(written.wish),
        )

    def _experience(self, rows: list[WrittenExperience]) -> Iterator[Experience]:
        for number, row in enumerate(rows):
            yield Experience(
                occupation=self._occupation(f"experience[{number}].occupation", row.occupation),
                years=_exact(row.years),
                percent=_exact(row.percent),
                country=self._country(f"experience[{number}].country", row.country),
                documented=row.documented,
            )

    def _work(self, row: WrittenWork | None) -> Work | None:
        if row is None:
            return None
        return Work(self._occupation("work.occupation", row.occupation), _exact(row.percent), row.permanent)

    def _programme(self, row: WrittenProgramme | None) -> Programme | None:
        if row is None:
            return None
        if row.start and row.end and row.end < row.start:
            self.notes.append(f"programme: the end {row.end} comes before the start {row.start}. Both are taken as unknown; correct them.")
            return Programme(goal=row.goal)
        return Programme(row.start, row.goal, row.end)

    def _occupation(self, path: str, words: str | None) -> str | None:
        if not words or not words.strip():
            return None
        found = self._occupations.exact(words)
        if not found:
            self._note(path, words, "data/occupations", self._occupations.near(words))
        return found or UNLISTED

    def _wish(self, words: str | None) -> str | None:
        if not words or words.casefold().replace(" ", "_") in FINAL_GOALS:
            return None
        found = self._occupations.exact(words) or self._occupations.inside(words)
        if not found:
            self._note("wish", words, "data/occupations", self._occupations.near(words))
        return found or UNLISTED

    def _country(self, path: str, words: str | None) -> str | None:
        if not words or not words.strip():
            return None
        found = self._countries.code(words)
        if not found:
            self._note(path, words, "countries (English name or ISO code)", self._countries.near(words))
        return found

    def _note(self, path: str, words: str, where: str, near: str) -> None:
        self.notes.append(f"{path}: {words!r} is not in the list of {where}, so the rules treat it as unknown.{near}")


def _exact(number: float | None) -> Fraction | None:
    return None if number is None else Fraction(str(number))
