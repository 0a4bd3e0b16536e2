"""What holds for every persona: less knowledge never makes a verdict more certain, and more practice never makes it worse."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content import Library
from bot.guidance.codes import FINAL_GOALS, LEVELS, PERMITS, SCHOOLING, SKILLS
from bot.guidance.routes import ROUTES, UNLISTED, VERDICTS, Experience, Persona, Programme, RouteAnswer, Work, find_routes, read_route_rules
from bot.settings import ROOT

OCCUPATIONS = (
    "cook",
    "kitchen_assistant",
    "plumber",
    "electrician",
    "nurse",
    "doctor",
    "teacher",
    "bus_driver",
    "cleaner",
    "musician",
    UNLISTED,
)
COUNTRIES = ("NO", "SY", "PL", "UA", "AF")
BETTER = ("closed", "not_yet", "ask", "open")
# What a verdict may become when something is no longer known.
LESS_SURE = {"open": {"open", "ask"}, "not_yet": {"not_yet", "ask"}, "ask": {"ask"}, "closed": {"closed", "not_yet", "ask"}}
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2029, 12, 31))
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def maybe(values: object) -> st.SearchStrategy:
    return st.none() | (values if isinstance(values, st.SearchStrategy) else st.sampled_from(values))  # type: ignore[type-var]


def amounts(most: int) -> st.SearchStrategy[Fraction]:
    return st.integers(0, most * 4).map(lambda quarters: Fraction(quarters, 4))


EXPERIENCE = st.builds(
    Experience, maybe(OCCUPATIONS), maybe(amounts(10)), maybe(amounts(100)), maybe(COUNTRIES), st.sampled_from([None, True, True, False])
)
PERSONAS = st.builds(
    Persona,
    today=st.sampled_from([dt.date(2026, 11, 21), dt.date(2026, 11, 21), dt.date(2023, 3, 1), dt.date(2025, 7, 31), dt.date(2028, 2, 29)]),
    age=maybe(st.sampled_from([16, 18, 19, 23, 24, 25, 30, 55, 56, 67, 68])),
    permit=maybe(PERMITS),
    municipality=maybe(["oslo", "baerum", "lorenskog", "bergen"]),
    schooling=maybe(SCHOOLING),
    norwegian=st.dictionaries(st.sampled_from(SKILLS), st.sampled_from(LEVELS)),
    english=maybe(LEVELS),
    experience=maybe(st.lists(EXPERIENCE, max_size=3).map(tuple)),
    work=maybe(st.builds(Work, maybe(OCCUPATIONS), maybe(amounts(100)), st.none())),
    programme=maybe(st.builds(Programme, maybe(DAYS), maybe(FINAL_GOALS), maybe(DAYS))),
    wish=maybe(OCCUPATIONS),
)


@lru_cache(maxsize=1)
def _library() -> Library:
    return Library(ROOT / "data")


@lru_cache(maxsize=1)
def _rules() -> tuple:
    return read_route_rules(ROOT / "data" / "routes")


def found(persona: Persona) -> dict[str, RouteAnswer]:
    return {answer.route: answer for answer in find_routes(persona, _library(), _rules())}


def without_each_field(persona: Persona) -> list[Persona]:
    """The persona with one thing less told, in every way there is."""
    less = [replace(persona, **{name: None}) for name in ("age", "permit", "municipality", "schooling", "english", "experience", "work")]
    less += [replace(persona, programme=None), replace(persona, wish=None), replace(persona, norwegian={})]
    less += [replace(persona, norwegian={k: v for k, v in persona.norwegian.items() if k != skill}) for skill in persona.norwegian]
    if persona.work:
        less += [replace(persona, work=replace(persona.work, **{name: None})) for name in ("occupation", "percent")]
    if persona.programme:
        less += [replace(persona, programme=replace(persona.programme, **{name: None})) for name in ("start", "goal", "end")]
    for number, row in enumerate(persona.experience or ()):
        for name in ("occupation", "years", "percent", "country", "documented"):
            rows = list(persona.experience or ())
            rows[number] = replace(row, **{name: None})
            less.append(replace(persona, experience=tuple(rows)))
    return less


@MANY
@given(PERSONAS)
def test_every_route_is_answered_once_and_in_order(persona: Persona) -> None:
    answers = find_routes(persona, _library(), _rules())
    assert tuple(answer.route for answer in answers) == ROUTES
    for answer in answers:
        assert answer.verdict in VERDICTS and answer.reasons and answer.next_step
        assert bool(answer.missing) == (answer.verdict in ("not_yet", "ask"))


@MANY
@given(PERSONAS)
def test_less_knowledge_is_never_more_certain(persona: Persona) -> None:
    before = found(persona)
    for less in without_each_field(persona):
        for route, answer in found(less).items():
            assert answer.verdict in LESS_SURE[before[route].verdict], (route, before[route], answer, less)


@MANY
@given(PERSONAS, EXPERIENCE)
def test_more_experience_never_makes_praksiskandidat_worse(persona: Persona, more: Experience) -> None:
    persona = replace(persona, experience=persona.experience or ())
    richer = replace(persona, experience=(*(persona.experience or ()), more))
    before, after = found(persona)["praksiskandidat"].verdict, found(richer)["praksiskandidat"].verdict
    assert BETTER.index(after) >= BETTER.index(before)


@MANY
@given(PERSONAS, st.sampled_from(SKILLS), st.sampled_from(LEVELS))
def test_more_norwegian_never_closes_a_route(persona: Persona, skill: str, level: str) -> None:
    told = persona.norwegian.get(skill, "none")
    higher = max(told, level, key=LEVELS.index)
    low, high = ({**persona.norwegian, skill: one} for one in (told, higher))
    before, after = found(replace(persona, norwegian=low)), found(replace(persona, norwegian=high))
    for route in ROUTES:
        assert BETTER.index(after[route].verdict) >= BETTER.index(before[route].verdict), route


@MANY
@given(PERSONAS)
def test_a_job_or_a_permanent_post_is_no_demand_of_the_law_for_school(persona: Persona) -> None:
    if persona.work:
        permanent = found(replace(persona, work=replace(persona.work, permanent=True)))
        temporary = found(replace(persona, work=replace(persona.work, permanent=False)))
        assert {r: a.verdict for r, a in permanent.items()} == {r: a.verdict for r, a in temporary.items()}


@MANY
@given(PERSONAS)
def test_what_is_asked_of_offices_and_local_projects_is_never_open(persona: Persona) -> None:
    answers = found(persona)
    for route in ("kvp", "jobbsjansen", "delkompetanse", "apprentice", "laerekandidat", "recognition_no_documents"):
        assert answers[route].verdict != "open"
    for route, place in (
        ("vgs_intake_test_oslo", "oslo"),
        ("utdanningsvalg_course", "oslo"),
        ("workplace_fagbrev_lorenskog", "lorenskog"),
        ("intensive_higher_education_baerum", "baerum"),
    ):
        assert answers[route].verdict != "open"
        if persona.municipality not in (None, place):
            assert answers[route].verdict == "closed"
        if persona.municipality is None:
            assert answers[route].verdict == "ask"
