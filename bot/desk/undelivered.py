"""What an advisor wrote and the messenger could not bring: the person still waits, and the case says so."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import cases
from bot.desk.hours import OpeningHours
from bot.plans.chats import chats_of, chats_of_each
from bot.storage.desk_tables import Case, CaseEvent
from bot.storage.tables import Author, Message

KIND = "not_delivered"
TO_A_CLASS = "course_post"  # bot/courses/post_message.py


def cases_with_undelivered(session: Session) -> list[int]:
    """Open cases in which an advisor's message failed and nobody has been told yet."""
    open_ones = dict(session.execute(select(Case.id, Case.conversation_id).where(Case.state != "closed")).tuples().all())
    shared = chats_of_each(session, set(open_ones.values()))
    return [case_id for case_id, chat in open_ones.items() if _untold(session, case_id, shared[chat])]


def note_undelivered(session: Session, case_id: int, hours: OpeningHours, now: dt.datetime) -> bool:
    """Notes each failed message once; from now on the person waits for an answer again. Raises NoSuchCase or CaseClosed."""
    case = cases.held_case(session, case_id)
    failed = _untold(session, case.id, chats_of(session, case.conversation_id))
    for message in failed:
        event = cases.note(session, case, KIND, now, why=message.problem)
        event.key = _key(message.id)
    if failed:
        cases.person_wrote(session, case, now, hours)
    return bool(failed)


def _untold(session: Session, case_id: int, chats: tuple[int, ...]) -> list[Message]:
    began = session.scalar(select(Case.trigger_id).where(Case.id == case_id)) or 0
    theirs = (Message.conversation_id.in_(chats), Message.id > began)
    # A teacher's words to a whole class are no answer that somebody waits for.
    failed = (*theirs, Message.author == Author.ADVISOR, Message.key != TO_A_CLASS, Message.problem.is_not(None))
    rows = session.scalars(select(Message).where(*failed).order_by(Message.id)).all()
    told = set(session.scalars(select(CaseEvent.key).where(CaseEvent.case_id == case_id, CaseEvent.kind == KIND)))
    return [row for row in rows if _key(row.id) not in told]


def _key(message_id: int) -> str:
    return f"{KIND}:{message_id}"
