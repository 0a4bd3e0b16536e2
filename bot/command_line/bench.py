"""bench: this assistant and a stock Rasa, measured side by side in one run; and what carries the messages of messengers."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.command_line.ending import say, show_table
from bot.processes import bench as benchmark
from bot.processes.bench_traffic import measure_traffic
from bot.settings import settings

ROWS = {
    "ready_seconds": "start to ready, s",
    "idle_mb": "idle memory, MB",
    "turn_ms": "one turn in a 10-message conversation, median ms",
    "turn_95_ms": "the same, 95th percentile ms",
    "turn_at_10_ms": "one turn around the 10th message, median ms",
    "turn_at_300_ms": "one turn around the 300th message, median ms",
    "growth": "300th beside 10th",
    "turns_per_second": "32 people at once, turns/s",
}
TRAFFIC_ROWS = {
    "messages_per_second": "queued messages, in, answered and out again, messages/s",
    "median_ms": "one message, from webhook to delivered, median ms",
}


def bench(
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=20, help="How often each is started; medians are shown.")] = 3,
    only: Annotated[str | None, typer.Option("--only", help="veiviser, stock or traffic, instead of all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Measure start, memory, one turn, growth over 300 messages, and throughput. Both run the same messages, in turn.

    `traffic` is measured with an assistant and a messenger that answer at once: the databases and our own part of the way.
    """
    if only not in (None, "veiviser", "stock", "traffic"):
        raise typer.BadParameter("One of veiviser, stock, traffic.", param_hint="--only")
    figures: dict[str, dict[str, Any]] = {}
    if only != "traffic":
        subjects = benchmark.subjects(settings(), say)
        figures = benchmark.measure({only: subjects[only]} if only else subjects, rounds, say)
    traffic = measure_traffic(settings(), say) if only in (None, "traffic") else {}
    if as_json:
        typer.echo(json.dumps({**figures, "traffic": traffic} if traffic else figures, indent=2))
        return
    if figures:
        _show("median of rounds", ROWS, figures)
    if traffic:
        _show("traffic", TRAFFIC_ROWS, traffic)


def _show(title: str, rows: dict[str, str], figures: dict[str, dict[str, Any]]) -> None:
    table = Table(title, *figures, box=None, pad_edge=False)
    for key, words in rows.items():
        table.add_row(words, *(f"{row[key]:.2f}" if key == "growth" else f"{row[key]:.1f}" for row in figures.values()))
    show_table(table)
