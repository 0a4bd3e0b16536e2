"""One worker at a time per conversation in this process."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from bot.conversations.assistant import AssistantAway

LONGEST_WAIT = 30.0  # seconds for a turn of one's own


class Turns:
    """A lock per conversation, forgotten when nobody waits for it any more."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: defaultdict[str, list] = defaultdict(lambda: [threading.Lock(), 0])

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Waits for the turn of a conversation. Raises AssistantAway after half a minute."""
        with self._guard:
            entry = self._locks[name]
            entry[1] += 1
        try:
            # Somebody who sends much while the assistant hangs must not hold every thread there is.
            if not entry[0].acquire(timeout=LONGEST_WAIT):
                raise AssistantAway("busy")
            try:
                yield
            finally:
                entry[0].release()
        finally:
            with self._guard:
                entry[1] -= 1
                if entry[1] == 0:
                    del self._locks[name]
