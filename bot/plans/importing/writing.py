"""Writes changes in batches, inside the transaction of the caller."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bot.plans.importing.kinds import KINDS
from bot.plans.importing.merging import Change
from bot.plans.importing.specification import Kind
from bot.plans.importing.stored import OF_PLAN, TABLES, in_batches, own_fields
from bot.plans.importing.track import Track
from bot.plans.importing.versions import NewVersion
from bot.plans.rows import NO_SYNC
from bot.storage.plan_tables import Participant, PlanVersion
from bot.storage.sealing import Seal

T = TypeVar("T")


@dataclass
class Changes:
    """Everything that an import writes. Participants come first, because the other rows point at them."""

    participants: list[Change] = field(default_factory=list)
    rows: list[Change] = field(default_factory=list)
    versions: list[NewVersion] = field(default_factory=list)

    @property
    def references(self) -> set[str]:
        """Whom anything is written about."""
        written: list[Change | NewVersion] = [*self.participants, *self.rows, *self.versions]
        return {each.reference for each in written}


def write(session: Session, seal: Seal, changes: Changes, ids: Mapping[str, int], now: dt.datetime, track: Track) -> None:
    """Writes all changes. `ids` are the participants that exist, by reference; new ones are added here first."""
    _touch(session, sorted(ids[reference] for reference in changes.references & ids.keys()), now)
    new = [_row(change, seal, created_at=now, changed_at=now) for change in changes.participants if change.id is None]
    _insert(session, KINDS["participants"], new, track)
    _update(session, seal, [change for change in changes.participants if change.id is not None], track)
    ids = {**ids, **_ids_of(session, [row["reference"] for row in new])}
    by_kind: dict[str, list[Change]] = defaultdict(list)
    for change in changes.rows:
        by_kind[change.kind.name].append(change)
    for name, of_kind in by_kind.items():
        new = [_row(change, seal, participant_id=ids[change.reference]) for change in of_kind if change.id is None]
        _insert(session, KINDS[name], new, track)
        _update(session, seal, [change for change in of_kind if change.id is not None], track)
    _write_versions(session, seal, changes.versions, ids, track)


def _write_versions(session: Session, seal: Seal, versions: list[NewVersion], ids: Mapping[str, int], track: Track) -> None:
    heads = [
        {**_columns(KINDS["plans"], version.head, seal), "participant_id": ids[version.reference], "number": version.number}
        for version in versions
    ]
    _insert(session, KINDS["plans"], heads, track)
    plan_ids = _plan_ids(session, [head["participant_id"] for head in heads])
    for name in OF_PLAN:
        kind = KINDS[name]
        parts = [
            {**_columns(kind, values, seal), "plan_id": plan_ids[ids[version.reference], version.number]}
            for version in versions
            for values in getattr(version, name)
        ]
        _insert(session, kind, parts, track)


def _row(change: Change, seal: Seal, **more: Any) -> dict[str, Any]:
    return {**_columns(change.kind, change.values, seal), **more}


def _columns(kind: Kind, values: Mapping[str, Any], seal: Seal, only: Iterable[str] | None = None) -> dict[str, Any]:
    fields = [each for each in own_fields(kind) if only is None or each.name in only]
    return {each.column: seal.close(values[each.name]) if each.sealed else values[each.name] for each in fields}


def _insert(session: Session, kind: Kind, rows: list[dict[str, Any]], track: Track) -> None:
    for batch in _tracked(rows, f"Writing {kind.name}", track):
        session.execute(insert(TABLES[kind.name]), batch)


def _update(session: Session, seal: Seal, changes: list[Change], track: Track) -> None:
    """Writes only the fields that differ, so that what somebody else changes meanwhile in other fields stays."""
    for batch in _tracked(changes, "Changing rows", track):
        rows = [{"id": change.id, **_columns(change.kind, change.values, seal, change.changed)} for change in batch]
        session.execute(update(TABLES[batch[0].kind.name]), rows)


def _tracked(rows: list[T], doing: str, track: Track) -> Iterable[list[T]]:
    return track(list(in_batches(rows)), doing) if rows else ()


def _touch(session: Session, ids: list[int], now: dt.datetime) -> None:
    """Notes that the participants change, and so makes other writers of them wait until the transaction ends (bot/plans/rows.py)."""
    for batch in in_batches(ids):
        session.execute(update(Participant).where(Participant.id.in_(batch)).values(changed_at=now), execution_options=NO_SYNC)


def _ids_of(session: Session, references: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in in_batches(references):
        rows = session.execute(select(Participant.reference, Participant.id).where(Participant.reference.in_(batch)))
        found.update((reference, id_) for reference, id_ in rows)
    return found


def _plan_ids(session: Session, owners: list[int]) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for batch in in_batches(owners):
        columns = select(PlanVersion.participant_id, PlanVersion.number, PlanVersion.id)
        rows = session.execute(columns.where(PlanVersion.participant_id.in_(batch)))
        found.update(((owner, number), id_) for owner, number, id_ in rows)
    return found
