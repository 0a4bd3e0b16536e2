"""A table as it stands in a file, whatever the file: named rows of cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

Cell = object  # str, int, float, bool, datetime, date, time, timedelta, ErrorCell or None
Cells = tuple[Cell, ...]


class UnreadableFile(Exception):
    """A file cannot be opened as a table; the text says why and what to do."""


class ErrorCell(str):
    """A cell in which a spreadsheet shows an error, such as #N/A."""


@dataclass(frozen=True)
class Sheet:
    """One table: a CSV file, or one sheet of a workbook.

    `rows` are the rows that are not blank, each with its number as a spreadsheet shows it; the first holds the headings.
    `first_day` is the day from which a workbook counts its dates.
    """

    file: str
    name: str | None
    rows: list[tuple[int, Cells]] = field(repr=False)
    first_day: dt.datetime | None = None

    @property
    def title(self) -> str:
        """The file, with the sheet where there are several."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file


def numbered(rows: Iterable[Cells]) -> Iterator[tuple[int, Cells]]:
    """The rows that are not blank, with the numbers a spreadsheet shows."""
    for number, cells in enumerate(rows, 1):
        if any(not is_blank(cell) for cell in cells):
            yield number, cells


def is_blank(cell: Cell) -> bool:
    """True for a cell that says nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def cell_at(cells: Cells, position: int) -> Cell:
    """The cell of a row at a position; None where the row is shorter."""
    return cells[position] if position < len(cells) else None


def columns_without_heading(sheet: Sheet) -> dict[int, str]:
    """What to call the columns that hold something but have no heading, by position."""
    headings = sheet.rows[0][1]
    blank = [position for position, heading in enumerate(headings) if is_blank(heading)]
    held = [position for position in blank if any(not is_blank(cell_at(cells, position)) for _, cells in sheet.rows)]
    return {position: f"column {position + 1}, which has no heading" for position in held}
