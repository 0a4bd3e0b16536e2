"""What stands in my plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from actions.composed import BLANK, Composed, Line, day, line, listed, words
from actions.personal import PersonalAction, today
from bot.plans.parts import Goal, Measure, Plan
from bot.plans.snapshot import PlanSnapshot

# Goals and measures are long sentences; a message holds 900 characters, and the rest is the advisor's to show.
SHOWN = 2
LONGEST_WORDS = 50


class MyPlan(PersonalAction):
    """Final goal, level of Norwegian to reach, end of the programme, what one does now and what comes next."""

    topic = "my_plan"

    def told(self, plan: PlanSnapshot, moment: dt.datetime) -> Composed:
        """The plan in force."""
        lines = [*_head(plan), *_now(plan, today(moment)), *_goals(plan)]
        if not lines:
            return Composed(self.topic, (line("plan_empty"),), ("meeting_request", "talk_to_human"))
        if any("words" in str(part) for part in lines):
            lines += [BLANK, line("plan_in_norwegian")]
        return Composed(self.topic, tuple(lines), ("my_next_step", "my_norskprove", "plan_change_request"))


def shortened(text: str) -> str:
    """Words of a plan, cut at a word where they are long."""
    if len(text) <= LONGEST_WORDS:
        return text
    return text[:LONGEST_WORDS].rsplit(" ", 1)[0] + " …"


def _head(plan: PlanSnapshot) -> Iterator[Line]:
    if plan.plan:
        yield line("plan_intro", day=day(plan.plan.from_day))
    if plan.programme and plan.programme.final_goal:
        yield line("plan_goal", goal=line(f"goal_{plan.programme.final_goal}"))
    if plan.final_goal_text:
        yield line("plan_goal_words", words=words(shortened(plan.final_goal_text)))
    if plan.plan and (levels := _levels(plan.plan)):
        yield line("plan_norwegian", levels=listed(levels))
    end = plan.end_of_programme()
    if end and plan.programme and plan.programme.ended_on:
        yield line("plan_ended", day=day(end))
    elif end:
        yield line("plan_ends", day=day(end))


def _levels(plan: Plan) -> list[Line]:
    set_levels = ((skill, level) for skill, level in plan.norwegian.items() if level)
    return [line("skill_and_level", skill=line(f"skill_{skill}"), level=level) for skill, level in set_levels]


def _now(plan: PlanSnapshot, now: dt.date) -> Iterator[Line]:
    measures = plan.measures_now(now)
    if measures:
        yield from (BLANK, line("plan_now"))
        yield from map(_measure, measures[:SHOWN])
        yield from _more(len(measures))


def _measure(measure: Measure) -> Line:
    values = {"words": words(shortened(measure.text)), "who": line(f"responsible_{measure.responsible}")}
    if measure.ends_on:
        return line("plan_measure_until", **values, day=day(measure.ends_on))
    return line("plan_measure", **values)


def _goals(plan: PlanSnapshot) -> Iterator[Line]:
    goals = [goal for goal in plan.open_goals if goal.kind != "final"]
    if goals:
        yield from (BLANK, line("plan_goals"))
        yield from map(_goal, goals[:SHOWN])
        yield from _more(len(goals))


def _goal(goal: Goal) -> Line:
    said = words(shortened(goal.text))
    return line("plan_part_goal_by", words=said, day=day(goal.due_on)) if goal.due_on else line("plan_part_goal", words=said)


def _more(count: int) -> Iterator[Line]:
    if count > SHOWN:
        yield line("plan_more", count=count - SHOWN)
