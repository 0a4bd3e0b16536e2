"""Reads and writes a guide's state in the tracker."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.case import conversation_id, now, plan_behind
from actions.guides.logic import Situation
from actions.personal import today
from bot.content import Library, content_folder
from bot.content.guides import Guide
from bot.guidance.guides.progress import Progress
from bot.guidance.guides.understanding import Message

OURS_BETWEEN = ("action_listen", "action_extract_slots")


@lru_cache(maxsize=1)
def library() -> Library:
    """All content."""
    return Library(content_folder())


def guide_of_form(form: str) -> Guide:
    """The guide of a form's name. Raises KeyError."""
    return library().guides()[form.removesuffix("_form")]


def progress_of(tracker: Tracker, guide: Guide) -> Progress:
    """How far the person is in a guide."""
    return Progress.from_plain((tracker.get_slot("guides") or {}).get(guide.name))


def kept(tracker: Tracker, guide: Guide, progress: Progress, asked: str | None, note: Any = None) -> list[EventType]:
    """The events that keep a guide's state, with a word to say before the next question."""
    guides = {**(tracker.get_slot("guides") or {}), guide.name: progress.plain()}
    return [SlotSet("guides", guides), SlotSet("guide_asked", asked), SlotSet("guide_note", note)]


def language_of(tracker: Tracker) -> str:
    """The language the gateway decided on for this message; the source language where nobody decided (rasa shell)."""
    decided = (tracker.latest_message.get("metadata") or {}).get("language")
    return str(decided) if decided in library().languages else library().languages.source.code


def situation_of(tracker: Tracker) -> Situation:
    """Who is guided."""
    municipality = str((tracker.latest_message.get("metadata") or {}).get("municipality") or "")
    return Situation(library(), plan_behind(tracker), conversation_id(tracker), language_of(tracker), municipality, today(now()))


def message_of(tracker: Tracker) -> Message:
    """The newest message as guides read it."""
    newest = tracker.latest_message
    entities = tuple((str(e.get("entity")), str(e.get("value"))) for e in newest.get("entities") or () if e.get("value") is not None)
    intent = str((newest.get("intent") or {}).get("name") or "")
    pressed = next((value for name, value in entities if name == "value"), "") if intent == "answer" else ""
    pressed_for = next((value for name, value in entities if name == "question"), "") if pressed else ""
    return Message(str(newest.get("text") or ""), language_of(tracker), intent, entities, pressed, pressed_for, today(now()))


def done_since_message(tracker: Tracker) -> list[str]:
    """The actions since the person's newest message."""
    return list(_done(tracker))[::-1]


def _done(tracker: Tracker) -> Iterator[str]:
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return
        if event.get("event") == "action" and event.get("name") not in OURS_BETWEEN:
            yield str(event.get("name"))
