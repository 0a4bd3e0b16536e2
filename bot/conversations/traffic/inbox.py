"""The inbox: every update of a messenger is stored, sealed and once, before it is acknowledged."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Update, case, delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.channel import Parcel
from bot.conversations.history import now as this_moment
from bot.conversations.traffic.lanes import IN, NO_SYNC, Leased, wake
from bot.conversations.traffic.upserts import insert_into
from bot.plans.moments import in_utc
from bot.storage.sealing import Seal
from bot.storage.traffic_tables import CHAT, EXTERNAL, Arrival

# Meta sends again for up to seven days what was not acknowledged; Telegram for one. Ids are kept longer than that.
KEPT = dt.timedelta(days=14)


@dataclass(frozen=True)
class Inbox:
    """Where channels put what arrived."""

    sessions: sessionmaker[Session]
    seal: Seal

    def put(self, channel: str, account: str, parcels: Sequence[Parcel]) -> int:
        """Stores updates in one transaction; how many were new. Raises database errors: none was stored then."""
        moment = this_moment()
        with self.sessions.begin() as session:
            # The lanes first, and all in the same order: two who store at once wait for each other here, never in a circle.
            for chat in sorted({parcel.chat for parcel in parcels}):
                wake(session, IN, channel, chat, moment)
            return sum(self._put(session, channel, account, parcel, moment) for parcel in parcels)

    def _put(self, session: Session, channel: str, account: str, parcel: Parcel, moment: dt.datetime) -> bool:
        if len(parcel.external_id) > EXTERNAL or len(parcel.chat) > CHAT:
            raise ValueError("an id is longer than any messenger makes them")
        insert = insert_into(session, Arrival)
        new = insert.values(
            channel=channel,
            account=account,
            external_id=parcel.external_id,
            chat=parcel.chat,
            speaker=parcel.speaker,
            sort=parcel.sort,
            state="waiting",
            attempts=0,
            next_at=moment,
            sealed_payload=self.seal.close(json.dumps(parcel.payload, ensure_ascii=False)),
            received_at=moment,
        )
        once = new.on_conflict_do_nothing(index_elements=["channel", "account", "external_id"])
        return session.scalar(once.returning(Arrival.id)) is not None

    def first(self, session: Session, lane: Leased) -> Arrival | None:
        """What is to be worked on next in a lane."""
        mine = (Arrival.channel == lane.channel, Arrival.chat == lane.chat, Arrival.state == "waiting")
        return session.scalar(select(Arrival).where(*mine).order_by(Arrival.sort, Arrival.id).limit(1))

    def parcel(self, arrival: Arrival) -> Parcel:
        """An update as it came. Raises SealError for another key."""
        payload = json.loads(self.seal.open(arrival.sealed_payload)) if arrival.sealed_payload else {}
        return Parcel(arrival.external_id, arrival.chat, payload, arrival.speaker, arrival.sort)

    def done(self, session: Session, number: int) -> None:
        """An update is dealt with; its content is forgotten, its id is kept."""
        values = {"state": "done", "done_at": this_moment(), "sealed_payload": None, "problem": None}
        session.execute(_waiting(number).values(values), execution_options=NO_SYNC)

    def again(self, session: Session, number: int, at: dt.datetime, problem: str) -> None:
        """An update could not be dealt with yet. Attempts are counted for each problem anew."""
        attempts = case((Arrival.problem == problem[:32], Arrival.attempts + 1), else_=1)
        values = {"attempts": attempts, "next_at": at, "problem": problem[:32]}
        session.execute(_waiting(number).values(values), execution_options=NO_SYNC)

    def failed(self, session: Session, number: int, problem: str) -> None:
        """An update that cannot be dealt with is put aside, its content kept for who mends it."""
        values = {"state": "failed", "done_at": this_moment(), "attempts": Arrival.attempts + 1, "problem": problem[:32]}
        session.execute(_waiting(number).values(values), execution_options=NO_SYNC)

    @staticmethod
    def retry_failed(session: Session) -> int:
        """Puts what failed back into its lanes; how many."""
        rows = session.scalars(select(Arrival).where(Arrival.state == "failed")).all()
        for row in rows:
            row.state, row.attempts, row.next_at = "waiting", 0, this_moment()
            wake(session, IN, row.channel, row.chat, this_moment())
        session.flush()
        return len(rows)

    def forget_old(self, session: Session) -> None:
        """Deletes ids nobody will send again."""
        old = (Arrival.state == "done", Arrival.received_at < this_moment() - KEPT)
        session.execute(delete(Arrival).where(*old), execution_options=NO_SYNC)


def _waiting(number: int) -> Update:
    """What became of an update, unless somebody who took over its lane dealt with it already."""
    return update(Arrival).where(Arrival.id == number, Arrival.state == "waiting")


def due(arrival: Arrival) -> dt.datetime:
    """When an update may be worked on."""
    return in_utc(arrival.next_at)
