"""Participants for the tests of the console, and what the log says about them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import select

from bot.console.parts import Parts
from bot.plans.changing import create_participant
from bot.plans.checks import places_of
from bot.plans.reading import find
from bot.plans.snapshot import PlanSnapshot
from bot.storage.desk_tables import AuditEntry
from bot.storage.tables import Conversation
from tests.console.common import WORKING_HOURS


def add_person(parts: Parts, reference: str = "OSL-1", name: str = "Yonas Tekle", place: str = "oslo", **about: Any) -> int:
    """A participant's id."""
    with parts.transaction() as session:
        return create_participant(session, parts.seal, places_of(parts.library), reference, name, place, now=WORKING_HOURS, **about)


def add_chat(parts: Parts, account: str = "a") -> int:
    """A conversation's id."""
    with parts.transaction() as session:
        row = Conversation(channel="web", account=account, started_at=WORKING_HOURS, last_at=WORKING_HOURS)
        session.add(row)
        session.flush()
        return row.id


def read(parts: Parts, reference: str = "OSL-1") -> PlanSnapshot:
    """Everything about a participant as it is stored."""
    with parts.transaction() as session:
        found = find(session, parts.seal, reference)
    assert found is not None
    return found


def logged(parts: Parts, resource: str = "participant", action: str = "") -> list[tuple[str, str, dict[str, Any]]]:
    """Action, reference and details of the entries about a kind of thing."""
    with parts.transaction() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.resource == resource).order_by(AuditEntry.id))
        found = [(row.action, row.resource_id, json.loads(row.details)) for row in rows]
    return [entry for entry in found if action in ("", entry[0])]


def the_day(days: int) -> dt.date:
    """A day before or after the day of the tests."""
    return WORKING_HOURS.date() + dt.timedelta(days=days)
