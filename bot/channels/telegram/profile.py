"""What people see of the bot before they write: the commands of its menu and its description, in every language Telegram knows."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from telegram.error import TelegramError

from bot.channels.telegram.client import Client
from bot.channels.telegram.commands import SHOWN
from bot.content import Library

logger = logging.getLogger(__name__)
LONGEST = {"command": 256, "description": 512, "short_description": 120}  # BotCommandLimit, BotDescriptionLimit
# Telegram takes two letters only: both Kurdish languages share one, and Dari's is Persian's. Norwegian apps say nb or no.
TELEGRAM_CODES = {"nb": ("nb", "no"), "kmr": ("ku",), "ckb": ()}
WITHOUT_LANGUAGE = "en"
DESCRIPTION, SHORT = "web_welcome", "web_subtitle"
Wish = tuple[str, str, dict[str, Any]]  # what to ask, what to set, the parameters of setting


class Introduction(threading.Thread):
    """Sets all of it when the service starts, where it has changed. A refusal costs a line in the log and nothing else."""

    def __init__(self, client: Client, library: Library, home: Path, account: str) -> None:
        super().__init__(name="telegram-profile", daemon=True)
        self._client, self._library, self._file = client, library, home / f"telegram_profile_{account}.txt"
        self._ended = threading.Event()

    def run(self) -> None:
        """Asks before it sets, and remembers what it has set."""
        try:
            self.introduce()
        except (TelegramError, OSError, KeyError, CancelledError) as error:
            logger.warning("The bot's commands and description were not set (%s); they will be at the next start.", type(error).__name__)

    def end(self) -> None:
        """Ends after what is under way."""
        self._ended.set()

    def introduce(self) -> int:
        """Sets what is not as it should be; how much that was. Raises TelegramError, OSError, or KeyError for a phrase that is missing."""
        wishes = list(wishes_of(self._library))
        print_of = hashlib.sha256(json.dumps(wishes, sort_keys=True).encode()).hexdigest()
        if self._file.exists() and self._file.read_text() == print_of:
            return 0
        changed = 0
        for ask, put, wish in wishes:
            if self._ended.is_set():
                return changed
            if not _is_so(self._client.call(ask, _language_of(wish)), wish):
                self._client.call(put, wish)
                changed += 1
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(print_of)
        return changed


def wishes_of(library: Library) -> Iterator[Wish]:
    """Everything to be set, first what people see whose language Telegram does not tell."""
    yield from _in_language(library, WITHOUT_LANGUAGE if WITHOUT_LANGUAGE in library.languages else library.languages.source.code, None)
    for language in library.languages:
        own = (language,) if len(language) == 2 else ()
        for code in TELEGRAM_CODES.get(language, own):
            yield from _in_language(library, language, code)


def _in_language(library: Library, language: str, code: str | None) -> Iterator[Wish]:
    where = {"language_code": code} if code else {}

    def words(key: str, limit: str) -> str:
        return library.phrase(key, language).strip()[: LONGEST[limit]]

    commands = [{"command": name, "description": words(f"command_{name}", "command")} for name in SHOWN]
    yield "getMyCommands", "setMyCommands", {"commands": commands, **where}
    yield "getMyDescription", "setMyDescription", {"description": words(DESCRIPTION, "description"), **where}
    yield "getMyShortDescription", "setMyShortDescription", {"short_description": words(SHORT, "short_description"), **where}


def _language_of(wish: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wish.items() if name == "language_code"}


def _is_so(found: Any, wish: dict[str, Any]) -> bool:
    if isinstance(found, dict):
        return all(found.get(name) == value for name, value in wish.items() if name != "language_code")
    return bool(found == wish.get("commands"))
