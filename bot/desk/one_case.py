"""One person, several chats: one case for all of them, and an answer that goes to the chat the person wrote from last.

Linking and unlinking happen elsewhere (bot/plans/linking.py), in a chat, in the console or on the command line. `settle` brings chats and
case together again afterwards: in the same transaction where a chat is linked by its code, else with the next message or round.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.conversations.assistant import SaidMessage
from bot.conversations.history import store_unprompted
from bot.desk import cases
from bot.desk.announcing import Announcer
from bot.desk.colleagues import Colleague, Role, colleague_from
from bot.desk.hours import hours_of
from bot.desk.reasons import Reason, urgency_of
from bot.plans.chats import belonged_to, chats_of, chats_of_each, ever_together, person_of
from bot.plans.moments import in_utc
from bot.plans.rows import hold_conversation
from bot.storage.desk_tables import Account, Case, CaseEvent
from bot.storage.plan_tables import ChatLink, Participant, Wish
from bot.storage.tables import Author, Conversation, ConversationState, Message

if TYPE_CHECKING:
    from bot.desk.handing_over import Desk

WITH = {"waiting": ConversationState.WAITING, "held": ConversationState.HUMAN}


def answer_chat(session: Session, case: Case) -> Conversation:
    """The chat an answer goes to: of the person's chats the one they wrote from last, before those their messenger brings nothing to."""
    chats = chats_of(session, case.conversation_id)
    if len(chats) == 1:
        return session.get_one(Conversation, case.conversation_id)
    found = session.scalars(select(Conversation).where(Conversation.id.in_(chats)))
    return max(found, key=lambda chat: (chat.stopped is None, _newest_words(session, chat.id), chat.id == case.conversation_id))


def language_of(conversation: Conversation, case: Case) -> str:
    """The language the participant hears: chosen, else settled, else the one the case began in."""
    return conversation.chosen_language or conversation.spoken_language or case.language


def tell(desk: Desk, session: Session, conversation: Conversation, said: SaidMessage) -> None:
    """Says something nobody asked for."""
    store_unprompted(session, desk.seal, conversation, said)


def requeued_words(desk: Desk, session: Session, case: Case, conversation: Conversation) -> SaidMessage:
    """What a participant hears when a case waits again."""
    place = desk.place(case.municipality)
    target: Any = in_utc(case.target_at) if case.target_at else None
    announcer = Announcer(desk.library, language_of(conversation, case))
    return announcer.requeued(target, place, desk.phone(session, conversation.id, place), desk.clock())


def out_of_step(session: Session) -> list[int]:
    """Chats whose state does not fit the open case of their person, or whose person has several open cases; each needs `settle`."""
    oldest = select(Case.id, Case.conversation_id, Case.state).order_by(Case.opened_at, Case.id)
    found = session.execute(oldest.where(Case.state != "closed")).all()
    shared = chats_of_each(session, {row.conversation_id for row in found})
    expected: dict[int, ConversationState] = {}
    several: set[int] = set()
    for row in found:
        several |= {row.conversation_id} & expected.keys()
        for chat in shared[row.conversation_id]:
            expected.setdefault(chat, WITH[row.state])
    busy = Conversation.state.in_(list(WITH.values()))
    states = dict(session.execute(select(Conversation.id, Conversation.state).where(busy)).tuples().all())
    wrong = {chat for chat in expected.keys() | states.keys() if expected.get(chat) != states.get(chat)}
    return sorted(wrong | several)


def settle(desk: Desk, session: Session, conversation_id: int, silent: bool = False) -> bool:
    """Brings the chats of a person and their one case together; false when there was nothing to do.

    Of two open cases the older one goes on, with the municipality of the plan that its chat was linked to. A case of whoever had the
    chat before ends. Every chat is with whoever has the case, and hears it where the assistant falls silent or comes back; unless
    `silent`, because it is being said anyway.
    """
    session.flush()
    with session.no_autoflush:
        if _in_step(session, chats_of(session, conversation_id)):
            return False
    hold_conversation(session, conversation_id)
    chats = chats_of(session, conversation_id)
    found = _without_others(session, cases.open_cases_of(session, chats), desk.clock())
    before = _holders(session, found)
    for case in found:
        _bring_home(desk, session, case)
    for other in found[1:]:
        _merge(session, found[0], other, desk.clock())
    state = WITH[found[0].state] if found else ConversationState.ASSISTANT
    was = _states(session, chats)
    for chat in cases.put(session, chats, state):
        if found:
            cases.note(session, found[0], "joined", desk.clock(), channel=chat.channel, state=state.value)
        said = _what_changed(desk, session, found[0] if found else None, chat, was[chat.id])
        if said is not None and not silent:
            tell(desk, session, chat, said)
    for number in sorted(before):
        if state is was[number] is ConversationState.HUMAN and before[number] != found[0].holder_id and found[0].holder is not None:
            chat = session.get_one(Conversation, number)
            tell(desk, session, chat, Announcer(desk.library, language_of(chat, found[0])).transferred(found[0].holder.name))
    return True


def sent_before(session: Session, case: Case, external_id: str) -> Message | None:
    """The message of a form that was sent before, to whichever chat the answers went then."""
    same = (Message.conversation_id.in_(ever_together(session, case.conversation_id)), Message.external_id == external_id)
    return session.scalar(select(Message).where(*same).order_by(Message.id).limit(1))


def _newest_words(session: Session, conversation_id: int) -> int:
    theirs = (Message.conversation_id == conversation_id, Message.author == Author.PARTICIPANT)
    return session.scalar(select(Message.id).where(*theirs).order_by(Message.id.desc()).limit(1)) or 0


def _states(session: Session, chats: Collection[int]) -> dict[int, ConversationState]:
    found = select(Conversation.id, Conversation.state).where(Conversation.id.in_(chats))
    return dict(session.execute(found).tuples().all())


def _in_step(session: Session, chats: Collection[int]) -> bool:
    found = cases.open_cases_of(session, chats)
    state = WITH[found[0].state] if found else ConversationState.ASSISTANT
    astray = any(_other_before(session, case) or _new_home(session, case) for case in found)
    return len(found) <= 1 and not astray and set(_states(session, chats).values()) <= {state, ConversationState.CLOSED}


def _without_others(session: Session, found: list[Case], now: dt.datetime) -> list[Case]:
    """The cases of the person; those of whoever had the chat before are closed."""
    others = {case.id: link for case in found if (link := _other_before(session, case)) is not None}
    for case in found:
        if case.id in others:
            _leave_behind(session, case, others[case.id].linked_at, now)
    return [case for case in found if case.id not in others]


def _other_before(session: Session, case: Case) -> ChatLink | None:
    """The link that made the chat of a case another person's than the one it began with; None where there is no such link."""
    link = session.scalar(select(ChatLink).where(ChatLink.conversation_id == case.conversation_id, ChatLink.ended_at.is_(None)).limit(1))
    if link is None or person_of(session, case.conversation_id) != link.participant_id:
        return None
    # A case can have been passed on from another chat of the person (bot/plans/chats.py); the words that called a person are still there.
    began_in = session.scalar(select(Message.conversation_id).where(Message.id == case.trigger_id)) or case.conversation_id
    return None if belonged_to(session, began_in, case.opened_at) in (None, link.participant_id) else link


def _leave_behind(session: Session, case: Case, linked_at: dt.datetime, now: dt.datetime) -> None:
    """Ends a case whose person has no chat left: "no_contact", for nothing was answered and nobody said that it is not needed any more.

    It ends when the chat became somebody else's, so what that person writes is not shown in it.
    """
    case.state, case.outcome, case.closed_at, case.last_at = "closed", "no_contact", linked_at, now
    case.waiting_since = case.target_at = None
    cases.note(session, case, "closed", now, outcome="no_contact")


def _new_home(session: Session, case: Case) -> str:
    """The municipality of the plan that the chat of a case was linked to since it was opened or moved; "" where it has it already.

    Only since then: an advisor may send a case elsewhere on purpose.
    """
    linked = select(ChatLink.linked_at, Participant.municipality).join(Participant, Participant.id == ChatLink.participant_id)
    row = session.execute(linked.where(ChatLink.conversation_id == case.conversation_id, ChatLink.ended_at.is_(None)).limit(1)).first()
    if row is None or row.municipality == case.municipality or in_utc(row.linked_at) <= in_utc(case.opened_at):
        return ""
    moved = session.scalar(select(func.max(CaseEvent.at)).where(CaseEvent.case_id == case.id, CaseEvent.kind == "moved"))
    return "" if moved is not None and in_utc(moved) >= in_utc(row.linked_at) else str(row.municipality)


def _bring_home(desk: Desk, session: Session, case: Case) -> None:
    """Moves a case to the municipality of the plan; an advisor who may not see it there does not keep it."""
    home = _new_home(session, case)
    if not home:
        return
    now = desk.clock()
    cases.note(session, case, "moved", now, before=case.municipality, to=home)
    case.municipality = home
    if case.holder_id is not None and not _sees(_colleague(session, case.holder_id), home):
        case.state, case.holder_id, case.held_since = "waiting", None, None
        case.waiting_since = case.waiting_since or now
        case.target_at = case.target_at or hours_of(desk.place(home)).after(now, urgency_of(Reason(case.reason)).target)
    session.flush()
    session.refresh(case, ["holder"])


def _sees(who: Colleague, municipality: str) -> bool:
    return who.municipality == municipality or (who.role is Role.ADMINISTRATOR and not who.municipality)


def _holders(session: Session, found: list[Case]) -> dict[int, int]:
    """Which advisor each chat was told of, where cases that are held are about to be one."""
    held = [case for case in found if case.holder_id is not None]
    return {case.conversation_id: case.holder_id for case in held if case.holder_id is not None} if len(found) > 1 else {}


def _what_changed(desk: Desk, session: Session, case: Case | None, chat: Conversation, before: ConversationState) -> SaidMessage | None:
    """What is said in a chat that changed hands; None where the assistant simply goes on."""
    if case is None:
        source = desk.library.languages.source.code
        announcer = Announcer(desk.library, chat.chosen_language or chat.spoken_language or source)
        was_linked = session.scalar(select(ChatLink.id).where(ChatLink.conversation_id == chat.id).limit(1)) is not None
        return announcer.left() if was_linked and person_of(session, chat.id) is None else announcer.returned()
    if case.holder is not None:
        return Announcer(desk.library, language_of(chat, case)).claimed(case.holder.name)
    return requeued_words(desk, session, case, chat) if before is ConversationState.HUMAN else None


def _merge(session: Session, older: Case, younger: Case, now: dt.datetime) -> None:
    """The older case goes on with the reasons and wishes of the younger one; an advisor who has only that one has both now."""
    older.municipality = older.municipality or younger.municipality
    if older.state == "waiting" and younger.state == "held" and older.municipality == younger.municipality:
        older.state, older.holder_id, older.held_since = "held", younger.holder_id, younger.held_since
        cases.note(session, older, "claimed", now, _colleague(session, younger.holder_id), merged=True)
    if younger.priority < older.priority:
        older.priority, older.reason = younger.priority, younger.reason
    older.waiting_since = cases.earlier(older.waiting_since, younger.waiting_since)
    older.target_at = cases.earlier(older.target_at, younger.target_at)
    older.last_at = max(in_utc(older.last_at), in_utc(younger.last_at))
    reasons = select(CaseEvent).where(CaseEvent.case_id == younger.id, CaseEvent.kind.in_(("opened", "reason"))).order_by(CaseEvent.id)
    for event in session.scalars(reasons).all():
        cases.note(session, older, "reason", now, **event.details)
    session.execute(update(Wish).where(Wish.case_id == younger.id).values(case_id=older.id))
    cases.note(session, older, "merged", now, to=str(younger.id))
    younger.state, younger.outcome, younger.closed_at, younger.last_at = "closed", "merged", now, now
    younger.waiting_since = younger.target_at = None
    cases.note(session, younger, "closed", now, outcome="merged", to=str(older.id))
    session.refresh(older, ["holder"])


def _colleague(session: Session, account_id: int | None) -> Colleague:
    return colleague_from(session.get_one(Account, account_id))
