"""The page about what a member shows the teacher: nothing without consent, nobody else's, and every reading in the log."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pytest

from bot.console.labels import LANGUAGES, labels
from bot.console.pages.course_frame import COURSES
from bot.console.parts import Parts
from bot.content.practice import SKILLS
from bot.content.yaml_file import read_yaml
from bot.courses.parts import Courses
from bot.courses.practice.keeping import store_answer
from bot.courses.self_assessment import sharing
from bot.desk.colleagues import Colleague
from bot.plans.link_codes import link_key
from bot.settings import ROOT
from bot.storage.course_tables import Course, CourseMember
from tests.console.common import add_account, words_of
from tests.console.conftest import SignedIn
from tests.console.people import logged
from tests.courses.common import add_course, add_member

EVIL = "<script>alert('x')</script>"
ANSWERS = {"skills": {"explain_to_others": "yes", "find_fault": "some"}, "values": {"good_pay": "no"}}


@dataclass
class Made:
    teacher: Colleague
    course: int
    member: int
    chat: int

    @property
    def page(self) -> str:
        return f"{COURSES}/{self.course}/members/{self.member}/shared"


@pytest.fixture
def made(parts: Parts) -> Made:
    teacher = add_account(parts.sessions, "teacher", "oslo")
    with parts.transaction() as session:
        course = add_course(session, teacher)
        member, chat = add_member(session, parts.seal, course, "ti", f"Selam {EVIL}")
        for asked, (item, right) in enumerate((("no_001", True), ("no_003", False), ("ma_001", True)), 1):
            store_answer(session, chat, (chat,), asked, item, right, parts.now())
        add_member(session, parts.seal, course, "ar")
    return Made(teacher, course, member, chat)


def consent(parts: Parts, made: Made, on: bool = True) -> None:
    with parts.transaction() as session:
        session.get_one(CourseMember, made.member).shares_progress_at = parts.now() if on else None


def give(parts: Parts, made: Made) -> None:
    courses = Courses(parts.seal, parts.library, link_key(parts.settings.key("text_key")), parts.now)
    with parts.transaction() as session:
        sharing.give(courses, session.get_one(CourseMember, made.member), sharing.copy_of(parts.library, ANSWERS), parts.now())


def test_nothing_is_shown_without_consent(parts: Parts, made: Made, signed_in: SignedIn) -> None:
    page = signed_in(who=made.teacher).get(made.page)
    assert page.status_code == 200 and "Deltakeren viser deg ingenting nå" in words_of(page)
    assert "Grammatikk" not in words_of(page) and EVIL not in page.text and "<bdi>Selam &lt;script" in page.text
    seen = {"course": made.course, "progress": False, "self_assessment": False}
    assert logged(parts, "course_member") == [("read", str(made.member), seen)]


def test_progress_by_subject_and_skill(parts: Parts, made: Made, signed_in: SignedIn) -> None:
    consent(parts, made)
    browser = signed_in(who=made.teacher)
    said = words_of(browser.get(made.page))
    assert "Nivå: A2. 1 av de siste 2 svarene var riktige." in said and "Grammatikk 0 2 24" in said and "Hele faget 0 2 70" in said
    assert "Matematikk 1 av de siste 1 svarene" in said and "Engelsk" not in said and "Selvvurdering" not in said
    assert "no_001" not in browser.get(made.page).text, "no single answer"
    consent(parts, made, False)
    assert "viser deg ingenting" in words_of(browser.get(made.page))


def test_self_assessment_in_norwegian_with_its_moment(parts: Parts, made: Made, signed_in: SignedIn) -> None:
    give(parts, made)
    browser = signed_in(who=made.teacher)
    page = browser.get(made.page)
    said = words_of(page)
    assert "En kopi fra tir. 24. nov. 10:00" in said and '<div lang="nb">' in page.text
    assert "Jeg kan forklare noe til andre Ja, det stemmer Jeg kan finne ut hvorfor noe ikke virker Litt" in said
    assert "Det er viktig for meg å tjene godt Nei, ikke nå" in said and "Øving til prøvene" not in said
    with parts.transaction() as session:
        sharing.take_back(session.get_one(CourseMember, made.member))
    assert "forklare noe" not in words_of(browser.get(made.page))
    assert [entry[2]["self_assessment"] for entry in logged(parts, "course_member")] == [True, False]


@pytest.mark.parametrize("over", ["member", "course"])
def test_nothing_that_could_no_longer_be_taken_back(parts: Parts, made: Made, signed_in: SignedIn, over: str) -> None:
    consent(parts, made)
    give(parts, made)
    with parts.transaction() as session:
        if over == "member":
            session.get_one(CourseMember, made.member).left_on = dt.date(2026, 11, 20)
        else:
            session.get_one(Course, made.course).closed_at = parts.now()
    page = signed_in(who=made.teacher).get(made.page)
    assert page.status_code == 200 and "viser deg ingenting" in words_of(page) and "Grammatikk" not in words_of(page)


def test_only_the_teachers_of_the_course(parts: Parts, made: Made, signed_in: SignedIn) -> None:
    """People consent to "the teacher"; an administrator who may open the course is none."""
    consent(parts, made)
    for role, place in (
        ("teacher", "oslo"),
        ("administrator", "oslo"),
        ("administrator", "bergen"),
        ("advisor", "oslo"),
        ("editor", "oslo"),
    ):
        page = signed_in(role, place).get(made.page)
        assert page.status_code in (403, 404) and "Grammatikk" not in page.text
    with parts.transaction() as session:
        other = add_course(session, made.teacher, "Another")
    browser = signed_in(who=made.teacher)
    for address in (
        f"{COURSES}/{other}/members/{made.member}/shared",
        *(f"{COURSES}/{made.course}/members/{n}/shared" for n in (0, 999, 10**30)),
    ):
        assert browser.get(address).status_code == 404


def test_words_are_there_in_every_language() -> None:
    found = [dict(read_yaml(ROOT / "data" / "console" / language / "courses_shared.yml")) for language in LANGUAGES]
    places = [{key: sorted(re.findall(r"{\w+}", text)) for key, text in words.items()} for words in found]
    assert places[0] == places[1] == places[2]
    for language in LANGUAGES:
        t = labels(ROOT / "data", language)
        assert all(f"course_shared_subject_{subject}" in t for subject in SKILLS)
        assert all(f"course_shared_skill_{skill}" in t for skills in SKILLS.values() for skill in skills)
