"""A Bot API of ours that behaves like the real one where it matters: numbers, limits, refusals, offsets, webhooks, broken connections.

    with FakeTelegram() as telegram:                      # telegram.url, telegram.token
        telegram.writes("hello")                          # a person; comes by getUpdates or the webhook
        telegram.trouble("sendMessage", Trouble(429, "Too Many Requests: retry after 3", {"retry_after": 3}))
        telegram.sent(PERSON)                             # what the bot said there

`python -m tests.fake_messengers.telegram` runs one of its own and prints its port; POST /fake/update {"kind", "content"} and GET /fake/sent
speak for the people then. Numbers of messages are counted per bot over private chats and basic groups, per group in supergroups.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

TOKEN, BOT, NAME = "4242:a-token-of-the-tests", 4242, "VeiviserTestBot"
PERSON, OTHER, GROUP, SUPERGROUP = 7001, 7002, -55, -1001234
TOO_BIG = 20 * 1024 * 1024
SAME = "message is not modified: specified new message content and reply markup are exactly the same as a current content"
WHOLE = ("chat_id", "message_id", "message_thread_id", "offset", "limit", "timeout", "close_date", "correct_option_id")
Body = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """What the next call of a method meets. cut: "before" or "after" its effect the connection breaks."""

    status: int = 500
    description: str = "Internal Server Error"
    parameters: Body = field(default_factory=dict)
    cut: str = ""


class Refusal(Exception):
    """The API says no."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class FakeTelegram:
    """One bot and everybody it speaks with."""

    def __init__(self, me: Body | None = None) -> None:
        self.token = TOKEN
        self.me: Body = {"id": BOT, "is_bot": True, "first_name": "Veiviser", "username": NAME, "can_join_groups": True}
        self.me |= {"can_read_all_group_messages": False, **(me or {})}
        self.calls: list[tuple[str, Body]] = []
        self.messages: dict[tuple[int, int], Body] = {}
        self.blocked: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.closed_threads: set[int] = set()
        self.files: dict[str, bytes] = {}
        self.profile: dict[tuple[str, str], Any] = {}
        self.webhook: Body = {"url": ""}
        self.last_error = ""
        self.per_second: int | None = None  # sendings, before the API asks to wait
        self.delay = 0.0
        self._chats: set[int] = {PERSON, OTHER, GROUP, SUPERGROUP}
        self._numbers: defaultdict[int, itertools.count] = defaultdict(lambda: itertools.count(1))
        self._update_number = itertools.count(500)
        self._waiting: deque[Body] = deque()
        self._troubles: defaultdict[str, deque[Trouble]] = defaultdict(deque)
        self._allowed: list[str] = []
        self._poll = 0
        self._moments: deque[float] = deque()
        self._guard = threading.RLock()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._server: uvicorn.Server | None = None
        self.url = ""

    # People

    def person(self, number: int = PERSON, **more: Any) -> Body:
        return {"id": number, "is_bot": False, "first_name": "Amina", "language_code": "en", **more}

    def chat(self, number: int) -> Body:
        if number > 0:
            return {"id": number, "type": "private", "first_name": "Amina"}
        return {"id": number, "type": "supergroup" if str(number).startswith("-100") else "group", "title": "Kurs"}

    def message(self, chat: int = PERSON, sender: int = PERSON, **content: Any) -> Body:
        """A message of a person, with a number of its chat."""
        with self._guard:
            self._chats.add(chat)
            number = self._next(chat)
            entry = {"message_id": number, "from": self.person(sender), "chat": self.chat(chat), "date": int(time.time()), **content}
            self.messages[chat, number] = {**entry, "person": True}
        return entry

    def writes(self, text: str, chat: int = PERSON, sender: int = PERSON, **more: Any) -> Body:
        """A person writes; the update."""
        return self.update("message", self.message(chat, sender, text=text, **more))

    def presses(self, title: str, chat: int = PERSON, sender: int = PERSON) -> Body:
        """A person presses the newest button of a title."""
        for sent in reversed(self.sent(chat)):
            for button in itertools.chain(*sent.get("reply_markup", {}).get("inline_keyboard", [])):
                if button["text"] == title and "callback_data" in button:
                    message = {name: value for name, value in sent.items() if name in ("message_id", "text", "date")} | {
                        "chat": self.chat(chat)
                    }
                    query = {
                        "id": str(next(self._numbers[0])),
                        "from": self.person(sender),
                        "chat_instance": "1",
                        "data": button["callback_data"],
                    }
                    return self.update("callback_query", {**query, "message": message})
        raise AssertionError(f"no button {title!r}")

    def votes(self, option: int, chat: int = GROUP, question: str = "") -> Body:
        """Somebody votes in the newest poll of a chat; as polls are anonymous, the bot is told the totals."""
        sent = [one for one in self.sent(chat) if "poll" in one and question in one["poll"]["question"]]
        with self._guard:
            poll = sent[-1]["poll"]
            if poll["is_closed"]:
                raise AssertionError("the poll is closed")
            poll["options"][option]["voter_count"] += 1
            poll["total_voter_count"] += 1
        return self.update("poll", json.loads(json.dumps(poll)))

    def update(self, kind: str, content: Body) -> Body:
        """Something happens; it waits to be asked for or brought."""
        with self._guard:
            update = {"update_id": next(self._update_number), kind: content}
            if not self._allowed or kind in self._allowed:
                self._waiting.append(update)
        return update

    def sent(self, chat: int | None = None) -> list[Body]:
        """What the bot said, in order of its numbers."""
        with self._guard:
            ours = [(key, message) for key, message in self.messages.items() if not message.get("person")]
            return [message for key, message in sorted(ours, key=lambda one: one[1]["at"]) if chat in (None, key[0])]

    def called(self, method: str) -> list[Body]:
        """What a method was called with."""
        with self._guard:
            return [body for name, body in self.calls if name == method]

    def trouble(self, method: str, *troubles: Trouble) -> None:
        """What the next calls meet, one each."""
        with self._guard:
            self._troubles[method].extend(troubles)

    def waiting(self) -> int:
        """Updates that are not confirmed yet."""
        return len(self._waiting)

    # The server

    def __enter__(self) -> FakeTelegram:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, port: int = 0) -> int:
        """Serves on loopback; the port."""
        routes = [
            Route("/bot{token}/{method}", self._answer, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
            Route("/fake/update", self._happens, methods=["POST"]),
            Route("/fake/sent", self._told),
        ]
        config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=port, log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._run(self._server.run)
        while not self._server.started:
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._run(self._bring)
        return port

    def stop(self) -> None:
        self._stopped.set()
        if self._server is not None:
            self._server.should_exit = self._server.force_exit = True
        for thread in self._threads:
            thread.join(5)

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    async def _answer(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return JSONResponse({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        method, body = request.path_params["method"], await _body(request)
        if self.delay:
            await asyncio.sleep(self.delay)
        with self._guard:
            self.calls.append((method, body))
            trouble = self._troubles[method].popleft() if self._troubles[method] else None
        try:
            if trouble is not None and trouble.cut == "before":
                return _broken()
            if trouble is not None and not trouble.cut:
                raise Refusal(trouble.status, trouble.description, **trouble.parameters)
            result = await self._updates(body) if method == "getUpdates" else self._do(method, body)
        except Refusal as refusal:
            answer = {"ok": False, "error_code": refusal.status, "description": refusal.description}
            return JSONResponse(answer | ({"parameters": refusal.parameters} if refusal.parameters else {}), refusal.status)
        return _broken() if trouble is not None else JSONResponse({"ok": True, "result": result})

    async def _file(self, request: Request) -> Response:
        content = self.files.get(request.path_params["path"].removeprefix("files/"))
        return Response(status_code=404) if content is None else Response(content)

    async def _happens(self, request: Request) -> Response:
        given = await request.json()
        return JSONResponse(self.update(given["kind"], given["content"]))

    async def _told(self, request: Request) -> Response:
        return JSONResponse(self.sent())

    # Updates

    async def _updates(self, body: Body) -> list[Body]:
        with self._guard:
            if self.webhook["url"]:
                raise Refusal(
                    409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
                )
            self._poll += 1
            mine = self._poll
            self._allowed = body.get("allowed_updates", self._allowed)
            while self._waiting and self._waiting[0]["update_id"] < body.get("offset", 0):
                self._waiting.popleft()
        until = time.monotonic() + body.get("timeout", 0)
        while not self._waiting and time.monotonic() < until and not self._stopped.is_set():
            await asyncio.sleep(0.01)
            if mine != self._poll:
                raise Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
        with self._guard:
            return list(itertools.islice(self._waiting, body.get("limit", 100)))

    def _bring(self) -> None:
        """Brings updates to the webhook, one at a time, until each is taken."""
        with httpx.Client(trust_env=False, timeout=5) as client:
            while not self._stopped.wait(0.01):
                with self._guard:
                    update = self._waiting[0] if self._waiting and self.webhook["url"] else None
                    address, secret = self.webhook["url"], self.webhook.get("secret_token", "")
                if update is None:
                    continue
                try:
                    answer = client.post(address, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": secret})
                    self.last_error = "" if answer.is_success else f"Wrong response from the webhook: {answer.status_code}"
                except httpx.HTTPError as error:
                    self.last_error = type(error).__name__
                with self._guard:
                    if not self.last_error and self._waiting and self._waiting[0] is update:
                        self._waiting.popleft()

    # Methods

    def _do(self, method: str, body: Body) -> Any:
        with self._guard:
            known = getattr(self, f"_{method}", None)
            if known is None:
                raise Refusal(404, "Not Found")
            return known(body)

    def _getMe(self, body: Body) -> Body:  # noqa: N802
        return self.me

    def _sendMessage(self, body: Body) -> Body:  # noqa: N802
        return self._say(body, _content(body, "text", 4096, needed=True))

    def _sendDocument(self, body: Body) -> Body:  # noqa: N802
        document = body.get("document")
        if not isinstance(document, dict):
            raise Refusal(400, "Bad Request: there is no document in the request")
        return self._say(body, {**_content(body, "caption", 1024), "document": document})

    def _sendPoll(self, body: Body) -> Body:  # noqa: N802
        """Limits as core.telegram.org/bots/api#sendpoll tells them."""
        options = [option.get("text", "") for option in body.get("options", [])]
        if not 1 <= len(body.get("question", "")) <= 300:
            raise Refusal(400, "Bad Request: poll question must be non-empty and at most 300 characters")
        if not 1 <= len(options) <= 12 or any(not 1 <= len(option) <= 100 for option in options):
            raise Refusal(400, "Bad Request: poll must have 1-12 options of 1-100 characters")
        quiz = body.get("type") == "quiz"
        if quiz and body.get("correct_option_ids") not in [[number] for number in range(len(options))]:
            raise Refusal(400, "Bad Request: quiz must have a correct option")
        if len(body.get("explanation", "")) > 200:
            raise Refusal(400, "Bad Request: the explanation is too long")
        if "close_date" in body and not 5 <= body["close_date"] - time.time() <= 2_628_000:
            raise Refusal(400, "Bad Request: close_date must be 5-2628000 seconds ahead")
        poll = {
            "id": str(next(self._numbers[0]) + 9_000_000),
            "question": body["question"],
            "options": [{"text": option, "voter_count": 0} for option in options],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": body.get("is_anonymous", True),
            "type": body.get("type", "regular"),
            "allows_multiple_answers": False,
        }
        return self._say(body, {"poll": poll})

    def _sendChatAction(self, body: Body) -> bool:  # noqa: N802
        self._chat(body)
        return True

    def _answerCallbackQuery(self, body: Body) -> bool:  # noqa: N802
        return True

    def _editMessageText(self, body: Body) -> Body:  # noqa: N802
        return self._edit(body, _content(body, "text", 4096, needed=True), "text")

    def _editMessageCaption(self, body: Body) -> Body:  # noqa: N802
        return self._edit(body, _content(body, "caption", 1024), "caption")

    def _getFile(self, body: Body) -> Body:  # noqa: N802
        content = self.files.get(body["file_id"])
        if content is None:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(content) > TOO_BIG:
            raise Refusal(400, "Bad Request: file is too big")
        return {"file_id": body["file_id"], "file_unique_id": "u", "file_size": len(content), "file_path": f"files/{body['file_id']}"}

    def _setWebhook(self, body: Body) -> bool:  # noqa: N802
        self.webhook = {"url": body.get("url", ""), "secret_token": body.get("secret_token", "")}
        self._allowed = body.get("allowed_updates", self._allowed)
        return True

    def _deleteWebhook(self, body: Body) -> bool:  # noqa: N802
        self.webhook = {"url": ""}
        return True

    def _getWebhookInfo(self, body: Body) -> Body:  # noqa: N802
        info = {"url": self.webhook["url"], "has_custom_certificate": False, "pending_update_count": len(self._waiting)}
        return info | ({"last_error_date": 1, "last_error_message": self.last_error} if self.last_error else {})

    def _setMyCommands(self, body: Body) -> bool:  # noqa: N802
        for command in body["commands"]:
            if not (1 <= len(command["command"]) <= 32 and 1 <= len(command["description"]) <= 256):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        return self._set("commands", body, body["commands"])

    def _getMyCommands(self, body: Body) -> Any:  # noqa: N802
        return self.profile.get(("commands", body.get("language_code", "")), [])

    def _setMyDescription(self, body: Body) -> bool:  # noqa: N802
        return self._set("description", body, body["description"])

    def _getMyDescription(self, body: Body) -> Body:  # noqa: N802
        return {"description": self.profile.get(("description", body.get("language_code", "")), "")}

    def _setMyShortDescription(self, body: Body) -> bool:  # noqa: N802
        return self._set("short_description", body, body["short_description"])

    def _getMyShortDescription(self, body: Body) -> Body:  # noqa: N802
        return {"short_description": self.profile.get(("short_description", body.get("language_code", "")), "")}

    def _set(self, what: str, body: Body, value: Any) -> bool:
        code = body.get("language_code", "")
        if code and len(code) != 2:
            raise Refusal(400, "Bad Request: LANG_CODE_INVALID")
        self.profile[what, code] = value
        return True

    # Messages

    def _next(self, chat: int) -> int:
        return next(self._numbers[chat if str(chat).startswith("-100") else 1])

    def _chat(self, body: Body) -> int:
        chat = body.get("chat_id")
        if chat in self.migrated:
            raise Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.migrated[chat])
        if chat not in self._chats:
            raise Refusal(400, "Bad Request: chat not found")
        if chat in self.blocked:
            who = "blocked by the user" if chat > 0 else "kicked from the supergroup chat"
            raise Refusal(403, f"Forbidden: bot was {who}")
        return chat

    def _say(self, body: Body, content: Body) -> Body:
        chat = self._chat(body)
        if body.get("message_thread_id") in self.closed_threads:
            raise Refusal(400, "Bad Request: message thread not found")
        answered = body.get("reply_parameters", {})
        if answered and (chat, answered["message_id"]) not in self.messages and not answered.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        self._not_too_many()
        number = self._next(chat)
        message = {
            "message_id": number,
            "date": int(time.time()),
            "chat": self.chat(chat),
            "from": self.me,
            "at": len(self.messages),
            **content,
        }
        message |= {name: body[name] for name in ("message_thread_id", "reply_parameters") if name in body}
        self.messages[chat, number] = message
        return message

    def _not_too_many(self) -> None:
        if self.per_second is None:
            return
        moment = time.monotonic()
        while self._moments and self._moments[0] < moment - 1:
            self._moments.popleft()
        if len(self._moments) >= self.per_second:
            raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
        self._moments.append(moment)

    def _edit(self, body: Body, content: Body, what: str) -> Body:
        chat = self._chat(body)
        message = self.messages.get((chat, body.get("message_id")))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if message.get("person"):
            raise Refusal(400, "Bad Request: message can't be edited")
        if ("document" in message) != (what == "caption"):
            raise Refusal(400, f"Bad Request: there is no {what} in the message to edit")
        names = (what, "entities", "caption_entities", "reply_markup")
        if all(message.get(name) == content.get(name) for name in names):
            raise Refusal(400, f"Bad Request: {SAME}")
        message |= {**content, "edited": True}
        return message


def _content(body: Body, name: str, limit: int, needed: bool = False) -> Body:
    """The words and the keyboard of a message. Raises Refusal for what Telegram does not take."""
    text = body.get(name, "")
    if needed and not text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    length = len(text.encode("utf-16-le")) // 2
    if length > limit:
        raise Refusal(400, "Bad Request: message is too long" if name == "text" else "Bad Request: message caption is too long")
    entities = "entities" if name == "text" else "caption_entities"
    for entity in body.get(entities, []):
        if entity["offset"] < 0 or entity["length"] < 1 or entity["offset"] + entity["length"] > length:
            raise Refusal(400, "Bad Request: ENTITY_BOUNDS_INVALID")
    buttons = list(itertools.chain(*body.get("reply_markup", {}).get("inline_keyboard", [])))
    if len(buttons) > 100:
        raise Refusal(400, "Bad Request: reply markup is too long")
    for button in buttons:
        if not button.get("text"):
            raise Refusal(400, "Bad Request: inline keyboard button text must be non-empty")
        if "url" in button and not button["url"].startswith(("http://", "https://", "tg://")):
            raise Refusal(400, f"Bad Request: inline keyboard button URL '{button['url']}' is invalid: Unsupported URL protocol")
        if "url" not in button and not 1 <= len(button.get("callback_data", "").encode()) <= 64:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    return {key: body[key] for key in (name, entities, "reply_markup") if key in body}


async def _body(request: Request) -> Body:
    """The parameters, however they were sent: a query, JSON, a form, a form with files."""
    given: Body = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return given | await request.json()
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                given[name] = {"file_name": value.filename, "content": (await value.read()).decode("latin-1")}
            else:
                given[name] = _value(name, value)
    return given


def _value(name: str, text: str) -> Any:
    if name in WHOLE:
        return int(text)
    return json.loads(text) if text[:1] in "[{" or text in ("true", "false") else text


def _broken() -> Response:
    """An answer that breaks off in the middle."""

    async def nothing() -> Any:
        yield b"{"

    return StreamingResponse(nothing(), headers={"content-length": "1000"})


if __name__ == "__main__":
    fake = FakeTelegram()
    print(fake.start(), flush=True)
    threading.Event().wait()
