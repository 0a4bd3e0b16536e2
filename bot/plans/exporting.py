"""Writes participants and plans into files of the form the import reads: what was exported and is imported again changes nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.plans.importing.kinds import KINDS
from bot.plans.importing.new_files import new_files
from bot.plans.importing.new_workbook import Add
from bot.plans.importing.stored import OF_PLAN, in_batches, stored_participants, stored_plans, stored_rows
from bot.plans.importing.track import Track, quietly
from bot.storage.plan_tables import Participant
from bot.storage.sealing import Seal


def export_files(
    sessions: sessionmaker[Session], seal: Seal, folder: Path, form: str, municipality: str | None = None, track: Track = quietly
) -> dict[str, int]:
    """Writes all participants, or those of a municipality (its id), into a folder; how many rows of each kind.

    `form` is csv or xlsx. Of the plans it is the version in force. Raises FileExists, OSError, SealError.
    """
    written: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    with sessions() as session, new_files(folder, form) as add:
        wanted = select(Participant.reference).order_by(Participant.reference)
        if municipality is not None:
            wanted = wanted.where(Participant.municipality == municipality)
        references = list(session.scalars(wanted))
        for batch in track(list(in_batches(references)), "Writing") if references else ():
            _add_people(session, seal, batch, add, written)
    return dict(written)


def _add_people(session: Session, seal: Seal, references: list[str], add: Add, written: Counter[str]) -> None:
    participants = stored_participants(session, seal, references)
    owners = {stored.id: reference for reference, stored in sorted(participants.items())}
    plans = [plan for _, plan in sorted(stored_plans(session, seal, owners).items())]
    rows = {
        "participants": [participants[reference].values for reference in owners.values()],
        "plans": [plan.head for plan in plans],
        **{name: [values for plan in plans for values in getattr(plan, name).values()] for name in OF_PLAN},
    }
    for kind in KINDS.values():
        own = rows[kind.name] if kind.name in rows else [stored.values for stored in stored_rows(session, seal, kind, owners).values()]
        for values in own:
            add(kind, values)
            written[kind.name] += 1
