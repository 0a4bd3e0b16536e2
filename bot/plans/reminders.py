"""Who wants reminders, which ones are planned, and the one that may be sent now. Nothing commits here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.plans.moments import in_utc
from bot.plans.upcoming import Coming
from bot.storage.plan_tables import Reminder, ReminderChoice

PLANNED, SENT, STOPPED = "planned", "sent", "stopped"


def want(session: Session, conversation_id: int, wanted: bool, now: dt.datetime) -> None:
    """Turns reminders of a chat on or off. Off stops everything that was planned."""
    row = session.get(ReminderChoice, conversation_id)
    if row is None:
        session.add(ReminderChoice(conversation_id=conversation_id, wanted=wanted, changed_at=now))
    else:
        row.wanted, row.changed_at = wanted, now
    if not wanted:
        planned = (Reminder.conversation_id == conversation_id, Reminder.state == PLANNED)
        session.execute(update(Reminder).where(*planned).values(state=STOPPED))


def wants(session: Session, conversation_id: int) -> bool:
    """True when a chat wants reminders."""
    row = session.get(ReminderChoice, conversation_id)
    return row is not None and row.wanted


def chats_that_want(session: Session) -> list[int]:
    """The chats that want reminders."""
    return list(session.scalars(select(ReminderChoice.conversation_id).where(ReminderChoice.wanted.is_(True))))


def plan(session: Session, conversation_id: int, coming: Iterable[Coming]) -> None:
    """Plans what is not planned yet, and stops what does not come any more (cancelled, moved, unlinked). What was sent stays sent."""
    wanted = {one.about: one for one in coming}
    rows = {row.about: row for row in session.scalars(select(Reminder).where(Reminder.conversation_id == conversation_id))}
    for about, row in rows.items():
        if row.state == PLANNED and about not in wanted:
            row.state = STOPPED
        elif row.state == STOPPED and about in wanted:
            row.state, row.due_at = PLANNED, wanted[about].due_at
    for about in wanted.keys() - rows.keys():
        try:
            with session.begin_nested():
                session.add(Reminder(conversation_id=conversation_id, about=about, due_at=wanted[about].due_at, state=PLANNED))
        except IntegrityError:
            continue  # another gateway planned it in this moment


def due(session: Session, now: dt.datetime) -> list[tuple[int, int, str]]:
    """(reminder, chat, about) of everything that is due."""
    waiting = select(Reminder).where(Reminder.state == PLANNED, Reminder.due_at <= in_utc(now)).order_by(Reminder.due_at, Reminder.id)
    return [(row.id, row.conversation_id, row.about) for row in session.scalars(waiting)]


def claim(session: Session, reminder_id: int) -> bool:
    """Takes a reminder for sending; False when another has it. In one transaction with the message, so it is sent once or not at all."""
    same = (Reminder.id == reminder_id, Reminder.state == PLANNED)
    taken = cast("CursorResult[tuple[()]]", session.execute(update(Reminder).where(*same).values(state=SENT)))
    return taken.rowcount == 1
