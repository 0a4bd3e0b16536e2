"""The log of who read or changed what: each entry carries the hash of the one before it, so that none can be changed or taken out unseen.

An entry joins the chain at the very end of its transaction, under a lock that holds until the commit. So two writers at once never take
the same place, the lock is always the last one anybody waits for (no deadlock), and a change that fails leaves no entry.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event, func, select, text, update
from sqlalchemy.orm import Session, SessionTransaction

from bot.desk.colleagues import Colleague
from bot.plans.moments import in_utc, this_moment
from bot.storage.desk_tables import AuditEntry

FIRST = "0" * 64  # what stands before the first entry
LOCK = 5_417_031  # any number, the same for all who write the log
WAITING = "audit entries of this transaction"


@dataclass(frozen=True)
class Broken:
    """The first entry that does not fit: `changed` when its own words differ, `missing` when what stood before it is another."""

    entry_id: int
    how: str


def record(session: Session, who: Colleague | str | None, action: str, resource: str, resource_id: str = "", **details: Any) -> None:
    """Notes that somebody did something; stored when, and only when, the transaction of the session is.

    `who` is a colleague, the name of what acts without an account (such as "command line"), or None for somebody unknown.
    `details` are codes, numbers and names of fields, never what a participant wrote or a password.
    """
    name, account = (who.name, who.id) if isinstance(who, Colleague) else (who or "", None)
    row = AuditEntry(
        at=written_moment(this_moment()),
        account_id=account,
        who=name,
        action=action,
        resource=resource,
        resource_id=str(resource_id),
        details=json.dumps(details, ensure_ascii=False, sort_keys=True, default=str),
    )
    _waiting(session).setdefault(_innermost(session), []).append(row)


def written_moment(moment: dt.datetime) -> str:
    """A moment as entries hold it: ISO in UTC, all of one length, so that they sort as text."""
    return in_utc(moment).isoformat(timespec="milliseconds")


def entry_hash(row: AuditEntry) -> str:
    """The SHA-256 of the previous hash and of all that the entry says, as JSON with sorted keys."""
    said = {name: getattr(row, name) for name in ("at", "who", "account_id", "action", "resource", "resource_id", "details")}
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((row.previous + written).encode()).hexdigest()


def verify(session: Session) -> Broken | None:
    """The first entry that was changed, or that something was taken out or put in before; None when all hold together.

    What it cannot see: newest entries that were cut off, and a log written anew from some entry to its end. Keep the newest hash
    somewhere else and ask `holds` for it: while it is still in the log, nothing up to it is gone.
    """
    before = FIRST
    for row in _in_order(session):
        if row.previous != before:
            return Broken(row.id, "missing")
        if row.hash != entry_hash(row):
            return Broken(row.id, "changed")
        before = row.hash
    return None


def newest_hash(session: Session) -> str:
    """The hash at the end of the chain, to keep somewhere else."""
    return session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or FIRST


def holds(session: Session, kept: str) -> bool:
    """Whether a hash that was kept elsewhere is still in the log."""
    return kept == FIRST or session.scalar(select(AuditEntry.id).where(AuditEntry.hash == kept)) is not None


def length(session: Session) -> int:
    """How many entries there are."""
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def _in_order(session: Session) -> Iterator[AuditEntry]:
    yield from session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000, populate_existing=True))


def _waiting(session: Session) -> WeakKeyDictionary[SessionTransaction, list[AuditEntry]]:
    found: WeakKeyDictionary[SessionTransaction, list[AuditEntry]] = session.info.setdefault(WAITING, WeakKeyDictionary())
    return found


def _innermost(session: Session) -> SessionTransaction:
    """The savepoint, else the transaction: an entry goes with it when it is rolled back."""
    return session.get_nested_transaction() or session.get_transaction() or session.begin()


@event.listens_for(Session, "before_commit")
def _join(session: Session) -> None:
    """At the end of a savepoint its entries go to what is around it; at the end of the transaction they join the chain."""
    if WAITING not in session.info:
        return
    waiting, nested = _waiting(session), session.get_nested_transaction()
    if nested is not None:
        entries = waiting.pop(nested, [])
        if entries and nested.parent is not None:
            waiting.setdefault(nested.parent, []).extend(entries)
        return
    root = session.get_transaction()
    entries = waiting.pop(root, []) if root is not None else []
    if not entries:
        return
    session.flush()  # whatever else can fail or wait does so before the lock
    _lock(session)
    before = newest_hash(session)
    for row in entries:
        row.previous = before
        row.hash = before = entry_hash(row)
        session.add(row)
        session.flush()  # one by one, so that the numbers follow the chain


def _lock(session: Session) -> None:
    """Lets one transaction after the other add to the log; ends with the transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    else:  # SQLite has one writer at a time: a statement that writes, even to no row, waits for it and keeps others out
        session.execute(update(AuditEntry).where(AuditEntry.id == -1).values(who="").execution_options(synchronize_session=False))
