"""Reads a CSV file as it comes from a spreadsheet or a case system."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from bot.plans.importing.sheets import Sheet, UnreadableFile, numbered
from bot.plans.importing.texts import unescaped

DELIMITERS = ";,\t"
NAMED_DELIMITER = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # a first line by which a spreadsheet is told the delimiter


def read_csv_file(file: Path) -> list[Sheet]:
    """The one table of a file: UTF-8, UTF-16 with its mark, or Windows-1252; comma, semicolon or tab. Raises UnreadableFile."""
    text = _decoded(file)
    named = NAMED_DELIMITER.match(text)
    delimiter = named[1] if named else _delimiter(text)
    reader = csv.reader(io.StringIO(text[named.end() :] if named else text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(numbered(tuple(map(unescaped, row)) for row in reader))
    except csv.Error as error:
        raise UnreadableFile(f"Line {reader.line_num} is not CSV ({error}). Look for a quotation mark without its pair.") from error
    return [Sheet(str(file), None, rows)]


def _decoded(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"The file cannot be read ({error.strerror}).") from error
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFile("This is neither UTF-8 nor Windows-1252 text. Save it as CSV UTF-8.")


def _delimiter(text: str) -> str:
    """The one of the three that stands most often in the headings, outside quotation marks."""
    headings = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])
    return max(DELIMITERS, key=headings.count)
