"""Turns the rows of a table into values, or into problems that say where and what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.plans.importing.days import day_of_serial
from bot.plans.importing.known import Known
from bot.plans.importing.layout import Layout
from bot.plans.importing.report import Problem, Report
from bot.plans.importing.sheets import Cell, Cells, Sheet, cell_at, is_blank
from bot.plans.importing.specification import CLEARED, BadValue, Field, Kind, Type
from bot.plans.importing.texts import clean, is_national_number, shown
from bot.plans.importing.values import read_value

NO_NATIONAL_NUMBERS = "must not stand here. Use the municipality's own reference, and leave national identity numbers out of the file."


@dataclass(frozen=True)
class Table:
    """A table of a file with its layout."""

    sheet: Sheet
    layout: Layout

    def problem(self, row: int, column: str | None, value: str, words: str) -> Problem:
        """A problem in a row of the table."""
        return Problem(self.sheet.file, self.sheet.name, row, column, value, words)


@dataclass(frozen=True)
class Row:
    """One row that can be read. `values` holds only what the row says, by field."""

    table: Table
    number: int
    values: Mapping[str, Any]

    @property
    def kind(self) -> Kind:
        """What kind of row it is."""
        return self.table.layout.kind

    @property
    def reference(self) -> str:
        """Whose row it is."""
        return str(self.values["reference"])

    @property
    def key(self) -> tuple[Any, ...]:
        """What names the row among the rows of its kind."""
        return tuple(self.values[name] for name in self.kind.key)

    def problem(self, field: str, words: str) -> Problem:
        """A problem of this row in the column of a field."""
        return self.table.problem(self.number, self.table.layout.headings.get(field, field), shown(self.values.get(field, "")), words)


def rows_of(table: Table, lines: Iterable[tuple[int, Cells]], known: Known, report: Report, named: set[str]) -> Iterator[Row]:
    """The rows that can be read; the others are refused in the report. References of participants are added to `named`.

    A participant whose row is refused counts as named all the same, so that one slip is not reported for every row that follows.
    """
    kind = table.layout.kind.name
    for number, cells in lines:
        values, problems = _read(table, number, cells, known)
        if kind == "participants" and "reference" in values:
            named.add(values["reference"])
        if problems:
            report.refuse(kind, problems)
        else:
            yield Row(table, number, values)


def _read(table: Table, number: int, cells: Cells, known: Known) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for position, field in table.layout.fields.items():
        raw = cell_at(cells, position)
        heading = table.layout.headings[field.name]
        try:
            said, value = _value(table.sheet, field, raw, known)
        except BadValue as error:
            problems.append(table.problem(number, heading, shown(raw), f"{shown(raw)} {error}"))
            continue
        if said:
            values[field.name] = value
        elif field.required:
            problems.append(table.problem(number, heading, "", f"A value is needed here: {field.meaning}."))
    beyond = [cell for cell in cells[len(table.sheet.rows[0][1]) :] if not is_blank(cell)]
    if beyond:
        words = "The row has more cells than there are headings. A text with the delimiter in it needs quotation marks."
        problems.append(table.problem(number, None, shown(beyond[0]), words))
    return values, problems


def _value(sheet: Sheet, field: Field, raw: Cell, known: Known) -> tuple[bool, Any]:
    """Whether a cell says something, and its value. Raises BadValue."""
    cell = clean(raw) if type(raw) is str else raw
    if is_blank(cell):
        return False, None
    if is_national_number(str(cell)):
        raise BadValue(NO_NATIONAL_NUMBERS)
    if isinstance(cell, str) and cell.casefold() == CLEARED:
        return not field.required, field.default
    if field.type in (Type.DATE, Type.MOMENT):
        cell = day_of_serial(cell, sheet.first_day)
    return True, read_value(field, cell, known)


def _width(sheet: Sheet) -> int:
    return len(sheet.rows[0][1])


def national_numbers_in(sheet: Sheet, columns: Mapping[int, str]) -> Iterator[Problem]:
    """One problem for each of the columns (heading by position), none of them imported, that holds national identity numbers."""
    for position, heading in columns.items():
        for number, cells in sheet.rows:
            cell = cell_at(cells, position)
            if not is_blank(cell) and is_national_number(str(cell).strip()):
                words = "This column holds national identity numbers. Take it out of the file; Veiviser never needs them."
                yield Problem(sheet.file, sheet.name, number, heading, shown(cell), words)
                break
