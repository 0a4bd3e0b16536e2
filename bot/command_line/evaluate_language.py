"""evaluate-language: how often the language of a text is recognised, beside other identifiers in the same run."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.command_line.ending import show_table
from bot.command_line.sentences import rows_of
from bot.content.library import Library
from bot.identification import Identifier
from bot.identification.compare import Guess, others
from bot.identification.from_model import identifier_of
from bot.identification.general import General
from bot.identification.identify import UNKNOWN
from bot.settings import settings

Row = tuple[str, str, str]  # text, language, length


def evaluate_language(
    files: Annotated[list[Path], typer.Argument(help='Rows {"text","lang","length"?}.')],
    compare: Annotated[bool, typer.Option("--compare", help="Also ask every other identifier that is installed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Identify the language of labelled texts: accuracy per language and length, and speed.

    A language we do not speak counts as right when it is called unknown or by its own name.
    """
    given = settings()
    spoken = set(Library(given.data).languages)
    rows = [(row["text"], str(row.get("lang", "")), str(row.get("length", ""))) for _, _, row in rows_of(files)]
    if not rows or not all(language for _, language, _ in rows):
        raise typer.BadParameter("Every row needs a `lang`.")
    identifier = Identifier(identifier_of(given.models, given.home / "identifier"), General())
    tools: dict[str, Guess] = {"veiviser": lambda text: identifier.identify(text).code}
    tools |= others() if compare else {}
    report = {name: report_of(rows, guess, spoken) for name, guess in tools.items()}
    if as_json:
        typer.echo(json.dumps(report if compare else report["veiviser"], ensure_ascii=False, indent=2))
    else:
        _show(report)


def report_of(rows: list[Row], guess: Guess, spoken: set[str]) -> dict[str, Any]:
    """Accuracy in percent by language, by length and for both; `mean` and `mean_spoken` are over languages."""
    began = time.perf_counter()
    guesses = [guess(text) for text, _, _ in rows]
    seconds = time.perf_counter() - began
    hits: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for (_, language, length), guessed in zip(rows, guesses, strict=True):
        hits[language, length].append(guessed == language or (language not in spoken and guessed == UNKNOWN))
    cells = {key: 100 * fmean(row) for key, row in hits.items()}
    languages = sorted({language for language, _ in hits})
    by_language = {language: fmean(cell for (own, _), cell in cells.items() if own == language) for language in languages}
    lengths = sorted({length for _, length in hits} - {""})
    return {
        "mean": round(fmean(by_language.values()), 1),
        "mean_spoken": _mean([value for language, value in by_language.items() if language in spoken]),
        "lengths": {length: _mean([cell for (_, own), cell in cells.items() if own == length]) for length in lengths},
        "languages": {language: round(value, 1) for language, value in by_language.items()},
        "cells": {language: {length: round(cells[language, length], 1) for length in lengths} for language in languages},
        "texts_per_second": round(len(rows) / seconds),
    }


def _mean(values: list[float]) -> float | None:
    return round(fmean(values), 1) if values else None


def _show(report: dict[str, dict[str, Any]]) -> None:
    languages = sorted({language for figures in report.values() for language in figures["languages"]})
    table = Table("tool", "mean", "ours", "word", "phrase", "sentence", "texts/s", *languages, box=None, pad_edge=False, padding=(0, 1))
    for name, figures in report.items():
        lengths = (figures["lengths"].get(length) for length in ("word", "phrase", "sentence"))
        cells = (figures["mean"], figures["mean_spoken"], *lengths, figures["texts_per_second"])
        values = (figures["languages"].get(language, "") for language in languages)
        table.add_row(name, *map(str, cells), *map(str, values))
    show_table(table)
