"""facts: what expires when, and what is not confirmed."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.command_line.ending import say, show_table
from bot.content.facts import Confidence, FactState
from bot.content.library import Library
from bot.settings import settings


def facts(
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
    within: Annotated[int | None, typer.Option("--within", min=0, help="Only what expires within so many days, or has expired.")] = None,
    unconfirmed: Annotated[bool, typer.Option("--unconfirmed", help="Only what is older or unverified.")] = False,
) -> None:
    """List all facts by the day they expire. Exit code 1 when one has expired."""
    rows = _rows(Library(settings().data), dt.date.today())
    if unconfirmed:
        rows = [row for row in rows if row["confidence"] != Confidence.CONFIRMED.value]
    if within is not None:
        last = (dt.date.today() + dt.timedelta(days=within)).isoformat()
        rows = [row for row in rows if row["state"] == "expired" or (row["expires_on"] and row["expires_on"] <= last)]
    expired = [row for row in rows if row["state"] == FactState.EXPIRED.value]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        table = Table("fact", "value", "unit", "expires", "confidence", "source", "topics", box=None, pad_edge=False)
        for row in rows:
            style = "red" if row in expired else None
            topics = ", ".join(row["topics"][:3]) + (" ..." if len(row["topics"]) > 3 else "")
            table.add_row(
                row["id"],
                str(row["value"]),
                row["unit"],
                row["expires_on"] or "",
                row["confidence"],
                row["source"],
                topics,
                style=style,
            )
        show_table(table)
        unsure = sum(row["confidence"] != Confidence.CONFIRMED.value for row in rows)
        say(f"{len(rows)} facts, {unsure} of them not confirmed, {len(expired)} expired")
    raise typer.Exit(1 if expired else 0)


def _rows(library: Library, today: dt.date) -> list[dict[str, Any]]:
    used: dict[str, list[str]] = {}
    for topic in library.topics():
        for fact in topic.facts:
            used.setdefault(fact, []).append(topic.id)
    rows = []
    for fact_id in library.facts:
        known = library.facts.on(fact_id, today)
        rows.append(
            {
                "id": fact_id,
                "says": known.fact.says,
                "value": known.value if not isinstance(known.value, dt.date) else known.value.isoformat(),
                "unit": known.fact.unit,
                "state": known.state.value,
                "expires_on": known.expires_on.isoformat() if known.expires_on else None,
                "confidence": known.confidence.value,
                "source": " ".join(filter(None, (known.fact.source.title, known.fact.source.section))),
                "url": known.fact.source.url,
                "checked_on": known.fact.checked_on.isoformat(),
                "scope": known.fact.scope,
                "topics": used.get(fact_id, []),
            }
        )
    return sorted(rows, key=lambda row: (row["state"] != "expired", row["expires_on"] or "9999", row["id"]))
