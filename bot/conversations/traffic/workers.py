"""Threads that work on lanes until they are told to end, and renew the leases of what they have in hand."""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.history import now as this_moment
from bot.conversations.traffic import lanes

logger = logging.getLogger(__name__)
IDLE = 0.15  # seconds between two looks at an empty queue
TROUBLE = 1.0  # seconds after an error of the database
TIDY = 3600.0  # seconds
Step = Callable[[str, dt.timedelta], bool]


class Workers:
    """Runs steps in threads: `steps` are as many threads as entries. `tidy` runs once an hour."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        steps: Sequence[Step],
        tidy: Callable[[], None] | None = None,
        lease: dt.timedelta = lanes.LEASE,
    ) -> None:
        self.name = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._sessions, self._steps, self._tidy, self._lease = sessions, steps, tidy, lease
        self._ended = threading.Event()
        self._in_hand: set[str] = set()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Starts all threads."""
        works = [threading.Thread(target=self._work, args=(step,), name=f"lanes-{n}", daemon=True) for n, step in enumerate(self._steps)]
        self._threads = [*works, threading.Thread(target=self._renew, name="leases", daemon=True)]
        for thread in self._threads:
            thread.start()

    def end(self, patience: float = 10.0) -> None:
        """Lets every thread finish what it has in hand; what is not finished in time is found by others once its lease has run out."""
        self._ended.set()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self, step: Step) -> None:
        while not self._ended.is_set():
            try:
                if self._one(step):
                    continue
                pause = IDLE
            except SQLAlchemyError as error:
                logger.error("Messages wait for the database (%s).", type(error).__name__)
                pause = TROUBLE
            except Exception:
                logger.exception("A worker stumbled and goes on")
                pause = TROUBLE
            self._ended.wait(pause)

    def _one(self, step: Step) -> bool:
        """One step under a name of its own: the lease of one that stumbled is not renewed, and runs out while this process lives on."""
        hand = f"{self.name}:{secrets.token_hex(4)}"
        self._in_hand.add(hand)
        try:
            return step(hand, self._lease)
        finally:
            self._in_hand.discard(hand)

    def _renew(self) -> None:
        tidied = time.monotonic()
        while not self._ended.wait(self._lease.total_seconds() / 3):
            try:
                with self._sessions.begin() as session:
                    lanes.renew(session, tuple(self._in_hand), this_moment(), self._lease)
                if self._tidy and time.monotonic() - tidied > TIDY:
                    tidied = time.monotonic()
                    self._tidy()
            except SQLAlchemyError as error:
                logger.error("Leases were not renewed (%s).", type(error).__name__)
