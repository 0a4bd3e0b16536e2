"""bench: this assistant and a stock Rasa, measured side by side in one run."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.command_line.ending import say, show_table
from bot.processes import bench as benchmark
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


def bench(
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=20, help="How often each is started; medians are shown.")] = 3,
    only: Annotated[str | None, typer.Option("--only", help="veiviser or stock, instead of both.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Measure start, memory, one turn, growth over 300 messages, and throughput. Both run the same messages, in turn."""
    subjects = benchmark.subjects(settings(), say)
    if only:
        if only not in subjects:
            raise typer.BadParameter(f"One of {', '.join(subjects)}.", param_hint="--only")
        subjects = {only: subjects[only]}
    figures = benchmark.measure(subjects, rounds, say)
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
    else:
        _show(figures)


def _show(figures: dict[str, dict[str, Any]]) -> None:
    table = Table("median of rounds", *figures, box=None, pad_edge=False)
    for key, words in ROWS.items():
        table.add_row(words, *(f"{row[key]:.2f}" if key == "growth" else f"{row[key]:.1f}" for row in figures.values()))
    show_table(table)
