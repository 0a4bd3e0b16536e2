"""The queue: which cases wait, which are held, in the order in which somebody should look at them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from bot.desk.colleagues import Colleague, Role
from bot.desk.shown_chats import shown_messages
from bot.plans.chats import person_of_case
from bot.plans.moments import in_utc
from bot.storage.desk_tables import Case
from bot.storage.plan_tables import Participant
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message

MOST = 200
EXCERPT = 120  # characters of the newest words


@dataclass(frozen=True)
class Wanted:
    """Which cases to show. Empty fields do not narrow. `state`: open, waiting, mine, held or closed."""

    state: str = "open"
    language: str = ""
    municipality: str = ""
    reason: str = ""
    words: str = ""


@dataclass(frozen=True)
class Row:
    """One case of the queue. Moments are in UTC; `late` is true when the target has passed; `channel`: where the person wrote last."""

    id: int
    conversation_id: int
    reason: str
    priority: int
    state: str
    language: str
    municipality: str
    channel: str
    opened_at: dt.datetime
    waiting_since: dt.datetime | None
    target_at: dt.datetime | None
    late: bool
    holder: str
    mine: bool
    participant: str = ""
    excerpt: str = ""
    excerpt_language: str = ""
    requeued: int = 0
    kind: str = ""  # of the newest message, where it is more than words


@dataclass(frozen=True)
class Queue:
    """The rows in their order, and how many cases of each state this colleague may see."""

    rows: tuple[Row, ...]
    counts: dict[str, int] = field(default_factory=dict)


def visible_to(who: Colleague) -> ColumnElement[bool]:
    """The cases a colleague may see: the own municipality's and those of unknown municipality; an administrator of all sees all."""
    if who.role is Role.ADMINISTRATOR and not who.municipality:
        return Case.id.is_not(None)
    return or_(Case.municipality == who.municipality, Case.municipality == "")


def queue(session: Session, seal: Seal, who: Colleague, wanted: Wanted, now: dt.datetime) -> Queue:
    """The cases asked for, the most urgent first: by priority, then by target, then by how long the person has waited. Raises SealError."""
    since = func.coalesce(Case.waiting_since, Case.last_at)
    order = (Case.priority, Case.waiting_since.is_(None), Case.target_at.is_(None), Case.target_at, since, Case.id)
    if wanted.state == "closed":
        order = (Case.closed_at.desc(),)  # type: ignore[assignment]
    found = select(Case).where(visible_to(who), *_narrowed(who, wanted)).order_by(*order).limit(MOST)
    cases = session.scalars(found.options(joinedload(Case.conversation))).all()
    rows = [_row(session, seal, case, who, now) for case in cases]
    if wanted.words:
        words = wanted.words.casefold()
        rows = [row for row in rows if words in f"{row.participant}\n{row.excerpt}\n{row.id}".casefold()]
    return Queue(tuple(rows), counts(session, who))


def counts(session: Session, who: Colleague) -> dict[str, int]:
    """How many cases wait, are held, and are this colleague's."""
    grouped = select(Case.state, func.count()).where(visible_to(who), Case.state != "closed").group_by(Case.state)
    found: dict[str, int] = dict(session.execute(grouped).tuples().all())
    mine = session.scalar(select(func.count()).select_from(Case).where(Case.state == "held", Case.holder_id == who.id))
    waiting, held = found.get("waiting", 0), found.get("held", 0)
    return {"open": waiting + held, "waiting": waiting, "held": held, "mine": mine or 0}


def pulse(session: Session, who: Colleague) -> str:
    """A text that changes whenever the queue of a colleague does."""
    newest = select(func.count(Case.id), func.max(Case.last_at), func.sum(Case.version)).where(visible_to(who))
    return "/".join(str(value) for value in session.execute(newest).one())


def _narrowed(who: Colleague, wanted: Wanted) -> list[ColumnElement[bool]]:
    states: dict[str, list[ColumnElement[bool]]] = {
        "open": [Case.state != "closed"],
        "waiting": [Case.state == "waiting"],
        "held": [Case.state == "held"],
        "mine": [Case.state == "held", Case.holder_id == who.id],
        "closed": [Case.state == "closed"],
    }
    narrowed = list(states.get(wanted.state, states["open"]))
    for column, value in ((Case.language, wanted.language), (Case.municipality, wanted.municipality), (Case.reason, wanted.reason)):
        if value:
            narrowed.append(column == value)
    return narrowed


def _row(session: Session, seal: Seal, case: Case, who: Colleague, now: dt.datetime) -> Row:
    # What the case itself shows: a chat may be another person's by now.
    newest = select(Message).where(shown_messages(session, case), Message.author == Author.PARTICIPANT)
    message = session.scalar(newest.order_by(Message.id.desc()).limit(1))
    conversation: Conversation = message.conversation if message else case.conversation
    words = " ".join(seal.open(message.sealed_text).split()) if message else ""
    target = in_utc(case.target_at) if case.target_at else None
    return Row(
        id=case.id,
        conversation_id=case.conversation_id,
        reason=case.reason,
        priority=case.priority,
        state=case.state,
        language=case.language,
        municipality=case.municipality,
        channel=conversation.channel,
        opened_at=in_utc(case.opened_at),
        waiting_since=in_utc(case.waiting_since) if case.waiting_since else None,
        target_at=target,
        late=target is not None and target < now and case.state != "closed",
        holder=case.holder.name if case.holder else "",
        mine=case.holder_id == who.id,
        participant=_participant(session, seal, case),
        excerpt=words[:EXCERPT],
        kind=message.details.get("kind", "") if message else "",
        excerpt_language=(message.language if message else "") or case.language,
        requeued=case.requeued,
    )


def _participant(session: Session, seal: Seal, case: Case) -> str:
    number = person_of_case(session, case)
    person = session.get(Participant, number) if number is not None else None
    return seal.open(person.sealed_name) if person else ""
