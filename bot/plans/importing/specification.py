"""What a field and a kind of rows are: the words in which the table of all fields (kinds.py) is written."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

DICTIONARY = "dictionary"  # the sheet of a workbook that explains the others
CLEARED = "(empty)"  # written in a cell, it takes away what is stored; an empty cell says nothing


class BadValue(Exception):
    """A cell cannot be read. The text goes on after the value: "... is no date; write ..."."""


class Type(enum.Enum):
    """What a cell of a field holds, as the data dictionary names it."""

    TEXT = "text"
    DATE = "date"
    MOMENT = "date and time"
    NUMBER = "number"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    CODE = "code"
    MUNICIPALITY = "municipality"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Field:
    """One column.

    `key` fields together name a row; `codes` are the only values allowed; `longest` counts characters, `least` and `most` are
    limits of numbers; `default` is what a new row holds where the file says nothing; `sealed` text is encrypted in the table, in
    a column named `sealed_<name>`; `past` days cannot lie after the day of the import.
    """

    name: str
    meaning: str
    example: str
    type: Type = Type.TEXT
    required: bool = False
    key: bool = False
    codes: tuple[str, ...] = ()
    longest: int = 80
    least: float = 0
    most: float = 0
    default: Any = None
    sealed: bool = False
    past: bool = False

    @property
    def column(self) -> str:
        """The name of the column of the table."""
        return f"sealed_{self.name}" if self.sealed else self.name


@dataclass(frozen=True)
class Kind:
    """One kind of rows: a CSV file or a sheet. `spans` are pairs of days of which the second cannot lie before the first."""

    name: str
    norwegian: str
    meaning: str
    fields: tuple[Field, ...]
    spans: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The names of the fields that together name a row."""
        return tuple(field.name for field in self.fields if field.key)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the fields that each row must fill."""
        return tuple(field.name for field in self.fields if field.required)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields."""
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field:
        """The field of a name. Raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)
