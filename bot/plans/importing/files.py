"""Which files are read, and by what."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.plans.importing.csv_file import read_csv_file
from bot.plans.importing.sheets import Sheet, UnreadableFile
from bot.plans.importing.workbook import read_workbook

READERS = {
    ".csv": read_csv_file,
    ".tsv": read_csv_file,
    ".txt": read_csv_file,
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
}


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files named, and for a folder the CSV and XLSX files in it; each once. Locks of open workbooks (~$) are left out."""
    found: dict[Path, Path] = {}
    for path in paths:
        inside = sorted(file for file in path.iterdir() if file.suffix.casefold() in READERS) if path.is_dir() else [path]
        for file in inside:
            if not file.name.startswith(("~$", ".")):
                found.setdefault(file.resolve(), file)
    return list(found.values())


def sheets_of(file: Path) -> list[Sheet]:
    """The tables of a file; blank ones are left out. Raises UnreadableFile."""
    read = READERS.get(file.suffix.casefold())
    if read is None:
        raise UnreadableFile("Only .csv and .xlsx files can be read. Open it in a spreadsheet and save it as one of them.")
    return [sheet for sheet in read(file) if sheet.rows]
