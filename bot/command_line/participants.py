"""participants, demo-participants: who is there, and forty invented people to try everything with."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.command_line.database import cell, municipality_id, opened
from bot.command_line.ending import fail, say, show_table
from bot.content import Library
from bot.courses.demo import ensure_demo_course
from bot.courses.parts import Courses
from bot.plans.demo import load_demo
from bot.plans.link_codes import link_key
from bot.plans.reading import Overview, overview
from bot.settings import Mode, settings

Json = Annotated[bool, typer.Option("--json", help="Machine-readable.")]
Municipality = Annotated[str | None, typer.Option("--municipality", help="Only of this municipality, such as oslo.")]
COLUMNS = ("reference", "name", "municipality", "language", "born", "goal", "programme ends", "chats", "demo")


def participants(municipality: Municipality = None, as_json: Json = False) -> None:
    """List the participants: who, which goal, when the programme ends, how many chats are linked."""
    place = municipality_id(Library(settings().data), municipality)
    with opened() as (session, seal):
        rows = [_row(one) for one in overview(session, seal, place)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if rows:
        table = Table(*COLUMNS, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*(cell(value) for value in {**row, "demo": "demo" if row["demo"] else ""}.values()))
        show_table(table)
    say(
        f"{len(rows)} participants"
        if rows
        else "No participants. `veiviser import` reads them from files; `veiviser demo-participants` invents some."
    )


def demo_participants(as_json: Json = False) -> None:
    """Write forty invented participants with plans, appointments and results. Whoever is there stays as it is."""
    if settings().mode is not Mode.DEMO:
        fail("Invented participants are for trying out: this installation runs in production mode, where only real ones belong.")
    with opened() as (session, seal):
        library = Library(settings().data)
        loaded = load_demo(session, seal, library, dt.date.today())
        ensure_demo_course(Courses(seal, library, link_key(settings().key("text_key"))), session, settings().mode)
    if as_json:
        typer.echo(json.dumps({"created": loaded.created, "there": loaded.there}))
    else:
        say(f"{loaded.created} invented participants written, {loaded.there} were there already. Link one: veiviser link-code DEMO-2501")


def _row(one: Overview) -> dict[str, Any]:
    who, programme = one.participant, one.programme
    end = programme.end if programme else None
    return {
        "reference": who.reference,
        "name": who.name,
        "municipality": who.municipality,
        "language": who.language,
        "birth_date": who.birth_date.isoformat() if who.birth_date else None,
        "final_goal": programme.final_goal if programme else None,
        "end_of_programme": end.isoformat() if end else None,
        "chats": one.chats,
        "demo": who.demo,
    }
