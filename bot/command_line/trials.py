"""trials: other pipelines, trained and measured on the same sentences."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.command_line.ending import say, show_table
from bot.command_line.evaluate import report_of
from bot.command_line.sentences import sentences
from bot.content.library import Library
from bot.processes import trials as pipelines
from bot.settings import ROOT, settings


def trials(
    names: Annotated[list[str] | None, typer.Argument(help="Which pipelines of bot/understanding/trials; all without a name.")] = None,
    languages: Annotated[str, typer.Option("--languages", help="Train and measure on these only, such as nb,ar,ti,so.")] = "",
    without: Annotated[str, typer.Option("--without", help="Leave these out of the training and measure only them (zero-shot).")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Train each pipeline on the examples and read the held-out sentences: accuracy, training time, latency, memory."""
    library = Library(settings().data)
    known = [code for code in languages.split(",") if code] or list(library.languages)
    unseen = [code for code in without.split(",") if code]
    for code in (*known, *unseen):
        if code not in library.languages:
            raise typer.BadParameter(f"{code} is not one of {', '.join(library.languages)}.")
    measured = unseen or known
    files = [file for code in measured for file in sorted((ROOT / "tests" / "sentences" / code).glob("*.jsonl"))]
    rows = sentences(files, library.languages)
    safety = {topic.id for topic in library.topics() if topic.kind == "safety"}
    figures: dict[str, dict[str, Any]] = {}
    for name in names or pipelines.names():
        if name not in pipelines.names():
            raise typer.BadParameter(f"{name} is not one of {', '.join(pipelines.names())}.")
        say(f"Training and reading with {name} ...")
        seen = [code for code in known if code not in unseen]
        figures[name] = pipelines.trial(settings(), name, seen, rows, lambda found: report_of(found, safety))
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    table = Table("pipeline", "mean", *measured, "training s", "parse ms", "memory MB", box=None, pad_edge=False)
    for name, row in figures.items():
        accuracies = (str(row["languages"][code]["accuracy"]) for code in measured)
        table.add_row(name, str(row["mean"]), *accuracies, *(str(row[key]) for key in ("training_seconds", "parse_ms", "memory_mb")))
    show_table(table)
