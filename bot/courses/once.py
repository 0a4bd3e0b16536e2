"""A form that is sent twice is one action, also where what it makes may stand there twice, such as two people of one name."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.desk_tables import AuditEntry

NAME = "form"  # the detail of the audit log that holds a form's key


def done_before(session: Session, course_id: int, action: str, key: str) -> bool:
    """True when the form with this key did this in the course already; the course is held, so nobody does it meanwhile."""
    if not key:
        return False
    same = (AuditEntry.resource == "course", AuditEntry.resource_id == str(course_id), AuditEntry.action == action)
    entries = session.scalars(select(AuditEntry.details).where(*same).order_by(AuditEntry.id.desc()).limit(200))
    return any(json.loads(details).get(NAME) == key for details in entries)
