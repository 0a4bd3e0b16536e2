"""Webhook bodies of the Cloud API, one builder per type, in the shapes Meta documents (Graph API v23)."""

from __future__ import annotations

import base64
import hashlib
import itertools
from typing import Any

NUMBER_ID, WABA_ID = "106540352242922", "102290129340398"
AMINA, YUSUF, SCOPED = "4790000001", "4790000002", "NO.13491208655302741918"
_count = itertools.count(1)
Json = dict[str, Any]


def wamid() -> str:
    """A new id, as long as the real ones."""
    return "wamid." + base64.b64encode(f"HBgLNDc5MDAwMDAwMDEVAgASGBQz{next(_count):012d}".encode()).decode()


def body_of(*values: Json, field: str = "messages") -> Json:
    """A whole webhook body: each value in a change of its own."""
    changes = [{"value": value, "field": field} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "time": 1795000000, "changes": changes}]}


def value_of(*messages: Json, number_id: str = NUMBER_ID, contact: Json | None = None) -> Json:
    """A value with messages of one person."""
    value: Json = {"messaging_product": "whatsapp", "metadata": {"display_phone_number": "4721000000", "phone_number_id": number_id}}
    if messages:
        value |= {"contacts": [contact or _contact(messages[0])], "messages": list(messages)}
    return value


def _contact(message: Json) -> Json:
    contact: Json = {"profile": {"name": "Amina Secret-Name"}, "user_id": message.get("from_user_id", SCOPED)}
    return contact | ({"wa_id": message["from"]} if "from" in message else {})


def scoped(number: str) -> str:
    """The id that a person with this telephone number has for us; it comes with every message."""
    return f"NO.{int(number) * 7919}"


def message(kind: str, content: Any = None, sender: str = AMINA, at: int = 1795000000, **more: Any) -> Json:
    """A message of any type; a sender such as "NO.1349..." has no telephone number."""
    who = {"from": sender, "from_user_id": scoped(sender)} if sender.isdigit() else {"from_user_id": sender}
    return {**who, "id": wamid(), "timestamp": str(at), "type": kind, **({kind: content} if content is not None else {}), **more}


def text(words: str, sender: str = AMINA, **more: Any) -> Json:
    return message("text", {"body": words}, sender, **more)


def button_reply(key: str, title: str, sender: str = AMINA, **more: Any) -> Json:
    return message("interactive", {"type": "button_reply", "button_reply": {"id": key, "title": title}}, sender, **_quoting() | more)


def list_reply(key: str, title: str, sender: str = AMINA, **more: Any) -> Json:
    reply = {"id": key, "title": title, "description": "the whole title"}
    return message("interactive", {"type": "list_reply", "list_reply": reply}, sender, **_quoting() | more)


def _quoting() -> Json:
    """Which message of ours was answered."""
    return {"context": {"from": "4721000000", "id": wamid()}}


def quick_reply(payload: str, title: str, sender: str = AMINA) -> Json:
    """The button of a template."""
    return message("button", {"payload": payload, "text": title}, sender, **_quoting())


def form_reply(sender: str = AMINA) -> Json:
    answer = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"flow_token": "x"}'}}
    return message("interactive", answer, sender, **_quoting())


def file(kind: str, media_id: str, content: bytes, mime: str, sender: str = AMINA, **more: Any) -> Json:
    """A message with a file; its hash in base64, as webhooks have it."""
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return message(kind, {"mime_type": mime, "sha256": digest, "id": media_id, **more}, sender)


def others() -> dict[str, Json]:
    """One of every type that is neither words, button nor file."""
    details = {"details": "Message type is currently not supported."}
    unsupported = {"code": 131051, "title": "Message type unknown", "message": "Message type unknown", "error_data": details}
    card = {"name": {"formatted_name": "Somebody Else"}, "phones": [{"phone": "+47 900 00 009", "type": "CELL"}]}
    new = {"type": "text", "text": {"body": "what I meant"}}
    return {
        "location": message("location", {"latitude": 59.9139, "longitude": 10.7522, "name": "Oslo", "address": "Secret street 1"}),
        "contacts": message("contacts", [card]),
        "sticker": message("sticker", {"mime_type": "image/webp", "sha256": "x", "id": "77", "animated": False}),
        "order": message("order", {"catalog_id": "1", "text": "", "product_items": []}),
        "unsupported": message("unsupported", errors=[unsupported]),
        "unsupported_kind": message("unsupported", {"type": "poll"}, errors=[unsupported]),
        "no_content": message("interactive"),
        "of_tomorrow": message("hologram", {"id": "1"}),
        "form": form_reply(),
        "edit": message("edit", {"original_message_id": wamid(), "message": {"context": {"id": "M0"}, **new}}),
        "empty": text(""),
    }


def ignored() -> dict[str, Json]:
    """Whole values that nobody answers."""
    group = text("to all of you", group_id="555555555")
    return {
        "reaction": value_of(message("reaction", {"message_id": wamid(), "emoji": "\U0001f44d"})),
        "reaction_taken_back": value_of(message("reaction", {"message_id": wamid()})),
        "revoke": value_of(message("revoke", {"original_message_id": wamid()})),
        "opened": value_of(message("request_welcome")),
        "group": value_of(group),
        "profile": value_of(message("system", {"body": "changed", "type": "customer_identity_changed"}, identity={"hash": "x"})),
        "no_sender": value_of({"id": wamid(), "timestamp": "1", "type": "text", "text": {"body": "x"}}, contact={"profile": {}}),
        "no_id": value_of({"from": AMINA, "timestamp": "1", "type": "text", "text": {"body": "x"}}),
        "deleted": status_value(wamid(), "deleted"),
        "unknown_status": status_value(wamid(), "teleported"),
        "error_of_ours": value_of() | {"errors": [{"code": 131031, "title": "locked"}]},
    }


def moved(old: str, new: str, old_scoped: str = "", new_scoped: str = "") -> Json:
    """The person has another number."""
    system: Json = {"body": f"User A changed from {old} to {new}", "wa_id": new, "type": "user_changed_number"}
    if new_scoped:
        system |= {"user_id": new_scoped, "previous_user_id": old_scoped}
    return message("system", system, old)


def moved_scoped(old: str, new: str) -> Json:
    """A person without telephone number has another id."""
    system = {"body": "User A changed", "user_id": new, "previous_user_id": old, "type": "user_changed_user_id"}
    return {"id": wamid(), "timestamp": "1795000000", "type": "system", "system": system}


def status_value(
    message_id: str, state: str, token: str = "", sent_to: str = AMINA, code: int = 0, at: int = 1795000000, number_id: str = NUMBER_ID
) -> Json:
    """A value with one status."""
    who = {"recipient_id": sent_to} if sent_to.isdigit() else {"recipient_user_id": sent_to}
    status: Json = {"id": message_id, "status": state, "timestamp": str(at), **who}
    if token:
        status["biz_opaque_callback_data"] = token
    if state in ("sent", "delivered", "read"):
        status["pricing"] = {"billable": True, "pricing_model": "PMP", "category": "service", "type": "regular"}
    if code:
        details = {"details": "why"}
        status["errors"] = [{"code": code, "title": "title", "message": "message", "error_data": details, "href": "https://developers"}]
    contact: Json = {"profile": {"name": "Amina Secret-Name"}}
    contact |= {"wa_id": sent_to, "user_id": scoped(sent_to)} if sent_to.isdigit() else {"user_id": sent_to}
    return value_of(number_id=number_id) | {"contacts": [contact], "statuses": [status]}


def template_news(event: str, name: str, language: str, reason: str = "NONE") -> Json:
    """News of a template."""
    value = {"event": event, "message_template_id": 1689556908129832, "message_template_name": name, "message_template_language": language}
    return body_of(value | {"reason": reason, "message_template_category": "UTILITY"}, field="message_template_status_update")


def account_news() -> list[Json]:
    """News about the account, and fields that are none of ours."""
    limit = {"display_phone_number": "4721000000", "event": "DOWNGRADE", "current_limit": "TIER_250"}
    echo = value_of() | {"message_echoes": [{"from": "4721000000", "to": AMINA, "id": wamid(), "type": "text", "text": {"body": "x"}}]}
    return [
        body_of({"event": "ACCOUNT_RESTRICTION", "restriction_info": []}, field="account_update"),
        body_of(limit, field="phone_number_quality_update"),
        body_of(echo, field="smb_message_echoes"),
        body_of({"user_preferences": [{"wa_id": AMINA, "value": "stop"}]}, field="user_preferences"),
        body_of({"anything": [1, 2]}, field="field_of_tomorrow"),
    ]
