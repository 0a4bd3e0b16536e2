"""Reads the log of who read or changed what: which entries an administrator sees, and by what they can be found."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, or_, select, true
from sqlalchemy.orm import Session

from bot.desk.access import everywhere
from bot.desk.audit import written_moment
from bot.desk.colleagues import Colleague
from bot.plans.moments import NORWAY
from bot.storage.desk_tables import Account, AuditEntry

ACCOUNT = "account"


@dataclass(frozen=True)
class Wanted:
    """By what entries are looked for; whatever is None or empty does not matter. `day` is a day in Norway."""

    account: int | None = None
    resource: str = ""
    resource_id: str = ""
    day: dt.date | None = None
    before: int | None = None


def entries(session: Session, who: Colleague | None, wanted: Wanted, most: int) -> list[AuditEntry]:
    """The entries that somebody may see (None: all of them, for the command line), newest first, at most `most`."""
    found = select(AuditEntry).where(_seen_by(who), *_conditions(wanted)).order_by(AuditEntry.id.desc()).limit(most)
    return list(session.scalars(found))


def resources(session: Session, who: Colleague | None) -> list[str]:
    """The kinds of resources there are entries about."""
    return sorted(session.scalars(select(AuditEntry.resource).where(_seen_by(who)).distinct()))


def details_of(row: AuditEntry) -> Iterator[tuple[str, str]]:
    """The details of an entry, each by its name."""
    for name, value in json.loads(row.details).items():
        yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def moment_of(row: AuditEntry) -> dt.datetime:
    """When it was, in Norwegian time."""
    return dt.datetime.fromisoformat(row.at).astimezone(NORWAY)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.account is not None:
        yield AuditEntry.account_id == wanted.account
    if wanted.resource:
        yield AuditEntry.resource == wanted.resource
    if wanted.resource_id:
        yield AuditEntry.resource_id == wanted.resource_id
    if wanted.before is not None:
        yield AuditEntry.id < wanted.before
    if wanted.day is not None:
        starts = dt.datetime.combine(wanted.day, dt.time(), tzinfo=NORWAY)
        ends = dt.datetime.combine(wanted.day + dt.timedelta(days=1), dt.time(), tzinfo=NORWAY)
        yield and_(AuditEntry.at >= written_moment(starts), AuditEntry.at < written_moment(ends))


def _seen_by(who: Colleague | None) -> Any:
    """All for who works everywhere; else what the municipality's own people did, and what was done to their accounts."""
    if who is None or everywhere(who):
        return true()
    own = Account.municipality == who.municipality
    of_theirs = and_(AuditEntry.resource == ACCOUNT, AuditEntry.resource_id.in_(select(cast(Account.id, String)).where(own)))
    return or_(AuditEntry.account_id.in_(select(Account.id).where(own)), of_theirs)
