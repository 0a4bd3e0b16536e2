"""Looks at a bot and its settings, and says of each thing whether it is right and, if not, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.client import Client
from bot.channels.telegram.webhook import PATH
from bot.settings import Messages, Settings

PORTS = (443, 80, 88, 8443)  # SUPPORTED_WEBHOOK_PORTS of the Bot API
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
MANY = 100  # updates that wait at Telegram


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `advice` is empty where all is well."""

    what: str
    found: str
    advice: str = ""

    @property
    def well(self) -> bool:
        """True when nothing is to be done."""
        return not self.advice


def webhook_address(settings: Settings) -> str:
    """Where Telegram is to bring updates."""
    return settings.public + PATH


def findings(settings: Settings, client: Client) -> Iterator[Finding]:
    """All that can be looked at; nothing more once the token proves wrong or Telegram does not answer."""
    try:
        me = client.call("getMe")
    except InvalidToken:
        yield Finding("token", "refused", "Copy the token again from @BotFather (/mybots, API Token) into VEIVISER_TELEGRAM_TOKEN.")
        return
    except TelegramError as error:
        yield Finding("Telegram", type(error).__name__, f"{settings.telegram_api} does not answer. Look at the network and the firewall.")
        return
    yield Finding("token", f"@{me.get('username')} ({me.get('id')})")
    yield from _groups(me)
    if settings.telegram_mode is Messages.WEBHOOK:
        yield from own_webhook(settings)
    try:
        yield from _webhook(settings, client.call("getWebhookInfo"))
    except TelegramError as error:
        yield Finding("webhook", type(error).__name__, "Telegram did not tell. Try again in a minute.")


def own_webhook(settings: Settings) -> Iterator[Finding]:
    """Whether the settings allow a webhook at all."""
    address = urlsplit(settings.public)
    if address.scheme != "https":
        yield Finding(
            "public address", settings.public, "Telegram brings updates to https:// only. Set VEIVISER_PUBLIC_URL, or use polling."
        )
    elif _port(address) not in PORTS:
        yield Finding("public address", settings.public, f"Telegram calls ports {', '.join(map(str, PORTS))} only. Use one of them.")
    else:
        yield Finding("public address", settings.public)
    if SECRET.fullmatch(settings.telegram_secret):
        yield Finding("secret", "set")
    else:
        found = "unusable" if settings.telegram_secret else "not set"
        yield Finding(
            "secret", found, "Set VEIVISER_TELEGRAM_SECRET to 1-256 signs of A-Z a-z 0-9 _ -, such as `openssl rand -hex 32` gives."
        )


def _port(address: SplitResult) -> int | None:
    try:
        return address.port or 443
    except ValueError:  # a number no port can have
        return None


def _groups(me: dict[str, Any]) -> Iterator[Finding]:
    if me.get("can_join_groups"):
        yield Finding("groups", "may be added")
    else:
        yield Finding("groups", "may not be added", "Allow it for course groups: @BotFather, /setjoingroups, Enable.")
    if me.get("can_read_all_group_messages"):
        yield Finding("privacy mode", "off", "The bot reads everything said in groups. Turn it on: @BotFather, /setprivacy, Enable.")
    else:
        yield Finding("privacy mode", "on")


def _webhook(settings: Settings, info: dict[str, Any]) -> Iterator[Finding]:
    address, wanted = str(info.get("url") or ""), webhook_address(settings)
    if settings.telegram_mode is Messages.POLLING:
        advice = "Polling gets nothing while a webhook is set. `veiviser telegram webhook delete` removes it." if address else ""
        yield Finding("webhook", address or "none, updates are polled", advice)
    elif address != wanted:
        yield Finding("webhook", address or "none", f"It should be {wanted}. `veiviser telegram webhook set` sets it.")
    else:
        yield Finding("webhook", address)
    pending = int(info.get("pending_update_count") or 0)
    advice = "Updates pile up at Telegram, which keeps them for a day. Look whether the messengers run." if pending > MANY else ""
    yield Finding("waiting at Telegram", str(pending), advice)
    if address and info.get("last_error_message"):
        advice = "So Telegram was answered the last time something went wrong. Look at the proxy, its certificate and the gateway's log."
        yield Finding("last error", str(info["last_error_message"]), advice if pending else "")
