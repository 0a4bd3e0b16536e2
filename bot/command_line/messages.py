"""messages: what waits in the inbox and the outbox of the messengers, and what failed."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer
from rich.table import Table

from bot.command_line.database import cell, clock, opened
from bot.command_line.ending import say, show_table
from bot.command_line.participants import Json
from bot.conversations.traffic.inbox import Inbox
from bot.conversations.traffic.overview import ChannelView, overview


def messages(
    retry: Annotated[bool, typer.Option("--retry", help="Work once more on what came in and failed, after its cause is mended.")] = False,
    as_json: Json = False,
) -> None:
    """Show what waits and what failed on Telegram and WhatsApp. Exit code 0; 1 when something failed or a messenger is paused."""
    with opened() as (session, _):
        if retry:
            say(f"{Inbox.retry_failed(session)} put back.")
        views = overview(session)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(view) for view in views], ensure_ascii=False, indent=2, default=str))
    elif views:
        table = Table("messenger", "came in", "goes out", "paused")
        table.box, table.pad_edge = None, False
        for view in views:
            table.add_row(view.channel, cell(_counted(view, "arrivals")), cell(_counted(view, "departures")), cell(_paused(view)))
        show_table(table)
    else:
        say("Nothing came in over a messenger yet.")
    if any(view.problem or any(one.state == "failed" for one in (*view.arrivals, *view.departures)) for view in views):
        raise typer.Exit(1)


def _counted(view: ChannelView, which: str) -> str:
    return ", ".join(f"{one.number} {one.state} (oldest {clock(one.oldest)})" for one in getattr(view, which)) or "nothing waits"


def _paused(view: ChannelView) -> str:
    return f"{view.problem} until {clock(view.paused_until)}" if view.paused_until else view.problem
