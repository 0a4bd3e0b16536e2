"""Which kind of rows a table holds, and which column is which field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.plans.importing.kinds import KINDS
from bot.plans.importing.renamed import Renamed, heading_word
from bot.plans.importing.report import Problem
from bot.plans.importing.sheets import Sheet, columns_without_heading
from bot.plans.importing.specification import Field, Kind
from bot.plans.importing.texts import clean, shown

NEAR = 0.8  # how alike a name must be to be a slip; `Notater` is not `kontakter`
KIND_BY_WORD = {heading_word(word): kind for kind in KINDS.values() for word in (kind.name, kind.norwegian)}


class NoLayout(Exception):
    """A table cannot be read as rows of a kind; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Layout:
    """The kind of a table, its fields by position, and what the other columns are called by position."""

    kind: Kind
    fields: Mapping[int, Field]
    ignored: Mapping[int, str]
    headings: Mapping[str, str]  # by field, as they stand in the file


def layout_of(sheet: Sheet, renamed: Renamed) -> Layout | None:
    """The layout of a table; None for one that is nothing of ours. Raises NoLayout where something of ours cannot be read."""
    headings = [clean("" if cell is None else str(cell)) for cell in sheet.rows[0][1]]
    kind = _kind_of(sheet, headings, renamed)
    if kind is None:
        _refuse_misspelt(sheet, headings, renamed)
        return None
    names = {position: _field_name(kind, heading, renamed) for position, heading in enumerate(headings) if heading}
    fields = {position: kind.field(name) for position, name in names.items() if name}
    _refuse_doubled(sheet, fields, headings)
    missing = [name for name in kind.required if name not in {field.name for field in fields.values()}]
    if missing:
        found = ", ".join(shown(heading) for heading in headings if heading)
        what = f"The {kind.name} need the column{'s' * (len(missing) > 1)} {', '.join(missing)}. The columns found are {found}."
        raise _problem(sheet, None, f"{what} Rename them, or name them in a file for --columns.")
    ignored = {position: headings[position] for position, name in names.items() if not name} | columns_without_heading(sheet)
    return Layout(kind, fields, ignored, {field.name: headings[position] for position, field in fields.items()})


def _kind_of(sheet: Sheet, headings: list[str], renamed: Renamed) -> Kind | None:
    """By the sheet's name (for CSV the file's), else by the columns, else by the name of the workbook."""
    stem = Path(sheet.file).stem
    return _kind_in(sheet.name or stem) or _kind_by_columns(headings, renamed) or _kind_in(stem)


def _kind_in(name: str) -> Kind | None:
    words = re.split(r"[\W\d_]+", heading_word(name))
    kinds = {KIND_BY_WORD[word].name for word in words if word in KIND_BY_WORD}
    return KINDS[kinds.pop()] if len(kinds) == 1 else None


def _kind_by_columns(headings: list[str], renamed: Renamed) -> Kind | None:
    """The kind with most of the columns, all that it requires among them; None when two have as many."""
    scores: Counter[str] = Counter()
    for kind in KINDS.values():
        names = {_field_name(kind, heading, renamed) for heading in headings}
        if names.issuperset(kind.required):
            scores[kind.name] = len(names - {None})
    best = [name for name, score in scores.items() if score == max(scores.values()) and score > 1]
    return KINDS[best[0]] if len(best) == 1 else None


def _field_name(kind: Kind, heading: str, renamed: Renamed) -> str | None:
    word = heading_word(heading)
    name = renamed.get(kind.name, {}).get(word, word)
    return name if name in kind.names else None


def _refuse_misspelt(sheet: Sheet, headings: list[str], renamed: Renamed) -> None:
    """A sheet of notes is left alone; one whose name is nearly a kind's, or that has references, is ours and would be lost."""
    near = get_close_matches(heading_word(sheet.name or Path(sheet.file).stem), list(KIND_BY_WORD), n=1, cutoff=NEAR)
    about_people = any(_field_name(kind, heading, renamed) == "reference" for kind in KINDS.values() for heading in headings)
    if near or about_people or sheet.name is None:
        hint = f" Did you mean {near[0]}?" if near else ""
        words = "Neither the name nor the columns say what kind of rows these are. Name it as one of"
        raise _problem(sheet, None, f"{words} {', '.join(KINDS)}.{hint}")


def _refuse_doubled(sheet: Sheet, fields: Mapping[int, Field], headings: list[str]) -> None:
    for name in {field.name for field in fields.values()}:
        columns = [headings[position] for position, field in fields.items() if field.name == name]
        if len(columns) > 1:
            raise _problem(sheet, columns[-1], f"{len(columns)} columns hold {name} ({', '.join(columns)}). Keep one of them.")


def _problem(sheet: Sheet, column: str | None, words: str) -> NoLayout:
    return NoLayout(Problem(sheet.file, sheet.name, sheet.rows[0][0], column, "", words))
