"""evaluate: how well labelled sentences are understood, per language, kind and topic."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import typer
from rich.progress import track
from rich.table import Table

from bot.command_line.ending import ERR, OUT, show_table
from bot.command_line.sentences import Sentence, sentences
from bot.content.library import Library
from bot.processes.reader import reader
from bot.settings import settings

Read = tuple[Sentence, dict[str, Any]]


def evaluate(
    files: Annotated[list[Path], typer.Argument(help='Rows {"text","topic","also":[..]}; the language from the file name or `lang`.')],
    server: Annotated[
        str | None, typer.Option("--server", help="A running Rasa, such as http://127.0.0.1:5005, instead of a child.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Read labelled sentences with the trained model: accuracy per language and topic, and the confusions."""
    library = Library(settings().data)
    rows = sentences(files, library.languages)
    if not rows:
        raise typer.BadParameter("The files hold no sentence.")
    with reader(settings(), server) as reads:
        shown = track(rows, "Reading", console=ERR, disable=as_json)
        found = [(row, reads.read(row.text)) for row in shown]
    report = report_of(found, {topic.id for topic in library.topics() if topic.kind == "safety"})
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _show(report)


def report_of(found: Iterable[Read], safety: set[str]) -> dict[str, Any]:
    """The figures of `evaluate --json`. Accuracies are percentages; `mean` is over languages, each counting the same."""
    found = list(found)
    languages = _grouped(found, lambda row: row.language)
    per_language = {code: _figures(rows, safety) for code, rows in sorted(languages.items())}
    accuracies = [figures["accuracy"] for figures in per_language.values()]
    confusions = Counter((row.topic, _intent(read)) for row, read in found if not row.accepts(_intent(read)))
    return {
        "languages": per_language,
        "mean": round(fmean(accuracies), 1),
        "minimum": min(accuracies),
        "kinds": {kind: _accuracy(rows) for kind, rows in sorted(_grouped(found, lambda row: row.kind).items()) if kind},
        "topics": {topic: {"rows": len(rows), "accuracy": _accuracy(rows)} for topic, rows in sorted(_grouped(found, _topic).items())},
        "confusions": [{"topic": topic, "read_as": read, "count": n} for (topic, read), n in confusions.most_common()],
    }


def _figures(rows: list[Read], safety: set[str]) -> dict[str, Any]:
    kinds = {kind: _accuracy(of_kind) for kind, of_kind in sorted(_grouped(rows, lambda row: row.kind).items()) if kind}
    dangers = [read for row, read in rows if row.topic in safety]
    outside = [(row, read) for row, read in rows if row.topic == "out_of_scope"]
    return {
        "rows": len(rows),
        "accuracy": _accuracy(rows),
        "safety_recall": _percent(_intent(read) in safety for read in dangers),
        "out_of_scope_rejected": _percent(row.accepts(_intent(read)) for row, read in outside),
        "kinds": kinds,
    }


def _accuracy(rows: Iterable[Read]) -> float:
    share = _percent(row.accepts(_intent(read)) for row, read in rows)
    return share if share is not None else 0.0


def _percent(hits: Iterable[bool]) -> float | None:
    counted = list(hits)
    return round(100 * sum(counted) / len(counted), 1) if counted else None


def _intent(read: dict[str, Any]) -> str | None:
    name = (read.get("intent") or {}).get("name")
    return str(name) if name else None


def _topic(row: Sentence) -> str:
    return row.topic


def _grouped(found: Iterable[Read], by: Callable[[Sentence], str]) -> dict[str, list[Read]]:
    groups: dict[str, list[Read]] = defaultdict(list)
    for row, read in found:
        groups[by(row)].append((row, read))
    return groups


def _show(report: dict[str, Any]) -> None:
    kinds = list(report["kinds"])
    table = Table("language", "rows", "accuracy", "safety", "outside", *kinds, box=None, pad_edge=False)
    for code, figures in report["languages"].items():
        cells = (figures["rows"], figures["accuracy"], figures["safety_recall"], figures["out_of_scope_rejected"])
        table.add_row(code, *map(_cell, cells), *(_cell(figures["kinds"].get(kind)) for kind in kinds))
    table.add_row("mean", "", _cell(report["mean"]), "", "", *(_cell(report["kinds"][kind]) for kind in kinds), style="bold")
    show_table(table)
    worst = sorted(report["topics"].items(), key=lambda item: item[1]["accuracy"])[:15]
    OUT.print("Weakest topics: " + ", ".join(f"{topic} {figures['accuracy']}" for topic, figures in worst), markup=False)
    for row in report["confusions"][:25]:
        OUT.print(f"{row['count']:4}  {row['topic']} read as {row['read_as']}", markup=False)


def _cell(value: float | int | None) -> str:
    return "" if value is None else str(value)
