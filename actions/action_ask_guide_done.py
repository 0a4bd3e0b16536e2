"""Asks a guide's next question."""

from __future__ import annotations

import json

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.composed import Composed, Line, choice, words
from actions.guide_state import guide_of_form, library, progress_of, situation_of
from actions.guides.all_guides import LOGIC
from bot.content.guides import Guide, Question
from bot.guidance.guides.progress import UNKNOWN
from bot.guidance.guides.understanding import choices_of


class AskGuideDone(Action):
    """The form's question: a word before it where there is one, the question, its buttons, a way out."""

    def name(self) -> str:
        """As Rasa's forms call it."""
        return "action_ask_guide_done"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Says the question that is kept as asked."""
        guide = guide_of_form(str(tracker.active_loop["name"]))
        question = guide.question(str(tracker.get_slot("guide_asked")))
        note = tracker.get_slot("guide_note")
        asked = LOGIC[guide.name].asked(guide, question, progress_of(tracker, guide), situation_of(tracker))
        lines = (*([note, {}] if note else []), *asked)
        resumed = bool(note) and note.get("phrase") == "guide_resumed"
        Composed(f"guide_{guide.name}", lines, choices=buttons(guide, question, resumed), topic=False).say(dispatcher)
        return []


def buttons(guide: Guide, question: Question, resumed: bool) -> tuple[Line, ...]:
    """The choices of a question, "I do not know" where that is an answer, a fresh start for somebody who comes back, the way out."""
    shown = [_button(question, code) for code in choices_of(library(), question)]
    if question.optional:
        shown.append(choice("choice_unknown", payload(question, UNKNOWN)))
    if resumed:
        shown.append(choice("choice_restart", payload(question, "restart")))
    return (*shown, choice("choice_stop", payload(question, "stop")))


def payload(question: Question, value: str) -> str:
    """What a button of a question sends; with the question, so that an older button still means what it said."""
    return "/answer" + json.dumps({"value": value, "question": question.id}, ensure_ascii=False)


def _button(question: Question, code: str) -> Line:
    if question.kind == "municipality" and code in library().municipalities():
        return {**words(library().municipalities()[code].name), "payload": payload(question, code)}
    if question.kind == "level" and code != "none":
        return {**words(code), "payload": payload(question, code)}
    return choice(f"choice_{code}", payload(question, code))
