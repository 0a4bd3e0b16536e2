"""What a message means inside a guide: an answer, a correction, a question in between, a wish to stop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.composed import Line, line
from actions.guide_state import done_since_message, guide_of_form, kept, library, message_of, progress_of, situation_of
from actions.guides.all_guides import LOGIC
from bot.content.guides import Guide, Question
from bot.guidance.guides.progress import Progress
from bot.guidance.guides.understanding import Message, says, understood

# Surer than this, a message that answers nothing is a question in between.
SURE = 0.5
STOP, RESTART = "stop", "restart"
START = "action_start_guide"
NO_QUESTION = frozenset("affirm deny greet goodbye thanks repeat nlu_fallback out_of_scope answer".split())


class ValidateGuide(Action, ABC):
    """Called by Rasa's form of a guide with each message."""

    @property
    @abstractmethod
    def form(self) -> str:
        """The form's name."""

    def name(self) -> str:
        """As Rasa's forms call it."""
        return f"validate_{self.form}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Begins, goes on, or asks again after a question in between; no events at all hand the message to the policies."""
        guide = guide_of_form(self.form)
        done = [name for name in done_since_message(tracker) if name != self.form]
        if done and done[-1] == START:
            return begin(guide, tracker)
        if done:
            return ask_next(guide, tracker, progress_of(tracker, guide), line("guide_back"))
        return go_on(guide, tracker)


def begin(guide: Guide, tracker: Tracker) -> list[EventType]:
    """The first question; or the one where the person stopped last time."""
    progress = progress_of(tracker, guide)
    if progress.order and not progress.done:
        return ask_next(guide, tracker, progress, line("guide_resumed"))
    return ask_next(guide, tracker, fresh(guide, tracker), line(f"guide_{guide.name}_intro"))


def fresh(guide: Guide, tracker: Tracker) -> Progress:
    """A start with what the plan answers already."""
    return Progress(answers=LOGIC[guide.name].prefilled(situation_of(tracker)))


def go_on(guide: Guide, tracker: Tracker) -> list[EventType]:
    """What the message means for the question asked last."""
    progress, message = progress_of(tracker, guide), message_of(tracker)
    if message.pressed == STOP or (not message.pressed and says(library(), "words_stop", message)):
        return [*kept(tracker, guide, progress, None, line("guide_left")), SlotSet("requested_slot", None)]
    if message.pressed == RESTART:
        return ask_next(guide, tracker, fresh(guide, tracker), line(f"guide_{guide.name}_intro"))
    asked = _question(guide, tracker.get_slot("guide_asked"))
    if asked is None:
        return ask_next(guide, tracker, progress)
    corrected = correction(guide, progress, asked, message)
    if corrected:
        return ask_next(guide, tracker, corrected, line("guide_corrected"))
    value = understood(library(), asked, message) if message.pressed_for in ("", asked.id) else None
    if value is not None:
        progress.answer(guide, asked, value)
        return ask_next(guide, tracker, progress)
    if is_question_in_between(tracker, guide):
        return []
    return ask_next(guide, tracker, progress, line(f"guide_again_{asked.kind}"))


def correction(guide: Guide, progress: Progress, asked: Question, message: Message) -> Progress | None:
    """The progress with another answer to an earlier question; None when the message is none.

    The button of an earlier question; "no, I meant 24"; or a message that fits the question before and not the one asked.
    """
    if message.pressed:
        before = _question(guide, message.pressed_for) if message.pressed_for in progress.answers else None
        value = understood(library(), before, message) if before else None
        return _changed(guide, progress, before, value)
    before = progress.last_question(guide)
    # "No" alone answers a question of yes or no; free words can be anything.
    if before is None or before.kind in ("words", "yes_no") or asked.kind == "words":
        return None
    taken_back = says(library(), "words_no", message, begins=True) and len(message.text.split()) > 1
    if not taken_back and (before.kind == asked.kind or understood(library(), asked, message) is not None):
        return None
    return _changed(guide, progress, before, understood(library(), before, message))


def _changed(guide: Guide, progress: Progress, before: Question | None, value: Any) -> Progress | None:
    if before is None or value is None or value == progress.answers.get(before.id):
        return None
    progress.answer(guide, before, value)
    return progress


def ask_next(guide: Guide, tracker: Tracker, progress: Progress, note: Line | None = None) -> list[EventType]:
    """Keeps the state and asks what is still open; at the end lets the form end."""
    situation = situation_of(tracker)

    def matters(question: Question, answers: Any) -> bool:
        return LOGIC[guide.name].matters(guide, question, progress, situation)

    question = progress.next_question(guide, matters)
    if question is None:
        progress.done = True
        return [*kept(tracker, guide, progress, None), SlotSet("guide_done", guide.name), SlotSet("requested_slot", None)]
    return [*kept(tracker, guide, progress, question.id, note), SlotSet("requested_slot", "guide_done")]


def is_question_in_between(tracker: Tracker, guide: Guide) -> bool:
    """True when the message asks for a topic of its own."""
    intent = tracker.latest_message.get("intent") or {}
    name, confidence = str(intent.get("name") or ""), float(intent.get("confidence") or 0)
    return library().has_topic(name) and name not in NO_QUESTION and name != guide.topic and confidence >= SURE


def _question(guide: Guide, asked: Any) -> Question | None:
    return next((question for question in guide.questions if question.id == asked), None)


class ValidateRoute(ValidateGuide):
    """The route finder."""

    form = "route_form"


class ValidatePractice(ValidateGuide):
    """The practice calculator."""

    form = "practice_form"


class ValidateInterests(ValidateGuide):
    """The interest profile."""

    form = "interests_form"


class ValidateSupport(ValidateGuide):
    """The support estimate."""

    form = "support_form"


class ValidateAbsence(ValidateGuide):
    """A note of absence."""

    form = "absence_form"


class ValidateMeeting(ValidateGuide):
    """A wish for a meeting."""

    form = "meeting_form"


class ValidatePlanChange(ValidateGuide):
    """A wish to change the plan."""

    form = "plan_change_form"
