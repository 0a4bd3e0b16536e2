"""Learns from each connected messenger where people find us there, for the page with a one-time code."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from bot.conversations.traffic.addresses import note_address

logger = logging.getLogger(__name__)
AGAIN = 60.0  # seconds


class Inviting(Protocol):
    """A messenger that can be opened with a code."""

    @property
    def name(self) -> str:
        """As in Conversation.channel."""

    def invitation(self) -> str:
        """What a code is put behind. Raises whatever its API raises."""


class Invitations(threading.Thread):
    """Asks each messenger once, and again later where it does not answer."""

    def __init__(self, sessions: sessionmaker[Session], channels: Iterable[Inviting]) -> None:
        super().__init__(name="invitations", daemon=True)
        self._sessions, self._left, self._ended = sessions, list(channels), threading.Event()

    def run(self) -> None:
        """Until every messenger has told, or `end`."""
        while True:
            self._left = [channel for channel in self._left if not self._learnt(channel)]
            if not self._left or self._ended.wait(AGAIN):
                return

    def end(self) -> None:
        """Ends after the question under way."""
        self._ended.set()

    def _learnt(self, channel: Inviting) -> bool:
        try:
            address = channel.invitation()
            with self._sessions.begin() as session:
                note_address(session, channel.name, address)
        except Exception as error:  # each messenger's client raises its own; nothing but a link on a page depends on it
            logger.warning("%s did not tell its address (%s).", channel.name, type(error).__name__)
            return False
        return True
