"""The pages of courses: list, new course, overview, members with their codes, lesson days, settings; and whose they are."""

from __future__ import annotations

import datetime as dt
import re
import threading
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select

from bot.console.labels import LANGUAGES, labels
from bot.console.pages.course_frame import TABS
from bot.console.parts import Parts
from bot.content.yaml_file import read_yaml
from bot.conversations.traffic.addresses import note_address
from bot.courses.joining import use_course_code
from bot.courses.membership import member_of
from bot.courses.parts import Courses
from bot.courses.sessions import sessions_of
from bot.plans.linking import link_key
from bot.settings import ROOT
from bot.storage.course_tables import Course, CourseCode, CourseDeadline, CourseMember, CourseSession
from bot.storage.tables import Conversation
from tests.console.common import WORKING_HOURS, Browser, words_of
from tests.console.conftest import SignedIn
from tests.console.forms import form_in
from tests.console.people import add_person, logged
from tests.courses.common import add_chat, add_course, add_member, add_sessions

NEW = "/console/courses/new"
FIRST = WORKING_HOURS.date() - dt.timedelta(days=22)
EVIL = "<script>alert('x')</script>"


def made(parts: Parts, browser: Browser, name: str = "Utdanningsvalg A", **more: Any) -> int:
    """A course of whoever sits at the browser, with six lesson days; the next is tomorrow week."""
    with parts.transaction() as session:
        course = add_course(session, browser.who, name, **more)
        add_sessions(session, course, ("w02_learning", "w03_strengths", "w04_interests"), FIRST + dt.timedelta(days=7))
        return course


def home(course: int, *below: object) -> str:
    return "/".join(["/console/courses", str(course), *map(str, below)])


def refused(answer: Response) -> str:
    """What a page says that brings a form back."""
    assert answer.status_code == 409, answer.text
    return words_of(answer)


# --- the list and a new course


def test_a_new_course_from_the_form_as_it_stands(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    form = form_in(browser.get(NEW), NEW)
    sent = {**form, "course_name": "Vår gruppe", "first_day": "2026-08-17", "plan": "utdanningsvalg", "skip": "30.9.2026, 2026-12-24"}
    answers = [browser.post(NEW, data=sent) for _ in range(2)]  # a double click
    assert {answer.status_code for answer in answers} == {303} and len({answer.headers["location"] for answer in answers}) == 1
    page = browser.get(answers[0].headers["location"])
    assert "Vår gruppe" in words_of(page) and "Kurset er laget" in words_of(page) and "0 av 44" not in words_of(page)
    with parts.transaction() as session:
        course = session.scalars(select(Course)).one()
        assert len(sessions_of(session, course.id)) == 44 and course.municipality == "oslo"
    assert ("made course", str(course.id), {"municipality": "oslo", "plan": "utdanningsvalg"}) in logged(parts, "course", "made course")
    assert "Vår gruppe" in words_of(browser.get("/console/courses"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"first_day": "i høst"}, "Noe mangler"),
        ({"first_day": ""}, "Noe mangler"),
        ({"time_1": "klokka ni"}, "Noe mangler"),
        ({"skip": "28.9.2026 og jul"}, "Noe mangler"),
        ({"weekday_1": "9"}, "Noe mangler"),
        ({"minutes_2": "x"}, "Noe mangler"),
        ({"minutes_2": "-3"}, "hvor mange minutter"),
        ({"weekday_2": "0"}, "hver sin ukedag"),
        ({"plan": "nope"}, "ingen slik plan"),
        ({"plan": "", "weeks": "9999999999999"}, "hvor mange uker"),
        ({"course_name": "13097248022"}, "fødselsnummer"),
    ],
)
def test_what_cannot_be_a_course_comes_back_as_typed(parts: Parts, signed_in: SignedIn, changed: dict[str, str], says: str) -> None:
    browser = signed_in("teacher", "oslo")
    sent = {**form_in(browser.get(NEW), NEW), "first_day": "2026-08-17", "course_name": "Navnet", "place_1": "Rom <7>", **changed}
    answer = browser.post(NEW, data=sent)
    assert says in refused(answer) and "Rom &lt;7&gt;" in answer.text
    again = form_in(answer, NEW)
    assert {name: again[name] for name in changed if name not in ("plan", "weekday_1")} == {
        name: value for name, value in changed.items() if name not in ("plan", "weekday_1")
    }
    with parts.transaction() as session:
        assert session.scalars(select(Course)).all() == []


def test_whose_a_course_is(parts: Parts, signed_in: SignedIn) -> None:
    teacher = signed_in("teacher", "oslo")
    course = made(parts, teacher)
    with parts.transaction() as session:
        member, _ = add_member(session, parts.seal, course, "ti")
        lesson = sessions_of(session, course)[0].id
    pages = [home(course), home(course, "members"), home(course, "sessions"), home(course, "sessions", lesson), home(course, "settings")]
    forms = [home(course, "members"), home(course, "members", member, "code"), home(course, "sessions", lesson, "cancel")]
    forms += [home(course, "settings", "close"), home(course, "group-code"), home(course, "members", "codes")]
    for path in pages:
        assert teacher.get(path).status_code == 200
        assert signed_in("administrator", "oslo").get(path).status_code == 200
    for other, status in (
        (signed_in("teacher", "oslo"), 404),
        (signed_in("administrator", "baerum"), 404),
        (signed_in("advisor", "oslo"), 403),
    ):
        assert {other.get(path).status_code for path in pages} == {status}
        assert {other.submit(path, sure="yes", member_name="X", language="nb").status_code for path in forms} == {status}
        assert "Utdanningsvalg A" not in words_of(other.get("/console/courses"))
    assert teacher.post(forms[0], data={"member_name": "X", "language": "nb"}).status_code == 403  # a form of nobody's
    for number in (10**6, 10**30):
        assert teacher.get(home(course, "sessions", number)).status_code == 404
        assert teacher.submit(home(course, "members", number, "code")).status_code == 404
        assert teacher.submit(home(course, "settings", "deadlines", number, "remove")).status_code == 303
    with parts.transaction() as session:
        assert session.get_one(Course, course).closed_at is None and session.scalars(select(CourseCode)).all() == []


def test_an_administrator_of_everywhere_chooses_the_place(signed_in: SignedIn) -> None:
    browser = signed_in("administrator", "")
    sent = {**form_in(browser.get(NEW), NEW), "first_day": "2026-08-17"}
    assert "municipality" in sent
    assert "Kommune" in refused(browser.post(NEW, data={**sent, "municipality": ""}))
    assert browser.post(NEW, data={**sent, "municipality": "baerum"}).status_code == 303
    assert browser.post(NEW, data={**sent, "municipality": "nowhere"}).status_code == 409


# --- overview and the group


def test_the_overview_shows_today_next_and_who_is_not_reached(parts: Parts, signed_in: SignedIn, clock: Any) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    with parts.transaction() as session:
        add_member(session, parts.seal, course, "ti", chat=False)
        add_member(session, parts.seal, course, "uk", EVIL)
        session.add(CourseDeadline(course_id=course, kind="intake_test", day=WORKING_HOURS.date() + dt.timedelta(days=5)))
    said = words_of(browser.get(home(course)))
    assert "Det er ikke kurs i dag" in said and "Interesser og verdier" in said and "Selam Tesfay" in said and "5 dager igjen" in said
    clock.forward(days=1)
    browser = signed_in(who=browser.who)
    assert "Det er ikke kurs i dag" not in words_of(browser.get(home(course)))
    assert EVIL not in browser.get(home(course, "members")).text


def test_a_group_is_bound_by_its_code_and_unbound(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    without = browser.submit(home(course, "group-code"))
    assert "Telegram er ikke koblet" in words_of(without)
    with parts.transaction() as session:
        note_address(session, "telegram", "https://t.me/veiviser_bot?start=")
    page = browser.submit(home(course, "group-code"))
    code = code_on(page)
    assert f"https://t.me/veiviser_bot?startgroup={code}" in page.text
    with parts.transaction() as session:
        chat = add_chat(session, "telegram", "-9:1")
        said = use_course_code(courses_of(parts), session, session.get_one(Conversation, chat), f"/start {code}"[7:], "nb", True)
        assert said is not None and said.key == "course_group_bound"
    assert "koblet til kurset siden" in words_of(browser.get(home(course)))
    assert browser.submit(home(course, "group-unbind")).status_code == 303
    assert "koblet til kurset siden" not in words_of(browser.get(home(course)))


# --- members


def test_members_are_added_once_by_name_and_by_reference(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    add_person(parts, "OSL-1", "Yonas Tekle", language="ti")
    form = form_in(browser.get(home(course, "members")), home(course, "members"))
    for _ in range(2):
        assert browser.post(home(course, "members"), data={**form, "member_name": "Rania Haddad", "language": "ar"}).status_code == 303
    again = form_in(browser.get(home(course, "members")), home(course, "members"))
    assert again["key"] != form["key"]
    browser.post(home(course, "members"), data={**again, "member_name": "Rania Haddad", "language": "ar"})  # another of the same name
    browser.submit(home(course, "members"), reference="OSL-1")
    said = words_of(browser.get(home(course, "members")))
    assert said.count("Rania Haddad") >= 2 and "4 deltakere" not in said and "3 deltakere" in said and "kjent i kommunen" in said
    log = str(logged(parts, "course"))
    assert "Rania" not in log and "OSL-1" not in log


def test_two_sendings_of_one_form_at_once_add_one(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    threads = [
        threading.Thread(target=browser.submit, args=(home(course, "members"),), kwargs={"member_name": "A", "language": "nb", "key": "k1"})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with parts.transaction() as session:
        assert len(session.scalars(select(CourseMember)).all()) == 1


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"member_name": "", "language": "nb"}, "Fyll ut «Navn»"),
        ({"member_name": "Per", "language": ""}, "Velg et språk"),
        ({"member_name": "13097248022", "language": "nb"}, "fødselsnummer"),
        ({"reference": "OSL-404", "member_name": "Per"}, "Ingen i kommunen har denne referansen"),
    ],
)
def test_who_cannot_be_added_comes_back_as_typed(parts: Parts, signed_in: SignedIn, sent: dict[str, str], says: str) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    answer = browser.submit(home(course, "members"), key="k", **sent)
    assert says in refused(answer)
    again = form_in(answer, home(course, "members"))
    assert again["key"] == "k" and all(again[name] == value for name, value in sent.items())


def test_a_slip_has_a_code_that_works_in_every_messenger(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    with parts.transaction() as session:
        note_address(session, "whatsapp", "https://wa.me/47000?text=")
        member, _ = add_member(session, parts.seal, course, "nb", chat=False)
        add_member(session, parts.seal, course, "ti", chat=False)
        add_member(session, parts.seal, course, "ar")
    page = browser.submit(home(course, "members", member, "code"))
    code = code_on(page)
    assert page.text.count("<img") >= 2 and f"https://wa.me/47000?text={code}" in page.text and "Kari Holm" in words_of(page)
    assert "Koden er bare for deg" in words_of(page) and "no-store" in page.headers["cache-control"]
    with parts.transaction() as session:
        chat = add_chat(session)
        said = use_course_code(courses_of(parts), session, session.get_one(Conversation, chat), code, "nb", False)
        assert said is not None and said.key == "course_joined"
        joined = member_of(session, chat)
        assert joined is not None and joined.id == member
    everybody = browser.submit(home(course, "members", "codes"))  # only the one whom nothing reaches
    assert "Selam Tesfay" in words_of(everybody) and "Kari Holm" not in words_of(everybody) and "Rania" not in words_of(everybody)
    with parts.transaction() as session:
        session.scalars(select(CourseMember).where(CourseMember.language == "ti")).one().left_on = WORKING_HOURS.date()
    assert "Alle nås i chatten" in refused(browser.submit(home(course, "members", "codes")))
    assert code not in str(logged(parts, "course"))


def test_a_member_leaves_and_comes_back(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    with parts.transaction() as session:
        member, chat = add_member(session, parts.seal, course, "nb")
    for _ in range(2):
        assert browser.submit(home(course, "members", member, "leave")).status_code == 303
    with parts.transaction() as session:
        assert member_of(session, chat) is None
    assert "Har sluttet" in words_of(browser.get(home(course, "members")))
    assert "har sluttet" in refused(browser.submit(home(course, "members", member, "code"))).casefold()
    browser.submit(home(course, "members", member, "back"))
    assert "ingen chat" in words_of(browser.get(home(course, "members")))


# --- lesson days


def test_a_lesson_day_is_edited_and_put_back(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    with parts.transaction() as session:
        add_member(session, parts.seal, course, "nb")
        add_member(session, parts.seal, course, "uk")
        lesson = sessions_of(session, course)[0].id
    page, edit = home(course, "sessions", lesson), home(course, "sessions", lesson, "edit")
    form = form_in(browser.get(page), edit)
    checked = dict(re.findall(r'type="checkbox" name="([a-z_-]+)" value="(yes)" checked', browser.get(page).text))
    assert browser.post(edit, data={**form, **checked}).status_code == 303
    with parts.transaction() as session:
        assert session.get_one(CourseSession, lesson).content == {}  # sent as it stood: still the plan's
    changed = {
        **form,
        **checked,
        "title": f"Vårt tema {EVIL}",
        "words": "en vei: her går man\r\n\r\nå øve: å gjøre noe",
        "new_topic": "career_choose",
    }
    answer = browser.post(edit, data=changed)
    assert answer.status_code == 303
    shown = browser.get(answer.headers["location"])
    assert "Innholdet er lagret" in words_of(shown) and "I planen: Slik lærer jeg" in words_of(shown) and EVIL not in shown.text
    with parts.transaction() as session:
        content = session.get_one(CourseSession, lesson).content
        assert set(content) == {"title", "words", "topics"} and content["words"][0] == {"no": "en vei", "says": "her går man"}
    assert "endret av læreren" in words_of(browser.get(home(course, "sessions")))
    back = browser.post(edit, data={**changed, "title": form["title"], "words": "bare et ord"})
    assert "ett ord på hver linje" in refused(back) and form_in(back, edit)["words"] == "bare et ord"


def test_a_lesson_day_is_shown_as_members_read_it(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    with parts.transaction() as session:
        add_member(session, parts.seal, course, "ar")
        row = sessions_of(session, course)[0]
        row.content, lesson = {"title": "Vårt eget tema"}, row.id
    page = browser.get(home(course, "sessions", lesson))
    assert '<p lang="nb" dir="ltr">' in page.text and "Vårt eget tema" in words_of(page) and "noe bare på norsk" in words_of(page)


def test_a_lesson_day_is_moved_cancelled_and_taken_out(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    with parts.transaction() as session:
        first, second = (row.id for row in sessions_of(session, course)[:2])
    page, move = home(course, "sessions", first), home(course, "sessions", first, "move")
    form = form_in(browser.get(page), move)
    assert (form["time"], form["minutes"]) == ("09:00", "360")
    assert browser.post(move, data={**form, "time": "13.30", "place": "Biblioteket"}).status_code == 303
    assert "13:30" in words_of(browser.get(page)) and "Biblioteket" in words_of(browser.get(home(course, "sessions")))
    assert "Noe mangler" in refused(browser.post(move, data={**form, "day": "i morgen"}))
    assert "hvor mange minutter" in refused(browser.post(move, data={**form, "minutes": "5"}))
    other = form_in(browser.get(home(course, "sessions", second)), home(course, "sessions", second, "move"))
    assert "fra før" in refused(browser.post(move, data={**form, "day": other["day"]}))
    browser.submit(home(course, "sessions", first, "cancel"))
    assert "avlyst" in words_of(browser.get(home(course, "sessions")))
    browser.submit(home(course, "sessions", first, "restore"))
    assert browser.submit(home(course, "sessions", first, "remove")).status_code == 303
    assert browser.submit(home(course, "sessions", first, "remove")).status_code == 404


def test_one_more_lesson_day(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    form = form_in(browser.get(home(course, "sessions")), home(course, "sessions"))
    sent = {**form, "day": "2027-01-12", "week": "w05_roles", "place": "Rom 1"}
    assert {browser.post(home(course, "sessions"), data=sent).status_code for _ in range(2)} == {303}
    with parts.transaction() as session:
        assert len(sessions_of(session, course)) == 7 and session.get_one(Course, course).last_day >= dt.date(2027, 1, 12)
    assert "ingen slik uke" in refused(browser.post(home(course, "sessions"), data={**sent, "day": "2027-01-13", "week": "w99"}))


# --- settings


def test_settings_deadlines_and_teachers(parts: Parts, signed_in: SignedIn) -> None:
    browser, second = signed_in("teacher", "oslo"), signed_in("teacher", "oslo", name="Per Holmestad")
    course = made(parts, browser)
    page = home(course, "settings")
    assert "Fristen for ungdom er 1. mars 2027" in words_of(browser.get(page)) and "hele året" in words_of(browser.get(page))
    assert browser.submit(page, course_name="Nytt navn", countdown="yes").status_code == 303
    with parts.transaction() as session:
        row = session.get_one(Course, course)
        assert (row.name, row.word_of_day, row.countdown) == ("Nytt navn", False, True)
    deadline = {"deadline_kind": "other", "day": "2027-02-10", "deadline_name": "Besøk på skolen"}
    for _ in range(2):
        assert browser.submit(f"{page}/deadlines", **deadline).status_code == 303
    assert words_of(browser.get(page)).count("Besøk på skolen") == 1
    assert "Fyll ut «Navn på fristen»" in refused(browser.submit(f"{page}/deadlines", **{**deadline, "deadline_name": ""}))
    assert "Noe mangler" in refused(browser.submit(f"{page}/deadlines", **{**deadline, "day": ""}))
    with parts.transaction() as session:
        number = session.scalars(select(CourseDeadline)).one().id
    assert {browser.submit(f"{page}/deadlines/{number}/remove").status_code for _ in range(2)} == {303}
    assert "kan ikke være lærer" in refused(browser.submit(f"{page}/teachers", teacher="999999"))
    assert "minst én lærer" in refused(browser.submit(f"{page}/teachers/{browser.who.id}/remove"))
    assert second.get(page).status_code == 404
    browser.submit(f"{page}/teachers", teacher=str(second.who.id))
    assert second.get(page).status_code == 200
    gone = browser.submit(f"{page}/teachers/{browser.who.id}/remove")
    assert gone.headers["location"].startswith("/console/courses?") and browser.get(page).status_code == 404


def test_a_closed_course_is_read_and_not_changed(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("teacher", "oslo")
    course = made(parts, browser)
    page = home(course, "settings")
    assert "Kryss av" in refused(browser.submit(f"{page}/close"))
    assert browser.submit(f"{page}/close", sure="yes").status_code == 303
    for tab in ("", "members", "sessions", "settings"):
        shown = browser.get(home(course, tab) if tab else home(course))
        assert shown.status_code == 200 and "avsluttet" in words_of(shown)
    assert browser.submit(home(course, "members"), member_name="X", language="nb").status_code == 409
    assert browser.submit(home(course, "group-code")).status_code == 409
    assert "Utdanningsvalg A" not in words_of(browser.get("/console/courses"))
    assert "Utdanningsvalg A" in words_of(browser.get("/console/courses?closed=yes"))


# --- words


def test_the_words_of_these_pages_are_there_in_every_language() -> None:
    keys = {language: set(read_yaml(ROOT / "data" / "console" / language / "courses_plan.yml")) for language in LANGUAGES}
    assert keys["nb"] == keys["nn"] == keys["en"]
    for language in LANGUAGES:
        t = labels(ROOT / "data", language)
        assert all(f"course_tab_{tab}" in t for tab in (*TABS, "settings"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_the_language_of_the_console(parts: Parts, signed_in: SignedIn, language: str) -> None:
    browser = signed_in("teacher", "oslo", language=language)
    course = made(parts, browser)
    with parts.transaction() as session:
        add_member(session, parts.seal, course, "fa", chat=False)
        lesson = sessions_of(session, course)[0].id
    paths = ("/console/courses", NEW, home(course), home(course, "members"), home(course, "sessions"), home(course, "sessions", lesson))
    for path in (*paths, home(course, "settings")):
        page = browser.get(path)
        assert page.status_code == 200 and f'lang="{language}"' in page.text


def courses_of(parts: Parts) -> Courses:
    return Courses(parts.seal, parts.library, link_key(parts.settings.key("text_key")), parts.now)


def code_on(page: Response) -> str:
    found = re.search(r'class="code-signs" dir="ltr">([A-Z0-9-]{9})<', page.text)
    assert found is not None, page.text
    return found[1]
