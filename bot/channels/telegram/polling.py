"""Asks Telegram for updates, again and again: what came is stored first and confirmed with the next question."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import CancelledError
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import Client
from bot.channels.telegram.endings import seconds_of
from bot.channels.telegram.reading import whole
from bot.channels.telegram.updates import ALLOWED
from bot.conversations.traffic.inbox import Inbox
from bot.conversations.traffic.upserts import insert_into
from bot.storage.traffic_tables import ChannelState

logger = logging.getLogger(__name__)
LONG, MARGIN = 25, 10.0  # seconds Telegram waits for an update; what the way may take on top of that
BACKOFF = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds
TOKEN_PAUSE = 60.0
QUICK, PAUSE = 0.2, 0.3  # a server that does not wait although asked to is asked a little slower
CONFLICT = (
    "Telegram gives updates to one asker only: a webhook is set for this bot, or it is polled elsewhere. `veiviser telegram check` tells "
    "which; `veiviser telegram webhook delete` removes the webhook. Asking again."
)
TOKEN = "Telegram does not know the token. Copy it again from @BotFather into VEIVISER_TELEGRAM_TOKEN. Messages wait there for a day."


class Poller(threading.Thread):
    """Asks until it is told to end. A database that is away costs nothing: what was not stored is not confirmed and comes again."""

    def __init__(self, channel: TelegramChannel, inbox: Inbox) -> None:
        super().__init__(name="telegram-poller", daemon=True)
        self._channel, self._inbox = channel, inbox
        self._client = Client(channel.settings.telegram_token, channel.settings.telegram_api)
        self._ended = threading.Event()
        self._said = ""

    def run(self) -> None:
        """Polls, and waits longer each time something goes wrong."""
        failures = 0
        while not self._ended.is_set():
            try:
                self.round()
                failures = 0
                self._say("")
                continue
            except CancelledError:
                return
            except RetryAfter as later:
                pause = seconds_of(later)
            except Conflict:
                pause = BACKOFF[-1]
                self._say(CONFLICT)
            except InvalidToken:
                pause = TOKEN_PAUSE
                self._say(TOKEN)
            except (TelegramError, SQLAlchemyError) as error:
                pause = BACKOFF[min(failures, len(BACKOFF) - 1)]
                self._say(f"Updates of Telegram wait ({type(error).__name__}).")
            except Exception:
                logger.exception("The poller stumbled and goes on")
                pause = BACKOFF[min(failures, len(BACKOFF) - 1)]
            failures += 1
            self._ended.wait(pause)

    def end(self) -> None:
        """Ends the question under way; whatever Telegram was about to tell comes again."""
        self._ended.set()
        self._client.close()
        if self.is_alive():
            self.join(5.0)

    def round(self) -> int:
        """One question; how many updates it brought. Raises TelegramError, or a database error: nothing is confirmed then."""
        with self._inbox.sessions() as session:
            newest = session.scalar(select(ChannelState.offset).where(ChannelState.channel == self._channel.name))
        asked: dict[str, Any] = {"timeout": LONG, "allowed_updates": list(ALLOWED)}
        if newest is not None:
            asked["offset"] = newest + 1
        begun = time.monotonic()
        updates = self._client.call("getUpdates", asked, wait=LONG + MARGIN)
        numbers = self._store(updates if isinstance(updates, list) else [])
        if numbers or newest is not None:
            # Confirmed numbers are forgotten: after a quiet week Telegram may begin anew with a lower one.
            self._keep(max(numbers, default=None))
        elif time.monotonic() - begun < QUICK:
            self._ended.wait(PAUSE)
        return len(numbers)

    def _store(self, updates: list[Any]) -> list[int]:
        parcels = [parcel for update in updates if (parcel := self._channel.parcel(update)) is not None]
        if parcels:
            self._inbox.put(self._channel.name, self._channel.account, parcels)
        return [number for update in updates if isinstance(update, dict) and (number := whole(update.get("update_id"))) is not None]

    def _keep(self, newest: int | None) -> None:
        with self._inbox.sessions.begin() as session:
            _write(session, self._channel.name, newest)

    def _say(self, words: str) -> None:
        """Once, until something else is the matter."""
        if words and words != self._said:
            logger.error(words)
        elif self._said and not words:
            logger.warning("Updates of Telegram come again.")
        self._said = words


def _write(session: Session, channel: str, newest: int | None) -> None:
    insert = insert_into(session, ChannelState)
    new = insert.values(channel=channel, offset=newest)
    session.execute(new.on_conflict_do_update(index_elements=["channel"], set_={"offset": newest}))
