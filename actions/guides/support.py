"""The support estimate: the reckoning line by line, with the paragraph each rests on."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

from actions.composed import BLANK, Composed, Line, line
from actions.guides.logic import GuideLogic, Situation
from bot.content.guides import Guide, Question
from bot.guidance.answers import ImpossibleAnswer, MissingAnswer
from bot.guidance.facts_on_day import FactNotKnown
from bot.guidance.guides.progress import UNKNOWN, Answers, Progress
from bot.guidance.support import Absence, Estimate, PaidWork, support_estimate
from bot.guidance.support import Line as Reckoned
from bot.guidance.support import Situation as Month

logger = logging.getLogger(__name__)
TOPICS = ("stonad_absence", "stonad_payment", "talk_to_human")
MONTHS = {"last_month": -1, "this_month": 0, "next_month": 1}
FULL_AGE = "support_full_age"
# What is worth a sentence of its own; the rest (estimate, before tax) stands in the last line.
FLAGS = (
    "not_in_programme",
    "birthday_in_month",
    "birthday_unknown",
    "couple_under_25",
    "part_of_month",
    "other_benefits",
    "work_unknown",
    "work_half_known",
    "nothing_left",
)
LIVING = {"with_parents": "with_parents", "not_with_parents": "other"}


class SupportLogic(GuideLogic):
    """Asks what decides the amount, takes from the plan what stands there."""

    def prefilled(self, situation: Situation) -> Answers:
        """Age, home and family as the plan knows them."""
        plan = situation.plan
        if plan is None:
            return {}
        known: Answers = {}
        if (age := plan.age_on(situation.today)) is not None:
            known["age"] = age
        if plan.participant.living:
            known["living"] = "with_parents" if plan.participant.living == "with_parents" else "not_with_parents"
        if plan.participant.partner_in_programme is not None:
            known["partner"] = "yes" if plan.participant.partner_in_programme else "no"
        if plan.participant.children is not None:
            known["children"] = "yes" if plan.participant.children else "no"
        return known

    def matters(self, guide: Guide, question: Question, progress: Progress, situation: Situation) -> bool:
        """Where one lives decides below the age of the full benefit only."""
        if question.id != "living":
            return True
        full_age = situation.library.facts.on(FULL_AGE, situation.today).value
        return int(progress.answers.get("age", 0)) < int(str(full_age))

    def result(self, guide: Guide, progress: Progress, situation: Situation) -> list[Composed]:
        """The estimate, or which answer is missing for one."""
        try:
            estimate = support_estimate(month_of(progress.answers, situation), situation.library.facts)
        except (MissingAnswer, ImpossibleAnswer, FactNotKnown) as problem:
            logger.info("No estimate: %s", type(problem).__name__)
            return [Composed("support_not_possible", (line("support_not_possible"),), ("stonad_amount", *TOPICS), topic=False)]
        return [Composed("support_result", tuple(_lines(estimate)), TOPICS, topic=False)]


def month_of(answers: Answers, situation: Situation) -> Month:
    """The month as the reckoning wants it. Raises ImpossibleAnswer."""
    first = _shifted(situation.today.replace(day=1), MONTHS[str(answers["month"])])
    plan, known = situation.plan, {name: value for name, value in answers.items() if value != UNKNOWN}
    own_age = plan.age_on(situation.today) if plan else None
    birth_date = plan.participant.birth_date if plan and own_age == known.get("age") else None
    hours = int(known.get("absence_hours", 0))
    work = PaidWork(known.get("work_hours"), known.get("work_pay")) if known.get("has_work") == "yes" else None
    programme = plan.programme if plan else None
    return Month(
        month=first,
        birth_date=birth_date,
        age=known.get("age") if birth_date is None else None,
        living=LIVING.get(str(known.get("living")), "other" if "living" not in answers else None),
        partner_in_programme=_yes(known.get("partner")),
        children=None if "children" not in known else int(known["children"] == "yes"),
        starts_on=programme.starts_on if programme else None,
        ends_on=plan.end_of_programme() if plan else None,
        absences=(Absence("without_permission", hours=hours),) if hours else (),
        work=work,
        other_benefits=("dagpenger",) if known.get("benefits") == "yes" else (),
    )


def _lines(estimate: Estimate) -> Iterator[Line]:
    yield line("support_intro", month={"month": estimate.month.isoformat()})
    for reckoned in estimate.lines:
        yield line(f"support_{reckoned.code}", amount=_kroner(reckoned.ore), how=_how(reckoned), law=reckoned.legal_basis)
    yield line("support_total", amount=_kroner(estimate.total_ore))
    told = {flag.code for flag in estimate.flags}
    yield from (line(f"support_flag_{code}") for code in FLAGS if code in told)
    yield BLANK
    yield line("support_notice")


def _kroner(ore: int) -> Line:
    return {"amount": abs(ore) / 100}  # with its øre, so that the lines add up to the total


def _how(reckoned: Reckoned) -> Line:
    return {"words": reckoned.reckoning}


def _shifted(first: dt.date, months: int) -> dt.date:
    number = first.year * 12 + first.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _yes(answer: object) -> bool | None:
    return None if answer is None else answer == "yes"
