"""WhatsApp as delivery and the inbox meet it (bot/conversations/channel.py), over the Cloud API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from bot.channels.rendering import with_one_language_button, words_of
from bot.channels.whatsapp.addresses import account_of
from bot.channels.whatsapp.graph import Garbled, Graph
from bot.channels.whatsapp.rendering import LONGEST_BODY, render
from bot.channels.whatsapp.sending import Sender
from bot.channels.whatsapp.templates import Templates, template_languages
from bot.channels.whatsapp.window import CLOSED, Window, note_closed
from bot.channels.whatsapp.working import Worker
from bot.conversations.channel import Attached, Envelope, Parcel, Part, Parts, Rates, SendRefused, SendUnsure, WindowClosed
from bot.conversations.history import now as this_moment
from bot.conversations.reception import Reception
from bot.settings import Settings
from bot.storage.traffic_tables import Departure

# Meta: 80 messages a second per number; one in 6 seconds to one person after a burst of about 45. A form is filled in within thirty.
RATES = Rates(per_second=80, chat_interval=6.0, chat_burst=30)
PATIENCE = 45.0  # seconds in which the status of an unsure sending has come


class WhatsAppChannel:
    """One WhatsApp number. `graph`: tests hand in their own. Raises ContentError when data/channels/whatsapp.yml cannot be read."""

    def __init__(
        self, settings: Settings, reception: Reception, graph: Graph | None = None, clock: Callable[[], dt.datetime] = this_moment
    ) -> None:
        self.graph = graph or Graph(settings.whatsapp_api, settings.whatsapp_token, settings.whatsapp_number_id)
        self._account, self._library, self._sessions = settings.whatsapp_number_id, reception.library, reception.sessions
        self.templates = Templates(settings.whatsapp_template, template_languages(settings.data))
        self._clock = clock
        self._window = Window(reception.sessions)
        self._sender = Sender(self.graph, self.templates, self._attempts)
        self._worker = Worker(reception.sessions, reception, self.graph, self.templates, clock)

    @property
    def name(self) -> str:
        """As in Conversation.channel."""
        return "whatsapp"

    @property
    def account(self) -> str:
        """The id of our telephone number."""
        return self._account

    def invitation(self) -> str:
        """What a one-time code is put behind to open a chat with it. Raises httpx.HTTPError, GraphError or Garbled."""
        shown = str(self.graph.get(self._account, fields="display_phone_number").get("display_phone_number", ""))
        digits = "".join(sign for sign in shown if sign.isdigit())
        if not digits:
            raise Garbled("no telephone number")
        return f"https://wa.me/{digits}?text="

    def rates(self, chat: str) -> Rates:
        """The same for every chat."""
        return RATES

    def parts(self, envelope: Envelope, now: dt.datetime) -> Parts:
        """The turn as it is; a knock outside the 24 hours, once a day. Raises SendRefused without a template."""
        is_open, knocked = self._window.look(envelope, now)
        if is_open:
            messages = with_one_language_button(envelope.messages, self._library, envelope.language, LONGEST_BODY)
            return Parts(render(messages, words_of(self._library, envelope.language)))
        knock = self.templates.knock(envelope.language)
        if knock is None:
            raise SendRefused(CLOSED)
        return Parts((), hold=True) if knocked else Parts((), knock=knock)

    def send(self, envelope: Envelope, part: Part, token: str, file: Attached | None) -> str:
        """Sends a part; its wamid. Raises SendLater, SendRefused, SendUnsure or WindowClosed."""
        try:
            return self._sender.send(envelope, part, token, file)
        except WindowClosed:
            with self._sessions.begin() as session:
                note_closed(session.get_one(Departure, envelope.departure_id), self._clock())
            raise

    def find(self, envelope: Envelope, part: Part, before: str | None) -> str | None:
        """The API cannot be asked what was sent. A status with our token has told it by now, if the message left."""
        raise SendUnsure

    def patience(self) -> float:
        """Seconds after which no status is expected any more."""
        return PATIENCE

    def conversation_of(self, speaker: str) -> str:
        """A person may be named by number or by user id."""
        with self._sessions() as session:
            return account_of(session, speaker)

    def work(self, parcel: Parcel) -> None:
        """Does what an update asks for. Raises TryLater or AssistantAway."""
        self._worker.work(parcel)

    def _attempts(self, departure_id: int) -> int:
        with self._sessions() as session:
            departure = session.get(Departure, departure_id)
            return departure.attempts if departure else 0
