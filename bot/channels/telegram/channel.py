"""Telegram as delivery and the inbox meet it: turns into messages, messages out, updates in."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.channels.rendering import with_one_language_button, words_of
from bot.channels.telegram import finding
from bot.channels.telegram.client import Client
from bot.channels.telegram.endings import ending_of, simpler
from bot.channels.telegram.moving import CHANNEL, move_chat
from bot.channels.telegram.personal import with_private_button
from bot.channels.telegram.polls import poll_id_of, poll_part
from bot.channels.telegram.reading import Me
from bot.channels.telegram.rendering import render
from bot.channels.telegram.updates import parcel_of
from bot.channels.telegram.working import Work
from bot.conversations.channel import Attached, Envelope, Parcel, Part, Parts, Rates, SendLater, SendUnsure, TryLater
from bot.conversations.reception import Reception
from bot.settings import Settings

logger = logging.getLogger(__name__)
# FloodLimit of the Bot API: about 30 messages a second in all, one a second to a person, 20 a minute to a group.
TO_A_PERSON = Rates(per_second=30.0, chat_interval=1.0, chat_burst=3)
TO_A_GROUP = Rates(per_second=30.0, chat_interval=3.5, chat_burst=3)
PATIENCE = 10.0  # seconds after which Telegram has done what it was asked, or will not do it


class TelegramChannel:
    """One bot. Raises telegram.error.InvalidToken for an empty token; whether another one is good shows at the first call."""

    name = CHANNEL

    def __init__(self, settings: Settings, reception: Reception, client: Client | None = None) -> None:
        self.settings, self.reception = settings, reception
        self.client = client or Client(settings.telegram_token, settings.telegram_api)
        number = settings.telegram_token.partition(":")[0]
        self.account = number if number.isdigit() else "bot"  # a token begins with the bot's number; the rest is secret
        self._me: Me | None = None
        self._guard = threading.Lock()
        self._work = Work(reception, self.client, self.me, self.account, settings.default_language)

    def me(self) -> Me:
        """The bot itself, asked for once. Raises telegram.error.TelegramError."""
        with self._guard:
            if self._me is None:
                told = self.client.call("getMe")
                self._me = Me(int(told["id"]), str(told.get("username", "")))
            return self._me

    def invitation(self) -> str:
        """What a one-time code is put behind to open a chat with it. Raises telegram.error.TelegramError."""
        return f"https://t.me/{self.me().username}?start="

    def parcel(self, update: Any) -> Parcel | None:
        """An update as it is stored, None for one of no concern. Raises telegram.error.TelegramError where Telegram has to be asked."""
        return parcel_of(update, self.me)

    def rates(self, chat: str) -> Rates:
        """Groups have negative numbers."""
        return TO_A_GROUP if chat.startswith("-") else TO_A_PERSON

    def patience(self) -> float:
        """Longer than the client waits for an answer would take to be lost on the way."""
        return PATIENCE

    def parts(self, envelope: Envelope, now: dt.datetime) -> Parts:
        """As few messages as the turn fits into. In a group, what is personal gets a button to the person's own chat."""
        messages, library = envelope.messages, self.reception.library
        if ":" in envelope.account and (name := self._username()):
            messages = with_private_button(messages, library, name)
        messages = with_one_language_button(messages, library, envelope.language)
        polls = tuple(poll_part(message.poll, now) for message in messages if message.poll and ":" in envelope.account)
        return Parts((*render(messages, words_of(library, envelope.language)), *polls))

    def send(self, envelope: Envelope, part: Part, token: str, file: Attached | None) -> str:
        """Sends a part; its number in the chat. The Bot API takes no token of ours back, so `token` stays here."""
        body = {**part.body, **_destination(envelope)}
        if file is not None:
            body["document"] = InputFile(file.content, filename=file.name)
        try:
            sent = self._forgiving(part.method, body)
        except ChatMigrated as moved:
            self._moved(envelope.chat, str(moved.new_chat_id))
            raise SendLater(0.2, "moved") from None
        except TelegramError as error:
            ending = ending_of(error)
            logger.warning("Telegram did not take departure %s: %s", envelope.departure_id, ending)
            raise ending from None
        number = sent.get("message_id") if isinstance(sent, dict) else None
        if not isinstance(number, int):
            raise SendUnsure("no_number")
        if part.poll is not None:
            self._note_poll(part.poll, poll_id_of(sent))
        return str(number)

    def find(self, envelope: Envelope, part: Part, before: str | None) -> str | None:
        """Looks for a part whose sending was cut off (finding.py). Raises SendLater too, when Telegram cannot be asked now."""
        with self.reception.sessions() as session:
            where = finding.candidates(session, envelope, before)
        if where is None:
            raise SendUnsure("nothing_known")
        try:
            return finding.look(self._forgiving, envelope, part, where)
        except ChatMigrated as moved:
            self._moved(envelope.chat, str(moved.new_chat_id))
            raise SendUnsure("moved") from None

    def conversation_of(self, speaker: str) -> str:
        """Telegram knows a person by one number."""
        return speaker

    def work(self, parcel: Parcel) -> None:
        """Does what an update asks for. Raises AssistantAway or TryLater to be called again."""
        try:
            self._work.do(parcel)
        except TelegramError as error:
            raise TryLater(f"telegram:{type(error).__name__}"[:32]) from None

    def close(self) -> None:
        """Ends all connections."""
        self.client.close()

    def _forgiving(self, method: str, body: dict[str, Any]) -> Any:
        """Calls a method; what the API refuses because of a thing that can be left out goes without it."""
        while True:
            try:
                return self.client.call(method, body)
            except BadRequest as error:
                less = simpler(body, error)
                if less is None:
                    raise
                logger.warning("A message is sent with less: %s", ", ".join(sorted(body.keys() - less.keys())) or "without addresses")
                body = less

    def _note_poll(self, poll: int, external_id: str) -> None:
        """Under which id Telegram will tell the totals. A poll that was sent must never be sent again because this went wrong."""
        if self.reception.classroom is None or not external_id:
            return
        try:
            with self.reception.sessions.begin() as session:
                self.reception.classroom.group_poll(session, poll, external_id)
        except SQLAlchemyError:
            logger.exception("The totals of poll %s will be missing", poll)

    def _moved(self, old: str, new: str) -> None:
        with self.reception.sessions.begin() as session:
            move_chat(session, old, new)

    def _username(self) -> str:
        try:
            return self.me().username
        except TelegramError:
            return ""  # the answer does not wait for it


def _destination(envelope: Envelope) -> dict[str, Any]:
    destination: dict[str, Any] = {"chat_id": int(envelope.chat)}
    if envelope.place.get("thread") is not None:
        destination["message_thread_id"] = envelope.place["thread"]
    if envelope.place.get("reply_to"):
        destination["reply_parameters"] = {"message_id": envelope.place["reply_to"], "allow_sending_without_reply": True}
    return destination
