"""What the Cloud API takes and what it refuses, by Meta's documentation; where sources differ, the stricter."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

Problem = tuple[int, str]
SCOPED = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]+")
INVALID, MISSING = 131009, 131008


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def problem_of(body: Mapping[str, Any], uploaded: Collection[str], templates: Mapping[tuple[str, str], str]) -> Problem | None:
    """The error of a message that would be refused, else None."""
    try:
        return _problem(body, uploaded, templates)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        return 100, f"(#100) Invalid parameter ({error!r})"


def _problem(body: Mapping[str, Any], uploaded: Collection[str], templates: Mapping[tuple[str, str], str]) -> Problem | None:
    if body["messaging_product"] != "whatsapp" or body.get("recipient_type") != "individual":
        return 100, "(#100) messaging_product or recipient_type"
    if ("to" in body) == ("recipient" in body):
        return MISSING, "exactly one of to and recipient"
    if "recipient" in body and not SCOPED.fullmatch(body["recipient"]):
        return INVALID, "recipient is no business-scoped user id"
    if units(body.get("biz_opaque_callback_data", "")) > 512:
        return INVALID, "biz_opaque_callback_data"
    kind = body["type"]
    unknown = set(body) - {"messaging_product", "recipient_type", "to", "recipient", "biz_opaque_callback_data", "context", "type", kind}
    if unknown:
        return 100, f"(#100) unexpected key {sorted(unknown)}"
    if kind == "text":
        return None if 0 < units(body["text"]["body"]) <= 4096 and body["text"]["body"].strip() else (INVALID, "text.body")
    if kind == "interactive":
        return _interactive(body["interactive"])
    if kind in ("document", "image"):
        if body[kind].get("id") not in uploaded:
            return 131053, "Media upload error"
        return None if 0 <= units(body[kind].get("caption", "")) <= 1024 else (INVALID, "caption")
    if kind == "template":
        return _template(body["template"], templates)
    return 131051, "Unsupported message type"


def _interactive(given: Mapping[str, Any]) -> Problem | None:
    if not 0 < units(given["body"]["text"]) <= 1024:
        return INVALID, "interactive.body.text"
    if units(given.get("footer", {}).get("text", "")) > 60 or units(given.get("header", {}).get("text", "")) > 60:
        return INVALID, "interactive.header or footer"
    action = given["action"]
    if given["type"] == "button":
        replies = [button["reply"] for button in action["buttons"] if button["type"] == "reply"]
        right = 1 <= len(replies) == len(action["buttons"]) <= 3 and _fit(replies, 20, 256)
        return None if right else (INVALID, "interactive.action.buttons")
    if given["type"] == "list":
        return _list(action)
    return INVALID, "interactive.type"


def _list(action: Mapping[str, Any]) -> Problem | None:
    sections = action["sections"]
    rows = [row for section in sections for row in section["rows"]]
    if not 0 < units(action["button"]) <= 20 or not 1 <= len(sections) <= 10:
        return INVALID, "interactive.action.button or sections"
    if any(units(section.get("title", "")) > 24 or (len(sections) > 1 and not section.get("title")) for section in sections):
        return INVALID, "interactive.action.sections.title"
    fit = 1 <= len(rows) <= 10 and _fit(rows, 24, 200) and all(units(row.get("description", "")) <= 72 for row in rows)
    return None if fit else (INVALID, "interactive.action.sections.rows")


def _fit(choices: list[dict[str, str]], title: int, name: int) -> bool:
    """Titles and ids within their limits, each only once."""
    lengths = all(0 < units(one["title"]) <= title and 0 < units(one["id"]) <= name for one in choices)
    return lengths and all(len({one[key] for one in choices}) == len(choices) for key in ("title", "id"))


def _template(given: Mapping[str, Any], templates: Mapping[tuple[str, str], str]) -> Problem | None:
    state = templates.get((given["name"], given["language"]["code"]))
    if given.get("components"):
        return 132000, "Number of parameters does not match the expected number of params"
    return {"APPROVED": None, "PAUSED": (132015, "Template is paused"), "DISABLED": (132016, "Template is disabled")}.get(
        state or "", (132001, "Template name does not exist in the translation")
    )
