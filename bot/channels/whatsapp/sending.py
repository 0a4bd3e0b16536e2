"""Sends a part, and says of every failure whether it was not sent, will never be sent, or may have been sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NoReturn

import httpx

from bot.channels.whatsapp.errors import PAIR_LIMIT, UPLOAD, Way, pair_wait, verdict
from bot.channels.whatsapp.graph import Garbled, Graph, GraphError
from bot.channels.whatsapp.parcels import short_id
from bot.channels.whatsapp.templates import TEMPLATE, Templates
from bot.conversations.channel import Attached, Envelope, Part, SendLater, SendRefused, SendUnsure, WindowClosed

logger = logging.getLogger(__name__)
# Nothing of the request has left: no connection, or none free.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
UPLOADS = 6  # how often a file is uploaded; after that it is the file that does not suit
NO_ADDRESS = (httpx.UnsupportedProtocol, httpx.InvalidURL)


class Sender:
    """Sends parts of envelopes. `attempts`: how often a departure was tried before, by its number."""

    def __init__(self, graph: Graph, templates: Templates, attempts: Callable[[int], int]) -> None:
        self._graph, self._templates, self._attempts = graph, templates, attempts

    def send(self, envelope: Envelope, part: Part, token: str, file: Attached | None) -> str:
        """As Channel.send."""
        if part.method == TEMPLATE:
            return self._knock(envelope, part, token)
        body = self._with_file(envelope, part, file) if file else part.body
        try:
            return self._post(envelope, body, token)
        except GraphError as error:
            if verdict(error.code).way is Way.ADDRESS and error.told and part.method == "interactive":
                return self._sent(envelope, part, as_text(part.body), token)
            self._refuse(envelope, part, error)

    def _knock(self, envelope: Envelope, part: Part, token: str) -> str:
        """The template in the first language in which WhatsApp takes it: each that it refuses has certainly not been sent."""
        for language in self._templates.usable(part.body["languages"]):
            body = {"type": TEMPLATE, TEMPLATE: {"name": part.body["name"], "language": {"code": language, "policy": "deterministic"}}}
            try:
                return self._post(envelope, body, token)
            except GraphError as error:
                if not error.told or verdict(error.code).way is not Way.TEMPLATE:
                    self._refuse(envelope, part, error)
                self._templates.refused(language, str(error.code))
        logger.error("No language of the template %s is taken. `veiviser whatsapp check` says more.", part.body["name"])
        raise SendRefused("window_closed")

    def _with_file(self, envelope: Envelope, part: Part, file: Attached) -> dict[str, Any]:
        """The file is uploaded first. Whatever goes wrong here, no message has been sent."""
        try:
            media_id = self._graph.upload(file)
        except GraphError as error:
            if error.told or error.status < 500:
                self._refuse(envelope, part, error)
            raise SendLater(error.wait, f"upload_{error.status}") from error
        except (httpx.HTTPError, httpx.InvalidURL, Garbled) as error:
            raise SendLater(0, "upload") from error
        return {**part.body, part.method: {**part.body.get(part.method, {}), "id": media_id}}

    def _sent(self, envelope: Envelope, part: Part, body: dict[str, Any], token: str) -> str:
        try:
            return self._post(envelope, body, token)
        except GraphError as error:
            self._refuse(envelope, part, error)

    def _post(self, envelope: Envelope, body: dict[str, Any], token: str) -> str:
        """Raises GraphError for what the API refused, else what is known of it."""
        try:
            return short_id(self._graph.send(body, envelope.account, token))
        except NOT_SENT as error:
            raise SendLater(0, "no_connection") from error
        except NO_ADDRESS as error:
            logger.error("VEIVISER_WHATSAPP_API is no address.")
            raise SendLater(300, "no_address", everybody=True) from error
        except (httpx.HTTPError, Garbled) as error:
            raise SendUnsure from error

    def _refuse(self, envelope: Envelope, part: Part, error: GraphError) -> NoReturn:
        """Raises what an error means for delivery."""
        if not error.told and (error.status >= 500 or error.status < 400):
            raise SendUnsure from error  # some machine on the way, or nothing we know: nobody knows what lies behind it
        if not error.told:  # only an error of Meta's own can say that a message will never be taken
            logger.error("Not WhatsApp answers at VEIVISER_WHATSAPP_API, but something with HTTP %s.", error.status)
            raise SendLater(max(60.0, error.wait), f"http_{error.status}", everybody=True) from error
        found = verdict(error.code, error.subcode, error.status, error.transient)
        code = str(error.code)
        if found.alarm:
            logger.error("WhatsApp takes nothing from us now (%s). `veiviser whatsapp check` says what to do.", code)
        if found.way is Way.WINDOW and part.method != TEMPLATE:
            raise WindowClosed from error
        if found.way is Way.LATER:
            attempts = self._attempts(envelope.departure_id)
            if error.code == UPLOAD and attempts >= UPLOADS:
                raise SendRefused(code) from error
            pair = pair_wait(attempts) if error.code == PAIR_LIMIT else 0.0
            raise SendLater(max(found.seconds, error.wait, pair), code) from error
        if found.way is Way.EVERYBODY:
            raise SendLater(max(found.seconds, error.wait), code, everybody=True) from error
        raise SendRefused(code) from error


def as_text(body: dict[str, Any]) -> dict[str, Any]:
    """An interactive message as plain text: its words, and what could be chosen, which can be written just as well."""
    interactive = body.get("interactive", {})
    action = interactive.get("action", {})
    buttons = [button["reply"]["title"] for button in action.get("buttons", ())]
    rows = [row["title"] for section in action.get("sections", ()) for row in section["rows"]]
    text = "\n".join([interactive.get("body", {}).get("text", ""), "", *(f"- {title}" for title in (*buttons, *rows))])
    return {"type": "text", "text": {"body": text.strip(), "preview_url": False}}
