"""A Graph API that behaves like Meta's where it hurts: signature, limits, 24 hours, error codes, cut connections, statuses in any order.

A real HTTP server: `with FakeGraph() as graph:` in this process, `python -m tests.fake_messengers.whatsapp --webhook URL` in one of its own
(prints its address). Set VEIVISER_WHATSAPP_API to `graph.api`.
"""

from __future__ import annotations

import argparse
import email.parser
import email.policy
import hashlib
import hmac
import json
import random
import secrets
import socket
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.fake_messengers.whatsapp_payloads import NUMBER_ID, WABA_ID, body_of, status_value, text, value_of, wamid
from tests.fake_messengers.whatsapp_rules import problem_of

VERSION, APP_ID = "/v23.0", "1234567890"
DAY = 24 * 3600.0
Json = dict[str, Any]
Answer = tuple[int, Json | bytes]


def sign(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def error(code: int, message: str = "test", **more: Any) -> Json:
    return {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "x", **more}}


@dataclass(frozen=True)
class Fault:
    """What goes wrong once. `cut`: the connection breaks "before" anything is done, or "after"; else this answer is given instead."""

    cut: str = ""
    status: int = 400
    answer: Json | bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Sent:
    """A message as the API took it. `dropped`: it said so, and nothing will arrive."""

    id: str
    account: str
    body: Json
    token: str
    dropped: bool = False

    @property
    def words(self) -> str:
        kind = self.body["type"]
        if kind == "interactive":
            return str(self.body["interactive"]["body"]["text"])
        return str(self.body[kind].get("body") or self.body[kind].get("caption") or self.body[kind].get("name"))


@dataclass
class FakeGraph:
    """`statuses`: which ones follow each message; `pair`: messages and seconds to one person; `throughput`: messages a second in all."""

    token: str = "test-token"
    secret: str = "test-app-secret"
    number_id: str = NUMBER_ID
    webhook: str = ""
    statuses: tuple[str, ...] = ()
    doubled: bool = False
    shuffled: bool = False
    window: bool = True
    pair: tuple[int, float] | None = None
    throughput: int | None = None
    clock: Callable[[], float] = time.time
    templates: dict[tuple[str, str], str] = field(default_factory=dict)
    no_scoped: bool = False  # refuses interactive messages for ids without telephone number
    sent: list[Sent] = field(default_factory=list)
    reads: list[Json] = field(default_factory=list)
    uploads: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    file_faults: dict[str, str] = field(default_factory=dict)  # by id: expired, hash, lying, huge
    faults: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))  # messages, upload, media, download
    refused: Counter[int] = field(default_factory=Counter)
    calls: list[str] = field(default_factory=list)
    subscribed: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._guard = threading.Lock()
        self._heard: dict[str, float] = {}
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)
        self._links: dict[str, tuple[str, float]] = {}
        self._posts: deque[Json] = deque()
        self._ended = threading.Event()
        self._random = random.Random(7)
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.client = httpx.Client(trust_env=False, timeout=30)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def api(self) -> str:
        return self.address + VERSION

    def __enter__(self) -> FakeGraph:
        for target in (lambda: self._server.serve_forever(poll_interval=0.01), self._post_statuses):
            threading.Thread(target=target, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self.client.close()

    # What people and Meta send to us

    def signed(self, payload: Json) -> tuple[bytes, dict[str, str]]:
        """A body as Meta posts it (letters beyond ASCII escaped), and its headers."""
        raw = json.dumps(payload, ensure_ascii=True, separators=(",", ":")).encode()
        return raw, {"Content-Type": "application/json", "X-Hub-Signature-256": sign(self.secret, raw)}

    def post(self, payload: Json) -> int:
        """Posts a signed body to the webhook; its HTTP status."""
        raw, headers = self.signed(payload)
        for sender in _senders(payload):
            self.hear(sender)
        return self.client.post(self.webhook, content=raw, headers=headers).status_code

    def say(self, sender: str, words: str, **more: Any) -> int:
        """A person writes."""
        return self.post(body_of(value_of(text(words, sender, at=int(self.clock()), **more), number_id=self.number_id)))

    def hear(self, sender: str) -> None:
        """The person wrote: the window is open for a day."""
        with self._guard:
            self._heard[sender] = self.clock()

    def put_file(self, content: bytes, mime: str) -> str:
        """A file that a person sent; its id."""
        media_id = str(10**15 + len(self.files))
        self.files[media_id] = (mime, content)
        return media_id

    def status(self, sent: Sent, state: str, code: int = 0) -> Json:
        """A status of a message as the webhook gets it."""
        return body_of(status_value(sent.id, state, sent.token, sent.account, code, int(self.clock()), self.number_id))

    def sent_to(self, account: str) -> list[Sent]:
        """What has arrived at a person."""
        return [one for one in list(self.sent) if one.account == account and not one.dropped]

    # What we send to Meta

    def message(self, body: Json) -> Answer:
        if body.get("status") == "read":
            self.reads.append(body)
            return 200, {"success": True}
        with self._guard:
            refused = problem_of(body, self.uploads, self.templates) or self._not_now(body)
            if refused:
                self.refused[refused[0]] += 1
                return (429 if refused[0] in (130429, 131056) else 400), error(*refused)
            account = str(body.get("recipient") or body["to"])
            dropped = "to" in body and not account.removeprefix("+").isdigit()
            one = Sent(wamid(), account, body, body.get("biz_opaque_callback_data", ""), dropped)
            self.sent.append(one)
            if not dropped:
                self._posts.extend(self._following(one))
        contact = {"input": account, **({"wa_id": account} if account.isdigit() else {"user_id": account})}
        return 200, {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": one.id}]}

    def _not_now(self, body: Json) -> tuple[int, str] | None:
        account, now = str(body.get("recipient") or body["to"]), self.clock()
        if self.no_scoped and "recipient" in body and body["type"] == "interactive":
            return 131062, "Business-scoped User ID (BSUID) recipients are not supported for this message."
        if self.window and body["type"] != "template" and now - self._heard.get(account, -DAY) >= DAY:
            return 131047, "Re-engagement message"
        if self.throughput and self._too_many("", self.throughput, 1.0, now):
            return 130429, "Rate limit hit"
        if self.pair and self._too_many(account, *self.pair, now):
            return 131056, "(Business Account, Consumer Account) pair rate limit hit"
        return None

    def _too_many(self, key: str, most: int, seconds: float, now: float) -> bool:
        times = self._times[key]
        while times and times[0] <= now - seconds:
            times.popleft()
        if len(times) >= most:
            return True
        times.append(now)
        return False

    def _following(self, one: Sent) -> list[Json]:
        posts = [self.status(one, state) for state in self.statuses for _ in range(2 if self.doubled else 1)]
        if self.shuffled:
            self._random.shuffle(posts)
        return posts

    def _post_statuses(self) -> None:
        while not self._ended.wait(0.005):
            while self._posts and self.webhook:
                raw, headers = self.signed(self._posts.popleft())
                try:
                    self.client.post(self.webhook, content=raw, headers=headers)
                except httpx.HTTPError:
                    if self._ended.is_set():
                        return

    def upload(self, kind: str, body: bytes) -> Answer:
        given = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        parts = {str(part.get_param("name", header="content-disposition")): part for part in given.iter_parts()}
        file = parts["file"]
        content = file.get_payload(decode=True)
        if parts["messaging_product"].get_payload() != "whatsapp" or not isinstance(content, bytes):
            return 400, error(100)
        media_id = str(9 * 10**14 + len(self.uploads))
        self.uploads[media_id] = (str(file.get_filename()), file.get_content_type(), content)
        return 200, {"id": media_id}

    def media(self, media_id: str) -> Answer:
        if media_id not in self.files or self.file_faults.get(media_id) == "expired":
            return 400, error(100, "Unsupported get request. Object does not exist", error_subcode=33)
        mime, content = self.files[media_id]
        nonce = secrets.token_hex(8)
        self._links[nonce] = (media_id, self.clock() + 300)
        fault = self.file_faults.get(media_id)
        digest = hashlib.sha256(b"other" if fault == "hash" else content).hexdigest()
        size = {"huge": 10**9, "lying": 10}.get(fault or "", len(content))
        url = f"{self.address}/files/{nonce}"
        return 200, {
            "messaging_product": "whatsapp",
            "url": url,
            "mime_type": mime,
            "sha256": digest,
            "file_size": size,
            "id": media_id,
        }

    def download(self, nonce: str) -> Answer:
        media_id, until = self._links.get(nonce, ("", 0.0))
        return (200, self.files[media_id][1]) if self.clock() < until else (404, b"")

    def look(self, path: str, query: dict[str, str], token: str) -> Answer:
        """What `veiviser whatsapp check` asks for."""
        if path == "/debug_token":
            right = query.get("input_token") == self.token
            scopes = [{"scope": "whatsapp_business_management", "target_ids": [WABA_ID]}, {"scope": "whatsapp_business_messaging"}]
            data: Json = {"is_valid": right, "app_id": APP_ID, "expires_at": 0, "granular_scopes": scopes}
            return 200, {"data": data | {"scopes": [one["scope"] for one in scopes]}}
        if path == f"/{APP_ID}/subscriptions":
            return (200, {"data": [self.subscribed]}) if token == f"{APP_ID}|{self.secret}" else (400, error(190))
        if path == f"/{WABA_ID}/message_templates":
            found = [{"name": name, "language": code, "status": state} for (name, code), state in self.templates.items()]
            return 200, {"data": [one for one in found if one["name"] == query.get("name")]}
        if path == f"/{WABA_ID}/subscribed_apps":
            return 200, {"data": [{"whatsapp_business_api_data": {"id": APP_ID, "name": "Veiviser"}}]}
        if path == f"/{self.number_id}":
            details = {"verified_name": "Veiviser Oslo", "display_phone_number": "+47 21 00 00 00", "quality_rating": "GREEN"}
            return 200, details | {"code_verification_status": "VERIFIED", "id": self.number_id}
        return 400, error(100, "Object does not exist", error_subcode=33)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A connection we cut ourselves, or one the client gave up."""


def _senders(payload: Json) -> list[str]:
    values = [change["value"] for entry in payload["entry"] for change in entry["changes"]]
    found = [message.get("from") or message.get("from_user_id") for value in values for message in value.get("messages", ())]
    return [one for one in found if one]


def _handler(graph: FakeGraph) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:  # noqa: N802
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path.startswith("/files/"):
                self._answer("download", lambda: graph.download(address.path.removeprefix("/files/")))
                return
            path = address.path.removeprefix(VERSION)
            if path.strip("/").isdigit() and path != f"/{graph.number_id}":
                self._answer("media", lambda: graph.media(path.removeprefix("/")))
                return
            self._answer("look", lambda: graph.look(path, query, self._token))

        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == f"{VERSION}/{graph.number_id}/messages":
                content = json.loads(body)
                self._answer("read" if content.get("status") else "messages", lambda: graph.message(content))
            elif self.path == f"{VERSION}/{graph.number_id}/media":
                self._answer("upload", lambda: graph.upload(self.headers["Content-Type"], body))
            else:
                self._write(400, error(100, error_subcode=33))

        @property
        def _token(self) -> str:
            return self.headers.get("Authorization", "").removeprefix("Bearer ")

        def _answer(self, what: str, make: Callable[[], Answer]) -> None:
            graph.calls.append(what)
            if self._token != graph.token and not self._token.startswith(APP_ID):
                self._write(401, error(190, "Invalid OAuth access token"))
                return
            fault = graph.faults[what].popleft() if graph.faults[what] else None
            if fault and not fault.cut:
                self._write(fault.status, fault.answer, fault.headers)
                return
            if fault is None or fault.cut == "after":
                answer = make()
            if fault:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self._write(*answer)

        def _write(self, status: int, content: Json | bytes, headers: tuple[tuple[str, str], ...] = ()) -> None:
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in (("Content-Length", str(len(raw))), *headers):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

    return Handler


def main() -> None:
    """A fake in a process of its own."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--webhook", default="")
    arguments.add_argument("--statuses", default="sent,delivered,read")
    given = arguments.parse_args()
    with FakeGraph(webhook=given.webhook, statuses=tuple(filter(None, given.statuses.split(",")))) as graph:
        print(graph.api, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
