"""What became of a message of ours: only ever forwards; what certainly failed for a passing reason goes out again."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.channels.whatsapp.errors import LATER, PAIR_LIMIT, Verdict, Way, pair_wait, verdict
from bot.channels.whatsapp.parcels import NO_CODE, short_id
from bot.channels.whatsapp.tries import Tries
from bot.channels.whatsapp.window import CLOSED, note_closed
from bot.conversations.channel import TryLater
from bot.conversations.traffic import outbox, pace
from bot.conversations.traffic.delivering import KNOCK
from bot.conversations.traffic.lanes import OUT, wake
from bot.plans.moments import in_utc
from bot.storage.traffic_tables import Departure, Dispatch

logger = logging.getLogger(__name__)
CHANNEL = "whatsapp"
TRIES = 6  # for a message nobody here knows: our own note of it may come a moment later than its status
PAUSE = 1.0
RESENT = 8  # how often a message that failed for a passing reason goes out again
TOO_OLD = dt.timedelta(days=2)
SOON = 30.0
UNSURE = "unsure"  # as bot/conversations/traffic/delivering.py notes it
STATES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read"}


class Statuses:
    """Takes statuses one after the other."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], dt.datetime]) -> None:
        self._sessions, self._clock, self._tries = sessions, clock, Tries(TRIES)

    def take(self, status: dict[str, Any]) -> None:
        """Notes a status. Raises TryLater for one that comes before its message is known, or while that is being sent."""
        wamid, token = short_id(status["id"]), status.get("token", "")
        at = min(dt.datetime.fromtimestamp(status["at"], dt.UTC), self._clock()) if status["at"] else self._clock()
        with self._sessions.begin() as session:
            if status["state"] == "failed":
                known = self._failed(session, wamid, token, status.get("codes") or [NO_CODE], at)
            else:
                known = outbox.move_on(session, CHANNEL, STATES[status["state"]], at, external_id=wamid, token=token)
                if known:
                    self._nothing_to_wait_for(session, wamid, token)
        if not known and not token and self._tries.again(f"{wamid}:{status['state']}"):
            raise TryLater("not_known_yet", PAUSE)

    def _nothing_to_wait_for(self, session: Session, wamid: str, token: str) -> None:
        """Where nobody knew whether the message had left, it is known now; what comes after it need not wait any longer."""
        dispatch = _dispatch(session, wamid, token)
        departure = session.get(Departure, dispatch.departure_id, with_for_update=True) if dispatch else None
        if departure is not None and (departure.state, departure.problem) == ("waiting", UNSURE):
            departure.next_at = self._clock()
            wake(session, OUT, CHANNEL, departure.chat, departure.next_at)

    def _failed(self, session: Session, wamid: str, token: str, codes: list[int], at: dt.datetime) -> bool:
        dispatch = _dispatch(session, wamid, token)
        if dispatch is None:
            return False
        if dispatch.external_id and dispatch.external_id != wamid:
            return True  # the earlier one of two sendings; the later one counts
        found = verdict(codes[0])
        if found.way in (Way.LATER, Way.EVERYBODY, Way.WINDOW) and self._again(session, dispatch, codes[0], found):
            return True
        problem = CLOSED if found.way is Way.WINDOW else str(codes[0])
        logger.warning("WhatsApp did not bring a message (%s).", problem)
        outbox.move_on(session, CHANNEL, "failed", at, external_id=wamid, token=token, problem=problem)
        if dispatch.part == KNOCK:
            self._nobody_knocked(session, dispatch, problem, at)
        return True

    def _again(self, session: Session, dispatch: Dispatch, code: int, found: Verdict) -> bool:
        """Puts what was not brought back into the outbox; False when that was done often enough, or it had arrived."""
        departure = session.get_one(Departure, dispatch.departure_id, populate_existing=True, with_for_update=True)
        if dispatch.state == "sending" or departure.state == "waiting":
            raise TryLater("being_sent", PAUSE)  # whoever sends it now would note it as accepted after us
        old = self._clock() - in_utc(departure.created_at) > TOO_OLD
        if dispatch.state in ("delivered", "read", "failed") or departure.state == "failed" or departure.attempts >= RESENT or old:
            return False
        wait = _wait(found, code, departure.attempts)
        if found.way is Way.EVERYBODY:
            pace.pause(session, CHANNEL, self._clock() + dt.timedelta(seconds=wait), str(code))
        # Its trace goes, so that it is sent anew. What waits for the person's word anyway goes on waiting, unless it was the knock itself.
        if departure.state != "held" or dispatch.part == KNOCK:
            departure.state, departure.attempts = "waiting", departure.attempts + 1
            departure.next_at = self._clock() + dt.timedelta(seconds=wait)
            wake(session, OUT, CHANNEL, departure.chat, departure.next_at)
        departure.problem = CLOSED if found.way is Way.WINDOW else str(code)
        if found.way is Way.WINDOW:
            note_closed(departure, self._clock())
        session.delete(dispatch)
        session.flush()
        return True

    def _nobody_knocked(self, session: Session, dispatch: Dispatch, problem: str, at: dt.datetime) -> None:
        """The person was not told that something waits: the advisor hears of each."""
        chat = session.get_one(Departure, dispatch.departure_id).chat
        held = (Departure.channel == CHANNEL, Departure.chat == chat, Departure.state == "held")
        for departure in session.scalars(select(Departure).where(*held).with_for_update()).all():
            outbox.fail(session, departure, problem, at)


def _wait(found: Verdict, code: int, attempts: int) -> float:
    if found.way is Way.WINDOW:
        return 0.0
    if code == PAIR_LIMIT:
        return pair_wait(attempts + 1)
    return found.seconds if found is not LATER and found.seconds else SOON


def _dispatch(session: Session, wamid: str, token: str) -> Dispatch | None:
    if token:
        found = session.scalar(select(Dispatch).where(Dispatch.token == token).with_for_update())
        if found is not None:
            return found
    same = (Dispatch.channel == CHANNEL, Dispatch.external_id == wamid)
    return session.scalar(select(Dispatch).where(*same).with_for_update())
