"""The form of data/demo: invented participants as they are written down, checked when read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.content.errors import ContentError
from bot.content.yaml_file import LocatedDict, read_yaml

Day = int | dt.date  # a number counts days from the day of loading
T = TypeVar("T")


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class About(_Row):
    """Who it is."""

    name: str
    municipality: str
    language: str
    birth_date: dt.date
    permit: str
    schooling: str
    living: str | None = None
    partner_in_programme: bool | None = None
    children: int | None = None
    english: str | None = None
    settled_on: dt.date | None = None


class ProgrammeDays(_Row):
    """The programme."""

    offered_on: dt.date
    starts_on: dt.date
    final_goal: str
    planned_end: dt.date
    extended_to: dt.date | None = None
    ended_on: dt.date | None = None


class GoalRow(_Row):
    """A goal."""

    kind: str
    text: str
    due: dt.date | None = None
    state: str = "open"


class MeasureRow(_Row):
    """A measure."""

    kind: str
    text: str
    by: str
    starts: dt.date = Field(alias="from")
    to: dt.date | None = None
    hours: float | None = None
    state: str


class Version(_Row):
    """A version of the plan."""

    from_day: dt.date
    made_by: str = ""
    norwegian: dict[str, str] = Field(default_factory=dict)
    goals: tuple[GoalRow, ...] = ()
    measures: tuple[MeasureRow, ...] = ()


class Results(BaseModel):
    """The results of one test on one day; every further key is a part of the test."""

    model_config = ConfigDict(extra="allow", frozen=True)
    test: str
    on: dt.date

    @property
    def parts(self) -> dict[str, str]:
        """Result by part."""
        return {part: str(result) for part, result in (self.model_extra or {}).items()}


class RegistrationRow(_Row):
    """A registration for parts of a test."""

    test: str
    day: Day
    parts: tuple[str, ...]


class AppointmentRow(_Row):
    """An appointment at an hour in Norway."""

    day: Day
    at: dt.time = Field(strict=False)
    kind: str
    minutes: int | None = None
    place: str = ""
    with_whom: str = Field("", alias="with")
    state: str = "planned"


class AbsenceRow(_Row):
    """An absence, its last day included."""

    kind: str
    starts: Day = Field(alias="from")
    to: Day
    reported_by: str
    hours: float | None = None


class DocumentRow(_Row):
    """A document."""

    kind: str
    state: str
    day: dt.date


class ContactRow(_Row):
    """Somebody who works with participants."""

    role: str
    name: str
    phone: str = ""
    email: str = ""


class Written(_Row):
    """Everything about one invented participant."""

    about: About
    programme: ProgrammeDays | None = None
    plans: tuple[Version, ...] = ()
    results: tuple[Results, ...] = ()
    registrations: tuple[RegistrationRow, ...] = ()
    appointments: tuple[AppointmentRow, ...] = ()
    absences: tuple[AbsenceRow, ...] = ()
    documents: tuple[DocumentRow, ...] = ()


def read_demo(folder: Path) -> tuple[dict[str, Written], dict[str, tuple[ContactRow, ...]]]:
    """Invented participants by reference, and contacts by municipality, of a folder. Raises ContentError with file and line."""
    people: dict[str, Written] = {}
    for file in sorted(folder.glob("offered_*.yml")):
        entries = read_yaml(file)
        for reference, entry in entries.items():
            if not reference.startswith("DEMO-"):
                raise ContentError(file, entries.lines[reference], f"{reference} is no demo reference. Begin it with DEMO-.")
            if reference in people:
                raise ContentError(file, entries.lines[reference], f"{reference} stands in two files. Give one another number.")
            people[reference] = _checked(TypeAdapter(Written), file, entries, reference, entry)
    contacts = read_yaml(folder / "contacts.yml")
    rows = TypeAdapter(tuple[ContactRow, ...])
    return people, {place: _checked(rows, folder / "contacts.yml", contacts, place, entry) for place, entry in contacts.items()}


def _checked(adapter: TypeAdapter[T], file: Path, entries: LocatedDict, key: str, entry: Any) -> T:
    try:
        return adapter.validate_python(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = " > ".join(str(step) for step in (key, *first["loc"]))
        raise ContentError(file, entries.lines[key], f"{where}: {first['msg']}. Correct the entry.") from error
