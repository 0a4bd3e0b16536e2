"""route: which ways are open to one person, with reasons, what is missing and the next step."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.command_line.ending import OUT, say, usage
from bot.content import Library
from bot.guidance.facts_on_day import FactsOnDay
from bot.guidance.routes import Persona, PersonaReader, PersonaUnreadable, RouteAnswer, RouteWords, find_routes, programme_time
from bot.settings import settings

READABLE = 150  # columns: below it the words of a cell stand one under another
FIRST = ("open", "not_yet", "ask", "closed")
COLOURS = dict(zip(FIRST, ("green", "yellow", "cyan", "dim"), strict=True))


def route(
    persona: Annotated[str, typer.Option("--persona", help="A JSON file that describes the person; - reads standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Say for every route whether it is open, not yet open, closed, or must be asked about. What is left out of the file is unknown."""
    library = Library(settings().data)
    reader = PersonaReader(library)
    try:
        person = reader.read(_parsed(persona))
    except PersonaUnreadable as problem:
        usage(str(problem))
    for note in reader.notes:
        say(note)
    answers = find_routes(person, library)
    if as_json:
        typer.echo(json.dumps([answer.as_json() for answer in answers], ensure_ascii=False, indent=2))
    else:
        _show(answers, person, library)


def _parsed(persona: str) -> Any:
    try:
        text = sys.stdin.read() if persona == "-" else Path(persona).read_text(encoding="utf-8-sig")
        return json.loads(text)
    except OSError as problem:
        usage(f"{persona} cannot be read: {problem.strerror}.")
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as problem:
        usage(f'{persona} is not JSON: {problem}. It should look like {{"age": 30, "permit": "refugee"}}.')


def _show(answers: list[RouteAnswer], person: Persona, library: Library) -> None:
    words = RouteWords(library, library.languages.source.code)
    table = Table(*(words.table(key) for key in ("route", "verdict", "why", "next_step", "sources")), show_lines=True)
    for answer in sorted(answers, key=lambda one: FIRST.index(one.verdict)):
        why = words.because(answer) or "\n".join(f"• {words.missing(one)}" for one in answer.missing) or words.meaning(answer.verdict)
        table.add_row(
            f"{words.name(answer.route)}\n[dim]{words.what(answer.route)}[/dim]",
            f"[{COLOURS[answer.verdict]}]{words.verdict(answer.verdict)}[/]",
            why,
            f"{words.next_step(answer)}\n[dim]{words.decides(answer)}[/dim]",
            "\n".join(_sources(answer, person, library)),
        )
    Console(width=max(OUT.width, READABLE), highlight=False).print(table)
    for line in _below(answers, person, library, words):
        OUT.print(line)


def _below(answers: list[RouteAnswer], person: Persona, library: Library, words: RouteWords) -> Iterator[str]:
    time = programme_time(person, library)
    if time and time.extension:
        yield words.table("programme", months=str(time.months), extension=str(time.extension))
    elif time:
        yield words.table("programme_no_extension", months=str(time.months))
    checked = min(library.facts[fact].checked_on for answer in answers for fact in answer.reasons)
    yield " ".join((words.table("unsure"), words.table("checked", date=checked.isoformat()), words.table("notice")))


def _sources(answer: RouteAnswer, person: Persona, library: Library) -> Iterator[str]:
    """Each source once; a star on one that is less than confirmed or out of date."""
    unsure = FactsOnDay(library.facts, person.today).unsure(answer.reasons)
    shown: dict[str, bool] = {}
    for fact_id in answer.reasons:
        source = library.facts[fact_id].source
        name = f"{source.title} {source.section}".strip()
        shown[name] = shown.get(name, False) or fact_id in unsure
    return (f"{name}{' *' if starred else ''}" for name, starred in shown.items())
