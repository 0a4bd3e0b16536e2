"""The parts of a plan as they are read: codes, dates and opened texts. Frozen: nothing here writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.plans.moments import NORWAY as NORWAY
from bot.plans.moments import day_in_norway


@dataclass(frozen=True)
class Participant:
    """Who it is. What the municipality has not written is None."""

    id: int
    reference: str
    name: str
    municipality: str
    birth_date: dt.date | None = None
    language: str | None = None
    permit: str | None = None
    schooling: str | None = None
    living: str | None = None
    partner_in_programme: bool | None = None
    children: int | None = None
    english: str | None = None
    settled_on: dt.date | None = None
    demo: bool = False


@dataclass(frozen=True)
class Programme:
    """The introduction programme: when it was offered (that decides which lengths of the law apply), its days and its goal."""

    offered_on: dt.date | None = None
    starts_on: dt.date | None = None
    final_goal: str | None = None
    planned_end: dt.date | None = None
    extended_to: dt.date | None = None
    ended_on: dt.date | None = None

    @property
    def end(self) -> dt.date | None:
        """The day it ends: when it was stopped, else what it was extended to, else as planned."""
        return self.ended_on or self.extended_to or self.planned_end


@dataclass(frozen=True)
class Goal:
    """A goal in the words it was written in."""

    key: str
    kind: str
    text: str
    due_on: dt.date | None = None
    state: str = "open"


@dataclass(frozen=True)
class Measure:
    """A measure (tiltak) in the words it was written in."""

    key: str
    kind: str
    text: str
    responsible: str
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    hours_per_week: float | None = None
    state: str = "planned"

    def is_on(self, day: dt.date) -> bool:
        """True when the measure runs on a day. Its days count more than its state, which somebody may have forgotten to change."""
        if self.state in ("done", "stopped") or (self.starts_on is None and self.state == "planned"):
            return False
        return (self.starts_on or day) <= day <= (self.ends_on or day)


@dataclass(frozen=True)
class Plan:
    """One version of the integration plan; `norwegian` is the level to reach (norskmål) per skill, None where none is set."""

    id: int
    number: int
    from_day: dt.date
    made_by: str
    norwegian: dict[str, str | None]
    goals: tuple[Goal, ...] = ()
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class Result:
    """A result of one part of a test."""

    test: str
    part: str
    result: str
    taken_on: dt.date


@dataclass(frozen=True)
class Registration:
    """A registration for one part of a test."""

    test: str
    part: str
    test_on: dt.date


@dataclass(frozen=True)
class Absence:
    """Days or hours away from the programme, the last day included."""

    key: str
    kind: str
    first_day: dt.date
    last_day: dt.date
    hours: float | None
    reported_by: str


@dataclass(frozen=True)
class Appointment:
    """A meeting; `starts_at` is in UTC."""

    id: int
    key: str
    kind: str
    starts_at: dt.datetime
    minutes: int | None = None
    place: str = ""
    with_whom: str = ""
    state: str = "planned"

    @property
    def ends_at(self) -> dt.datetime:
        """When it is over; at its start where nobody wrote how long it lasts."""
        return self.starts_at + dt.timedelta(minutes=self.minutes or 0)

    @property
    def day(self) -> dt.date:
        """The day it is in Norway."""
        return day_in_norway(self.starts_at)


@dataclass(frozen=True)
class Document:
    """A paper and how far it has come."""

    key: str
    kind: str
    state: str
    changed_on: dt.date | None = None


@dataclass(frozen=True)
class Contact:
    """Somebody who works with the participant."""

    key: str
    role: str
    name: str
    phone: str = ""
    email: str = ""
