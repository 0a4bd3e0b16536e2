"""cases: the queue of people who wait for an advisor, for those who prefer the command line."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.command_line.database import cell, clock, municipality_id, opened
from bot.command_line.ending import fail, say, show_table
from bot.command_line.participants import Json, Municipality
from bot.content import Library
from bot.desk.audit import record
from bot.desk.colleagues import Colleague, Role
from bot.desk.problems import NoSuchCase
from bot.desk.queue import Row, Wanted, queue
from bot.desk.reading import Line, case_view
from bot.plans.moments import this_moment
from bot.settings import settings

STATES = ("open", "waiting", "held", "closed")
OPERATOR = Colleague(0, "command line", Role.ADMINISTRATOR)


def cases(
    number: Annotated[int | None, typer.Argument(help="Read this case: the whole conversation, in both languages.")] = None,
    state: Annotated[str, typer.Option("--state", help=f"Which cases: {', '.join(STATES)}.")] = "open",
    municipality: Municipality = None,
    as_json: Json = False,
) -> None:
    """List cases, the most urgent first, or read one. Reading is written into the audit log. Exit code 0; 1 when there is no such case."""
    if state not in STATES:
        raise typer.BadParameter(f"{state} is no state. There are: {', '.join(STATES)}.")
    library = Library(settings().data)
    place = municipality_id(library, municipality)
    with opened() as (session, seal):
        if number is not None:
            try:
                lines = case_view(session, seal, library, OPERATOR, number, this_moment()).lines
            except NoSuchCase:
                fail(f"There is no case {number}. `veiviser cases --state closed` lists those that are closed.")
            record(session, OPERATOR.name, "read", "case", str(number))
            _show_lines([_spoken(line) for line in lines], as_json)
            return
        found = queue(session, seal, OPERATOR, Wanted(state=state, municipality=place or ""), this_moment())
        record(session, OPERATOR.name, "read", "queue", state=state)
        rows = [_row(row) for row in found.rows]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if rows:
        table = Table(
            "case", "priority", "reason", "state", "language", "municipality", "waiting since", "answer by", "with", "newest words"
        )
        table.box, table.pad_edge = None, False
        for row in rows:
            table.add_row(*(cell(row[key]) for key in list(row) if key != "participant"))
        show_table(table)
    say(f"{found.counts['waiting']} waiting, {found.counts['held']} with an advisor")


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "priority": row.priority,
        "reason": row.reason,
        "state": row.state,
        "language": row.language,
        "municipality": row.municipality,
        "waiting_since": clock(row.waiting_since) if row.waiting_since else None,
        "target": clock(row.target_at) if row.target_at else None,
        "holder": row.holder or None,
        "newest": row.excerpt,
        "participant": row.participant or None,
    }


def _spoken(line: Line) -> dict[str, Any]:
    said = {"at": clock(line.at), "author": line.author, "by": line.by or None, "text": line.text, "language": line.language}
    return {**said, "norwegian": line.norwegian or None, "topic": line.topic or None, "confidence": line.confidence}


def _show_lines(lines: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=2))
        return
    for line in lines:
        understood = f"  [{line['topic']} {line['confidence']:.2f}]" if line["topic"] and line["confidence"] else ""
        typer.echo(f"{line['at']}  {line['by'] or line['author']}{understood}")
        for text in filter(None, (line["text"], line["norwegian"])):
            typer.echo("\n".join(f"    {row}" for row in text.splitlines()))
