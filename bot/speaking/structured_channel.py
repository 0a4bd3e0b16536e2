"""The one door into Rasa (credentials.yml): a message with its language in, structured messages and the reading out."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any, Awaitable, Callable, Dict, List, Optional, Tuple

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

KEPT = 1000
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


NOT_READ: Dict[str, Any] = {"intent": None, "confidence": 0.0, "ranking": [], "language": None, "entities": []}


class Collected(OutputChannel):
    """Keeps each message whole, where Rasa's own collector would take text and the rest apart."""

    def __init__(self) -> None:
        self.messages: List[Dict[str, Any]] = []
        self.reading = NOT_READ

    @classmethod
    def name(cls) -> str:
        """The channel's name in trackers."""
        return "structured"

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        """Keeps what the NLG class said; a message without it (an action's plain text) keeps its text and buttons."""
        plain = {"key": "", "text": message.get("text") or "", "choices": message.get("buttons") or []}
        self.messages.append(message.get("said") or plain)
        self.reading = message.get("reading") or self.reading


class StructuredInput(InputChannel):
    """POST /webhooks/structured/webhook.

    In: {"sender", "message", "message_id"?, "metadata": {"language"?, "municipality"?}}.
    Out: {"messages": [...], "intent", "confidence", "ranking", "language", "entities"}; 422 for what is not that.
    """

    @classmethod
    def name(cls) -> str:
        """The channel's name in credentials.yml and the address."""
        return "structured"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes of the channel."""
        routes = Blueprint("structured_webhook", __name__)
        said = SaidOnce()

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            asked = _asked(request)
            if asked is None:
                return response.json({"error": "Needed: sender and message, both text."}, status=422)
            answer = said.once((asked["sender"], asked.get("message_id")), lambda: _say(asked, on_new_message))
            return response.json(await asyncio.shield(answer))

        return routes


async def _say(asked: Dict[str, Any], on_new_message: OnNewMessage) -> Dict[str, Any]:
    collected = Collected()
    await on_new_message(
        UserMessage(
            text=asked["message"],
            output_channel=collected,
            sender_id=asked["sender"],
            input_channel=StructuredInput.name(),
            message_id=asked.get("message_id"),
            metadata=asked.get("metadata") or {},
        )
    )
    return {"messages": collected.messages, **collected.reading}


class SaidOnce:
    """Answers of late, so that a message the gateway sends again (it waited too long, or died) is no second turn."""

    def __init__(self) -> None:
        self._kept: "OrderedDict[Tuple[str, Any], asyncio.Task[Any]]" = OrderedDict()

    def once(self, message: Tuple[str, Any], say: Callable[[], Any]) -> "asyncio.Task[Any]":
        """The answer to a message, begun once. Messages without an id, and answers that failed, are begun anew."""
        known = self._kept.get(message)
        if known is not None and message[1] and not (known.done() and (known.cancelled() or known.exception())):
            return known
        begun = asyncio.ensure_future(say())
        if message[1]:
            self._kept[message] = begun
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return begun


def _asked(request: Request) -> Optional[Dict[str, Any]]:
    asked = request.json
    if not isinstance(asked, dict):
        return None
    return asked if isinstance(asked.get("sender"), str) and isinstance(asked.get("message"), str) else None
