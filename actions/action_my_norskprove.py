"""My results of norskprøven and what is missing to the goal."""

from __future__ import annotations

import datetime as dt

from actions.composed import BLANK, Composed, Line, day, line
from actions.personal import PersonalAction, today
from bot.plans.said import test_and_part
from bot.plans.snapshot import LevelStanding, PlanSnapshot

# Shown as they are; everything else that a result can be has a phrase.
LEVELS = frozenset(["A1", "A2", "B1", "B2", "C1"])


class MyNorskprove(PersonalAction):
    """Each part with the best result and the goal, then what one is registered for."""

    topic = "my_norskprove"

    def told(self, plan: PlanSnapshot, moment: dt.datetime) -> Composed:
        """Part by part; a passed level is not lost by a later worse result."""
        standing = plan.missing_to_goal()
        lines = [line("results_intro"), *(_line(skill, one) for skill, one in standing.items())]
        coming = [one for one in plan.registrations if one.test == "norskprove" and one.test_on >= today(moment)]
        lines += [line("registered_for", test=test_and_part(one), day=day(one.test_on)) for one in coming]
        goals = [one for one in standing.values() if one.goal]
        if goals and all(one.reached for one in goals):
            lines += [BLANK, line("results_all_reached")]
        elif not coming:
            lines += [BLANK, line("results_dates_unknown", url={"fact": "np_site"})]
        return Composed(self.topic, tuple(lines), ("norskprove_register", "my_plan", "norskprove_levels"))


def _line(skill: str, standing: LevelStanding) -> Line:
    values: Line = {"skill": line(f"part_{skill}")}
    if standing.goal:
        values["goal"] = standing.goal
    if standing.best:
        values["level"] = standing.best if standing.best in LEVELS else line("result_below_A1")
    if standing.goal and standing.best:
        return line("result_reached" if standing.reached else "result_not_reached", **values)
    if standing.goal:
        return line("result_not_taken", **values)
    return line("result_without_goal" if standing.best else "result_nothing", **values)
