"""Writes a workbook with a sheet per kind, choices for code words, and a sheet that explains the columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from bot.plans.importing.cells_out import workbook_cell
from bot.plans.importing.dictionary import HEADINGS, dictionary_rows
from bot.plans.importing.kinds import KINDS
from bot.plans.importing.specification import DICTIONARY, Kind
from bot.plans.importing.texts import FORMULA_STARTS

Add = Callable[[Kind, Mapping[str, Any]], None]
DAY_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
WIDTH = 18
DICTIONARY_WIDTHS = (16, 22, 60, 16, 10, 60, 28)
LAST_ROW = 1_048_576


@contextmanager
def new_workbook(file: Path) -> Iterator[Add]:
    """A function that adds a row of a kind to its sheet; the file is written at the end."""
    book = Workbook(write_only=True)
    sheets = {kind.name: _sheet(book, kind) for kind in KINDS.values()}

    def add(kind: Kind, values: Mapping[str, Any]) -> None:
        sheet = sheets[kind.name]
        sheet.append([_cell(sheet, workbook_cell(values[name])) for name in kind.names])

    try:
        yield add
        _add_dictionary(book)
        book.save(file)
    finally:
        for sheet in book.worksheets:  # after an error too: an open sheet keeps a temporary file
            if not sheet.closed:
                sheet.close()


def _sheet(book: Any, kind: Kind) -> Any:
    sheet = book.create_sheet(kind.name)
    sheet.freeze_panes = "B2"
    for position, field in enumerate(kind.fields, 1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = max(WIDTH, len(field.name) + 2)
        if field.codes:
            choices = DataValidation(type="list", formula1=f'"{",".join(field.codes)}"', allow_blank=True)
            choices.add(f"{letter}2:{letter}{LAST_ROW}")
            sheet.data_validations.append(choices)
    sheet.append([_heading(sheet, name) for name in kind.names])
    return sheet


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=None if value == "" else value)
    if value and isinstance(value, str):
        cell.data_type = "s"  # also where it looks like a formula or an error
        if value.startswith(FORMULA_STARTS):
            cell.quotePrefix = True  # so that it stays text when somebody edits the cell
    elif isinstance(value, dt.datetime):
        cell.number_format = MOMENT_FORMAT
    elif isinstance(value, dt.date):
        cell.number_format = DAY_FORMAT
    return cell


def _heading(sheet: Any, words: str) -> Any:
    cell = WriteOnlyCell(sheet, value=words)
    cell.font = Font(bold=True)
    return cell


def _add_dictionary(book: Any) -> None:
    sheet = book.create_sheet(DICTIONARY)
    sheet.freeze_panes = "A2"
    for position, width in enumerate(DICTIONARY_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.append([_heading(sheet, words) for words in HEADINGS])
    for row in dictionary_rows():
        cells = [_cell(sheet, words) for words in row]
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append(cells)
