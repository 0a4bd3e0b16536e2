"""The assistant behind one small contract, so that Rasa stays replaceable: a message in, what was said and understood out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed


class AssistantAway(Exception):
    """The assistant does not answer; the message stays unanswered and can be sent again."""


class NotStored(AssistantAway):
    """The assistant does not answer, and the message is not stored either: it has to be sent again."""


@dataclass(frozen=True)
class Asked:
    """One message for the assistant: who (an opaque id), words, the language to answer in, and whether others read along."""

    sender: str
    text: str
    language: str
    municipality: str = ""
    message_id: str = ""
    group: bool = False


@dataclass(frozen=True)
class SaidMessage:
    """One message to a participant as the channels need it. `norwegian`: the same for the advisor; `by`: the advisor who wrote it.

    `poll`: for a group whose messenger has polls of its own: id, question, options, kind, right, because, closes_at (ISO).
    """

    text: str
    language: str
    direction: str
    key: str = ""
    choices: tuple[dict[str, str], ...] = ()
    sources: tuple[dict[str, Any], ...] = ()
    note: str = ""
    norwegian: str = ""
    author: str = "assistant"
    by: str = ""
    files: tuple[dict[str, Any], ...] = ()
    poll: dict[str, Any] | None = None


@dataclass(frozen=True)
class Understood:
    """What the assistant understood and says."""

    messages: tuple[SaidMessage, ...]
    intent: str | None = None
    confidence: float = 0.0
    municipality: str = ""
    safety_net: bool = False
    ranking: tuple[dict[str, Any], ...] = field(default=())


class Assistant(Protocol):
    """Whatever answers participants."""

    def ask(self, asked: Asked) -> Understood:
        """What is said to a message. Raises AssistantAway."""

    def read(self, text: str) -> Understood:
        """How a text is understood, without answering and without remembering it. Raises AssistantAway."""

    def ready(self) -> bool:
        """True when it would answer now."""


class RasaAssistant:
    """Rasa over HTTP, through its structured channel (bot/speaking/structured_channel.py)."""

    def __init__(self, url: str, timeout: float, token: str = "") -> None:
        self._token = {"token": token} if token else {}
        self._client = httpx.Client(base_url=url, timeout=httpx.Timeout(timeout, connect=2.0), trust_env=False)

    def ask(self, asked: Asked) -> Understood:
        """Posts the message. A refused connection is tried again at once, since nothing was handed over yet."""
        try:
            answered = self._post(asked)
            answered.raise_for_status()
            return understood_from(answered.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise AssistantAway(type(error).__name__) from error

    def read(self, text: str) -> Understood:
        """Asks Rasa to parse a text; no tracker hears of it."""
        try:
            parsed = self._client.post("/model/parse", params=self._token, json={"text": text}).raise_for_status().json()
            intent = parsed.get("intent") or {}
            net = bool(parsed.get("safety_net"))
            return Understood((), intent.get("name"), float(intent.get("confidence") or 0.0), safety_net=net)
        except (httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            raise AssistantAway(type(error).__name__) from error

    @retry(retry=retry_if_exception_type(httpx.ConnectError), stop=stop_after_attempt(3), wait=wait_fixed(0.3), reraise=True)
    def _post(self, asked: Asked) -> httpx.Response:
        body = {
            "sender": asked.sender,
            "message": asked.text,
            "message_id": asked.message_id,
            "metadata": {"language": asked.language, "municipality": asked.municipality, "group": asked.group},
        }
        return self._client.post("/webhooks/structured/webhook", json=body)

    def ready(self) -> bool:
        """True when the server answers and has a model."""
        try:
            return self._client.get("/status", params=self._token, timeout=3.0).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


def understood_from(answer: dict[str, Any]) -> Understood:
    """The contract's object from the channel's JSON. Raises KeyError or ValueError for another shape."""
    messages = tuple(
        SaidMessage(
            text=message["text"],
            language=message.get("language", ""),
            direction=message.get("direction", "ltr"),
            key=message.get("key", ""),
            choices=tuple(message.get("choices", ())),
            sources=tuple(message.get("sources", ())),
            note=message.get("note", ""),
            norwegian=message.get("norwegian", ""),
        )
        for message in answer["messages"]
    )
    places = [entity["value"] for entity in answer.get("entities", []) if entity["entity"] == "municipality"]
    return Understood(
        messages=messages,
        intent=answer.get("intent"),
        confidence=float(answer.get("confidence") or 0.0),
        municipality=places[0] if places else "",
        safety_net=bool(answer.get("safety_net")),
        ranking=tuple(answer.get("ranking", ())),
    )
