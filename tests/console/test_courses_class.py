"""The tabs questions, talks and outcomes, the absences of a lesson day, and the report, as a teacher's browser sees them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from bot.console.labels import LANGUAGES, labels
from bot.console.pages import course_absences, course_outcomes, course_questions, course_talks
from bot.console.parts import Parts
from bot.courses import questions
from bot.courses.absences import contact
from bot.courses.parts import Courses
from bot.courses.report import report
from bot.courses.talks import take_one
from bot.settings import ROOT
from bot.storage.course_tables import (
    Course,
    CourseAbsence,
    CourseMember,
    CourseOutcome,
    CoursePost,
    CourseQuestion,
    CourseSession,
    CourseTalk,
)
from bot.storage.desk_tables import AuditEntry
from tests.console.common import WORKING_HOURS, Browser, words_of
from tests.console.conftest import SignedIn
from tests.console.forms import form_in
from tests.courses.common import KEY, Classroom, add_account, add_course, add_deadline, add_member, add_sessions
from tests.courses.common import LANGUAGES as SPOKEN
from tests.courses.conftest import WEEKS
from tests.courses.in_written import heard, only_written, says

EVIL = "<script>alert('x')</script>"


@pytest.fixture
def room(parts: Parts) -> Iterator[Classroom]:
    courses = Courses(parts.seal, parts.library, KEY, parts.now)
    teacher = add_account(parts.sessions, "teacher", "oslo", name="Silje Haugland")
    with parts.sessions.begin() as session:
        made = Classroom(parts.sessions, courses, teacher, add_course(session, teacher))
        add_sessions(session, made.course, WEEKS, WORKING_HOURS.date() - dt.timedelta(days=22))
        for language in SPOKEN:
            made.members[language], made.chats[language] = add_member(session, parts.seal, made.course, language)
    yield only_written(made)


@pytest.fixture
def browser(room: Classroom, signed_in: SignedIn) -> Browser:
    return signed_in(who=room.teacher)


def at(room: Classroom, *more: object) -> str:
    return "/".join(["/console/courses", str(room.course), *map(str, more)])


def asked(room: Classroom, text: str = "Hva er FOV?", **values: object) -> int:
    before = numbers(room)
    says(room, questions.keep, text=text, **values)
    return (numbers(room) - before).pop()


def numbers(room: Classroom) -> set[int]:
    """Of all questions in the box; they are drawn by chance."""
    with room.sessions() as session:
        return set(session.scalars(select(CourseQuestion.id)))


# --- the question box


def test_the_box_shows_words_in_their_language_and_escapes_them(room: Classroom, browser: Browser) -> None:
    number = asked(room, f"Er dette {EVIL} trygt?", topic="fov")
    page = browser.get(at(room, "questions"))
    assert page.status_code == 200 and EVIL not in page.text and "&lt;script&gt;" in page.text
    assert 'lang="nb" dir="ltr"' in page.text and "Venter på svar: 1" in words_of(page)
    assert f"kan gjelde: {room.courses.library.wording('fov', 'nb').title}" in words_of(page)  # type: ignore[union-attr]
    assert at(room, "questions", number) in page.text
    assert "Kari" not in page.text


def test_retell_preview_and_send_once(room: Classroom, browser: Browser) -> None:
    number, home = asked(room, topic="fov"), at(room, "questions")
    action = f"{home}/{number}/answer"
    form = form_in(browser.get(f"{home}/{number}"), action)
    assert form["topic"] == "fov" and form["retold"] == "Hva er FOV?"  # Norwegian already: a start
    page = browser.post(action, data={**form, "retold": "Hva betyr FOV?", "text-nb": "Mer på mandag.", "action": "preview"})
    assert page.status_code == 200 and "Noen spurte:\n«Hva betyr FOV?»" in page.text and "Mer på mandag." in page.text
    assert all(heard(room, who) == [] for who in room.chats)
    form = form_in(page, action)
    assert form["retold"] == "Hva betyr FOV?" and form["text-nb"].strip() == "Mer på mandag."
    for _ in range(2):
        sent = browser.post(action, data={**form, "action": "send"})
        assert sent.status_code == 303 and sent.headers["location"] == f"{home}?done=question_answered"
    assert all(len(heard(room, who)) == 1 for who in room.chats)
    with room.sessions() as session:
        [post] = session.scalars(select(CoursePost)).all()
        assert post.details == {"questions": [number], "topic": "fov"} and post.account_id == room.teacher.id
    assert "Svaret er sendt til alle" in words_of(browser.get(sent.headers["location"]))
    assert [entry[0] for entry in logged_about(room)] == ["retold question", "answered question", "answered question"]
    late = browser.post(action, data={**form, "key": "another", "action": "send"})
    assert late.status_code == 409 and "allerede" in words_of(late)


def logged_about(room: Classroom) -> list[tuple[str, dict[str, Any]]]:
    """The changes of a course in the log."""
    return [one for one in logged_course(room) if one[0] != "read"]


def logged_course(room: Classroom) -> list[tuple[str, dict[str, Any]]]:
    with room.sessions() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.resource == "course").order_by(AuditEntry.id))
        return [(row.action, json.loads(row.details)) for row in rows]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"retold": ""}, "Spørsmålet gjenfortalt på norsk"),
        ({"retold": "Mitt nummer er 01010112377"}, "fødselsnummer"),
        ({"topic": "", "text-nb": ""}, "Velg et ferdig svar"),
        ({"topic": "my_plan"}, "kan ikke sendes til alle"),
        ({"topic": "", "text-nb": "", "text-ti": "ሰላም"}, "på norsk også"),
        ({"also-999999": "yes"}, None),
    ],
)
def test_what_was_typed_comes_back(room: Classroom, browser: Browser, fields: dict[str, str], sentence: str | None) -> None:
    number = asked(room)
    action = at(room, "questions", number, "answer")
    typed = {"retold": "Hva er FOV?", "topic": "fov", "text-nb": "Mine ord", **fields, "key": "k", "action": "send"}
    page = browser.submit(action, **typed)
    assert all(heard(room, who) == [] for who in room.chats)
    if sentence is None:
        assert page.status_code == 404
        return
    assert page.status_code == 409 and sentence in words_of(page)
    assert form_in(page, action)["text-nb"].strip() == typed["text-nb"]


def test_two_questions_with_one_answer(room: Classroom, browser: Browser) -> None:
    first, second = asked(room), asked(room, "Hva med FOV?")
    action = at(room, "questions", first, "answer")
    fields = {"retold": "Hva er FOV?", "topic": "fov", f"also-{second}": "yes", "key": "k", "action": "send"}
    page = browser.submit(action, **fields)
    assert page.status_code == 409 and "Gjenfortell hvert spørsmål" in words_of(page) and "checked" in page.text
    browser.submit(at(room, "questions", second, "answer"), retold="Hva med FOV?", topic="fov", key="k2", action="preview")
    assert browser.submit(action, **fields).status_code == 303
    assert "Hva med FOV?" in heard(room, "so")[0][1] and "Venter på svar: 0" in words_of(browser.get(at(room, "questions")))


def test_set_aside_with_a_reason_and_back(room: Classroom, browser: Browser) -> None:
    number = asked(room, "Kan du låne meg penger?")
    home = at(room, "questions", number)
    assert browser.submit(f"{home}/set-aside", reason="").status_code == 409
    assert browser.submit(f"{home}/set-aside", reason="private").status_code == 303
    page = words_of(browser.get(at(room, "questions")))
    assert "Lagt til side" in page and "for privat" in page and "Venter på svar: 0" in page
    assert browser.submit(f"{home}/take-back").status_code == 303
    assert "Venter på svar: 1" in words_of(browser.get(at(room, "questions")))


# --- absences


def last_day(room: Classroom) -> int:
    with room.sessions() as session:
        begun = select(CourseSession.id).where(CourseSession.starts_at < WORKING_HOURS).order_by(CourseSession.starts_at.desc())
        return session.scalars(begun).first() or 0


def test_ticks_notes_and_the_gentle_message(room: Classroom, browser: Browser) -> None:
    day, so = last_day(room), room.members["so"]
    action = at(room, "absences", day)
    page = browser.get(at(room, "absences"))
    form = form_in(page, action)
    assert form[f"had-{so}"] == "no"
    for _ in range(2):  # a double click
        saved = browser.post(action, data={**form, f"away-{so}": "yes"})
        assert saved.status_code == 303
    page = browser.get(saved.headers["location"])
    assert "Fraværet er lagret" in words_of(page) and "notert av læreren" in words_of(page)
    assert "Vi savnet deg på kurset mandag 23. november 2026" in words_of(page)
    for _ in range(2):
        assert browser.submit(f"{action}/{so}/message").status_code == 303
    assert [key for key, _ in heard(room, "so")] == ["course_missed"]
    assert browser.submit(f"{action}/{so}/note", note="Ringte tilbake").status_code == 303
    page = browser.get(saved.headers["location"])
    assert "Ringte tilbake" in page.text and "Vennlig beskjed sendt" in words_of(page)
    refused = browser.submit(f"{action}/{so}/note", note="Nr 01010112377")
    assert refused.status_code == 409 and "fødselsnummer" in words_of(refused) and "Nr 01010112377" in refused.text
    assert form_in(page, action) and browser.post(action, data=form_in_without(page, action, so)).status_code == 303
    with room.sessions() as session:
        assert session.scalars(select(CourseAbsence)).all() == []
    assert "Ringte" not in str(logged_about(room)) and "Ayaan" not in str(logged_about(room))


def test_who_wants_a_word_is_found_and_ticked_off(room: Classroom, browser: Browser) -> None:
    day, so = last_day(room), room.members["so"]
    browser.submit(at(room, "absences", day), **{f"had-{so}": "no", f"away-{so}": "yes"})
    says(room, contact, "so", session=day)
    page = browser.get(at(room, "absences"))
    assert "vil snakke med deg" in words_of(page) and f"{at(room, 'absences')}?lesson={day}" in page.text
    assert browser.submit(f"{at(room, 'absences', day, so)}/talked").status_code == 303
    assert "vil snakke med deg" not in words_of(browser.get(at(room, "absences")))
    assert browser.submit(f"{at(room, 'absences', day, room.members['nb'])}/talked").status_code == 404


def form_in_without(page: object, action: str, member: int) -> dict[str, str]:
    return {name: value for name, value in form_in(page, action).items() if name != f"away-{member}"}  # type: ignore[arg-type]


def test_a_colleagues_tick_of_meanwhile_stays(room: Classroom, browser: Browser) -> None:
    action = at(room, "absences", last_day(room))
    old = form_in(browser.get(at(room, "absences")), action)
    nb, ti = room.members["nb"], room.members["ti"]
    browser.post(action, data={**old, f"away-{nb}": "yes"})
    browser.post(action, data={**old, f"away-{ti}": "yes"})  # from the older page, where nb was not ticked
    with room.sessions() as session:
        assert set(session.scalars(select(CourseAbsence.member_id))) == {nb, ti}


def test_absences_of_strange_days(room: Classroom, browser: Browser) -> None:
    with room.sessions.begin() as session:
        other = (
            add_course(session, add_account(room.sessions, "teacher", "oslo"), "Et annet")
            if False
            else add_course(session, room.teacher, "B")
        )
        [foreign, *_] = add_sessions(session, other, ("w01_welcome",), dt.date(2026, 11, 16))
    assert browser.get(at(room, "absences") + f"?lesson={foreign}").status_code == 404
    assert browser.submit(at(room, "absences", foreign), **{f"had-{room.members['nb']}": "no"}).status_code == 404
    assert browser.submit(at(room, "absences", last_day(room)), **{"had-999": "no", "away-999": "yes"}).status_code == 404
    assert browser.get(at(room, "absences") + "?lesson=x").status_code == 200
    assert browser.get(f"/console/courses/{other}/absences").status_code == 200


# --- talks

SLOTS = {"day": "26.11.2026", "talk_begins": "10:00", "talk_ends": "11:00", "minutes": "30", "place": "Rom 12", "with_whom": "Silje"}


def test_make_times_see_who_has_them_and_cancel(room: Classroom, browser: Browser) -> None:
    home = at(room, "talks")
    with room.sessions.begin() as session:
        add_deadline(session, room.course, 60, "other", "Søknad til kurs")
        add_deadline(session, room.course, -1, "intake_test")
    page = words_of(browser.get(home))
    assert "før fristene: 23. januar 2027" in page and "Søknad til kurs" in page and "inntakstest" not in page
    for _ in range(2):
        assert browser.submit(home, **SLOTS).status_code == 303
    with room.sessions() as session:
        first, second = session.scalars(select(CourseTalk.id).order_by(CourseTalk.starts_at))
    says(room, take_one, "ti", talk=first)
    page = words_of(browser.get(home))
    assert "tor. 26. nov. 10:00 (30 min) Selam Tesfay" in page and "ledig" in page and "Har ikke valgt tid" in page
    told = browser.submit(f"{home}/{first}/cancel")
    assert told.headers["location"].endswith("done=talk_told") and [key for key, _ in heard(room, "ti")] == ["course_talk_cancelled"]
    assert browser.submit(f"{home}/{first}/cancel").headers["location"].endswith("done=talk_cancelled")
    assert len(heard(room, "ti")) == 1
    assert browser.submit(f"{home}/{second}/cancel").headers["location"].endswith("done=talk_cancelled")
    assert browser.submit(f"{home}/999/cancel").status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": "i morgen"}, "Noe mangler"),
        ({"talk_begins": "tidlig"}, "Noe mangler"),
        ({"minutes": ""}, "5 til 180"),
        ({"minutes": "halv time"}, "Noe mangler"),
        ({"day": "1.1.2020"}, "fram i tid"),
        ({"talk_ends": "10:10"}, "ikke plass"),
    ],
)
def test_refused_times_come_back_as_typed(room: Classroom, browser: Browser, fields: dict[str, str], sentence: str) -> None:
    page = browser.submit(at(room, "talks"), **{**SLOTS, **fields})
    assert page.status_code == 409 and sentence in words_of(page)
    form = form_in(page, at(room, "talks"))
    assert all(form[name] == value for name, value in {**SLOTS, **fields}.items())


# --- outcomes and report


def test_outcomes_are_saved_and_a_refused_form_keeps_its_ticks(room: Classroom, browser: Browser) -> None:
    nb, ti, home = room.members["nb"], room.members["ti"], at(room, "outcomes")
    form = form_in(browser.get(home), home)
    assert browser.post(home, data={**form, f"outcome-{nb}-applied": "yes", f"outcome-{ti}-none_yet": "yes"}).status_code == 303
    page = browser.post(home, data={**form_in(browser.get(home), home), f"outcome-{ti}-work": "yes"})
    assert page.status_code == 409 and "Velg ett av dem" in words_of(page)
    assert {f"outcome-{nb}-applied", f"outcome-{ti}-none_yet", f"outcome-{ti}-work"} <= set(form_in(page, home))
    with room.sessions() as session:
        stored = {(row.member_id, row.kind) for row in session.scalars(select(CourseOutcome))}
    assert stored == {(nb, "applied"), (ti, "none_yet")}
    fresh = form_in(browser.get(home), home)
    del fresh[f"outcome-{nb}-applied"]
    browser.post(home, data=fresh)
    with room.sessions() as session:
        assert {(row.member_id, row.kind) for row in session.scalars(select(CourseOutcome))} == {(ti, "none_yet")}


def test_the_report_on_the_page_and_as_a_table(room: Classroom, browser: Browser) -> None:
    with room.sessions.begin() as session:
        session.get_one(Course, room.course).name = "=HYPERLINK(1)"
        for language in ["ti"] * 8:
            add_member(session, room.seal, room.course, language, chat=False)
        session.get_one(CourseMember, room.members["so"]).left_on = WORKING_HOURS.date()
        found = report(session, session.get_one(Course, room.course), WORKING_HOURS)
    assert found.begun == 13
    page = browser.get(at(room, "report"))
    said = words_of(page)
    assert "Begynte 13" in said and "færre enn 5, eller skjult" in said and "Kari" not in said and "data-print" in page.text
    answer = browser.get(at(room, "report.csv"))
    assert answer.headers["content-type"].startswith("text/csv") and "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Kurset", "Navn", "'=HYPERLINK(1)"] and ["Deltakere", "Begynte", "13"] in rows
    people = [row for row in rows if row[0] in ("Deltakere", "Språk", "Resultater")]
    assert people and not {row[2] for row in people} & {"1", "2", "3", "4"}
    assert ("read", {"tab": "report.csv"}) in logged_course(room)


# --- who may


ROUTES = [
    (method, route.path)
    for page in (course_questions, course_absences, course_talks, course_outcomes)
    for route in page.router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_advisors_editors_and_other_teachers_are_not_let_in(room: Classroom, signed_in: SignedIn, method: str, path: str) -> None:
    for name, value in {"number:int": room.course, "question:int": 1, "lesson:int": 1, "member:int": 1, "talk:int": 1}.items():
        path = path.replace(f"{{{name}}}", str(value))
    for role, status in (("advisor", 403), ("editor", 403), ("teacher", 404)):
        browser = signed_in(role, "oslo")
        answer = browser.get(path) if method == "GET" else browser.submit(path, **SLOTS, retold="x", topic="fov", reason="private", key="k")
        assert answer.status_code == status, (role, method, path)
    assert room.sessions().scalars(select(CourseTalk)).all() == []


def test_a_closed_course_is_read_only(room: Classroom, browser: Browser) -> None:
    number = asked(room)
    with room.sessions.begin() as session:
        session.get_one(Course, room.course).closed_at = WORKING_HOURS
    for tab in ("questions", f"questions/{number}", "absences", "talks", "outcomes", "report"):
        page = browser.get(at(room, tab))
        assert page.status_code == 200, tab
        assert f'action="{at(room)}' not in page.text.replace(f'method="get" action="{at(room)}', ""), tab
    answer = browser.submit(at(room, "talks"), **SLOTS)
    assert answer.status_code == 409 and "avsluttet" in words_of(answer)


def test_labels_are_there_in_every_language() -> None:
    keys = {language: set(labels(ROOT / "data", language)._words) for language in LANGUAGES}
    for language in LANGUAGES:
        mine = {
            key
            for key in keys["nb"]
            if key.startswith(("course_question", "course_absence", "course_talk", "course_outcome", "course_report"))
        }
        assert mine <= keys[language]


def test_a_member_who_left_is_in_the_outcomes(room: Classroom, browser: Browser) -> None:
    with room.sessions.begin() as session:
        session.get_one(CourseMember, room.members["ti"]).left_on = WORKING_HOURS.date()
    said = words_of(browser.get(at(room, "outcomes")))
    assert "Selam Tesfay sluttet" in said
