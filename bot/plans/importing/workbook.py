"""Reads the sheets of an XLSX workbook: the values of the cells, also where a formula computes them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from bot.plans.importing.sheets import Cell, Cells, ErrorCell, Sheet, UnreadableFile, numbered


def read_workbook(file: Path) -> list[Sheet]:
    """The sheets of a workbook. Raises UnreadableFile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which no value depends on
            return _sheets(file)
    except OSError as error:
        raise UnreadableFile(f"The file cannot be read ({error.strerror or error}).") from error
    except Exception as error:  # a workbook is somebody else's ZIP of XML files: whatever is wrong in it, the sentence is the same
        raise UnreadableFile("This is no XLSX workbook, or it has a password. Open it in a spreadsheet and save it as .xlsx.") from error


def _sheets(file: Path) -> list[Sheet]:
    book = load_workbook(file, read_only=True, data_only=True)
    try:
        return [_sheet(file, sheet, book.epoch) for sheet in book.worksheets]
    finally:
        book.close()


def _sheet(file: Path, sheet: Any, first_day: Any) -> Sheet:
    sheet.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
    rows = list(numbered(_values(row) for row in sheet.iter_rows()))
    return Sheet(str(file), sheet.title, rows, first_day)


def _values(row: Any) -> Cells:
    return tuple(_value(cell.value, cell.data_type) for cell in row)


def _value(value: Any, data_type: str) -> Cell:
    if data_type == "e" and value is not None:
        return ErrorCell(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
