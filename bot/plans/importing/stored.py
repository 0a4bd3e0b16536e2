"""What the database holds already, as plain values by field: names and texts opened, moments in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.plans.importing.kinds import KINDS
from bot.plans.importing.specification import Field, Kind, Type
from bot.plans.moments import in_utc
from bot.storage import plan_tables as tables
from bot.storage.sealing import Seal
from bot.storage.tables import Base

T = TypeVar("T")
Key = tuple[Any, ...]
Values = dict[str, Any]
BATCH = 500  # rows per statement: well below the number of parameters SQLite and PostgreSQL take
TABLES: dict[str, type[Base]] = {
    "participants": tables.Participant,
    "programmes": tables.Programme,
    "plans": tables.PlanVersion,
    "goals": tables.Goal,
    "measures": tables.Measure,
    "results": tables.TestResult,
    "registrations": tables.TestRegistration,
    "absences": tables.Absence,
    "appointments": tables.Appointment,
    "documents": tables.Document,
    "contacts": tables.Contact,
}
OF_PLAN = ("goals", "measures")


@dataclass(frozen=True)
class Stored:
    """A row of a table: its id and its values by field."""

    id: int
    values: Values


@dataclass(frozen=True)
class StoredPlan:
    """The plan in force: its newest version, with its goals and measures by key."""

    id: int
    number: int
    head: Values
    goals: dict[str, Values]
    measures: dict[str, Values]


def in_batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def own_fields(kind: Kind) -> tuple[Field, ...]:
    """The fields that stand in the kind's own table; whose row it is stands there as an id."""
    return tuple(field for field in kind.fields if field.name != "reference" or kind.name == "participants")


def stored_participants(session: Session, seal: Seal, references: Iterable[str]) -> dict[str, Stored]:
    """The participants of these references that exist, by reference."""
    found = {}
    for batch in in_batches(sorted(references)):
        rows = session.execute(_columns(KINDS["participants"], "id").where(tables.Participant.reference.in_(batch)))
        for row in rows:
            values = _values(KINDS["participants"], row[1:], seal)
            found[values["reference"]] = Stored(row[0], values)
    return found


def stored_rows(session: Session, seal: Seal, kind: Kind, owners: Mapping[int, str]) -> dict[Key, Stored]:
    """The rows of a kind that belong to participants (reference by id), by key; in the order they were stored in."""
    table: Any = TABLES[kind.name]
    found = {}
    for batch in in_batches(owners):
        rows = session.execute(_columns(kind, "id", "participant_id").where(table.participant_id.in_(batch)).order_by(table.id))
        for row in rows:
            values = {"reference": owners[row[1]], **_values(kind, row[2:], seal)}
            found[tuple(values[name] for name in kind.key)] = Stored(row[0], values)
    return found


def stored_plans(session: Session, seal: Seal, owners: Mapping[int, str]) -> dict[str, StoredPlan]:
    """The plans in force of participants (reference by id), by reference."""
    found = {}
    for batch in in_batches(owners):
        plans = _newest_heads(session, seal, owners, batch)
        for name in OF_PLAN:
            _add_parts(session, seal, KINDS[name], plans)
        found.update({plan.head["reference"]: plan for plan in plans.values()})
    return found


def _newest_heads(session: Session, seal: Seal, owners: Mapping[int, str], batch: Sequence[int]) -> dict[int, StoredPlan]:
    table = tables.PlanVersion
    newest = (
        select(table.participant_id, func.max(table.number).label("number"))
        .where(table.participant_id.in_(batch))
        .group_by(table.participant_id)
        .subquery()
    )
    kind = KINDS["plans"]
    wanted = _columns(kind, "id", "number", "participant_id").join(
        newest, (table.participant_id == newest.c.participant_id) & (table.number == newest.c.number)
    )
    return {
        row[0]: StoredPlan(row[0], row[1], {"reference": owners[row[2]], **_values(kind, row[3:], seal)}, {}, {})
        for row in session.execute(wanted)
    }


def _add_parts(session: Session, seal: Seal, kind: Kind, plans: Mapping[int, StoredPlan]) -> None:
    table: Any = TABLES[kind.name]
    rows = session.execute(_columns(kind, "plan_id").where(table.plan_id.in_(list(plans))).order_by(table.id))
    for row in rows:
        plan = plans[row[0]]
        values = {"reference": plan.head["reference"], **_values(kind, row[1:], seal)}
        getattr(plan, kind.name)[values["key"]] = values


def _columns(kind: Kind, *before: str) -> Select[Any]:
    table = TABLES[kind.name]
    return select(*(getattr(table, name) for name in before), *(getattr(table, field.column) for field in own_fields(kind)))


def _values(kind: Kind, row: Sequence[Any], seal: Seal) -> Values:
    return {field.name: _opened(field, value, seal) for field, value in zip(own_fields(kind), row, strict=True)}


def _opened(field: Field, value: Any, seal: Seal) -> Any:
    if field.sealed:
        return seal.open(value)
    return in_utc(value) if field.type is Type.MOMENT and value is not None else value
