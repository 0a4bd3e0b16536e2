"""Imports files: reads all, compares all, and writes all in one transaction or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from bot.plans.importing.checks import refuse_unknown_participants
from bot.plans.importing.files import files_in
from bot.plans.importing.gathering import Gathered, gather
from bot.plans.importing.kinds import KINDS
from bot.plans.importing.known import Known
from bot.plans.importing.merging import changes_of
from bot.plans.importing.renamed import Renamed
from bot.plans.importing.report import Report
from bot.plans.importing.stored import OF_PLAN, Stored, stored_participants, stored_plans, stored_rows
from bot.plans.importing.track import Track, quietly
from bot.plans.importing.versions import new_versions
from bot.plans.importing.writing import Changes, write
from bot.storage.sealing import Seal

VERSIONED = ("plans", *OF_PLAN)


class ImportStopped(Exception):
    """The database did not take the import; nothing of it is stored. The text says what to do."""


def import_files(
    sessions: sessionmaker[Session],
    seal: Seal,
    paths: Iterable[Path],
    known: Known,
    *,
    now: dt.datetime,
    renamed: Renamed | None = None,
    dry_run: bool = False,
    track: Track = quietly,
) -> Report:
    """Imports files and folders of files; the report says what was or would be done.

    One problem anywhere, and nothing is written. What the files do not name stays as it is: an import takes nothing away.
    Raises ImportStopped when the database refuses, SealError when stored words were sealed with another key.
    """
    report = Report(dry_run)
    files = files_in(paths)
    gathered = gather(files, renamed or {}, known, report, track)
    try:
        with sessions.begin() as session:
            participants = stored_participants(session, seal, gathered.references)
            changes = _compare(session, seal, gathered, participants, known, report, track)
            if not report.problems and not dry_run:
                write(session, seal, changes, {reference: stored.id for reference, stored in participants.items()}, now, track)
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]  # the lines after it repeat values
        raise ImportStopped(
            f"The database did not take the import ({reason}). Nothing was written. Run it again when nobody else is importing."
        ) from error
    report.written = not report.problems and not dry_run
    _sort(report, files)
    return report


def _compare(
    session: Session,
    seal: Seal,
    gathered: Gathered,
    participants: dict[str, Stored],
    known: Known,
    report: Report,
    track: Track,
) -> Changes:
    owners = {stored.id: reference for reference, stored in participants.items()}
    changes = Changes()
    kinds = [KINDS[name] for name in KINDS if gathered.rows.get(name)]
    versioned = []
    for kind in track(kinds, "Comparing"):
        rows = gathered.rows[kind.name]
        if kind.name == "participants":
            changes.participants = changes_of(rows, {(reference,): stored for reference, stored in participants.items()}, report)
            continue
        rows = refuse_unknown_participants(rows, gathered.named | participants.keys(), report)
        if kind.name in VERSIONED:
            versioned.extend(rows)
        else:
            changes.rows.extend(changes_of(rows, stored_rows(session, seal, kind, owners), report))
    changes.versions = new_versions(versioned, stored_plans(session, seal, owners), known.today, report) if versioned else []
    return changes


def _sort(report: Report, files: list[Path]) -> None:
    """Problems in the order in which a person goes through the files."""
    order = {str(file): place for place, file in enumerate(files)}
    report.problems.sort(key=lambda problem: (order.get(problem.file, 0), problem.sheet or "", problem.row or 0))
