"""A case from its opening to its end: the only place that changes who has a conversation.

    assistant --open--> waiting --claim--> human --give back, close--> assistant
                        waiting <--requeue-- human          waiting, human --withdraw--> assistant

A person has one case for all their chats (bot/plans/chats.py): what is said of the conversation holds for each of them.
Every change holds the conversations, changes case and conversations together, writes an event and stores what the participant is told,
all in the caller's transaction: a crash leaves the state before or the state after, never one in between. Nothing commits here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.colleagues import Colleague, Role
from bot.desk.hours import OpeningHours
from bot.desk.problems import CaseClosed, ChangedMeanwhile, HeldByOther, NoSuchCase, NotHeld
from bot.desk.reasons import Reason, urgency_of
from bot.plans.chats import chats_of
from bot.plans.moments import in_utc
from bot.plans.rows import hold_conversation
from bot.storage.desk_tables import Account, Case, CaseEvent
from bot.storage.tables import Conversation, ConversationState

OUTCOMES = ("answered", "meeting", "referred", "plan_changed", "no_contact", "not_needed", "withdrawn", "silent", "merged")
BY_ITSELF = ("withdrawn", "silent", "merged")  # outcomes that no advisor chooses


@dataclass(frozen=True)
class Opened:
    """An open case; `fresh` when it was opened just now, `raised` when this reason made an older one more urgent."""

    case: Case
    fresh: bool
    raised: bool = False


def open_case_of(session: Session, conversation_id: int) -> Case | None:
    """The open case of whoever a conversation belongs to, in whichever of their chats it began, as it is in the database now."""
    return next(iter(open_cases_of(session, chats_of(session, conversation_id))), None)


def open_cases_of(session: Session, chats: Collection[int]) -> list[Case]:
    """The open cases that began in these chats, the oldest first; between two that were linked just now there can be several."""
    found = select(Case).where(Case.conversation_id.in_(chats), Case.state != "closed").order_by(Case.opened_at, Case.id)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def all_with(session: Session, case: Case, state: ConversationState) -> list[Conversation]:
    """Puts every chat of the case's person into a state; those that were in another one."""
    return put(session, chats_of(session, case.conversation_id), state)


def put(session: Session, chats: Collection[int], state: ConversationState) -> list[Conversation]:
    """Puts chats into a state; those that were in another one. A conversation that is over stays over."""
    found = session.scalars(
        select(Conversation).where(Conversation.id.in_(chats)).order_by(Conversation.id).execution_options(populate_existing=True)
    )
    changed = [chat for chat in found if chat.state not in (state, ConversationState.CLOSED)]
    for chat in changed:
        chat.state = state
    session.flush()
    return changed


def open_case(
    session: Session,
    conversation: Conversation,
    reason: Reason,
    now: dt.datetime,
    hours: OpeningHours,
    *,
    language: str,
    topic: str = "",
    trigger_id: int | None = None,
    municipality: str = "",
) -> Opened:
    """Opens a case, or adds the reason to the one that is open; a more urgent reason makes that one more urgent.

    `municipality`: whose advisors see it, where that is not the one the conversation spoke of last.
    """
    hold_conversation(session, conversation.id)
    urgency = urgency_of(reason, topic)
    target = hours.after(now, urgency.target)
    case = open_case_of(session, conversation.id)
    if case is not None:
        raised = urgency.priority < case.priority
        if raised:
            case.priority, case.reason = urgency.priority, reason
            case.target_at = earlier(case.target_at, target)
        note(session, case, "reason", now, reason=str(reason), topic=topic)
        _person_waits(case, now, target)
        return Opened(case, fresh=False, raised=raised)
    case = Case(
        conversation_id=conversation.id,
        municipality=municipality or conversation.municipality,
        language=language,
        reason=reason,
        priority=urgency.priority,
        state="waiting",
        trigger_id=trigger_id,
        opened_at=now,
        waiting_since=now,
        target_at=target,
        last_at=now,
    )
    session.add(case)
    session.flush()
    all_with(session, case, ConversationState.WAITING)
    note(session, case, "opened", now, reason=str(reason), topic=topic)
    return Opened(case, fresh=True)


def person_wrote(session: Session, case: Case, now: dt.datetime, hours: OpeningHours) -> None:
    """The participant wrote while the case is open: from now on they wait for an answer."""
    _person_waits(case, now, hours.after(now, urgency_of(Reason(case.reason)).target))
    session.flush()


def advisor_wrote(session: Session, case: Case, who: Colleague, now: dt.datetime) -> None:
    """The advisor answered: nobody waits. Raises NotHeld, HeldByOther or CaseClosed."""
    must_hold(session, case, who)
    case.waiting_since = case.target_at = None
    case.last_at = now
    session.flush()


def claim(session: Session, case_id: int, who: Colleague, now: dt.datetime) -> Case:
    """Takes a case; taking one's own again changes nothing. Raises NoSuchCase, CaseClosed or HeldByOther."""
    case = held_case(session, case_id)
    if case.state == "held":
        if case.holder_id != who.id:
            raise HeldByOther(name=_name(session, case.holder_id))
        return case
    case.state, case.holder_id, case.held_since, case.last_at = "held", who.id, now, now
    all_with(session, case, ConversationState.HUMAN)
    if not case.municipality:
        case.municipality = who.municipality
    note(session, case, "claimed", now, who)
    return case


def transfer(session: Session, case_id: int, who: Colleague, to: Colleague, now: dt.datetime) -> Case:
    """Gives the case to a colleague, who has it at once. Raises NoSuchCase, CaseClosed, NotHeld or HeldByOther."""
    case = held_case(session, case_id)
    must_hold(session, case, who)
    case.holder_id, case.held_since, case.last_at = to.id, now, now
    note(session, case, "transferred", now, who, to=to.id)
    return case


def requeue(session: Session, case_id: int, now: dt.datetime, hours: OpeningHours, who: Colleague | None = None, why: str = "") -> Case:
    """Puts a case back into the queue, by who has it, or (without `who`) because nobody answered. The person waits again."""
    case = held_case(session, case_id)
    if case.state != "held":
        return case
    if who is not None:
        must_hold(session, case, who)
    case.state, case.holder_id, case.held_since = "waiting", None, None
    case.requeued += 1
    case.waiting_since = case.waiting_since or now
    case.target_at = case.target_at or hours.after(now, urgency_of(Reason(case.reason)).target)
    all_with(session, case, ConversationState.WAITING)
    note(session, case, "requeued", now, who, why=why)
    return case


def move(session: Session, case_id: int, who: Colleague, municipality: str, now: dt.datetime, hours: OpeningHours) -> Case:
    """Sends a case to another municipality's queue. Raises NoSuchCase, CaseClosed or HeldByOther."""
    case = held_case(session, case_id)
    if case.state == "held":
        must_hold(session, case, who)
    note(session, case, "moved", now, who, before=case.municipality, to=municipality)
    case.municipality = municipality
    for chat in session.scalars(select(Conversation).where(Conversation.id.in_(chats_of(session, case.conversation_id)))):
        chat.municipality = municipality
    case.state, case.holder_id, case.held_since = "waiting", None, None
    case.waiting_since = case.waiting_since or now
    case.target_at = case.target_at or hours.after(now, urgency_of(Reason(case.reason)).target)
    all_with(session, case, ConversationState.WAITING)
    return case


def close(session: Session, case_id: int, now: dt.datetime, outcome: str, who: Colleague | None = None) -> Case:
    """Ends a case and gives the conversation back to the assistant. Raises NoSuchCase, CaseClosed, NotHeld or HeldByOther."""
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome!r} is no outcome; there are {', '.join(OUTCOMES)}")
    case = held_case(session, case_id)
    if who is not None and not (case.state == "waiting" and outcome == "not_needed"):
        must_hold(session, case, who)
    case.state, case.outcome, case.closed_at, case.last_at = "closed", outcome, now, now
    case.holder_id = case.holder_id or (who.id if who else None)
    case.waiting_since = case.target_at = None
    all_with(session, case, ConversationState.ASSISTANT)
    note(session, case, "closed", now, who, outcome=outcome)
    return case


def set_priority(session: Session, case_id: int, who: Colleague, priority: int, now: dt.datetime) -> Case:
    """Changes how urgent a case is, 1 to 4. Raises NoSuchCase or CaseClosed."""
    if not 1 <= priority <= 4:
        raise ValueError("a priority is 1, 2, 3 or 4")
    case = held_case(session, case_id)
    note(session, case, "priority", now, who, before=case.priority, to=priority)
    case.priority = priority
    return case


def note(session: Session, case: Case, kind: str, at: dt.datetime, who: Colleague | None = None, **details: Any) -> CaseEvent:
    """Writes an event of a case."""
    event = CaseEvent(case_id=case.id, kind=kind, account_id=who.id if who else None, details=details, at=at)
    session.add(event)
    session.flush()
    return event


def held_case(session: Session, case_id: int) -> Case:
    """The open case of a number, its conversations held until the transaction ends. Raises NoSuchCase, CaseClosed or ChangedMeanwhile."""
    conversation_id = session.scalar(select(Case.conversation_id).where(Case.id == case_id))
    if conversation_id is None:
        raise NoSuchCase
    hold_conversation(session, conversation_id)
    case = session.scalar(select(Case).where(Case.id == case_id).execution_options(populate_existing=True))
    if case is None:
        raise NoSuchCase
    if case.state == "closed":
        raise CaseClosed
    if case.conversation_id != conversation_id:
        raise ChangedMeanwhile  # its chat was unlinked while we waited, and it goes on in another one
    return case


def must_hold(session: Session, case: Case, who: Colleague) -> None:
    """Raises unless this person has the case: CaseClosed, NotHeld, or HeldByOther with a name. An administrator may step in."""
    if case.state == "closed":
        raise CaseClosed
    if case.holder_id == who.id or (who.role is Role.ADMINISTRATOR and case.holder_id is not None):
        return
    if case.holder_id is None:
        raise NotHeld
    raise HeldByOther(name=_name(session, case.holder_id))


def _person_waits(case: Case, now: dt.datetime, target: dt.datetime | None) -> None:
    if case.waiting_since is None:
        case.waiting_since, case.target_at = now, target
    case.last_at = now


def earlier(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    """The earlier of two moments, as far as they are known."""
    known = [in_utc(moment) for moment in (one, other) if moment is not None]
    return min(known, default=None)


def _name(session: Session, account_id: int | None) -> str:
    return session.scalar(select(Account.name).where(Account.id == account_id)) or "?"
