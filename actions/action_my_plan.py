"""What stands in my plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from actions.composed import BLANK, Composed, Line, day, line, listed, words
from actions.personal import PersonalAction, today
from bot.plans.parts import Goal, Measure, Plan
from bot.plans.snapshot import PlanSnapshot

# Goals and measures are long sentences; a message holds 900 characters, and the rest is the advisor's to show.
SHOWN_MEASURES, SHOWN_GOALS = 2, 1
LONGEST_WORDS = 45


class MyPlan(PersonalAction):
    """Final goal, level of Norwegian to reach, end of the programme, what one does now and what comes next."""

    topic = "my_plan"

    def told(self, plan: PlanSnapshot, moment: dt.datetime) -> Composed:
        """The plan in force."""
        measures = plan.measures_now(today(moment))
        goals = tuple(goal for goal in plan.open_goals if goal.kind != "final")
        lines = [*_head(plan), *_now(measures), *_goals(goals)]
        if not lines:
            return Composed(self.topic, (line("plan_empty"),), ("meeting_request", "talk_to_human"))
        more = max(len(measures) - SHOWN_MEASURES, 0) + max(len(goals) - SHOWN_GOALS, 0)
        if more:
            lines.append(line("plan_more", count=more))
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


def _now(measures: tuple[Measure, ...]) -> Iterator[Line]:
    if measures:
        yield from (BLANK, line("plan_now"), *map(_measure, measures[:SHOWN_MEASURES]))


def _measure(measure: Measure) -> Line:
    values = {"words": words(shortened(measure.text)), "who": line(f"responsible_{measure.responsible}")}
    if measure.ends_on:
        return line("plan_measure_until", **values, day=day(measure.ends_on))
    return line("plan_measure", **values)


def _goals(goals: tuple[Goal, ...]) -> Iterator[Line]:
    if goals:
        yield from (BLANK, line("plan_goals"), *map(_goal, goals[:SHOWN_GOALS]))


def _goal(goal: Goal) -> Line:
    said = words(shortened(goal.text))
    return line("plan_part_goal_by", words=said, day=day(goal.due_on)) if goal.due_on else line("plan_part_goal", words=said)
