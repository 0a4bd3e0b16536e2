"""Which messengers an installation is connected to, by its settings; their webhooks, and what asks for updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from fastapi import FastAPI

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.profile import Introduction
from bot.channels.telegram.webhook import Webhook
from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.webhook import WhatsAppWebhook
from bot.conversations.channel import Channel
from bot.conversations.reception import Reception
from bot.conversations.traffic.inbox import Inbox
from bot.gateway.invitations import Invitations
from bot.settings import Messages, Settings, SettingsError

# What WhatsApp cannot work without, once a token is set.
NEEDED = ("whatsapp_number_id", "whatsapp_app_secret", "whatsapp_verify_token")


class Beside(Protocol):
    """Something that runs beside the workers."""

    def start(self) -> None:
        """Begins."""

    def end(self) -> None:
        """Ends."""


def channels_from(settings: Settings, reception: Reception) -> dict[str, Channel]:
    """The connected messengers by name. Raises SettingsError when one is half connected, and ContentError."""
    found: dict[str, Channel] = {}
    if settings.telegram_token:
        _check_telegram(settings)
        found["telegram"] = TelegramChannel(settings, reception)
    if settings.whatsapp_token:
        _check_whatsapp(settings)
        found["whatsapp"] = WhatsAppChannel(settings, reception)
    return found


def mount_webhooks(app: FastAPI, settings: Settings, reception: Reception) -> None:
    """Adds the webhooks of the connected messengers to the gateway; they only store. Raises SettingsError."""
    inbox = Inbox(reception.sessions, reception.seal)
    if settings.telegram_token and settings.telegram_mode is Messages.WEBHOOK:
        _check_telegram(settings)
        app.include_router(Webhook(TelegramChannel(settings, reception), inbox, settings.telegram_secret).router())
    if settings.whatsapp_token:
        _check_whatsapp(settings)
        WhatsAppWebhook(settings, inbox).mount(app)


def beside(settings: Settings, channels: Mapping[str, Channel], inbox: Inbox) -> Iterator[Beside]:
    """What runs beside the workers: it learns addresses, tells Telegram the bot's commands, and asks for updates where none are brought."""
    yield Invitations(inbox.sessions, [one for one in channels.values() if isinstance(one, TelegramChannel | WhatsAppChannel)])
    telegram = channels.get("telegram")
    if isinstance(telegram, TelegramChannel):
        yield Introduction(telegram.client, telegram.reception.library, settings.home, telegram.account)
        if settings.telegram_mode is Messages.POLLING:
            yield Poller(telegram, inbox)


def _check_telegram(settings: Settings) -> None:
    if settings.telegram_mode is Messages.WEBHOOK and not settings.telegram_secret:
        raise SettingsError(
            "VEIVISER_TELEGRAM_SECRET is not set, and without it anybody could send messages in somebody's name. Choose 32 or more of "
            "A-Z, a-z, 0-9, _ and -, set it, and run `veiviser telegram webhook set`. Or take polling: VEIVISER_TELEGRAM_MODE=polling."
        )


def _check_whatsapp(settings: Settings) -> None:
    missing = [f"VEIVISER_{name.upper()}" for name in NEEDED if not getattr(settings, name)]
    if missing:
        raise SettingsError(f"{', '.join(missing)} not set, so WhatsApp cannot be connected. README tells where to find them.")
