"""How a command ends: a sentence on standard error and an exit code."""

from __future__ import annotations

from typing import NoReturn

import typer
from rich.console import Console
from rich.table import Table

from bot.content import ContentError
from bot.identification.from_model import NoModel
from bot.plans.checks import PlanProblem
from bot.processes.environments import NotSetUp
from bot.processes.reader import ReaderFailed
from bot.processes.run import CannotStart
from bot.processes.train import TrainingFailed
from bot.settings import SettingsError
from bot.storage.sealing import SealError

KNOWN_ERRORS = (ContentError, NoModel, NotSetUp, ReaderFailed, CannotStart, TrainingFailed, SettingsError, SealError, PlanProblem)
OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(words: str, code: int = 1) -> NoReturn:
    """Ends with a sentence on standard error."""
    ERR.print(words, style="red", markup=False)
    raise SystemExit(code)


def show_table(table: Table) -> None:
    """A table on standard output, as wide as it needs: a wide one can be scrolled, a cut one cannot be read."""
    for column in table.columns:
        column.no_wrap = True
    wide = Console(width=1000, highlight=False)
    Console(width=max(OUT.width, wide.measure(table).maximum), highlight=False).print(table)


def say(words: str) -> None:
    """A line on standard error, where a script that reads standard output does not meet it."""
    ERR.print(words, markup=False)


def usage(words: str) -> NoReturn:
    """Ends as every wrong use of the command line ends (exit code 2)."""
    raise typer.BadParameter(words)
