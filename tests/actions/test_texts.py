"""Everything actions can say, in every language: no phrase is missing, nothing is longer than a message holds."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.action_my_appointments import MyAppointments
from actions.action_my_next_step import MyNextStep
from actions.action_my_norskprove import MyNorskprove
from actions.action_my_plan import MyPlan
from actions.composed import Composed
from actions.guide_state import situation_of
from actions.guides.all_guides import LOGIC
from actions.guides.route import RouteLogic
from bot.content import Library, compose, content_folder
from bot.content.selection import LONGEST_ANSWER, Said
from bot.guidance.codes import DOCUMENT_KINDS
from bot.guidance.guides.progress import Progress
from bot.guidance.guides.understanding import choices_of
from bot.guidance.routes import ROUTES
from bot.plans.parts import Appointment, Document
from tests.actions.test_personal import LEVELS, NOW, full_plan, plan

LIBRARY = Library(content_folder())
LANGUAGES = [language.code for language in LIBRARY.languages.offered]
LONGEST_CHOICE = 24


def said(message: Composed, language: str) -> Said:
    return compose(LIBRARY, message.key, language, message.lines, topics=message.topics, choices=message.choices, facts=message.facts)


def situation(language: str) -> Any:
    return situation_of(Tracker("shell", {}, {"metadata": {"language": language}}, [], False, None, {}, "action_listen"))


def personal() -> list[Composed]:
    meetings = tuple(
        Appointment(n, f"a{n}", "career_guidance", NOW + dt.timedelta(days=n), 60, "Karrieresenteret, Storgata 1", "Kari Nordmann")
        for n in range(1, 7)
    )
    messages = [MyPlan().told(full_plan(), NOW), MyPlan().told(plan(), NOW), MyAppointments().told(plan(appointments=meetings), NOW)]
    messages += [MyNorskprove().told(full_plan(), NOW), MyNorskprove().told(plan(), NOW), MyNextStep().told(plan(), NOW)]
    messages += [MyNextStep().told(plan(documents=(Document("d", kind, "missing"),)), NOW) for kind in DOCUMENT_KINDS]
    messages += [MyNextStep().told(plan(documents=(Document("d", "diploma", state),)), NOW) for state in ("found", "translated")]
    return messages


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_own_case_fits_a_message(language: str) -> None:
    for message in personal():
        text = said(message, language).text
        assert 0 < len(text) <= LONGEST_ANSWER, (message.key, len(text))
        assert "{" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_and_choice_of_every_guide_can_be_said(language: str) -> None:
    here = situation(language)
    answers = {"day": "2026-12-01", "length": "whole_day", "why": "own_illness", "about": "a", "what": "a"}
    for guide in LIBRARY.guides().values():
        for question in guide.questions:
            told = dict(answers) if guide.name == "absence" else {**answers, "why": "b"}
            lines = LOGIC[guide.name].asked(guide, question, Progress(told), here)
            assert said(Composed(guide.name, ({"phrase": f"guide_{guide.name}_intro"}, {}, *lines)), language).text
            LIBRARY.phrase(f"guide_again_{question.kind}", language)
            for code in choices_of(LIBRARY, question):
                if not (question.kind == "level" and code != "none") and code not in LIBRARY.municipalities():
                    assert 0 < len(LIBRARY.phrase(f"choice_{code}", language)) <= LONGEST_CHOICE, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_route_finder_can_say_every_route(language: str) -> None:
    here, guide = situation(language), LIBRARY.guides()["route"]
    for answers in (
        {},
        {"age": 35, "permit": "refugee", "municipality": "oslo", "schooling": "primary", "has_experience": "no", "has_work": "no"},
        {"age": 17, "permit": "collective_protection", "schooling": "higher", "english": "A1", **dict.fromkeys(LEVELS, "A1")},
    ):
        progress = Progress(dict(answers))
        for message in RouteLogic().result(guide, progress, here):
            assert len(said(message, language).text) <= LONGEST_ANSWER, (message.key, len(said(message, language).text))
        for route in ROUTES:
            detail = RouteLogic().part(route, guide, progress, here)
            assert detail is not None
            assert len(said(detail, language).text) <= LONGEST_ANSWER, route


SUPPORT = {"month": "this_month", "age": 24, "living": "not_with_parents", "partner": "yes", "children": "no", "absence_hours": 12}
SUPPORT |= {"has_work": "yes", "work_hours": 20, "work_pay": 4000, "benefits": "yes"}
JOB = {"start": "2015-01", "end": "2017-06", "percent": "unknown", "where": "abroad", "documented": "no"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_results_of_the_other_guides_fit_a_message(language: str) -> None:
    here, guides = situation(language), LIBRARY.guides()
    practice = Progress({"trade": "cook", "school_years": 1, **JOB, "percent": 50}, {"jobs": [dict(JOB), {**JOB, "where": "in_norway"}]})
    liked = {question.id: ("like" if number % 2 else "dislike") for number, question in enumerate(guides["interests"].questions)}
    for name, progress in (("support", Progress(dict(SUPPORT))), ("practice", practice), ("interests", Progress(liked))):
        for message in LOGIC[name].result(guides[name], progress, here):
            text = said(message, language).text
            assert 0 < len(text) <= LONGEST_ANSWER, (message.key, len(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_duration_is_said_with_both_its_numbers(language: str) -> None:
    text = said(Composed("x", ({"phrase": "practice_missing", "values": {"time": {"duration": int(Fraction(29))}}},)), language).text
    assert "2" in text and "5" in text
