"""pywa, a WhatsApp library nobody here wrote, as another reader of the same contract: signatures, updates, errors, what is sent."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pywa import WhatsApp, errors, types
from pywa.types.templates import TemplateLanguage
from pywa.utils import webhook_updates_validator

from bot.channels.whatsapp.errors import CODES, PERMISSIONS, Way, verdict
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.parcels import parcels_of
from bot.channels.whatsapp.sending import Sender
from bot.channels.whatsapp.signature import signature_of, signed
from bot.channels.whatsapp.templates import TemplateLanguages, Templates, template_languages
from bot.conversations.channel import Envelope, Part
from bot.settings import ROOT
from tests.fake_messengers.whatsapp import FakeGraph
from tests.fake_messengers.whatsapp_payloads import (
    AMINA,
    NUMBER_ID,
    WABA_ID,
    body_of,
    button_reply,
    file,
    form_reply,
    list_reply,
    message,
    moved,
    others,
    quick_reply,
    status_value,
    template_news,
    text,
    value_of,
    wamid,
)

MESSAGES = {
    "text": (text("hei og hå"), types.Message),
    "image": (file("image", "1", b"x", "image/jpeg", caption="c"), types.Message),
    "voice": (file("audio", "1", b"x", "audio/ogg; codecs=opus", voice=True), types.Message),
    "document": (file("document", "1", b"x", "application/pdf", filename="x.pdf"), types.Message),
    "reaction": (message("reaction", {"message_id": wamid(), "emoji": "\U0001f44d"}), types.Message),
    "button": (button_reply("k1", "Yes"), types.CallbackButton),
    "quick_reply": (quick_reply("k1", "Yes"), types.CallbackButton),
    "list": (list_reply("k1", "Yes"), types.CallbackSelection),
    "form": (form_reply(), types.FlowCompletion),
    "moved": (moved(AMINA, "4790000009"), types.PhoneNumberChange),
    **{name: (others()[name], types.Message) for name in ("location", "contacts", "sticker", "order", "unsupported")},
    "edit": (others()["edit"], types.EditedMessage),
    "revoke": (message("revoke", {"original_message_id": wamid()}), types.DeletedMessage),
}


@pytest.fixture
def reader(graph: FakeGraph) -> Iterator[tuple[WhatsApp, list[Any]]]:
    """pywa as a server that keeps what it reads, and as a client of the fake."""
    client = httpx.Client(trust_env=False)
    wa = WhatsApp(NUMBER_ID, graph.token, session=client, server=None, verify_token="v", app_secret=graph.secret, waba_id=WABA_ID)
    client.base_url = httpx.URL(graph.api)
    seen: list[Any] = []

    def keep(_: WhatsApp, update: Any) -> None:
        seen.append(update)

    for register in (
        wa.on_message,
        wa.on_callback_button,
        wa.on_callback_selection,
        wa.on_flow_completion,
        wa.on_phone_number_change,
        wa.on_message_status,
        wa.on_edited_message,
        wa.on_deleted_message,
        wa.on_template_status_update,
    ):
        register(keep)
    yield wa, seen
    client.close()


@given(body=st.binary(max_size=300), secret=st.text(min_size=1, max_size=40), place=st.integers(0, 63))
def test_pywa_and_we_agree_on_every_signature(body: bytes, secret: str, place: int) -> None:
    right = signature_of(secret, body)
    wrong = right[: 7 + place] + ("0" if right[7 + place] != "0" else "1") + right[8 + place :]
    for header in (right, wrong):
        assert webhook_updates_validator(secret, body, header) == signed(secret, body, [header])


@pytest.mark.parametrize("name", MESSAGES)
def test_pywa_reads_what_the_fake_posts_as_we_do(reader: tuple[WhatsApp, list[Any]], graph: FakeGraph, name: str) -> None:
    wa, seen = reader
    given_message, kind = MESSAGES[name]
    raw, headers = graph.signed(body_of(value_of(given_message)))
    assert wa.webhook_update_validator(raw, headers["X-Hub-Signature-256"]) is None
    assert wa.webhook_update_handler(raw) == ("ok", 200)
    (update,) = seen
    assert type(update) is kind and update.id == given_message["id"]
    parcels = parcels_of(json.loads(raw), NUMBER_ID)
    if name not in ("reaction", "revoke"):
        assert (parcels[0].external_id, parcels[0].chat) == (update.id, update.from_user.wa_id)
        assert parcels[0].sort == update.timestamp.timestamp()


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "played", "failed"])
def test_pywa_reads_the_statuses_as_we_do(reader: tuple[WhatsApp, list[Any]], graph: FakeGraph, state: str) -> None:
    wa, seen = reader
    raw, _ = graph.signed(body_of(status_value(wamid(), state, "our-token", code=131047 if state == "failed" else 0)))
    assert wa.webhook_update_handler(raw) == ("ok", 200)
    (status,) = seen
    payload = parcels_of(json.loads(raw), NUMBER_ID)[0].payload
    assert (status.id, status.status.value, status.tracker) == (payload["id"], payload["state"], payload["token"])
    assert isinstance(status.error, errors.ReEngagementMessage) == (payload["codes"] == [131047])


def test_pywa_reads_the_news_of_a_template_as_we_do(reader: tuple[WhatsApp, list[Any]], graph: FakeGraph) -> None:
    wa, seen = reader
    raw, _ = graph.signed(template_news("REJECTED", "knock", "ar", "INVALID_FORMAT"))
    assert wa.webhook_update_handler(raw) == ("ok", 200)
    payload = parcels_of(json.loads(raw), NUMBER_ID)[0].payload
    assert (seen[0].template_name, seen[0].template_language.value) == (
        payload["message_template_name"],
        payload["message_template_language"],
    )


def codes_of(base: type[errors.WhatsAppError]) -> list[int]:
    return [code for one in base.__subclasses__() for code in one.__error_codes__ or ()]


def test_our_table_of_errors_knows_what_pywa_knows() -> None:
    assert {verdict(code).way for code in codes_of(errors.ThrottlingError)} <= {Way.LATER, Way.EVERYBODY}
    assert all(verdict(code).alarm for code in codes_of(errors.AuthorizationError))
    elsewhere = {132068, 132069, 131044}  # forms and calls, of which we send none
    assert set(codes_of(errors.SendMessageError)) - elsewhere <= set(CODES)
    named = {code for base in errors.WhatsAppError.__subclasses__() for code in codes_of(base)}
    # Codes of the Graph API in general, and one of registering a number, which pywa gives no names.
    assert set(CODES) - named - {1, 2, 17, 32, 33, 100, 102, 133010} == set()
    assert set(PERMISSIONS) <= named


def test_our_template_languages_are_meta_s() -> None:
    metas = {one.value for one in TemplateLanguage}
    ours = template_languages(ROOT / "data")
    assert set(ours.codes.values()) <= metas
    assert metas.isdisjoint({"ti", "so", "am", "ku", "ckb", "ps", "nn"})  # once one is there, it belongs into data/channels/whatsapp.yml


BUTTONS = [{"type": "reply", "reply": {"id": "k1", "title": "Yes"}}, {"type": "reply", "reply": {"id": "k2", "title": "No"}}]
ROWS = [{"id": "k1", "title": "One", "description": "the first"}, {"id": "k2", "title": "Two"}]


def interactive(kind: str, action: dict[str, Any]) -> Part:
    return Part("interactive", {"type": "interactive", "interactive": {"type": kind, "body": {"text": "?"}, "action": action}})


@pytest.mark.parametrize("kind", ["text", "button", "list", "template"])
def test_what_we_send_is_what_pywa_sends(reader: tuple[WhatsApp, list[Any]], graph: FakeGraph, kind: str) -> None:
    wa, _ = reader
    graph.window = False
    if kind == "text":
        part = Part("text", {"type": "text", "text": {"body": "?", "preview_url": False}})
        wa.send_message(AMINA, "?", tracker="t")
    elif kind == "button":
        part = interactive("button", {"buttons": BUTTONS})
        wa.send_message(AMINA, "?", buttons=[types.Button("Yes", "k1"), types.Button("No", "k2")], tracker="t")
    elif kind == "list":
        part = interactive("list", {"button": "Choose", "sections": [{"title": "All", "rows": ROWS}]})
        rows = [types.SectionRow("One", "k1", "the first"), types.SectionRow("Two", "k2")]
        wa.send_message(AMINA, "?", buttons=types.SectionList("Choose", [types.Section("All", rows)]), tracker="t")
    else:
        part = Part("template", {"name": "knock", "languages": ["ar"]})
        wa.send_template(AMINA, "knock", TemplateLanguage.ARABIC, [], tracker="t")
    envelope = Envelope(1, AMINA, AMINA, {}, (), "en", dt.datetime.now(dt.UTC))
    Sender(Graph(graph.api, graph.token, NUMBER_ID), Templates("knock", TemplateLanguages()), lambda _: 0).send(envelope, part, "t", None)
    theirs, ours = (without_nothing(one.body) for one in graph.sent)
    assert ours == theirs


def without_nothing(body: dict[str, Any]) -> dict[str, Any]:
    """A body without what means nothing: empty parameters, and the only policy there is."""
    template = body.get("template", {})
    template.pop("components", None)
    template.get("language", {}).pop("policy", None)
    return body


def test_the_fake_refuses_pywa_as_meta_would(reader: tuple[WhatsApp, list[Any]], graph: FakeGraph) -> None:
    wa, _ = reader
    with pytest.raises(errors.ReEngagementMessage):
        wa.send_message(AMINA, "outside of the window")
    graph.hear(AMINA)
    assert wa.send_message(AMINA, "within").id == graph.sent[0].id
    with pytest.raises(errors.TemplateNotExists):
        wa.send_template(AMINA, "knock", TemplateLanguage.TURKISH, [])
    assert wa.upload_media(b"%PDF-1.7", mime_type="application/pdf", filename="x.pdf").id in graph.uploads
    graph.token = "another"
    with pytest.raises(errors.ExpiredAccessToken):
        wa.send_message(AMINA, "without right")
