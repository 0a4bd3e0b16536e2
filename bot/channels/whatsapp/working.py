"""Does what a stored update asks for. The same update again changes nothing."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy.orm import Session, sessionmaker

from bot.channels.whatsapp.addresses import settle
from bot.channels.whatsapp.graph import Garbled, Graph, GraphError
from bot.channels.whatsapp.media import Fetcher
from bot.channels.whatsapp.moving import move
from bot.channels.whatsapp.reading import CHANNEL, stored, words_of
from bot.channels.whatsapp.statuses import Statuses
from bot.channels.whatsapp.templates import Templates
from bot.conversations.channel import Parcel
from bot.conversations.in_class import WITHHELD
from bot.conversations.media import MediaIn
from bot.conversations.reception import Incoming, Reception
from bot.storage.tables import Message

logger = logging.getLogger(__name__)
# How a message of WhatsApp's reaches the reception. Everything else that can be sent (film, order, form, poll, picture to be seen once,
# whatever comes to be) is "other" and not fetched: the person hears that we cannot take it.
KINDS = {
    "text": "text",
    "button": "text",
    "interactive": "text",
    "audio": "voice",
    "voice": "voice",
    "image": "photo",
    "document": "document",
    "sticker": "sticker",
    "location": "location",
    "contacts": "contact",
    "edit": "edited",
}
FETCHED = {"audio": "voice", "voice": "voice", "image": "photo", "document": "document"}
QUIET = 30.0  # seconds without read marks after one has failed


class Worker:
    """Works on parcels: messages to the reception, statuses to the outbox, moves and news to where they belong."""

    def __init__(
        self, sessions: sessionmaker[Session], reception: Reception, graph: Graph, templates: Templates, clock: Callable[[], dt.datetime]
    ) -> None:
        self._sessions, self._reception, self._graph, self._templates, self._clock = sessions, reception, graph, templates, clock
        self._fetcher, self._statuses = Fetcher(graph), Statuses(sessions, clock)
        self._quiet_until = 0.0

    def work(self, parcel: Parcel) -> None:
        """As Channel.work. Raises TryLater or AssistantAway."""
        kind = parcel.payload.get("kind")
        if kind == "message":
            self._message(parcel)
        elif kind == "status":
            self._statuses.take(parcel.payload)
        elif kind == "moved":
            with self._sessions.begin() as session:
                move(session, parcel.payload["moves"], self._clock(), parcel.external_id)
        elif kind == "template":
            told = parcel.payload
            self._templates.news(told["message_template_name"], told["message_template_language"], told["event"], told["reason"])
        else:
            logger.warning("WhatsApp about our account: %s %s", parcel.payload.get("field"), parcel.payload.get("event"))

    def _message(self, parcel: Parcel) -> None:
        message = parcel.payload["message"]
        with self._sessions.begin() as session:
            # Not the sender in the message, who may have moved since.
            account = settle(session, parcel.chat, parcel.payload.get("also", ""))
            before = stored(session, account, parcel.external_id)
            if _is_withheld(stored(session, account, message.get("edited", ""))):
                return  # its words are nowhere with the person, and stay so
            # What a number stood for when the message was first read is what it stands for; withheld words were not kept.
            known = before is not None and not _is_withheld(before)
            text = self._reception.seal.open(before.sealed_text) if before and known else words_of(session, account, _words(message))
        self._mark_read(parcel.payload["id"])
        kind = KINDS.get(message["type"], "other")
        if kind in ("text", "edited") and not text:
            kind = "other"
        # One that is answered already may still have to be gone through (Reception), but what it brought is there.
        media = () if before is not None and before.answered_at is not None else self._media(message, parcel.external_id)
        self._reception.receive(Incoming(CHANNEL, account, text, external_id=parcel.external_id, kind=kind, media=media))

    def _media(self, message: dict[str, Any], external_id: str) -> tuple[MediaIn, ...]:
        kind = message["type"]
        if kind not in FETCHED or not isinstance(message.get(kind), dict):
            return ()
        return (self._fetcher.fetch(FETCHED[kind], message[kind], external_id),)

    def _mark_read(self, wamid: str) -> None:
        """Shows the person that we read and write. Where that fails nothing else does, and it is left alone for a while."""
        if time.monotonic() < self._quiet_until:
            return
        try:
            self._graph.mark_read(wamid)
        except GraphError as error:
            if error.status >= 500 or not error.told or error.status in (401, 403, 429):
                self._quiet_until = time.monotonic() + QUIET
        except (httpx.HTTPError, httpx.InvalidURL, Garbled):
            self._quiet_until = time.monotonic() + QUIET


def _is_withheld(message: Message | None) -> bool:
    return message is not None and message.details.get("kind") == WITHHELD


def _words(message: dict[str, Any]) -> dict[str, Any]:
    """The message whose words count: of an edited one what it was changed to."""
    edit = message.get("edit")
    return edit if message["type"] == "edit" and isinstance(edit, dict) else message
