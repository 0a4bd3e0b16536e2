"""check, coverage, stamp: what is written, and whether it holds."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated

import typer
from rich.table import Table

from bot.command_line.ending import OUT, say, show_table
from bot.content.checks import check_content
from bot.content.coverage import TopicCoverage, gaps
from bot.content.coverage import coverage as coverage_of
from bot.content.library import Library
from bot.content.states import State
from bot.settings import settings

SHORT = {State.MISSING: "-", State.DRAFT: "d", State.MACHINE: "m", State.OUTDATED: "old", State.UP_TO_DATE: "ok"}
Json = Annotated[bool, typer.Option("--json", help="Machine-readable.")]


def check(as_json: Json = False) -> None:
    """Check all content: file, line, and what to do. Exit code 1 when something is wrong."""
    found = check_content(settings().data)
    wrong = sum(map(len, found.values()))
    if as_json:
        rows = [
            {"check": name, "file": str(e.file), "line": e.line, "problem": e.problem} for name, errors in found.items() for e in errors
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for name, errors in found.items():
            for error in errors:
                OUT.print(f"[{name}] {error}", markup=False)
        say(f"{len(found)} content checks, {wrong} problem{'' if wrong == 1 else 's'}")
    raise typer.Exit(1 if wrong else 0)


def coverage(as_json: Json = False, only_gaps: Annotated[bool, typer.Option("--gaps", help="Only rows with a gap.")] = False) -> None:
    """Show every topic in every language: ok, d(raft), m(achine), old, - (missing)."""
    rows = coverage_of(Library(settings().data), dt.date.today())
    if as_json:
        typer.echo(json.dumps(_as_json(rows), ensure_ascii=False, indent=2))
        return
    shown = [row for row in rows if not only_gaps or State.MISSING in row.states.values() or State.OUTDATED in row.states.values()]
    languages = list(rows[0].states) if rows else []
    table = Table("topic", "weight", *languages, "facts until", box=None, pad_edge=False, padding=(0, 1))
    for row in shown:
        table.add_row(row.topic, row.weight, *(SHORT[row.states[code]] for code in languages), row.facts)
    open_gaps = gaps(rows)
    table.add_row("required, missing", "", *(str(open_gaps[code]) for code in languages), "", style="bold")
    show_table(table)


def _as_json(rows: list[TopicCoverage]) -> dict[str, object]:
    topics = [
        {
            "topic": row.topic,
            "weight": row.weight,
            "kind": row.kind,
            "states": {code: state.value for code, state in row.states.items()},
            "examples": row.examples,
            "facts_until": row.facts,
        }
        for row in rows
    ]
    return {"topics": topics, "required_gaps": gaps(rows)}


def stamp(
    topic: Annotated[str, typer.Argument(help="A topic id.")],
    language: Annotated[str, typer.Argument(help="The language whose wording says what the source wording says now.")],
) -> None:
    """Note that a wording was brought up to date with the Bokmål source (writes based_on)."""
    library = Library(settings().data)
    source, wording = library.wording(topic, library.languages.source.code), library.wording(topic, language)
    if source is None or wording is None:
        raise typer.BadParameter(f"There is no wording of {topic} in {language} or in the source language.")
    lines = wording.file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("based_on:")]
    kept.insert(1, f'based_on: "{source.fingerprint}"\n')
    wording.file.write_text("".join(kept), encoding="utf-8")
    say(f"{wording.file} is based on the source wording as it stands now ({source.fingerprint}).")
