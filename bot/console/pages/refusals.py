"""What stands in the way of a form, as a sentence in the language of the console, beside what was typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.console.labels import Labels
from bot.console.pages.typed import Mistyped, Typed
from bot.plans.checks import PlanProblem


@dataclass(frozen=True)
class Refused:
    """A form that was not saved: which one, what was typed, the sentence about it, and details in English where there are some."""

    form: str = ""
    typed: Typed = field(default_factory=Typed)
    sentence: str = ""
    details: str = ""


def refused(t: Labels, form: str, typed: Typed, problem: PlanProblem | Mistyped) -> Refused:
    """The refusal of a form."""
    if isinstance(problem, Mistyped):
        return Refused(form, typed, t("participant_wrong_fields"))
    key = "plan_problem" + re.sub(r"(?=[A-Z])", "_", type(problem).__name__).lower()
    return Refused(form, typed, t(key if key in t else "plan_problem_plan_problem"), str(problem))
