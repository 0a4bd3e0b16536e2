"""wishes: what participants ask their advisor for."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.command_line.database import cell, clock, municipality_id, opened
from bot.command_line.ending import say, show_table
from bot.command_line.participants import Json, Municipality
from bot.content import Library
from bot.plans.wishes import Wish, mark_done
from bot.plans.wishes import wishes as wishes_of
from bot.settings import settings


def wishes(
    everything: Annotated[bool, typer.Option("--all", help="Also the wishes that are done.")] = False,
    done: Annotated[int | None, typer.Option("--done", help="Mark the wish with this number as done.")] = None,
    municipality: Municipality = None,
    as_json: Json = False,
) -> None:
    """List what participants ask for (a change of the plan, a note of absence, a meeting), the oldest first."""
    place = municipality_id(Library(settings().data), municipality)
    with opened() as (session, seal):
        if done is not None:
            mark_done(session, done)
        rows = [_row(one) for one in wishes_of(session, seal, done=everything, municipality=place)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if rows:
        table = Table("number", "made", "reference", "name", "kind", "text", "details", "done", box=None, pad_edge=False)
        for row in rows:
            details = ", ".join(f"{key} {value}" for key, value in row["details"].items())
            shown = (row["id"], row["made"], row["reference"], row["name"], row["kind"], row["text"], details, row["done"])
            table.add_row(*map(cell, shown))
        show_table(table)
    still_open = sum(row["done"] is None for row in rows)
    say(f"{still_open} open wish{'' if still_open == 1 else 'es'}")


def _row(wish: Wish) -> dict[str, Any]:
    return {
        "id": wish.id,
        "made": clock(wish.made_at),
        "reference": wish.reference,
        "name": wish.name,
        "municipality": wish.municipality,
        "kind": wish.kind,
        "text": wish.text,
        "details": dict(wish.details),
        "done": clock(wish.done_at) if wish.done_at else None,
    }
