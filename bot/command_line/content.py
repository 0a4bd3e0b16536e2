"""check, coverage, stamp, read-back: what is written, and whether it holds."""

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
from bot.content.read_back import note_readings, read_back_now
from bot.content.states import State
from bot.content.topics import WEIGHTS
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
    library = Library(settings().data)
    rows = coverage_of(library, dt.date.today())
    languages = list(rows[0].states) if rows else []
    read_back = {code: len(read_back_now(library, code)) for code in languages if code != library.languages.source.code}
    if as_json:
        typer.echo(json.dumps(_as_json(rows, read_back), ensure_ascii=False, indent=2))
        return
    shown = [row for row in rows if not only_gaps or State.MISSING in row.states.values() or State.OUTDATED in row.states.values()]
    table = Table("topic", "weight", *languages, "facts until", box=None, pad_edge=False, padding=(0, 1))
    for row in shown:
        table.add_row(row.topic, row.weight, *(SHORT[row.states[code]] for code in languages), row.facts)
    for weight in WEIGHTS:
        open_gaps = gaps(rows, weight)
        table.add_row(f"{weight}, missing", "", *(str(open_gaps[code]) for code in languages), "", style="bold")
    table.add_row("read back", "", *(str(read_back.get(code, "")) for code in languages), "", style="bold")
    show_table(table)


def _as_json(rows: list[TopicCoverage], read_back: dict[str, int]) -> dict[str, object]:
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
    return {"topics": topics, **{f"{weight}_gaps": gaps(rows, weight) for weight in WEIGHTS}, "read_back": read_back}


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


def read_back(
    language: Annotated[str, typer.Argument(help="The language that was read.")],
    topics: Annotated[list[str] | None, typer.Argument(help="Topic ids; all that have an answer when none is named.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who read: a name, or `model`.")] = "",
    blind: Annotated[bool, typer.Option("--blind/--not-blind", help="Whether the reader had not seen the source.")] = True,
) -> None:
    """Note that texts were translated back into Norwegian and say what the source says. A text changed later counts as unread."""
    if not by:
        raise typer.BadParameter("Say who read the texts.", param_hint="--by")
    library = Library(settings().data)
    if language not in library.languages:
        raise typer.BadParameter(f"No language {language!r}. There are {', '.join(library.languages)}.", param_hint="LANGUAGE")
    written = [topic for topic in library.topic_ids() if (wording := library.wording(topic, language)) and wording.answer]
    file = note_readings(library, language, topics or written, by, dt.date.today(), blind=blind)
    say(f"{file}: {len(read_back_now(library, language))} of {len(written)} answers are read back as they stand now.")
