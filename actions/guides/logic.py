"""What a guide must be able to do; and the guide that needs nothing but its questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from actions.composed import Composed, Line, line
from bot.content import Library
from bot.content.guides import Guide, Question
from bot.guidance.guides.progress import Answers, Progress
from bot.plans.snapshot import PlanSnapshot


@dataclass(frozen=True)
class Situation:
    """Who is guided, where and when: the plan of a linked chat, the chat's number, the language, the day in Norway."""

    library: Library
    plan: PlanSnapshot | None
    conversation_id: int | None
    language: str
    municipality: str
    today: dt.date


class GuideLogic:
    """Override what a guide needs."""

    def prefilled(self, situation: Situation) -> Answers:
        """Answers the plan gives already; they are not asked again and can be corrected."""
        return {}

    def matters(self, guide: Guide, question: Question, progress: Progress, situation: Situation) -> bool:
        """False for a question whose answer would change nothing any more."""
        return True

    def asked(self, guide: Guide, question: Question, progress: Progress, situation: Situation) -> tuple[Line, ...]:
        """The question in words."""
        return (line(f"ask_{guide.name}_{question.id}"),)

    def part(self, part: str, guide: Guide, progress: Progress, situation: Situation) -> Composed | None:
        """More about one part of a result, when its button is pressed; None where there is none."""
        return None

    def result(self, guide: Guide, progress: Progress, situation: Situation) -> list[Composed]:
        """What is said at the end, and done: the messages in order."""
        raise NotImplementedError
