"""whatsapp check, whatsapp templates: is the number connected, and what has to be submitted to Meta."""

from __future__ import annotations

import dataclasses
import json

import typer
from rich.table import Table

from bot.channels.whatsapp.checking import check as look
from bot.channels.whatsapp.templates import template_languages
from bot.command_line.ending import say, show_table
from bot.command_line.participants import Json
from bot.content import Library
from bot.settings import settings

TEXT = "whatsapp_template_text"
commands = typer.Typer(help="The WhatsApp number: check it, print its template.", no_args_is_help=True)


@commands.command()
def check(as_json: Json = False) -> None:
    """Say what is wrong with token, number, webhook and template, and what to do. Nothing is sent. Exit code 1 when something is wrong."""
    findings = look(settings())
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(one) for one in findings], ensure_ascii=False, indent=2))
    else:
        table = Table("what", "state", "says", box=None, pad_edge=False)
        for one in findings:
            table.add_row(one.about, one.state, one.says)
        show_table(table)
        for one in findings:
            if one.advice:
                say(f"{one.about}: {one.advice}")
    if any(one.state == "wrong" for one in findings):
        raise typer.Exit(1)


@commands.command()
def templates(as_json: Json = False) -> None:
    """Print the template's text in every language Meta has, to be submitted in WhatsApp Manager (utility, no parameters, no buttons)."""
    library = Library(settings().data)
    rows = [
        {"language": ours, "code": theirs, "text": library.phrase(TEXT, ours)}
        for ours, theirs in template_languages(settings().data).codes.items()
        if ours in library.languages
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("language", "Meta's code", "text", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row.values())
    show_table(table)
    say("Submit these as one template (category utility, no parameters) and set VEIVISER_WHATSAPP_TEMPLATE to its name.")
