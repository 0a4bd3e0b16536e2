"""The form of a plan, its versions and their history; two advisors at once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from httpx2 import Response

from bot.console.labels import LANGUAGES
from bot.console.pages.plan_forms import NO_PLAN
from bot.console.pages.plan_history import differences, history
from bot.console.parts import Parts
from bot.plans.changing import change_plan
from bot.plans.parts import Goal, Measure, Plan
from bot.plans.reading import plan_versions
from tests.console.common import Browser, words_of
from tests.console.conftest import SignedIn
from tests.console.forms import form_in
from tests.console.people import add_person, logged, read, the_day

PLAN = "/console/participants/OSL-1/plan"
COURSE = Measure("course", "norwegian", "Norskkurs\npå kvelden", "school", dt.date(2026, 8, 1), dt.date(2027, 6, 1), 7.5, "ongoing")


@pytest.fixture
def planned(parts: Parts) -> Parts:
    """A participant with a first version: two goals, a measure, a level."""
    person = add_person(parts)
    goals = [Goal("final", "final", "Bli elektriker"), Goal("b1", "part", "Bestå B1", dt.date(2026, 12, 15))]
    with parts.transaction() as session:
        change_plan(
            session,
            parts.seal,
            person,
            made_by="Ingrid",
            from_day=the_day(-90),
            goals=goals,
            measures=[COURSE],
            norwegian={"oral": "B1"},
        )
    return parts


def opened(browser: Browser) -> dict[str, str]:
    page = browser.get(PLAN)
    assert page.status_code == 200
    return form_in(page, PLAN)


def sent(browser: Browser, form: dict[str, str], **changed: str) -> Response:
    return browser.post(PLAN, data={**form, **{name.replace("__", "-"): value for name, value in changed.items()}})


def in_force(parts: Parts) -> Plan:
    plan = read(parts).plan
    assert plan is not None
    return plan


def texts(plan: Plan) -> list[str]:
    return [goal.text for goal in plan.goals]


def test_first_version(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts)
    browser = signed_in(name="Siv Haugdal")
    new = {"goal__0__text": "Lære norsk", "goal__0__due_on": "1.6.2027", "measure__0__text": "Kurs", "measure__0__kind": "course"}
    answer = sent(browser, opened(browser), **new, measure__0__hours_per_week="7,5", norwegian_oral="B1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/participants/OSL-1?saved=plan#plan")
    plan = in_force(parts)
    assert (plan.number, plan.made_by, plan.from_day) == (1, "Siv Haugdal", dt.date(2026, 11, 24))
    assert [(one.text, one.due_on, one.kind) for one in plan.goals] == [("Lære norsk", dt.date(2027, 6, 1), "part")]
    assert [(one.text, one.hours_per_week, one.state) for one in plan.measures] == [("Kurs", 7.5, "planned")]
    assert plan.norwegian == {"reading": None, "listening": None, "writing": None, "oral": "B1"}
    counts = {"goals": 1, "measures": 1, "removed": 0, "levels": ["oral"], "version": 1}
    assert logged(parts, "plan", "changed") == [("changed", "OSL-1", counts)]


def test_form_saved_as_it_is_makes_no_version(planned: Parts, signed_in: SignedIn) -> None:
    browser = signed_in()
    assert sent(browser, opened(browser)).status_code == 303
    assert in_force(planned).number == 1 and logged(planned, "plan", "changed") == []


def test_change_add_and_remove(planned: Parts, signed_in: SignedIn) -> None:
    browser = signed_in()
    form = opened(browser)
    assert form["measure-0-text"].strip() == COURSE.text and form["measure-0-hours_per_week"] == "7.5"
    sent(
        browser,
        form,
        goal__0__state="reached",
        goal__1__removed="yes",
        goal__2__text="Få læreplass",
        norwegian_oral="",
        from_day="2027-01-01",
    )
    plan = in_force(planned)
    assert (plan.number, plan.from_day, plan.norwegian["oral"]) == (2, dt.date(2027, 1, 1), None)
    assert [(one.text, one.state) for one in plan.goals] == [("Bli elektriker", "reached"), ("Få læreplass", "open")]
    assert plan.measures == (COURSE,)


def test_same_form_twice_makes_one_version(planned: Parts, signed_in: SignedIn) -> None:
    browser = signed_in()
    form = opened(browser)
    for _ in range(2):
        assert sent(browser, form, goal__2__text="Få læreplass", goal__1__removed="yes", norwegian_oral="B2").status_code == 303
    assert in_force(planned).number == 2 and texts(in_force(planned)) == ["Bli elektriker", "Få læreplass"]
    assert len(logged(planned, "plan", "changed")) == 1


def test_room_for_one_more_keeps_what_was_typed_and_saves_nothing(planned: Parts, signed_in: SignedIn) -> None:
    browser = signed_in()
    form = opened(browser)
    page = sent(browser, form, goal__2__text="Få læreplass", more="goal")
    again = form_in(page, PLAN)
    assert page.status_code == 200 and again["goal-2-text"] == "Få læreplass" and again["goal-3-text"] == ""
    assert in_force(planned).number == 1
    again = form_in(sent(browser, again, more="measure"), PLAN)
    sent(browser, again, goal__3__text="Ta førerkort", measure__2__text="Kjøretimer", measure__2__kind="other")
    assert texts(in_force(planned))[2:] == ["Få læreplass", "Ta førerkort"] and "Kjøretimer" in {
        one.text for one in in_force(planned).measures
    }


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"measure__0__ends_on": "2026-07-01"}, "Noe slutter før det begynner"),
        ({"measure__0__hours_per_week": "200"}, "Et av tallene kan ikke stemme"),
        ({"measure__0__hours_per_week": "mange"}, "Dette er ikke et tall"),
        ({"goal__1__due_on": "31.2.2027"}, "Dette er ingen dato"),
        ({"goal__0__text": " "}, "En tekst mangler"),
        ({"goal__0__text": "Fnr 01010112377"}, "fødselsnummer"),
        ({"goal__0__kind": "wish"}, "Et valg mangler eller passer ikke"),
        ({"from_day": "", "goal__0__text": "x"}, "Fyll ut feltet"),
        ({"goal__2__due_on": "2027-01-01"}, "En tekst mangler"),
    ],
)
def test_problem_is_told_and_what_was_typed_is_kept(planned: Parts, signed_in: SignedIn, typed: dict[str, str], told: str) -> None:
    browser = signed_in()
    form = opened(browser)
    page = sent(browser, form, **typed, norwegian_reading="A2", goal__2__text=typed.get("goal__2__text", ""))
    assert page.status_code == 422 and told in words_of(page) and 'role="alert"' in page.text
    kept = form_in(page, PLAN)
    for name, value in {**typed, "norwegian_reading": "A2"}.items():
        assert kept[name.replace("__", "-")].strip() == value.strip()
    assert in_force(planned).number == 1


def test_two_advisors_nothing_is_lost(planned: Parts, signed_in: SignedIn) -> None:
    first, second = signed_in(name="Siv Haugdal"), signed_in(name="Odd Nerland")
    one, two = opened(first), opened(second)
    changed = {"goal__0__text": "Bli rørlegger", "goal__2__text": "Siv sitt mål", "norwegian_writing": "A2"}
    assert sent(first, one, **changed).status_code == 303
    page = sent(second, two, goal__1__state="reached", goal__2__text="Odd sitt mål", measure__0__removed="yes")
    said = words_of(page)
    assert page.status_code == 409 and "Noen andre lagret planen mens du skrev" in said
    assert "Versjon 2: Siv Haugdal" in said and "Bli elektriker → Bli rørlegger" in said and "Siv sitt mål" in said
    assert in_force(planned).number == 2
    assert second.post(PLAN, data=form_in(page, PLAN)).status_code == 303
    plan = in_force(planned)
    assert (plan.number, plan.made_by, plan.norwegian["writing"], plan.measures) == (3, "Odd Nerland", "A2", ())
    assert texts(plan) == ["Bli rørlegger", "Bestå B1", "Siv sitt mål", "Odd sitt mål"] and plan.goals[1].state == "reached"


def test_both_changed_the_same_goal(planned: Parts, signed_in: SignedIn) -> None:
    first, second = signed_in(), signed_in()
    one, two = opened(first), opened(second)
    sent(first, one, goal__0__text="Bli rørlegger", goal__1__removed="yes")
    page = sent(second, two, goal__0__text="Bli snekker", goal__1__text="Bestå B2")
    assert page.status_code == 409 and "Bli rørlegger" in words_of(page)
    merged = form_in(page, PLAN)
    assert (merged["goal-0-text"], merged["goal-1-text"]) == ("Bli snekker", "Bestå B2")
    second.post(PLAN, data=merged)
    assert texts(in_force(planned)) == ["Bli snekker", "Bestå B2"]
    with planned.transaction() as session:
        versions = plan_versions(session, planned.seal, 1)
    assert [texts(version) for version in versions] == [["Bli elektriker", "Bestå B1"], ["Bli rørlegger"], ["Bli snekker", "Bestå B2"]]


def test_two_at_the_same_moment_one_is_told(planned: Parts, signed_in: SignedIn) -> None:
    browsers = [signed_in(name=f"Advisor {number}") for number in range(3)]
    forms, answers = [opened(browser) for browser in browsers], []

    def work(at: int) -> None:
        answers.append(sent(browsers[at], forms[at], goal__2__text=f"Mål fra {at}"))

    threads = [threading.Thread(target=work, args=(at,)) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
    assert in_force(planned).number == 2 and len(in_force(planned).goals) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_history_tells_what_changed_and_who(planned: Parts, signed_in: SignedIn, language: str) -> None:
    browser = signed_in(name="Odd Nerland", language=language)
    sent(browser, opened(browser), goal__0__state="reached", goal__1__removed="yes", measure__0__ends_on="", norwegian_oral="B2")
    page = browser.get(f"{PLAN}/history")
    said = words_of(page)
    assert page.status_code == 200 and "Odd Nerland" in said and "Ingrid" in said and "B1 → B2" in said
    assert said.index("Odd Nerland") < said.index("Ingrid")
    if language == "nb":
        for words in (
            "Endret mål : Bli elektriker",
            "Status: åpent → nådd",
            "Fjernet mål : Bestå B1",
            "Til: 1. juni 2027 → Ingen",
            "Nytt tiltak",
        ):
            assert words in said
    assert ("read", "OSL-1", {"part": "history"}) in logged(planned, "plan")
    for path in (PLAN, f"{PLAN}/history"):
        assert "plan_" not in words_of(browser.get(path)) and "code_" not in words_of(browser.get(path))


def test_differences_of_two_versions() -> None:
    old = Plan(1, 1, the_day(0), "", {**NO_PLAN.norwegian, "oral": "A2"}, (Goal("a", "part", "A"), Goal("b", "part", "B")), ())
    new = Plan(2, 2, the_day(0), "", {**NO_PLAN.norwegian, "reading": "A1"}, (Goal("b", "final", "B"), Goal("c", "part", "C")), (COURSE,))
    found = [(one.what, one.how, [(field.name, field.before, field.after) for field in one.fields]) for one in differences(old, new)]
    assert found == [
        ("goal", "changed", [("kind", "part", "final")]),
        ("goal", "added", []),
        ("goal", "removed", []),
        ("measure", "added", []),
        ("level", "added", [("reading", None, "A1")]),
        ("level", "removed", [("oral", "A2", None)]),
    ]
    assert [version.plan.number for version in history([old, new])] == [2, 1]
    assert differences(old, old) == ()


def test_teacher_and_other_municipality_see_no_plan(planned: Parts, signed_in: SignedIn) -> None:
    form = opened(signed_in())
    for browser, status in ((signed_in("teacher", "oslo"), 403), (signed_in("advisor", "baerum"), 404)):
        fields = {**form, "form_key": browser.form_key, "goal-0-text": "Stjålet"}
        assert browser.get(PLAN).status_code == browser.post(PLAN, data=fields).status_code == status
        assert browser.post(PLAN, data={**fields, "more": "goal"}).status_code == status
        assert browser.get(f"{PLAN}/history").status_code == status
    assert in_force(planned).number == 1
