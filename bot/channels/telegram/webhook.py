"""Where Telegram brings updates to: POST /telegram/webhook. Stored first, acknowledged then, worked on later."""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from telegram.error import TelegramError

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.reading import whole
from bot.conversations.traffic.inbox import Inbox

logger = logging.getLogger(__name__)
PATH = "/telegram/webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 1024 * 1024  # bytes


class Webhook:
    """What answers Telegram. Without a secret nothing is taken: anybody could send it."""

    def __init__(self, channel: TelegramChannel, inbox: Inbox, secret: str) -> None:
        self._channel, self._inbox, self._secret = channel, inbox, secret.encode()

    def router(self) -> APIRouter:
        """The route, for the gateway to include."""
        routes = APIRouter()
        routes.add_api_route(PATH, self.receive, methods=["POST"], include_in_schema=False)
        return routes

    async def receive(self, request: Request) -> Response:
        """200 once it is stored; 403 without the secret, 413 too large, 400 no update; 503 where Telegram has to bring it again."""
        given = request.headers.get(HEADER, "").encode("latin-1", "replace")
        if not self._secret or not hmac.compare_digest(given, self._secret):
            return Response(status_code=403)
        raw = b""
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > LARGEST:
                return Response(status_code=413)
        update = _update_in(raw)
        if update is None:
            return Response(status_code=400)
        return Response(status_code=await run_in_threadpool(self._store, update))

    def _store(self, update: dict[str, Any]) -> int:
        try:
            parcel = self._channel.parcel(update)
            if parcel is not None:
                self._inbox.put(self._channel.name, self._channel.account, [parcel])
        except (SQLAlchemyError, TelegramError) as error:
            logger.error("An update of Telegram could not be stored and will be brought again (%s).", type(error).__name__)
            return 503
        return 200


def _update_in(raw: bytes) -> dict[str, Any] | None:
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) and whole(update.get("update_id")) is not None else None
