"""The data dictionary, made from the table of fields: what each column means and what it may hold.

`python -m bot.plans.importing.dictionary docs/import.md` brings the one in the documentation up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.plans.importing.kinds import KINDS
from bot.plans.importing.specification import Field, Kind, Type

HEADINGS = ("rows", "column", "meaning", "type", "required", "allowed", "example")
BEGIN, END = "<!-- data dictionary: begin (made from bot/plans/importing/kinds.py) -->", "<!-- data dictionary: end -->"
ALLOWED = {
    Type.DATE: "2026-11-21, 21.11.2026, 21/11/2026",
    Type.MOMENT: "2026-11-24 09:30, 24.11.2026 09:30 (Norwegian time)",
    Type.YES_NO: "yes, no (ja, nei)",
    Type.MUNICIPALITY: "a municipality of data/municipalities",
    Type.LANGUAGE: "a language of data/languages.yml",
}


def dictionary_rows() -> list[tuple[str, ...]]:
    """One row per column, under HEADINGS."""
    return [(kind.name, *_words(field)) for kind in KINDS.values() for field in kind.fields]


def dictionary_text() -> str:
    """The dictionary as Markdown, one table per kind."""
    return "\n".join(_table(kind) for kind in KINDS.values())


def _table(kind: Kind) -> str:
    head = [f"### {kind.name} ({kind.norwegian})", "", f"{kind.meaning}.", ""]
    lines = [HEADINGS[1:], ("---",) * len(HEADINGS[1:]), *map(_words, kind.fields)]
    return "\n".join([*head, *(f"| {' | '.join(line)} |" for line in lines), ""])


def _words(field: Field) -> tuple[str, ...]:
    need = "key" if field.key else "yes" if field.required else ""
    return (field.name, field.meaning, field.type.value, need, _allowed(field), field.example)


def _allowed(field: Field) -> str:
    if field.codes:
        return ", ".join(field.codes)
    if field.type in (Type.NUMBER, Type.WHOLE):
        return f"{field.least:g} to {field.most:g}"
    return ALLOWED.get(field.type, f"at most {field.longest} characters")


def renewed(document: str) -> str:
    """A document with the dictionary of today between its marks. Raises ValueError where the marks are missing."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The document needs the lines `{BEGIN}` and `{END}`.")
    return f"{before}{BEGIN}\n\n{dictionary_text()}\n{END}{after}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        file = Path(name)
        file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")
