"""The three guides that end in a word to the advisor: absence, meeting, change of the plan."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from actions.case import seal, sessions
from actions.composed import BLANK, Composed, Line, day, line, words
from actions.guides.logic import GuideLogic, Situation
from bot.content.guides import Guide, Question
from bot.guidance.guides.progress import Answers, Progress
from bot.plans.checks import HoldsNationalNumber
from bot.plans.snapshot import PlanSnapshot
from bot.plans.wishes import store_wish

logger = logging.getLogger(__name__)
SHOWN_WORDS = 300


class WishLogic(GuideLogic):
    """Stores what was asked for, and says only then that it is stored."""

    kind: str
    offered: tuple[str, ...] = ("my_appointments", "my_plan", "talk_to_human")
    own_words = frozenset(["send", "about", "what"])  # never among the details: the text is sealed

    def asked(self, guide: Guide, question: Question, progress: Progress, situation: Situation) -> tuple[Line, ...]:
        """The question; the last one shows what would be sent."""
        if question.id != "send":
            return (line(f"ask_{guide.name}_{question.id}"),)
        return (line(f"ask_{guide.name}_send", **self.shown(progress.answers)),)

    def shown(self, answers: Answers) -> dict[str, Any]:
        """The values of the last question."""
        raise NotImplementedError

    def text(self, answers: Answers) -> str:
        """The person's own words."""
        raise NotImplementedError

    def result(self, guide: Guide, progress: Progress, situation: Situation) -> list[Composed]:
        """Stored and said; or not sent, and said."""
        plan = situation.plan
        if progress.answers.get("send") != "yes" or plan is None:
            return [_plain("wish_not_sent", self.offered)]
        try:
            with sessions().begin() as session:
                details = {key: value for key, value in progress.answers.items() if key not in self.own_words}
                text = self.text(progress.answers)
                store_wish(session, seal(), plan.participant.id, situation.conversation_id, self.kind, text, details)
        except HoldsNationalNumber:
            return [_plain("wish_national_number", ())]
        except SQLAlchemyError as error:
            logger.error("A wish could not be stored (%s).", type(error).__name__)
            return [_plain("wish_failed", ("talk_to_human",))]
        return [Composed("wish_sent", (line("wish_sent"), BLANK, urgent(plan)), self.offered, topic=False)]


class AbsenceLogic(WishLogic):
    """When, how long, why."""

    kind = "absence"
    offered = ("programme_absence_sick", "stonad_absence", "my_appointments")

    def shown(self, answers: Answers) -> dict[str, Any]:
        """Day, length and reason in the person's language."""
        return {
            "day": day(dt.date.fromisoformat(str(answers["day"]))),
            "length": line(f"choice_{answers['length']}"),
            "why": line(f"choice_{answers['why']}"),
        }

    def text(self, answers: Answers) -> str:
        """The details say it all."""
        return ""


class MeetingLogic(WishLogic):
    """What about, when, with an interpreter or not."""

    kind = "meeting"

    def shown(self, answers: Answers) -> dict[str, Any]:
        """The person's own words."""
        return {"words": words(self.text(answers)[:SHOWN_WORDS])}

    def text(self, answers: Answers) -> str:
        """What the person wants to talk about."""
        return str(answers["about"])


class PlanChangeLogic(WishLogic):
    """What to change and why."""

    kind = "plan_change"
    own_words = frozenset(["send", "what", "why"])
    offered = ("my_plan", "meeting_request", "programme_plan")

    def shown(self, answers: Answers) -> dict[str, Any]:
        """The person's own words."""
        return {"words": words(self.text(answers)[:SHOWN_WORDS])}

    def text(self, answers: Answers) -> str:
        """The change, and below it the reason."""
        return f"{answers['what']}\n{answers['why']}"


def urgent(plan: PlanSnapshot) -> Line:
    """Whom to call when it cannot wait: the advisor of the plan, if a number is known."""
    advisor = next((contact for contact in plan.contacts if contact.role == "advisor" and contact.phone), None)
    if advisor is None:
        return line("wish_urgent_nobody")
    return line("wish_urgent", name=words(advisor.name), phone=words(advisor.phone))


def _plain(phrase: str, topics: tuple[str, ...]) -> Composed:
    return Composed(phrase, (line(phrase),), topics, topic=False)
