"""The route finder: asks what still matters for a route, then says which ways are open, with reasons and next steps."""

from __future__ import annotations

import calendar
import datetime as dt
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from actions.composed import BLANK, Composed, Line, line, listed, text
from actions.guides.logic import GuideLogic, Situation
from bot.content.guides import Guide, Question
from bot.guidance.codes import SKILLS
from bot.guidance.guides.progress import UNKNOWN, Answers, Progress
from bot.guidance.routes import NORWAY, Experience, Missing, Persona, Programme, RouteAnswer, Work, find_routes

FOLDER = "routes/texts"
GROUP = "jobs"
SHOWN_MISSING = 6
# What a question tells the rules; the questions of one round of work all tell of experience.
FIELDS = {
    "oral": "norwegian",
    "writing": "norwegian",
    "reading": "norwegian",
    "listening": "norwegian",
    "has_experience": "experience",
    "has_work": "work",
    "work_occupation": "work",
    "work_percent": "work",
    "work_permanent": "work",
    "in_programme": "programme",
    "programme_start": "programme",
    "programme_goal": "programme",
    "programme_end": "programme",
}
OFFERED = ("open", "not_yet", "ask")


class RouteLogic(GuideLogic):
    """The rules stand in data/routes; here is only the talk about them."""

    def __init__(self) -> None:
        self._newest: tuple[Situation, Persona, list[RouteAnswer]] | None = None

    def prefilled(self, situation: Situation) -> Answers:
        """What the plan knows: age, permit, home, schooling, results of norskprøven, the programme."""
        plan = situation.plan
        if plan is None:
            return {"municipality": situation.municipality} if situation.municipality else {}
        person = plan.participant
        best = {skill: level for skill, level in plan.best_results().items() if level and level != "below_A1"}
        known: Answers = {
            "age": plan.age_on(situation.today),
            "permit": person.permit,
            "municipality": person.municipality,
            "schooling": person.schooling,
            "english": person.english,
            **best,
        }
        if plan.programme and plan.programme.starts_on:
            known |= {
                "in_programme": "no" if plan.programme.ended_on else "yes",
                "programme_start": _month(plan.programme.offered_on or plan.programme.starts_on),
                "programme_goal": plan.programme.final_goal and f"goal_{plan.programme.final_goal}",
                "programme_end": _month(plan.end_of_programme()),
            }
        return {question: value for question, value in known.items() if value is not None}

    def matters(self, guide: Guide, question: Question, progress: Progress, situation: Situation) -> bool:
        """True where some route that is not closed still waits for what the question tells. The next job of a round always matters."""
        if question.group == GROUP and question.id != "documented":
            return True
        field = FIELDS.get(question.id, "experience" if question.group == GROUP else question.id)
        answers = self._answers(guide, progress, situation)
        return any(_is_about(missing, field, question.id) for one in answers if one.verdict != "closed" for missing in one.missing)

    def result(self, guide: Guide, progress: Progress, situation: Situation) -> list[Composed]:
        """All routes by their verdict; those that are not closed can be opened."""
        answers = self._answers(guide, progress, situation)
        lines: list[Line] = [line("route_result_intro")]
        for verdict in ("open", "not_yet", "ask", "closed"):
            names = [_name(one.route) for one in answers if one.verdict == verdict]
            if names:
                lines += [BLANK, line(f"route_result_{verdict}", routes=listed(names))]
        offered = [one for verdict in OFFERED for one in answers if one.verdict == verdict]
        buttons = tuple({**_name(one.route), "payload": _payload(guide, one.route)} for one in offered)
        # Twenty names fill a message in some languages, so what to do with them is the next one.
        return [
            Composed("route_result", tuple(lines), topic=False),
            Composed("route_choose", (line("route_result_notice"),), ("career_guidance",), buttons, topic=False),
        ]

    def part(self, part: str, guide: Guide, progress: Progress, situation: Situation) -> Composed | None:
        """One route: what it is, the verdict and why, what is missing, the next step, who decides."""
        answers = self._answers(guide, progress, situation)
        one = next((answer for answer in answers if answer.route == part), None)
        if one is None:
            return None
        return Composed("route_detail", tuple(_detail(one)), ("route_finder", "talk_to_human"), facts=one.reasons, topic=False)

    def _answers(self, guide: Guide, progress: Progress, situation: Situation) -> list[RouteAnswer]:
        """All routes. In one turn every open question is held against the same ones; the next turn reads rules and facts anew."""
        persona = persona_of(guide, progress, situation)
        kept = self._newest
        if kept is None or kept[0] is not situation or kept[1] != persona:
            kept = self._newest = (situation, persona, find_routes(persona, situation.library))
        return kept[2]


def persona_of(guide: Guide, progress: Progress, situation: Situation) -> Persona:
    """The answers as the rules want them; what is unknown stays unknown."""
    told = {name: value for name, value in progress.answers.items() if value != UNKNOWN}
    return Persona(
        today=situation.today,
        age=told.get("age"),
        permit=told.get("permit"),
        municipality=_municipality(told.get("municipality")),
        schooling=told.get("schooling"),
        norwegian={skill: told[skill] for skill in SKILLS if skill in told},
        english=told.get("english"),
        experience=_experience(guide, progress),
        work=_work(told),
        programme=_programme(told),
        wish=told.get("wish"),
    )


def _experience(guide: Guide, progress: Progress) -> tuple[Experience, ...] | None:
    has = progress.answers.get("has_experience")
    if has is None:
        return None
    rounds = [one for one in progress.all_rounds(GROUP, guide) if "job" in one] if has == "yes" else []
    return None if has == "yes" and not rounds else tuple(_job(one) for one in rounds)


def _job(answers: Answers) -> Experience:
    told = {name: value for name, value in answers.items() if value != UNKNOWN}
    return Experience(
        occupation=told.get("job"),
        years=_exact(told.get("years")),
        percent=_exact(told.get("percent")),
        country=NORWAY if told.get("where") == "in_norway" else told.get("country"),
        documented={"yes": True, "no": False}.get(str(told.get("documented"))),
    )


def _work(told: Answers) -> Work | None:
    if told.get("has_work") == "no":
        return Work(percent=Fraction(0))
    if told.get("has_work") != "yes":
        return None
    permanent = {"yes": True, "no": False}.get(str(told.get("work_permanent")))
    return Work(told.get("work_occupation"), _exact(told.get("work_percent")), permanent)


def _programme(told: Answers) -> Programme | None:
    if told.get("in_programme") != "yes":
        return None
    goal = str(told["programme_goal"]).removeprefix("goal_") if "programme_goal" in told else None
    return Programme(_first_day(told.get("programme_start")), goal, _last_day(told.get("programme_end")))


def _municipality(told: Any) -> str | None:
    # "Another one" is known not to be one of ours, so the local routes of ours are not for the person.
    return None if told is None else str(told)


def _is_about(missing: Missing, field: str, question_id: str) -> bool:
    first, _, rest = missing.code.partition(".")
    return first == field and (not rest or field != "norwegian" or rest == question_id)


def _detail(one: RouteAnswer) -> Iterator[Line]:
    yield line("route_detail_head", name=_name(one.route), what=text(FOLDER, "routes", one.route, "what"))
    yield BLANK
    yield line("route_detail_verdict", verdict=text(FOLDER, "verdicts", one.verdict), meaning=text(FOLDER, "meanings", one.verdict))
    if one.because:
        yield text(FOLDER, "because", one.because, **_shown(one.values))
    if one.missing:
        yield line("route_detail_missing")
        for missing in one.missing[:SHOWN_MISSING]:
            yield line("route_detail_missing_line", what=text(FOLDER, "missing", missing.code, **_shown(missing.values)))
    yield BLANK
    yield line("route_detail_next", step=text(FOLDER, "next_steps", one.next_step))
    yield text(FOLDER, "decides", one.decides)


def _shown(values: Any) -> dict[str, Any]:
    return {name: {"day": value} if name == "date" else str(value) for name, value in values.items()}


def _name(route: str) -> Line:
    return text(FOLDER, "routes", route, "name")


def _payload(guide: Guide, route: str) -> str:
    return f"/{guide.topic}" + json.dumps({"part": route})


def _exact(value: Any) -> Fraction | None:
    return None if value is None else Fraction(value)


def _month(day: dt.date | None) -> str | None:
    return f"{day:%Y-%m}" if day else None


def _first_day(month: Any) -> dt.date | None:
    return dt.date.fromisoformat(f"{month}-01") if month and month != "now" else None


def _last_day(month: Any) -> dt.date | None:
    first = _first_day(month)
    return first and first.replace(day=calendar.monthrange(first.year, first.month)[1])
