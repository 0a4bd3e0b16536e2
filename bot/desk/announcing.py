"""What a participant hears about the hand-over: what happens, who answers, by when, whom to call, how to take it back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.content import Library
from bot.content.lines import Line, choice, line, moment, words
from bot.content.municipalities import Municipality
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.desk.hours import OpeningHours, hours_of
from bot.desk.reasons import Reason

WITHDRAW = "/handover_withdraw"
WHY = {
    Reason.NOT_UNDERSTOOD_TWICE: "handover_why_not_understood",
    Reason.WRONG_ANSWER: "handover_why_wrong",
    Reason.MONEY_ENDING: "handover_why_money",
    Reason.VOICE: "handover_why_voice",
    Reason.DOCUMENT: "handover_why_document",
}
BACK = ("help_menu", "talk_to_human")


@dataclass(frozen=True)
class Phone:
    """Somebody to call when it cannot wait."""

    name: str
    number: str


@dataclass(frozen=True)
class Announcer:
    """Says it in one language."""

    library: Library
    language: str

    def opened(
        self, reason: Reason, place: Municipality | None, target: dt.datetime | None, phone: Phone | None, now: dt.datetime
    ) -> SaidMessage:
        """A case was stored for this reason."""
        if reason is Reason.CRISIS:
            lines = [line("handover_why_crisis"), line("handover_crisis_not_wait")]
            return self._said("handover_why_crisis", lines, withdraw=True)
        why = [line(WHY[reason])] if reason in WHY else []
        done = line("handover_done", place=words(place.name)) if place else line("handover_done_nowhere")
        which = [] if place else [line("handover_which_place")]
        lines = [*why, done, *which, *self._when(hours_of(place), target, now), call(phone)]
        if reason not in (Reason.ABSENCE, Reason.MEETING, Reason.PLAN_CHANGE):
            lines.append(line("handover_meanwhile"))
        return self._said("handover_done", lines, withdraw=True)

    def already(self, place: Municipality | None, target: dt.datetime | None, phone: Phone | None, now: dt.datetime) -> SaidMessage:
        """Somebody asks again while the case waits."""
        which = [] if place else [line("handover_which_place")]
        lines = [line("handover_already"), *which, *self._when(hours_of(place), target, now), call(phone), line("handover_meanwhile")]
        return self._said("handover_already", lines, withdraw=True)

    def added(self) -> SaidMessage:
        """What came now is in the case that is open already."""
        return self._said("handover_delivered", [line("handover_delivered")], withdraw=True)

    def not_stored(self, phone: Phone | None = None) -> SaidMessage:
        """The case could not be stored; no promise is made."""
        return self._said("handover_not_stored", [line("handover_not_stored"), *([call(phone)] if phone else [])])

    def claimed(self, name: str) -> SaidMessage:
        """An advisor took the case; the assistant is silent from now on."""
        return self._said("handover_claimed", [line("handover_claimed", name=words(name))], withdraw=True)

    def transferred(self, name: str) -> SaidMessage:
        """Another advisor goes on."""
        return self._said("handover_transferred", [line("handover_transferred", name=words(name))])

    def requeued(self, target: dt.datetime | None, place: Municipality | None, phone: Phone | None, now: dt.datetime) -> SaidMessage:
        """The advisor did not answer; the case waits again, and the assistant is back meanwhile."""
        lines = [line("handover_requeued"), *self._when(hours_of(place), target, now), call(phone), line("handover_assistant_back")]
        return self._said("handover_requeued", lines, withdraw=True)

    def returned(self) -> SaidMessage:
        """The advisor is done; the assistant answers again."""
        return self._said("handover_returned", [line("handover_returned")], BACK)

    def left(self) -> SaidMessage:
        """The chat is no longer linked, so the person's case goes on without it; the assistant answers here again."""
        return self._said("link_ended", [line("link_ended")], BACK)

    def withdrawn(self, there_was_one: bool) -> SaidMessage:
        """The person took it back, or there was nothing to take back."""
        key = "handover_withdrawn" if there_was_one else "handover_nothing_to_withdraw"
        return self._said(key, [line(key)], BACK)

    def _when(self, hours: OpeningHours, target: dt.datetime | None, now: dt.datetime) -> list[Line]:
        opening = None if hours.is_open(now) else hours.next_opening(now)
        closed = [line("handover_closed_now", moment=moment(opening))] if opening else []
        # A target that has passed is no answer to "when".
        return [*closed, line("handover_when", moment=moment(target)) if target and target > now else line("handover_no_hours")]

    def _said(self, key: str, lines: list[Line], topics: tuple[str, ...] = (), withdraw: bool = False) -> SaidMessage:
        choices = (choice("handover_withdraw", WITHDRAW),) if withdraw else ()
        return composed(self.library, key, self.language, lines, topics=topics, choices=choices)


def call(phone: Phone | None) -> Line:
    """Whom to call when it cannot wait."""
    if phone is None:
        return line("handover_call_nobody")
    return line("handover_call", name=words(phone.name), phone=words(phone.number))
