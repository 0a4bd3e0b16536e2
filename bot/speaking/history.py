"""What a tracker tells about the conversation so far."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Optional

from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.content import Library, Part, Said

SURE = 0.7


def asked_in(tracker: DialogueStateTracker, library: Library) -> str:
    """The language to speak: the one the gateway decided on, else (in rasa shell) the one this message is in."""
    message = tracker.latest_message
    for entity in message.entities if message else ():
        if entity.get("entity") == "read_in" and entity.get("value") in library.languages:
            return str(entity["value"])
    decided = (message.metadata or {}).get("language") if message else None
    if decided in library.languages:
        return str(decided)
    found = (message.parse_data or {}).get("language") if message else None
    if isinstance(found, dict) and found.get("code") in library.languages and found.get("confidence", 0) >= SURE:
        return str(found["code"])
    return library.languages.source.code


def part_asked(tracker: DialogueStateTracker) -> Part:
    """The part of an answer that a pressed button names; the whole answer for everything else."""
    message = tracker.latest_message
    asked = any(e.get("entity") == "part" and e.get("value") == "story" for e in (message.entities if message else ()))
    return "story" if asked else "answer"


def municipality_of(tracker: DialogueStateTracker) -> str:
    """The municipality the gateway knows or this message names, as its id; an empty text when unknown."""
    message = tracker.latest_message
    named = next((e["value"] for e in (message.entities if message else ()) if e.get("entity") == "municipality"), "")
    return str(named or ((message.metadata or {}).get("municipality") if message else "") or "")


def occupation_named(tracker: DialogueStateTracker) -> str:
    """The id of the first occupation the newest message names; an empty text when it names none."""
    message = tracker.latest_message
    return str(next((e["value"] for e in (message.entities if message else ()) if e.get("entity") == "occupation"), ""))


def reading_of(tracker: DialogueStateTracker) -> Dict[str, Any]:
    """How the newest message was understood, without its text, as the gateway keeps it."""
    parsed: Dict[str, Any] = dict(tracker.latest_message.parse_data or {}) if tracker.latest_message else {}
    intent = parsed.get("intent") or {}
    return {
        "intent": intent.get("name"),
        "confidence": float(intent.get("confidence") or 0.0),
        "ranking": [{"name": r["name"], "confidence": float(r["confidence"])} for r in parsed.get("intent_ranking", [])[:4]],
        "language": parsed.get("language"),
        "entities": [{"entity": e.get("entity"), "value": e.get("value")} for e in parsed.get("entities", [])],
        "safety_net": bool(parsed.get("safety_net")),
    }


def last_topic(tracker: DialogueStateTracker) -> Optional[str]:
    """The topic answered last, phrases in between passed over."""
    for event in reversed(tracker.events):
        said = (event.metadata or {}).get("said") if isinstance(event, BotUttered) else None
        if said and said.get("topic"):
            return str(said["topic"])
    return None


def said_as_dict(said: Said) -> Dict[str, Any]:
    """A message as plain JSON; `topic` is its key when it answered a topic and not only said a phrase."""
    plain = dataclasses.asdict(said)
    for source in plain["sources"]:
        source["checked_on"] = source["checked_on"].isoformat()
        source["confidence"] = source["confidence"].value
    plain["topic"] = said.key if said.state else ""
    return plain
