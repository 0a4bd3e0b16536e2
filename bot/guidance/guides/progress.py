"""How far somebody is in a guide: what was answered, what comes next. Plain data, so that a tracker can keep it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.content.guides import Guide, Question

UNKNOWN = "unknown"
Answers = dict[str, Any]


@dataclass
class Progress:
    """answers: by question; rounds: finished rounds by group; order: questions in the order they were answered; done: all was answered."""

    answers: Answers = field(default_factory=dict)
    rounds: dict[str, list[Answers]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    done: bool = False

    @classmethod
    def from_plain(cls, plain: Any) -> Progress:
        """What a tracker kept; anything else is a fresh start."""
        if not isinstance(plain, dict):
            return cls()
        rounds = {group: [dict(one) for one in rounds] for group, rounds in (plain.get("rounds") or {}).items()}
        return cls(dict(plain.get("answers") or {}), rounds, list(plain.get("order") or ()), bool(plain.get("done")))

    def plain(self) -> dict[str, Any]:
        """For a tracker."""
        return {"answers": self.answers, "rounds": self.rounds, "order": self.order, "done": self.done}

    def answer(self, guide: Guide, question: Question, value: Any) -> None:
        """Keeps an answer. What depended on another answer to the same question is forgotten; `again` begins another round."""
        if self.answers.get(question.id, value) != value:
            self._forget_what_hangs_on(guide, question)
        self.answers[question.id] = value
        self.order = [*(one for one in self.order if one != question.id), question.id]
        if question.again and value == "yes":
            self._next_round(guide, question.again)

    def next_question(self, guide: Guide, matters: Callable[[Question, Answers], bool] = lambda question, answers: True) -> Question | None:
        """The next question nobody has answered, whose conditions hold and that still matters; None when the guide is at its end."""
        return next((question for question in guide.questions if self._is_open(question) and matters(question, self.answers)), None)

    def last_question(self, guide: Guide) -> Question | None:
        """The question answered last."""
        return guide.question(self.order[-1]) if self.order else None

    def all_rounds(self, group: str, guide: Guide) -> list[Answers]:
        """Every round of a group, the one being answered last."""
        current = {q.id: self.answers[q.id] for q in guide.questions if q.group == group and q.id in self.answers}
        return [*self.rounds.get(group, []), *([current] if current else [])]

    def _is_open(self, question: Question) -> bool:
        if question.id in self.answers:
            return False
        return all(str(self.answers.get(earlier)) in values for earlier, values in question.only_if.items())

    def _forget_what_hangs_on(self, guide: Guide, changed: Question) -> None:
        for question in guide.questions:
            if changed.id in question.only_if and question.id in self.answers:
                del self.answers[question.id]
                self.order = [one for one in self.order if one != question.id]
                self._forget_what_hangs_on(guide, question)

    def _next_round(self, guide: Guide, group: str) -> None:
        ours = [question.id for question in guide.questions if question.group == group and question.id in self.answers]
        self.rounds.setdefault(group, []).append({name: self.answers.pop(name) for name in ours})
        self.order = [name for name in self.order if name not in ours]
