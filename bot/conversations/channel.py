"""What delivery asks of a messenger, and the ways in which a sending can end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.conversations.assistant import SaidMessage


@dataclass(frozen=True)
class Part:
    """One sending: what the channel's API gets, without the destination."""

    method: str  # Telegram: sendMessage, sendDocument; WhatsApp: the type of the message
    body: dict[str, Any]  # JSON
    keys: dict[str, str] = field(default_factory=dict)  # short button key -> payload, stored before the part is sent
    numbered: tuple[str, ...] = ()  # payloads that a bare number in the next message stands for
    file: str = ""  # token of the attachment to send with it
    poll: int | None = None  # number of the poll it shows, where the messenger has polls of its own


@dataclass(frozen=True)
class Envelope:
    """What goes out in one turn: to which chat, and what was said, in order. `heard_at`: when the person last wrote."""

    departure_id: int
    account: str
    chat: str
    place: Mapping[str, Any]
    messages: tuple[SaidMessage, ...]
    language: str
    heard_at: dt.datetime | None = None


@dataclass(frozen=True)
class Parts:
    """How an envelope is sent now. `knock`: the messenger's window is closed; send this first, and the rest once the person has written.

    `hold`: the window is closed and the person was knocked for already; nothing is sent until they write.
    """

    parts: tuple[Part, ...]
    knock: Part | None = None
    hold: bool = False


@dataclass(frozen=True)
class Parcel:
    """One update as a channel read it off the wire, to be stored before anything is done. `payload`: JSON."""

    external_id: str
    chat: str
    payload: dict[str, Any]
    speaker: str = ""
    sort: int = 0


@dataclass(frozen=True)
class Attached:
    """A file to send: its name, its kind, its bytes."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Rates:
    """How fast a channel may be sent to: messages per second in all; seconds between two to one chat, after a burst of so many."""

    per_second: float
    chat_interval: float
    chat_burst: int = 1


@dataclass(frozen=True)
class Unanswered:
    """A person who waits: on which channel, whose chat, since when, and whether the message was given up."""

    channel: str
    speaker: str
    since: dt.datetime
    given_up: bool = False


class SendLater(Exception):
    """Certainly not sent; may be tried again after `seconds`. `everybody`: the whole channel has to wait."""

    def __init__(self, seconds: float, code: str = "busy", everybody: bool = False) -> None:
        super().__init__(code)
        self.seconds, self.code, self.everybody = seconds, code, everybody


class SendRefused(Exception):
    """Will never be sent, for this reason. `stop`: nothing else reaches this chat either until the person writes again."""

    def __init__(self, code: str, stop: bool = False) -> None:
        super().__init__(code)
        self.code, self.stop = code, stop


class SendUnsure(Exception):
    """Nobody knows whether it was sent, such as after a connection that broke while waiting for the answer."""


class WindowClosed(Exception):
    """The messenger takes nothing but a knock until the person writes."""


class TryLater(Exception):
    """An arrival cannot be worked on yet; again after `seconds`."""

    def __init__(self, code: str, seconds: float = 0.0) -> None:
        super().__init__(code)
        self.code, self.seconds = code, seconds


class Channel(Protocol):
    """A messenger as delivery and the inbox meet it. All methods may be called from several threads at once."""

    @property
    def name(self) -> str:
        """As in Conversation.channel."""

    @property
    def account(self) -> str:
        """Our own account there: the bot, the telephone number."""

    def rates(self, chat: str) -> Rates:
        """How fast a chat may be sent to."""

    def parts(self, envelope: Envelope, now: dt.datetime) -> Parts:
        """How an envelope is sent; the same envelope gives the same parts. Raises SendRefused where there is no way to send it."""

    def send(self, envelope: Envelope, part: Part, token: str, file: Attached | None) -> str:
        """Sends a part; the messenger's id of it. Raises SendLater, SendRefused, SendUnsure or WindowClosed."""

    def find(self, envelope: Envelope, part: Part, before: str | None) -> str | None:
        """The id of a part whose sending was cut off, None when it certainly was not sent. Raises SendUnsure when nobody can tell.

        `before`: the messenger's id of the newest message of ours in that chat that is known.
        """

    def patience(self) -> float:
        """Seconds after which an unsure sending may be looked for."""

    def conversation_of(self, speaker: str) -> str:
        """The account of the conversation a speaker of a parcel belongs to, where the messenger has several names for one person."""

    def work(self, parcel: Parcel) -> None:
        """Does what an update asks for; the same update again changes nothing. Raises TryLater or AssistantAway to be called again."""


Channels = Sequence[Channel]
