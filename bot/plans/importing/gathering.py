"""Reads all rows of all files, before anything is compared with the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.plans.importing.checks import refuse_repeated
from bot.plans.importing.files import sheets_of
from bot.plans.importing.known import Known
from bot.plans.importing.layout import Layout, NoLayout, layout_of
from bot.plans.importing.renamed import Renamed, heading_word
from bot.plans.importing.report import Problem, Report
from bot.plans.importing.rows import Row, Table, national_numbers_in, rows_of
from bot.plans.importing.sheets import Sheet, UnreadableFile
from bot.plans.importing.specification import DICTIONARY
from bot.plans.importing.texts import shown
from bot.plans.importing.track import Track


@dataclass(frozen=True)
class Gathered:
    """The rows that can be read, by kind, and the references of all participants the files name."""

    rows: dict[str, list[Row]]
    named: frozenset[str]

    @property
    def references(self) -> set[str]:
        """The references of all participants whom any row is about."""
        return {row.reference for rows in self.rows.values() for row in rows}


def gather(files: Sequence[Path], renamed: Renamed, known: Known, report: Report, track: Track) -> Gathered:
    """The rows of files. What cannot be read becomes a problem of the report, what is not ours a note."""
    rows: list[Row] = []
    named: set[str] = set()
    tables = [table for file in track(files, "Opening files") for table in _tables(file, renamed, report)]
    for table in tables:
        _note_ignored(table, report)
        lines = track(table.sheet.rows[1:], f"Reading {table.sheet.title}")
        rows.extend(rows_of(table, lines, known, report, named))
    _note_unused(renamed, [table.layout for table in tables], report)
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in refuse_repeated(rows, report):
        by_kind[row.kind.name].append(row)
    return Gathered(by_kind, frozenset(named))


def _tables(file: Path, renamed: Renamed, report: Report) -> Iterator[Table]:
    try:
        sheets = [sheet for sheet in sheets_of(file) if sheet.name != DICTIONARY]
    except UnreadableFile as error:
        report.problems.append(Problem(str(file), None, None, None, "", str(error)))
        return
    strangers = []
    for sheet in sheets:
        try:
            layout = layout_of(sheet, renamed)
        except NoLayout as error:
            report.problems.append(error.problem)
            continue
        if layout is None:
            strangers.append(sheet)
        else:
            yield Table(sheet, layout)
    _note_strangers(file, strangers, of=len(sheets), report=report)


def _note_strangers(file: Path, strangers: Iterable[Sheet], of: int, report: Report) -> None:
    strangers = list(strangers)
    if len(strangers) == of:
        words = "There is no table in this file that could be imported. `veiviser import --template FOLDER` shows how one looks."
        report.problems.append(Problem(str(file), None, None, None, "", words))
    for sheet in strangers:
        columns = {position: f"column {position + 1}" for position in range(max(len(cells) for _, cells in sheet.rows))}
        report.notes.append(f"{sheet.title}: this sheet is ignored; it is none of ours.")
        report.problems.extend(national_numbers_in(sheet, columns))


def _note_ignored(table: Table, report: Report) -> None:
    sheet, columns = table.sheet, table.layout.ignored
    if columns:
        report.notes.append(f"{sheet.title}: ignored {', '.join(map(shown, columns.values()))}.")
        report.problems.extend(national_numbers_in(sheet, columns))


def _note_unused(renamed: Renamed, layouts: list[Layout], report: Report) -> None:
    """A heading named in the mapping that stands in no file is probably misspelt there."""
    for kind, headings in renamed.items():
        read = [layout for layout in layouts if layout.kind.name == kind]
        found = {heading_word(heading) for layout in read for heading in layout.headings.values()}
        unused = [heading for heading in headings if heading not in found]
        if read and unused:
            report.notes.append(f"{kind}: the mapping names columns that are in no file: {', '.join(unused)}.")
