"""Runs the messengers: works on what comes in over Telegram and WhatsApp and brings what goes out: `python -m bot.gateway.messengers`.

Any number of these may run on one PostgreSQL; on SQLite one is enough. One that dies is replaced by the next within a lease.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Mapping
from types import FrameType

from bot.content import ContentError
from bot.conversations.channel import Channel
from bot.conversations.traffic.arriving import Arrivals
from bot.conversations.traffic.delivering import Delivery
from bot.conversations.traffic.inbox import Inbox
from bot.conversations.traffic.workers import Workers
from bot.desk.unanswered import Patience
from bot.gateway.app import Parts, parts_from
from bot.gateway.channels import beside, channels_from
from bot.identification.from_model import NoModel
from bot.settings import Settings, SettingsError, settings
from bot.storage.sealing import SealError


def workers_of(made: Parts, given: Settings, channels: Mapping[str, Channel]) -> Workers:
    """Threads of each messenger's own, as many for what comes in as for what goes out: one that hangs keeps no other waiting."""
    reception = made.reception
    assert made.console is not None  # parts of a real installation
    patience = Patience(reception.sessions, made.console.desk, given.default_language)
    inbox = Inbox(reception.sessions, reception.seal)
    arrivals = [Arrivals(inbox, {name: channel}, patience.slow, patience.stuck) for name, channel in channels.items()]
    deliveries = [
        Delivery(reception.sessions, reception.seal, {name: channel}, given.default_language, lost=patience.stuck)
        for name, channel in channels.items()
    ]
    steps = [step for one in arrivals for step in [one.step] * given.workers]
    steps += [step for one in deliveries for step in [one.step] * given.workers]
    return Workers(reception.sessions, steps, arrivals[0].housekeeping)


def main() -> None:
    """Works until stopped; ends with 1 and a sentence when something it needs is missing."""
    given = settings()
    try:
        made = parts_from(given)
        channels = channels_from(given, made.reception)
    except (SettingsError, SealError, ContentError, NoModel) as error:
        sys.exit(f"The messengers cannot start. {error}")
    if not channels:
        sys.exit("No messenger is connected. Set VEIVISER_TELEGRAM_TOKEN, or the VEIVISER_WHATSAPP_ settings; README says how.")
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    workers = workers_of(made, given, channels)
    helpers = list(beside(given, channels, Inbox(made.reception.sessions, made.reception.seal)))
    workers.start()
    for helper in helpers:
        helper.start()
    ended.wait()
    for helper in helpers:
        helper.end()
    workers.end()


if __name__ == "__main__":
    main()
