"""One webhook body of the Cloud API as parcels: every message and every status of every change of every entry.

Kept is what is needed to answer: no profile name, no place on the map, nobody's contact card. What is ignored is ignored here, on purpose.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

from bot.conversations.channel import Parcel

logger = logging.getLogger(__name__)
OBJECT = "whatsapp_business_account"
NUMBER = re.compile(r"[0-9]{5,20}", re.ASCII)
# A person without telephone number ("NO.1349..."), as long as our columns hold it.
SCOPED = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,115}", re.ASCII)
IDENTITY = re.compile(r"[\x21-\x7e]{1,1000}", re.ASCII)
LONGEST_ID = 128  # as Message.external_id
NO_CODE = -1  # of an error without one; 0 is a code of Meta's, and a grave one
STATUSES = frozenset({"sent", "delivered", "read", "played", "failed"})
# Nobody waits for an answer to these: an emoji on a message, a message taken back (it was answered; deleting is asked for in words), an
# opened chat without a word.
NO_ANSWER = frozenset({"reaction", "revoke", "request_welcome"})
MEDIA = ("audio", "document", "image", "sticker", "video", "voice")
MEDIA_FIELDS = ("id", "mime_type", "sha256", "caption", "filename", "voice")
MOVES = frozenset({"user_changed_number", "customer_changed_number", "user_changed_user_id"})
TEMPLATE_FIELD = "message_template_status_update"
# News about our account: logged. All other fields (echoes, calls, preferences about advertising, history, flows) are none of ours.
ACCOUNT_FIELDS = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_update",
        "business_capability_update",
        "message_template_quality_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "template_category_update",
    }
)


class Malformed(ValueError):
    """A body that is no webhook of a WhatsApp business account."""


def parcels_of(body: Any, number_id: str) -> list[Parcel]:
    """The parcels of a body, in its order, for our own telephone number. Raises Malformed."""
    if not isinstance(body, dict) or body.get("object") != OBJECT or not isinstance(body.get("entry"), list):
        raise Malformed
    return [
        parcel for entry in _dicts(body["entry"]) for change in _dicts(entry.get("changes")) for parcel in _of(entry, change, number_id)
    ]


def short_id(given: str) -> str:
    """An id as we store it: itself, or a hash where it is longer than our columns."""
    return given if len(given) <= LONGEST_ID else "sha256:" + hashlib.sha256(given.encode()).hexdigest()


def address(*candidates: Any) -> str:
    """The first of these that a message can be sent to: digits, or an id such as "NO.1349..."; else ""."""
    texts = (str(one).removeprefix("+") for one in candidates if isinstance(one, str | int))
    return next((one for one in texts if NUMBER.fullmatch(one) or SCOPED.fullmatch(one)), "")


def _of(entry: dict[str, Any], change: dict[str, Any], number_id: str) -> Iterator[Parcel]:
    field, value = change.get("field"), change.get("value")
    if not isinstance(value, dict) or not isinstance(field, str):
        logger.warning("A change without field or value was ignored.")
    elif field == "messages":
        yield from _messages(value, number_id)
    elif field == TEMPLATE_FIELD or field in ACCOUNT_FIELDS:
        yield _news(entry, field, value)
    else:
        logger.info("Ignored: we do not use the webhook field %s.", field[:60])


def _messages(value: dict[str, Any], number_id: str) -> Iterator[Parcel]:
    metadata = value.get("metadata")
    if not isinstance(metadata, dict) or str(metadata.get("phone_number_id")) != number_id:
        logger.warning("Ignored: messages of another telephone number than VEIVISER_WHATSAPP_NUMBER_ID.")
        return
    contacts = _dicts(value.get("contacts"))
    alone = contacts[0] if len(contacts) == 1 else {}
    for problem in _dicts(value.get("errors")):
        logger.error("WhatsApp reports error %s about our number.", _code(problem.get("code")))
    for message in _dicts(value.get("messages")):
        yield from _message(message, alone)
    for status in _dicts(value.get("statuses")):
        yield from _status(status, alone)


def _message(message: dict[str, Any], contact: dict[str, Any]) -> Iterator[Parcel]:
    kind, wamid = _text(message.get("type")), message.get("id")
    sender = address(message.get("from"), message.get("from_user_id"), contact.get("wa_id"), contact.get("user_id"))
    if message.get("group_id"):  # groups on WhatsApp are not offered; a group's words are not for us to keep
        logger.info("Ignored: a message in a group.")
    elif kind in NO_ANSWER:
        logger.info("Ignored: %s needs no answer.", kind)
    elif not isinstance(wamid, str) or not IDENTITY.fullmatch(wamid) or not (sender or kind == "system"):
        logger.error("Ignored: a message of type %s without id or sender.", kind[:30])
    elif kind == "system":
        yield from _system(message, wamid)
    else:
        payload = {"kind": "message", "id": wamid, "message": _kept(message), "also": address(message.get("from_user_id"))}
        yield Parcel(short_id(wamid), sender, payload, speaker=sender, sort=_number(message.get("timestamp")))


def _kept(message: dict[str, Any]) -> dict[str, Any]:
    kind = _text(message.get("type"))
    kept: dict[str, Any] = {"type": kind}
    context = message.get("context")
    if isinstance(context, dict) and isinstance(context.get("id"), str):
        kept["quotes"] = context["id"]
    if kind in ("text", "button", "interactive") and isinstance(message.get(kind), dict):
        kept[kind] = message[kind]
    elif kind in MEDIA and isinstance(message.get(kind), dict):
        kept[kind] = {name: message[kind].get(name) for name in MEDIA_FIELDS}
    elif kind == "edit":
        edit = message.get("edit")
        inner = edit.get("message") if isinstance(edit, dict) else None
        kept["edit"] = _kept(inner) if isinstance(inner, dict) and inner.get("type") != "edit" else {"type": "unknown"}
        original = edit.get("original_message_id") if isinstance(edit, dict) else None
        kept["edited"] = short_id(original) if isinstance(original, str) else ""
    return kept


def _system(message: dict[str, Any], wamid: str) -> Iterator[Parcel]:
    """A person's number or id has changed. Both values of each may be there; others (a changed profile) mean nothing to us."""
    system = message.get("system")
    if not isinstance(system, dict) or _text(system.get("type")) not in MOVES:
        logger.info("Ignored: a system message about nothing that concerns us.")
        return
    number = (address(system.get("customer"), message.get("from")), address(system.get("wa_id"), system.get("new_wa_id")))
    scoped = (address(system.get("previous_user_id"), message.get("from_user_id")), address(system.get("user_id")))
    moves = [list(move) for move in (number, scoped) if all(move) and move[0] != move[1]]
    if moves:
        payload = {"kind": "moved", "id": wamid, "moves": moves}
        yield Parcel(short_id(wamid), moves[0][0], payload, sort=_number(message.get("timestamp")))


def _status(status: dict[str, Any], contact: dict[str, Any]) -> Iterator[Parcel]:
    wamid, state = status.get("id"), _text(status.get("status"))
    if status.get("recipient_type") == "group" or state not in STATUSES:
        logger.info("Ignored: status %s.", state[:30])
    elif not isinstance(wamid, str) or not IDENTITY.fullmatch(wamid):
        logger.error("Ignored: a status without id.")
    else:
        sent_to = address(status.get("recipient_id"), status.get("recipient_user_id"), contact.get("wa_id"), contact.get("user_id"))
        moment = _number(status.get("timestamp"))
        token = status.get("biz_opaque_callback_data")
        codes = [_code(one.get("code")) for one in _dicts(status.get("errors"))]
        payload = {"kind": "status", "id": wamid, "state": state, "at": moment, "codes": codes}
        payload["token"] = token if isinstance(token, str) and IDENTITY.fullmatch(token) else ""
        yield Parcel(f"status:{short_id(wamid)}:{state}", f"{sent_to or 'unknown'}/status", payload, sort=moment)


def _news(entry: dict[str, Any], field: str, value: dict[str, Any]) -> Parcel:
    """News have no id of their own: the same news at the same time are the same."""
    whole = json.dumps([entry.get("id"), entry.get("time"), field, value], sort_keys=True, default=str)
    payload = {"kind": "template" if field == TEMPLATE_FIELD else "account", "field": field}
    for name in ("event", "message_template_name", "message_template_language", "reason", "current_limit"):
        payload[name] = str(value.get(name) or "")[:200]
    return Parcel("news:" + hashlib.sha256(whole.encode()).hexdigest(), "account", payload, sort=_number(entry.get("time")))


def _text(given: Any) -> str:
    return given if isinstance(given, str) and given else "unknown"


def _dicts(given: Any) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _code(given: Any) -> int:
    return _number(given, NO_CODE)


def _number(given: Any, otherwise: int = 0) -> int:
    """A number of theirs, which may come as text."""
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) else otherwise
