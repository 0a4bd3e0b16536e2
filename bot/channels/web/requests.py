"""Reads a request of the web chat: session, language hint, and a body within its limits."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from fastapi import Request
from pydantic import ValidationError

from bot.channels.given import CONTROL, language_hint
from bot.channels.web.contract import ChatRequest

COOKIE = "veiviser_session"
HEADER = "X-Chat-Session"
SESSION = re.compile(r"[A-Za-z0-9_-]{16,128}")
BYTES_PER_CHARACTER = 8  # JSON may escape one character as \uXXXX, and UTF-8 takes up to four bytes


class Refused(Exception):
    """A request that cannot be taken: HTTP status, phrase key, and the phrase's values."""

    def __init__(self, status: int, key: str, **values: int) -> None:
        super().__init__(key)
        self.status, self.key, self.values = status, key, values


@dataclass(frozen=True)
class WebSession:
    """Whose chat it is. `token` is the secret of the browser, `fresh` is true when it was just made."""

    token: str
    fresh: bool

    @property
    def account(self) -> str:
        """What is stored of it: a hash, so that the database alone opens nobody's chat."""
        return hashlib.sha256(self.token.encode()).hexdigest()


def session_of(request: Request) -> WebSession:
    """The session of a request, from header or cookie; a new one when there is none or it has no proper form."""
    given = request.headers.get(HEADER) or request.cookies.get(COOKIE) or ""
    if SESSION.fullmatch(given):
        return WebSession(given, fresh=False)
    return WebSession(secrets.token_urlsafe(32), fresh=True)


def hint_of(request: Request) -> str | None:
    """The first language of Accept-Language, as our codes name it."""
    return language_hint(request.headers.get("accept-language", "").split(",")[0].split(";")[0])


async def body_of(request: Request, longest: int) -> ChatRequest:
    """The message of a request. Raises Refused (413 too long, 422 empty, not text or not JSON)."""
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > longest * BYTES_PER_CHARACTER + 1024:
            raise Refused(413, "too_long", limit=longest)
    try:
        asked = ChatRequest.model_validate_json(raw.decode("utf-8"))
        (asked.text + (asked.id or "")).encode("utf-8")  # half a surrogate pair passes as JSON but is no text
    except (UnicodeError, ValidationError) as error:
        raise Refused(422, "not_text") from error
    text = asked.text.strip()
    if not text:
        raise Refused(422, "empty")
    if CONTROL.search(text + (asked.id or "")):
        raise Refused(422, "not_text")
    if len(text) > longest:
        raise Refused(413, "too_long", limit=longest)
    return asked.model_copy(update={"text": text})
