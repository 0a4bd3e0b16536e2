"""The database for one command: opens it, and shows what people wrote in it."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from rich.text import Text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.command_line.ending import fail, usage
from bot.content import Library
from bot.content.errors import did_you_mean
from bot.plans.checks import NoSuchParticipant, PlanProblem
from bot.plans.moments import NORWAY, in_utc
from bot.plans.reading import find
from bot.plans.snapshot import PlanSnapshot
from bot.settings import settings
from bot.storage.database import open_database
from bot.storage.sealing import Seal


@contextmanager
def opened() -> Iterator[tuple[Session, Seal]]:
    """A session whose changes are stored when the command ends well; any problem ends the command with 1 and stores nothing."""
    seal = Seal(settings().key("text_key"))
    try:
        sessions = open_database(settings().database)
        try:
            with sessions.begin() as session:
                yield session, seal
        finally:
            sessions.kw["bind"].dispose()
    except PlanProblem as problem:
        fail(str(problem))
    except OperationalError as error:
        fail(f"The database does not answer: {error.orig}. Look at VEIVISER_DATABASE_URL, and whether the database runs.")


def plan_with(session: Session, seal: Seal, reference: str) -> PlanSnapshot:
    """The plan of the participant with a reference. Raises NoSuchParticipant."""
    plan = find(session, seal, reference)
    if plan is None:
        raise NoSuchParticipant(f"There is no participant {reference}. `veiviser participants` lists them.")
    return plan


def municipality_id(library: Library, given: str | None) -> str | None:
    """The id of a municipality given by its id or name; another one is wrong use of the command line."""
    if given is None:
        return None
    names = {name: one.id for one in library.municipalities().values() for name in (one.id, one.name.casefold())}
    if given.casefold() not in names:
        usage(f"{given} is no municipality here.{did_you_mean(given.casefold(), names)} There are: {', '.join(library.municipalities())}.")
    return names[given.casefold()]


def clock(moment: dt.datetime) -> str:
    """A moment as it is read in Norway."""
    return in_utc(moment).astimezone(NORWAY).strftime("%Y-%m-%d %H:%M")


def cell(words: object) -> Text:
    """A cell of a table in which words of other people are only words: no markup, no line breaks, no escape codes of the terminal."""
    line = " ".join(str("" if words is None else words).split())
    return Text("".join(sign for sign in line if unicodedata.category(sign) != "Cc"))
