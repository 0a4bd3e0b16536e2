"""A messenger that behaves like the real ones where it hurts: it takes every message it is given, twice if it is given twice.

`InMemory` is one in this process; `python -m tests.fake_messengers.simple` is one of its own behind HTTP and prints its port, and
`OverHttp` speaks to that.
`SimpleChannel` brings either to the traffic layer. It goes by the name of a real one, because only those are delivered to.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import httpx

from bot.conversations.channel import Attached, Envelope, Parcel, Part, Parts, Rates, SendRefused, SendUnsure
from bot.conversations.reception import Incoming, Reception

NAME, ACCOUNT = "telegram", "bot"
FREE = Rates(per_second=1e6, chat_interval=0.0)
RESERVED = 0.001  # seconds that the server thinks about a message, so that a client can die while it does


@dataclass(frozen=True)
class Got:
    """A message as the messenger took it."""

    id: str
    chat: str
    text: str


class Messenger(Protocol):
    def send(self, chat: str, text: str) -> str:
        """Takes a message; its id."""

    def newer(self, chat: str, before: str | None) -> list[Got]:
        """Messages of a chat after one, oldest first."""


class InMemory:
    """A messenger in this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._count = 0
        self.chats: defaultdict[str, list[Got]] = defaultdict(list)

    def send(self, chat: str, text: str) -> str:
        with self._guard:
            self._count += 1
            self.chats[chat].append(Got(str(self._count), chat, text))
            return str(self._count)

    def newer(self, chat: str, before: str | None) -> list[Got]:
        with self._guard:
            return [got for got in self.chats[chat] if before is None or int(got.id) > int(before)]

    def texts(self, chat: str) -> list[str]:
        return [got.text for got in self.newer(chat, None)]


class OverHttp:
    """A messenger behind HTTP. Connections that break leave everybody in doubt."""

    def __init__(self, url: str, timeout: float = 5.0) -> None:
        self._client = httpx.Client(base_url=url, timeout=timeout, trust_env=False)

    def send(self, chat: str, text: str) -> str:
        try:
            return str(self._client.post("/send", json={"chat": chat, "text": text}).raise_for_status().json()["id"])
        except httpx.HTTPError as error:
            raise SendUnsure from error

    def newer(self, chat: str, before: str | None) -> list[Got]:
        found = self._client.get("/messages", params={"chat": chat, "before": before or "0"}).raise_for_status().json()
        return [Got(**one) for one in found]

    def all(self) -> list[Got]:
        return [Got(**one) for one in self._client.get("/all").raise_for_status().json()]


Hook = Callable[[str], None]


@dataclass
class SimpleChannel:
    """The channel of a simple messenger. `plan`: what the next sendings raise, each ("before" or "after", the error).

    `tells`: whether it can be told if something was sent; `apart`: a part per message instead of one per turn; `hook` is called with
    the name of every step; `knocks`: the messenger's window is closed until the person has written within `window`.
    """

    messenger: Messenger
    reception: Reception | None = None
    pace: Rates = FREE
    tells: bool = True
    apart: bool = False
    waits: float = 5.0
    window: dt.timedelta | None = None
    name: str = NAME
    account: str = ACCOUNT
    plan: deque[tuple[str, BaseException]] = field(default_factory=deque)
    calls: list[str] = field(default_factory=list)
    hook: Hook = lambda step: None

    def rates(self, chat: str) -> Rates:
        return self.pace

    def patience(self) -> float:
        return self.waits

    def parts(self, envelope: Envelope, now: dt.datetime) -> Parts:
        texts = [message.text for message in envelope.messages]
        files = [file["token"] for message in envelope.messages for file in message.files]
        whole = (
            [Part("say", {"text": text}) for text in texts]
            if self.apart
            else [Part("say", {"text": "\n".join(texts)}, file=files[0] if files else "")]
        )
        closed = self.window is not None and (envelope.heard_at is None or now - envelope.heard_at > self.window)
        return Parts(tuple(whole), Part("knock", {"text": "knock"}) if closed else None)

    def send(self, envelope: Envelope, part: Part, token: str, file: Attached | None) -> str:
        self.hook("send")
        self.calls.append(part.body["text"])
        when, error = self.plan.popleft() if self.plan else ("", None)
        if error is not None and when == "before":
            raise error
        number = self.messenger.send(envelope.chat, part.body["text"] + (f" [{file.name}: {len(file.content)}]" if file else ""))
        self.hook("sent")
        if error is not None:
            raise error
        return number

    def find(self, envelope: Envelope, part: Part, before: str | None) -> str | None:
        self.hook("find")
        if not self.tells:
            raise SendUnsure
        found = [got.id for got in self.messenger.newer(envelope.chat, before) if got.text == part.body["text"]]
        return found[0] if found else None

    def conversation_of(self, speaker: str) -> str:
        return speaker

    def work(self, parcel: Parcel) -> None:
        self.hook("work")
        if "refuse" in parcel.payload:
            raise SendRefused("test")
        assert self.reception is not None
        self.reception.receive(Incoming(self.name, parcel.speaker, parcel.payload["text"], external_id=parcel.external_id))
        self.hook("worked")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.messenger = InMemory()
        self.order: list[Got] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:  # noqa: N802
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        threading.Event().wait(RESERVED)
        number = self.server.messenger.send(body["chat"], body["text"])
        threading.Event().wait(RESERVED)
        self._answer({"id": number})

    def do_GET(self) -> None:  # noqa: N802
        address = urlsplit(self.path)
        messenger = self.server.messenger
        if address.path == "/all":
            self._answer([vars(got) for chat in list(messenger.chats) for got in messenger.newer(chat, None)])
            return
        asked = parse_qs(address.query)
        self._answer([vars(got) for got in messenger.newer(asked["chat"][0], asked["before"][0])])

    def _answer(self, content: object) -> None:
        sealed = json.dumps(content).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sealed)))
            self.end_headers()
            self.wfile.write(sealed)
        except OSError:  # whoever asked is dead
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


if __name__ == "__main__":
    server = _Server(0)
    print(server.server_address[1], flush=True)
    server.serve_forever()
