"""Sends what is in the outbox: one departure of a chat after the other, each part once.

A part is written down as being sent before the messenger is called, and as accepted right after. Where a process dies in between, or a
connection breaks while waiting for the answer, nobody knows whether the message left. Then the channel looks for it (Channel.find); only
where that cannot be told is it sent again and marked, because twice is better than never.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.channel import Attached, Channel, Envelope, Part, SendLater, SendRefused, SendUnsure, Unanswered, WindowClosed
from bot.conversations.history import now as this_moment
from bot.conversations.history import said_from
from bot.conversations.traffic import lanes, outbox, pace
from bot.conversations.traffic.lanes import NO_SYNC, Leased, LeaseLost
from bot.conversations.traffic.notices import without_told_notices
from bot.plans.moments import in_utc
from bot.storage.desk_tables import Attachment
from bot.storage.sealing import Seal, SealError
from bot.storage.tables import Author, Conversation, Message
from bot.storage.traffic_tables import Departure, Dispatch

logger = logging.getLogger(__name__)
AT_ONCE = 10  # departures of one lane before others get their turn
BACKOFF = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # seconds
TOO_OLD = dt.timedelta(days=2)  # what could not be brought for so long is shown to the advisor as lost
MISTAKES = 5  # how often a departure that makes its channel stumble is tried
KNOCK = -1


@dataclass(frozen=True)
class _Sending:
    """One part on its way: which one, and whether all are with the messenger once it is accepted."""

    place: int
    part: Part
    last: bool


@dataclass(frozen=True)
class Delivery:
    """What delivers. `channels` by name; `clock` tells the time in UTC; `lost` is told of an answer that will never arrive."""

    sessions: sessionmaker[Session]
    seal: Seal
    channels: Mapping[str, Channel]
    default_language: str
    clock: Callable[[], dt.datetime] = this_moment
    lost: Callable[[Unanswered], None] = lambda waiting: None

    def step(self, worker: str, length: dt.timedelta = lanes.LEASE) -> bool:
        """Takes one lane that is due and works on it; False when there is none. Raises database errors: nothing is lost then."""
        with self.sessions.begin() as session:
            lane = lanes.lease(session, lanes.OUT, tuple(self.channels), worker, self.clock(), length)
        if lane is None:
            return False
        again: dt.datetime | None = None
        try:
            for _ in range(AT_ONCE):
                again = self._one(lane)
                if again is not None:
                    break
        except LeaseLost:
            return True  # whoever has the lane now goes on
        self._release(lane, again)
        return True

    def _release(self, lane: Leased, again: dt.datetime | None) -> None:
        with self.sessions.begin() as session:
            if not lanes.hold(session, lane):
                return
            first = _first(session, lane)
            lanes.release(session, lane, None if first is None else max(again or self.clock(), in_utc(first.next_at)))

    def _one(self, lane: Leased) -> dt.datetime | None:
        """Sends the first departure of a lane; None when the next may follow, else when to come again."""
        number = 0
        try:
            with self.sessions() as session:
                departure = _first(session, lane)
                if departure is None:
                    return self.clock()
                if in_utc(departure.next_at) > self.clock():
                    return in_utc(departure.next_at)
                number = departure.id
                stopped, envelope = self._envelope(session, number)
                begun = {row.part: row for row in session.scalars(select(Dispatch).where(Dispatch.departure_id == number))}
            if not stopped:
                return self._deliver(lane, envelope, begun)
            self._failed(number, SendRefused(stopped))
        except (SQLAlchemyError, LeaseLost):
            raise
        except SealError:
            self._failed(number, SendRefused("sealed"))
        except Exception as error:  # what was being sent is looked for; whoever waits behind it does not wait for ever
            logger.exception("Departure %s could not be sent", number)
            return self._stumbled(number, type(error).__name__)
        return None

    def _deliver(self, lane: Leased, envelope: Envelope, begun: Mapping[int, Dispatch]) -> dt.datetime | None:
        channel, number = self.channels[lane.channel], envelope.departure_id
        try:
            plan = channel.parts(envelope, self.clock())
            knocks = plan.hold or plan.knock is not None
            sendings = [] if plan.hold else [(KNOCK, plan.knock)] if plan.knock is not None else list(enumerate(plan.parts))
            for place, part in sendings:
                assert part is not None
                last = not knocks and place == len(plan.parts) - 1
                wait = self._part(lane, channel, envelope, _Sending(place, part, last), begun.get(place))
                if wait is not None:
                    return wait
        except WindowClosed:  # it closed meanwhile: the channel will knock the next time
            return self._again(lane, number, 0, "window_closed")
        except SendRefused as refused:
            self._failed(number, refused, envelope)
            return None
        except SendLater as later:
            return self._again(lane, number, later.seconds, later.code, later.everybody)
        if knocks:
            self._hold(number, envelope)
        elif not sendings or len(plan.parts) - 1 in begun:  # else it was noted when the last part was accepted
            with self.sessions.begin() as session:
                outbox.through(session, number, self.clock())
        return None

    def _part(self, lane: Leased, channel: Channel, envelope: Envelope, sending: _Sending, before: Dispatch | None) -> dt.datetime | None:
        """Sends one part unless it was sent; None when it is accepted, else when to come again."""
        if before is not None and before.state != "sending":
            return None
        unsure = False
        if before is not None:
            ready = in_utc(before.begun_at) + dt.timedelta(seconds=channel.patience())
            if ready > self.clock():
                return ready
            found, unsure = self._look(channel, envelope, sending.part)
            if found is not None:
                self._accepted(envelope, sending, before.token, found, channel.name)
                return None
        file = self._file(sending.part)
        with self.sessions.begin() as session:
            room = pace.room_at(session, lane, channel.rates(lane.chat), self.clock())
            if room > self.clock():
                return room
            token = self._begin(session, envelope, sending, lane.channel, before, unsure)
        try:
            external_id = channel.send(envelope, sending.part, token, file)
        except SendUnsure:
            logger.warning("Nobody knows whether departure %s was sent; it is looked for.", envelope.departure_id)
            return self._again(lane, envelope.departure_id, channel.patience(), "unsure")
        except (SendLater, SendRefused, WindowClosed):
            self._not_sent(token)
            raise
        self._accepted(envelope, sending, token, external_id, channel.name)
        return None

    def _look(self, channel: Channel, envelope: Envelope, part: Part) -> tuple[str | None, bool]:
        """The id of what was sent, or whether it has to be sent again without anybody knowing."""
        with self.sessions() as session:
            known = (Departure.channel == channel.name, Departure.chat == envelope.chat, Dispatch.external_id.is_not(None))
            newest = select(Dispatch.external_id).join(Departure, Departure.id == Dispatch.departure_id).where(*known)
            before = session.scalar(newest.order_by(Dispatch.id.desc()).limit(1))
        try:
            return channel.find(envelope, part, before), False
        except SendUnsure:
            return None, True

    def _begin(self, session: Session, envelope: Envelope, sending: _Sending, channel: str, before: Dispatch | None, unsure: bool) -> str:
        if before is None:
            dispatch = Dispatch(
                departure_id=envelope.departure_id, part=sending.place, channel=channel, token=secrets.token_urlsafe(16), unsure=False
            )
        else:  # it is sent again under its old token: a status of either sending finds it
            dispatch = session.get_one(Dispatch, before.id)
        dispatch.state, dispatch.begun_at = "sending", self.clock()
        dispatch.unsure = dispatch.unsure or unsure
        dispatch.numbered = list(sending.part.numbered)
        session.add(dispatch)
        outbox.keep_keys(session, sending.part.keys)
        session.flush()
        return dispatch.token

    def _accepted(self, envelope: Envelope, sending: _Sending, token: str, external_id: str, channel: str) -> None:
        with self.sessions.begin() as session:
            outbox.accept(session, token, external_id, self.clock())
            if sending.last:
                outbox.through(session, envelope.departure_id, self.clock())
            pace.well(session, channel)

    def _not_sent(self, token: str) -> None:
        """It certainly did not leave: nothing is to be looked for, unless an earlier try of it may have."""
        with self.sessions.begin() as session:
            dispatch = session.scalar(select(Dispatch).where(Dispatch.token == token))
            if dispatch is not None and dispatch.state == "sending" and not dispatch.unsure:
                session.delete(dispatch)

    def _failed(self, number: int, refused: SendRefused, envelope: Envelope | None = None) -> None:
        with self.sessions.begin() as session:
            departure, news = self._news(session, number, envelope)
            if refused.stop and news:
                departure.attempts += 1  # the person wrote meanwhile: what was refused before stops nothing
                return
            lost = None
            if departure.state == "waiting":
                outbox.fail(session, departure, refused.code, self.clock())
                lost = None if refused.stop else _unanswered(session, departure)
            if refused.stop:
                session.get_one(Conversation, departure.conversation_id, populate_existing=True).stopped = refused.code[:32]
        if lost is not None:
            self.lost(lost)

    def _hold(self, number: int, envelope: Envelope) -> None:
        """Waits for a word of the person (outbox.heard_from), unless they wrote while we knocked: then it is sent at once."""
        with self.sessions.begin() as session:
            departure, news = self._news(session, number, envelope)
            if departure.state == "waiting" and not news:
                departure.state = "held"

    def _news(self, session: Session, number: int, envelope: Envelope | None) -> tuple[Departure, bool]:
        """A departure, and whether the person wrote since its envelope was made; who writes now waits until the transaction ends."""
        conversation = select(Departure.conversation_id).where(Departure.id == number).scalar_subquery()
        same = {"last_at": Conversation.last_at}
        session.execute(update(Conversation).where(Conversation.id == conversation).values(same), execution_options=NO_SYNC)
        departure = session.get_one(Departure, number, with_for_update=True)
        return departure, envelope is not None and _heard(session, departure.conversation_id) != envelope.heard_at

    def _stumbled(self, number: int, problem: str) -> dt.datetime | None:
        """Something that no channel should raise: tried a few times."""
        with self.sessions.begin() as session:
            departure = session.get_one(Departure, number, with_for_update=True)
            departure.attempts, departure.problem = _tries(departure, problem), problem[:32]
            departure.next_at = self.clock() + dt.timedelta(seconds=_backoff(departure.attempts))
            if departure.attempts < MISTAKES:
                return departure.next_at
            lost = None
            if departure.state == "waiting":
                outbox.fail(session, departure, problem, self.clock())
                lost = _unanswered(session, departure)
        if lost is not None:
            self.lost(lost)
        return None

    def _again(self, lane: Leased, number: int, seconds: float, code: str, everybody: bool = False) -> dt.datetime | None:
        """Notes when a departure is tried again, later each time; one that is too old is lost."""
        with self.sessions.begin() as session:
            attempts = _tries(session.get_one(Departure, number), code)
            wait = max(seconds, _backoff(attempts)) if code == "unsure" else seconds or _backoff(attempts)
            again = self.clock() + dt.timedelta(seconds=wait)
            if everybody:
                pace.pause(session, lane.channel, again, code)
            departure = session.get_one(Departure, number, populate_existing=True, with_for_update=True)
            if departure.state != "waiting":
                return None
            if self.clock() - in_utc(departure.created_at) > TOO_OLD:
                outbox.fail(session, departure, "too_old", self.clock())
                return None
            departure.attempts, departure.problem, departure.next_at = attempts, code[:32], again
            return again

    def _envelope(self, session: Session, number: int) -> tuple[str, Envelope]:
        departure = session.get_one(Departure, number)
        conversation = session.get_one(Conversation, departure.conversation_id)
        rows = session.scalars(select(Message).where(Message.departure_id == number).order_by(Message.id)).all()
        messages = without_told_notices(session, rows, [said_from(row, self.seal) for row in rows])
        language = conversation.chosen_language or conversation.spoken_language or (messages[-1].language if messages else "")
        return conversation.stopped or "", Envelope(
            number,
            conversation.account,
            departure.chat,
            departure.place,
            messages,
            language or self.default_language,
            _heard(session, conversation.id),
        )

    def _file(self, part: Part) -> Attached | None:
        if not part.file:
            return None
        with self.sessions() as session:
            row = session.scalar(select(Attachment).where(Attachment.token == part.file))
        if row is None:
            raise SendRefused("file_gone")
        return Attached(row.name, row.content_type, self.seal.open_bytes(row.sealed_bytes))


def _first(session: Session, lane: Leased) -> Departure | None:
    waiting = (Departure.channel == lane.channel, Departure.chat == lane.chat, Departure.state == "waiting")
    return session.scalar(select(Departure).where(*waiting).order_by(Departure.id).limit(1))


def _unanswered(session: Session, departure: Departure) -> Unanswered | None:
    """Who waits for the answer a departure was to bring; None where it answers nothing, such as the notice that an answer was lost."""
    answers = (Message.departure_id == departure.id, Message.answers_id.is_not(None))
    if session.scalar(select(Message.id).where(*answers).limit(1)) is None:
        return None
    account = session.get_one(Conversation, departure.conversation_id).account
    return Unanswered(departure.channel, account, in_utc(departure.created_at), given_up=True)


def _heard(session: Session, conversation_id: int) -> dt.datetime | None:
    """When the person last wrote."""
    theirs = (Message.conversation_id == conversation_id, Message.author == Author.PARTICIPANT)
    heard = session.scalar(select(Message.created_at).where(*theirs).order_by(Message.id.desc()).limit(1))
    return in_utc(heard) if heard else None


def _tries(departure: Departure, problem: str) -> int:
    """How often in a row it has this problem now: a messenger that is busy uses up no tries of a mistake."""
    return departure.attempts + 1 if departure.problem == problem[:32] else 1


def _backoff(attempts: int) -> float:
    return BACKOFF[min(attempts, len(BACKOFF)) - 1]
