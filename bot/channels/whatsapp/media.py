"""Fetches what a person sent: within its limits, checked by its hash, its kind as the API names it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import mimetypes
import re
from collections.abc import Mapping
from typing import Any

import httpx

from bot.channels.whatsapp.errors import Way, verdict
from bot.channels.whatsapp.graph import Garbled, Graph, GraphError
from bot.channels.whatsapp.graph import TooLarge as LargerThanWanted
from bot.channels.whatsapp.tries import Tries
from bot.conversations.channel import TryLater
from bot.conversations.media import LARGEST, NOT_FETCHED, TOO_LARGE, MediaIn

logger = logging.getLogger(__name__)
TRIES = 4
PAUSE = 3.0  # seconds, times the number of the try
TOKEN_PAUSE = 60.0
TOKEN_TRIES = 3  # then the message goes on without its file, before an advisor is called to a chat that holds nothing (traffic/arriving.py)
UNWANTED = re.compile(r"[\x00-\x1f\x7f/\\:]+")
LONGEST_NAME = 120


class Fetcher:
    """Fetches files of persons from the API."""

    def __init__(self, graph: Graph) -> None:
        self._graph, self._tries, self._token_tries = graph, Tries(TRIES), Tries(TOKEN_TRIES)

    def fetch(self, kind: str, given: Mapping[str, Any], message_id: str) -> MediaIn:
        """A file of a message, or why it is not there. Raises TryLater some times while the API stumbles or our token fails."""
        announced = str(given.get("mime_type") or "").partition(";")[0].strip().lower()
        try:
            found = self._graph.media(str(given.get("id") or "none"))
            name, content_type = _name(kind, given, found.content_type or announced), found.content_type or announced
            if found.size > LARGEST[kind]:
                return MediaIn(kind, name, content_type, problem=TOO_LARGE)
            content = self._graph.download(found.url, LARGEST[kind])
            if not _same(content, found.sha256 or str(given.get("sha256") or "")):
                raise Garbled
            return MediaIn(kind, name, content_type, content)
        except LargerThanWanted:
            return MediaIn(kind, name, content_type, problem=TOO_LARGE)
        except GraphError as error:
            self._later(error, message_id)
        except (httpx.HTTPError, httpx.InvalidURL, Garbled) as error:
            logger.warning("A file was not fetched (%s).", type(error).__name__)
            self._try_again(message_id)
        return MediaIn(kind, _name(kind, given, announced), announced, problem=NOT_FETCHED)

    def _later(self, error: GraphError, message_id: str) -> None:
        """Raises TryLater unless the file is gone, or was tried for often enough."""
        found = verdict(error.code if error.told else -1, error.subcode, error.status, error.transient)
        logger.warning("A file was not fetched (%s).", error)
        if found.alarm and error.code != 100 and error.status != 404:  # our token, which may be replaced just now
            if self._token_tries.again(message_id):
                raise TryLater("whatsapp_token", TOKEN_PAUSE)
        elif found.way in (Way.LATER, Way.EVERYBODY) and error.code != 100:
            self._try_again(message_id)

    def _try_again(self, message_id: str) -> None:
        number = self._tries.again(message_id)
        if number:
            raise TryLater("media", PAUSE * number)


def _same(content: bytes, expected: str) -> bool:
    """The webhook gives the hash in base64, the API in hexadecimal."""
    digest = hashlib.sha256(content)
    given = expected.strip()
    spellings = (digest.hexdigest(), base64.b64encode(digest.digest()).decode())
    return not given or any(hmac.compare_digest(one.encode(), (given.lower() if len(given) == 64 else given).encode()) for one in spellings)


def _name(kind: str, given: Mapping[str, Any], content_type: str) -> str:
    """The name a person gave, without folders; else the kind with the ending of its type. It decides nothing."""
    named = UNWANTED.sub(" ", str(given.get("filename") or "")).strip(" .")[-LONGEST_NAME:]
    return named or kind + (mimetypes.guess_extension(content_type) or "")
