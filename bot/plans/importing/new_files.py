"""Writes rows as the import reads them: one CSV file per kind, or one workbook with a sheet per kind.

Nothing is written over, and the files appear under their names only when they are complete. Only the user who writes them may
read them, because they hold names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bot.plans.importing.cells_out import csv_cell
from bot.plans.importing.kinds import KINDS
from bot.plans.importing.new_workbook import Add, new_workbook
from bot.plans.importing.specification import Kind

BOOK = "veiviser.xlsx"


class FileExists(Exception):
    """A file would be written over."""


@contextmanager
def new_files(folder: Path, form: str) -> Iterator[Add]:
    """A function that adds a row of a kind to the files of a folder; `form` is csv or xlsx. Raises FileExists, OSError."""
    if form == "xlsx":
        with whole([folder / BOOK]) as (part,), new_workbook(part) as add:
            yield add
    else:
        with whole([folder / f"{name}.csv" for name in KINDS]) as parts, _csv_files(parts) as add:
            yield add


@contextmanager
def whole(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Files to write into; at the end they get their names, after an error they are gone. Raises FileExists, OSError."""
    for file in files:
        if file.exists():
            raise FileExists(f"{file} exists already. Name another folder, or move the file away.")
        file.parent.mkdir(parents=True, exist_ok=True)
    parts = [file.with_name(f".{file.name}.part") for file in files]
    try:
        for part in parts:
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
        yield parts
        for part, file in zip(parts, files, strict=True):
            part.rename(file)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


@contextmanager
def _csv_files(parts: Sequence[Path]) -> Iterator[Add]:
    """UTF-8 with its mark and semicolons, as a Norwegian spreadsheet opens it."""
    with ExitStack() as opened:
        writers = {}
        for kind, part in zip(KINDS.values(), parts, strict=True):
            file = opened.enter_context(part.open("w", encoding="utf-8-sig", newline=""))
            writers[kind.name] = csv.writer(file, delimiter=";")
            writers[kind.name].writerow(kind.names)

        def add(kind: Kind, values: Mapping[str, Any]) -> None:
            writers[kind.name].writerow([csv_cell(values[name]) for name in kind.names])

        yield add
