"""Telephones of people: one interface over the fake Bot API and the signed traffic of the fake Graph API."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from tests.fake_messengers.telegram import FakeTelegram
from tests.fake_messengers.whatsapp import FakeGraph
from tests.fake_messengers.whatsapp_payloads import body_of, button_reply, list_reply, text, value_of

PATIENCE = 60.0  # seconds; the machine of the tests may be busy
NUMBERED = re.compile(r"^\W*\d+\. (.+)$", re.MULTILINE)
Found = TypeVar("Found")


def until(look: Callable[[], Found | None], what: str) -> Found:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come in {PATIENCE:.0f} seconds")


class Phone(Protocol):
    """What a person does and sees."""

    channel: str
    account: str

    def says(self, words: str) -> None: ...

    def presses(self, title: str) -> None: ...

    def read(self) -> list[str]:
        """Everything that came, oldest first."""

    def buttons(self) -> list[str]:
        """The titles of the newest message's buttons."""


class TelegramPhone:
    channel = "telegram"

    def __init__(self, telegram: FakeTelegram, number: int) -> None:
        self._telegram, self._number, self.account = telegram, number, str(number)

    def says(self, words: str) -> None:
        self._telegram.writes(words, self._number, self._number)

    def presses(self, title: str) -> None:
        self._telegram.presses(title, self._number, self._number)

    def read(self) -> list[str]:
        return [sent.get("text") or sent.get("caption") or "" for sent in self._telegram.sent(self._number)]

    def buttons(self) -> list[str]:
        newest = self._telegram.sent(self._number)[-1]
        rows = newest.get("reply_markup", {}).get("inline_keyboard", [])
        return [button["text"] for row in rows for button in row if "callback_data" in button]


class WhatsAppPhone:
    channel = "whatsapp"

    def __init__(self, graph: FakeGraph, number: str) -> None:
        self._graph, self.account = graph, number

    def says(self, words: str) -> None:
        self._post(text(words, self.account))

    def presses(self, title: str) -> None:
        if self._newest()["type"] == "text":
            return self.says(str(self.buttons().index(title) + 1))
        interactive = self._newest()["interactive"]
        for kind, key, shown in _choices(interactive):
            if shown == title:
                reply = button_reply(key, shown, self.account) if kind == "button" else list_reply(key, shown, self.account)
                return self._post(reply)
        raise AssertionError(f"no button {title!r}")

    def read(self) -> list[str]:
        return [sent.words for sent in self._graph.sent_to(self.account)]

    def buttons(self) -> list[str]:
        newest = self._newest()
        if newest["type"] == "interactive":
            return [shown for _, _, shown in _choices(newest["interactive"])]
        return NUMBERED.findall(newest["text"]["body"])

    def _newest(self) -> dict[str, Any]:
        return self._graph.sent_to(self.account)[-1].body

    def _post(self, message: dict[str, Any]) -> None:
        message["timestamp"] = str(int(time.time()))
        assert self._graph.post(body_of(value_of(message))) == 200


def _choices(interactive: dict[str, Any]) -> list[tuple[str, str, str]]:
    if interactive["type"] == "button":
        return [("button", one["reply"]["id"], one["reply"]["title"]) for one in interactive["action"]["buttons"]]
    return [("row", row["id"], row["title"]) for section in interactive["action"]["sections"] for row in section["rows"]]
