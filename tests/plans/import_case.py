"""What the tests of import and export share: files written in one line, and an importer with fixed days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from sqlalchemy import Table, select
from sqlalchemy.orm import Session, sessionmaker

from bot.content.library import Library
from bot.plans.importing import import_files
from bot.plans.importing.known import Known, known_from
from bot.plans.importing.renamed import Renamed
from bot.plans.importing.report import Report
from bot.plans.importing.stored import TABLES
from bot.settings import ROOT
from bot.storage.sealing import Seal

TODAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
SEAL = Seal("3XGJ8xGRBGbeMzVBuuCRZlqBDMWbGyjNUBnQDwk3cHE=")
NATIONAL_NUMBER = "01019012480"  # of nobody: made for the test, with both check digits right
PEOPLE = "reference;name;municipality\nA1;Selam Tesfay;oslo\nB2;Omar Ali;Bærum\n"


def known(today: dt.date = TODAY) -> Known:
    return known_from(Library(ROOT / "data"), today)


def write(folder: Path, **texts: str | bytes) -> list[Path]:
    """CSV files by kind: write(folder, participants="reference;name;..."). Text is written as UTF-8."""
    files = []
    for name, text in texts.items():
        file = folder / f"{name}.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        files.append(file)
    return files


def write_book(file: Path, sheets: Mapping[str, Iterable[Sequence[object]]]) -> Path:
    """A workbook with the sheets and rows given."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(file)
    return file


def run(
    sessions: sessionmaker[Session],
    files: Iterable[Path],
    *,
    dry_run: bool = False,
    renamed: Renamed | None = None,
    seal: Seal = SEAL,
    now: dt.datetime = NOW,
) -> Report:
    return import_files(sessions, seal, files, known(now.date()), now=now, renamed=renamed, dry_run=dry_run)


def figures(report: Report) -> dict[str, tuple[int, int, int, int]]:
    """Created, changed, unchanged, refused of every kind that has rows."""
    return {
        name: (counts.created, counts.changed, counts.unchanged, counts.refused) for name, counts in report.kinds.items() if counts.rows
    }


def contents(sessions: sessionmaker[Session]) -> dict[str, list[tuple[object, ...]]]:
    """Everything that stands in the tables of plans, as it is stored."""
    with sessions() as session:
        tables: dict[str, Table] = {name: model.__table__ for name, model in TABLES.items()}  # type: ignore[misc]
        return {name: [tuple(row) for row in session.execute(select(table).order_by(table.c.id))] for name, table in tables.items()}


def said(report: Report) -> str:
    """All problems as one text."""
    return "\n".join(map(str, report.problems))
