"""The webhook of the Cloud API: verified, stored, acknowledged; worked on elsewhere."""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response

from bot.channels.whatsapp.parcels import Malformed, parcels_of
from bot.channels.whatsapp.signature import HEADER, signed
from bot.conversations.traffic.inbox import Inbox
from bot.settings import Settings

logger = logging.getLogger(__name__)
NAME = "whatsapp"
PATH = "/webhook/whatsapp"
LARGEST = 3 * 1024 * 1024  # bytes; Meta's documented largest payload


class TooLarge(Exception):
    """A body beyond the limit."""


class WhatsAppWebhook:
    """Takes what Meta posts. Only a body signed with the app's secret is looked into."""

    def __init__(self, settings: Settings, inbox: Inbox) -> None:
        self._settings, self._inbox = settings, inbox

    def mount(self, app: FastAPI) -> None:
        """Adds the two routes to the gateway."""
        app.add_api_route(PATH, self.verify, methods=["GET"], include_in_schema=False)
        app.add_api_route(PATH, self.receive, methods=["POST"], include_in_schema=False)

    async def verify(self, request: Request) -> Response:
        """Answers Meta's question whether this address is ours: the challenge as it came, 403 for a wrong token."""
        asked, ours = request.query_params, self._settings.whatsapp_verify_token
        given = asked.get("hub.verify_token", "")
        right = bool(ours) and hmac.compare_digest(given.encode(errors="replace"), ours.encode())
        if asked.get("hub.mode") != "subscribe" or not right or "hub.challenge" not in asked:
            return PlainTextResponse("", status_code=403)
        return PlainTextResponse(asked["hub.challenge"])

    async def receive(self, request: Request) -> Response:
        """Stores what came, then 200. 413 too large, 401 not signed, 400 no webhook, 503 not stored: Meta sends it again then."""
        try:
            body = await _body(request)
        except TooLarge:
            return PlainTextResponse("", status_code=413)
        except ClientDisconnect:
            return PlainTextResponse("", status_code=400)
        if not signed(self._settings.whatsapp_app_secret, body, request.headers.getlist(HEADER)):
            return PlainTextResponse("", status_code=401)
        try:
            parcels = parcels_of(_without_surrogates(json.loads(body)), self._settings.whatsapp_number_id)
        except (ValueError, RecursionError):  # no UTF-8, no JSON, Malformed
            return PlainTextResponse("", status_code=400)
        try:
            if parcels:
                await run_in_threadpool(self._inbox.put, NAME, self._settings.whatsapp_number_id, parcels)
        except SQLAlchemyError as error:
            logger.error("%s updates could not be stored (%s); WhatsApp sends them again.", len(parcels), type(error).__name__)
            return PlainTextResponse("", status_code=503)
        return PlainTextResponse("")


async def _body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LARGEST:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise TooLarge
    return bytes(body)


def _without_surrogates(given: Any) -> Any:
    """JSON may hold half a surrogate pair, which is no text and cannot be stored; the rest of the message is kept."""
    if isinstance(given, str):
        return given.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(given, list):
        return [_without_surrogates(one) for one in given]
    if isinstance(given, dict):
        return {_without_surrogates(name): _without_surrogates(one) for name, one in given.items()}
    return given


__all__ = ["LARGEST", "NAME", "PATH", "Malformed", "WhatsAppWebhook"]
