"""Forms of a course that may be refused: the sentence about it beside what was typed, instead of a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.console.pages.typed import Mistyped, Typed
from bot.console.visits import Visit
from bot.desk.problems import DeskProblem, NoSuchCase, NotAllowed
from bot.plans.checks import PlanProblem


@dataclass(frozen=True)
class Tried:
    """A form that came back: which one, what was typed, what stands in the way (empty: it was only looked at), in which field."""

    form: str = ""
    typed: Typed = field(default_factory=Typed)
    sorry: str = ""
    field: str = ""

    def value(self, name: str, otherwise: str = "") -> str:
        """What was typed in a field; what else stands there where nothing came back."""
        return self.typed.values.get(name, otherwise) if self.form else otherwise

    @property
    def status(self) -> int:
        """The status of the page."""
        return 409 if self.sorry else 200


def tried(visit: Visit, form: str, typed: Typed, do: Callable[[], object]) -> Tried | None:
    """Does it; None when it is done, else the form again. What is not there, or not this person's, is raised."""
    from bot.console.app import sentence_of

    try:
        do()
    except (NoSuchCase, NotAllowed):
        raise
    except Mistyped:
        return Tried(form, typed, visit.t("course_wrong_fields"), next(iter(typed.wrong), ""))
    except (DeskProblem, PlanProblem) as problem:
        about = problem.values.get("field", "") if isinstance(problem, DeskProblem) else ""
        return Tried(form, typed, sentence_of(problem, visit.t), about)
    return None
