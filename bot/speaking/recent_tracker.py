"""Rasa's memory of a conversation: the last turns only, one encrypted row per conversation.

The complete history is in our own tables; what Rasa needs to go on is short. So a turn costs the same on the first day and
after a year, and erasing a person erases one row here.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any, Dict, Iterable, List, Optional

import sqlalchemy as sa
from cryptography.fernet import Fernet
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

MOST_EVENTS = 60
KEPT_TURNS = 4

METADATA = sa.MetaData()
TRACKERS = sa.Table(
    "rasa_tracker",
    METADATA,
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("updated_at", sa.Float, nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


class RecentTrackerStore(TrackerStore):
    """Keeps trackers in SQLite or PostgreSQL (VEIVISER_TRACKER_URL, an SQLAlchemy 1.4 address), sealed with VEIVISER_TEXT_KEY.

    Without an address, as in `rasa shell`, it remembers in memory.
    """

    def __init__(self, domain: Optional[Domain] = None, event_broker: Optional[EventBroker] = None, **kwargs: Any) -> None:
        super().__init__(domain, event_broker)
        self._engine = _engine(os.environ.get("VEIVISER_TRACKER_URL") or "sqlite://")
        self._seal = Fernet(os.environ.get("VEIVISER_TEXT_KEY") or Fernet.generate_key())
        METADATA.create_all(self._engine)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Writes the conversation's row, shortened when it has grown long."""
        await self.stream_events(tracker)
        events = recent(tracker)
        sealed = self._seal.encrypt(json.dumps([event.as_dict() for event in events], ensure_ascii=False).encode())
        values = {"updated_at": time.time(), "sealed": sealed}
        with self._engine.begin() as connection:
            same = TRACKERS.c.sender_id == tracker.sender_id
            changed = connection.execute(TRACKERS.update().where(same).values(**values))
            if changed.rowcount == 0:
                connection.execute(TRACKERS.insert().values(sender_id=tracker.sender_id, **values))

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation as it was saved last, or None. A row sealed with another key counts as none."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(TRACKERS.c.sealed).where(TRACKERS.c.sender_id == sender_id)).first()
        if row is None:
            return None
        events: List[Dict[str, Any]] = json.loads(self._seal.decrypt(row.sealed))
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        """All conversations."""
        with self._engine.connect() as connection:
            return [row.sender_id for row in connection.execute(sa.select(TRACKERS.c.sender_id))]


def recent(tracker: DialogueStateTracker) -> List[Event]:
    """The tracker's events; when they are many, a new session that carries slots, form and the last turns over."""
    events = list(tracker.events)
    if len(events) <= MOST_EVENTS:
        return events
    turns = [position for position, event in enumerate(events) if isinstance(event, UserUttered)]
    kept = events[turns[-KEPT_TURNS] :] if len(turns) >= KEPT_TURNS else events[-MOST_EVENTS:]
    start: List[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    start += [SlotSet(slot.name, slot.value) for slot in tracker.slots.values() if slot.value != slot.initial_value]
    if tracker.active_loop_name:
        start.append(ActiveLoop(tracker.active_loop_name))
    return [*start, ActionExecuted(ACTION_LISTEN_NAME), *kept]


def _engine(url: str) -> sa.engine.Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url, future=True, pool_pre_ping=True)
    memory = url == "sqlite://"
    settings: Dict[str, Any] = {"poolclass": sa.pool.StaticPool} if memory else {}
    engine = sa.create_engine(url, future=True, connect_args={"check_same_thread": False}, **settings)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        # The journal beside the file keeps readers and the writer apart; our own tables hold what must survive a power cut.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA busy_timeout=5000")

    return engine
