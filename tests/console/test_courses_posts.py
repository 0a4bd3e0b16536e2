"""The tabs of posts and polls: forms with and without scripts, previews, double clicks, foreign courses, results as numbers."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.console.labels import LANGUAGES
from bot.console.parts import Parts
from bot.content import Library
from bot.content.yaml_file import read_yaml
from bot.courses import polls, posting
from bot.courses.parts import Courses
from bot.settings import ROOT
from bot.storage.course_tables import Course, CoursePoll, CoursePost, CourseVote
from bot.storage.tables import Message
from tests.console.common import WORKING_HOURS, Browser, Clock, add_account, words_of
from tests.console.conftest import SignedIn
from tests.console.forms import form_in
from tests.console.people import logged
from tests.courses.common import KEY, Classroom, add_course, add_member, add_sessions, bind_group

EVIL = "<script>alert('x')</script>"
TOMORROW = {"due_day": "2026-11-25", "due_time": "12:00"}
CLOSES = {"closes_day": "2026-11-30", "closes_time": "12:00"}


@pytest.fixture
def console_library() -> Library:
    return Library(ROOT / "data")


@pytest.fixture
def room(parts: Parts, clock: Clock) -> Classroom:
    """A course of a teacher, with members who read Norwegian, Arabic and Somali; one has no chat."""
    teacher = add_account(parts.sessions, "teacher", "oslo", name="Silje Haugland")
    courses = Courses(parts.seal, parts.library, KEY, clock)
    with parts.transaction() as session:
        made = Classroom(parts.sessions, courses, teacher, add_course(session, teacher))
        add_sessions(session, made.course, ("w01_welcome", "w02_learning", "w03_strengths", "w04_interests"), dt.date(2026, 11, 2))
        for language in ("nb", "ar", "so"):
            made.members[language], made.chats[language] = add_member(session, parts.seal, made.course, language)
        add_member(session, parts.seal, made.course, "uk", chat=False)
        bind_group(session, made.course)
    return made


@pytest.fixture
def teacher(room: Classroom, signed_in: SignedIn) -> Browser:
    return signed_in(who=room.teacher)


def posts_at(room: Classroom) -> str:
    return f"/console/courses/{room.course}/posts"


def polls_at(room: Classroom) -> str:
    return f"/console/courses/{room.course}/polls"


def stored(room: Classroom) -> list[CoursePost]:
    with room.sessions() as session:
        return list(session.scalars(select(CoursePost).order_by(CoursePost.id)))


def heard(room: Classroom, who: str) -> list[str]:
    with room.sessions() as session:
        rows = session.scalars(select(Message).where(Message.conversation_id == room.chats[who]).order_by(Message.id))
        return [room.seal.open(row.sealed_text) for row in rows]


# --- posts


def test_own_words_are_previewed_in_every_language_and_sent_as_previewed(room: Classroom, teacher: Browser) -> None:
    action = f"{posts_at(room)}/own/new"
    form = form_in(teacher.get(posts_at(room)), action)
    assert {"text-nb", "text-ar", "text-so", "text-uk", "due_day", "due_time", "key"} <= set(form)
    typed = {**form, "text-nb": "Vi møtes på rom 7.", "text-ar": "مرحبا"}
    page = teacher.post(action, data={**typed, "action": "preview"})
    said = words_of(page)
    assert page.status_code == 200 and stored(room) == [] and heard(room, "nb") == []
    assert "Silje Haugland, læreren din, skriver:" in said and 'lang="ar" dir="rtl"' in page.text and "I gruppa" in said
    kept = form_in(page, action)
    assert kept == {**typed, "key": form["key"]}
    answer = teacher.post(action, data={**kept, "action": "send"})
    assert answer.status_code == 303 and answer.headers["location"] == f"{posts_at(room)}?done=post_sent"
    previewed = re.findall(r'<p class="words" lang="nb" dir="ltr">(.*?)</p>', page.text, flags=re.S)
    assert heard(room, "nb")[0] in previewed
    assert "Beskjeden er sendt" in words_of(teacher.get(answer.headers["location"]))


def test_the_preview_works_with_htmx_and_keeps_to_itself(room: Classroom, teacher: Browser) -> None:
    part = teacher.submit(f"{posts_at(room)}/own/new", hx=True, **{"text-nb": EVIL, "action": "preview"})
    assert part.status_code == 200 and "<html" not in part.text and EVIL not in part.text and "&lt;script&gt;" in part.text
    part = teacher.submit(f"{posts_at(room)}/own/new", hx=True, **{"text-nb": "", "action": "preview"})
    assert part.status_code == 409 and 'role="alert"' in part.text and "bokmål" in part.text
    assert stored(room) == []


def test_a_double_click_is_one_post(room: Classroom, teacher: Browser) -> None:
    typed = {"text-nb": "Hei", "key": "onekey", "action": "send"}
    for _ in range(2):
        assert teacher.submit(f"{posts_at(room)}/own/new", **typed).status_code == 303
    assert len(stored(room)) == 1 and len(heard(room, "so")) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text-nb": " "}, "Fyll ut «bokmål»"),
        ({"text-nb": "Hei", "text-so": "x" * 1501}, "«somali» er for lang"),
        ({"text-nb": "Nummer 01010112377"}, "fødselsnummer"),
        ({"text-nb": "Hei", "due_day": "2026-11-20", "due_time": "10:00"}, "ikke er over"),
        ({"text-nb": "Hei", "due_day": "2026-11-25"}, "Noe mangler"),
    ],
)
def test_what_was_typed_comes_back_with_the_problem(room: Classroom, teacher: Browser, typed: dict[str, str], sentence: str) -> None:
    page = teacher.submit(f"{posts_at(room)}/own/new", **typed, action="send", key="k")
    assert page.status_code == 409 and sentence in words_of(page) and stored(room) == []
    kept = form_in(page, f"{posts_at(room)}/own/new")
    assert {name: kept[name].strip() for name in typed} == {name: value.strip() for name, value in typed.items()}


def test_a_ready_text_is_chosen_filled_in_and_planned(room: Classroom, teacher: Browser) -> None:
    action = f"{posts_at(room)}/ready/new"
    page = teacher.get(f"{posts_at(room)}?ready=lesson_tomorrow")
    form = form_in(page, action)
    assert {"ready-time", "ready-place", "ready-session"} <= set(form) and form["ready_text"] == "lesson_tomorrow"
    typed = {**form, **TOMORROW, "ready-time": "09:00", "ready-place": "Rom 7", "action": "send"}
    refused = teacher.post(action, data={**typed, "ready-place": ""})
    assert refused.status_code == 409 and "Fyll ut «Sted»" in words_of(refused) and form_in(refused, action)["ready-time"] == "09:00"
    answer = teacher.post(action, data=typed)
    assert answer.headers["location"].endswith("done=post_planned") and heard(room, "nb") == []
    (row,) = stored(room)
    assert set(row.details) == {"text", "time", "session"} and b"Rom 7" not in (row.sealed_texts or b"")
    said = words_of(teacher.get(posts_at(room)))
    assert "Ferdig tekst: Kurs i morgen" in said and "ons. 25. nov. 12:00" in said
    assert form_in(teacher.get(f"{posts_at(room)}?ready=no_such_text"), f"{posts_at(room)}/own/new")


def test_a_lesson_and_a_cheer_are_posted(room: Classroom, teacher: Browser) -> None:
    for kind, shown in (("session", "Kursdag:"), ("cheer", "Jeg heier på dere")):
        form = form_in(teacher.get(posts_at(room)), f"{posts_at(room)}/{kind}/new")
        assert teacher.post(f"{posts_at(room)}/{kind}/new", data={**form, "action": "send"}).status_code == 303
        assert shown in heard(room, "nb")[-1]
    assert [row.kind for row in stored(room)] == ["session", "cheer"]


def test_a_planned_post_is_changed_cancelled_and_sent(room: Classroom, teacher: Browser) -> None:
    for key in ("a", "b"):
        teacher.submit(f"{posts_at(room)}/own/new", **{"text-nb": "Hei", "text-ar": "مرحبا"}, **TOMORROW, key=key, action="send")
    first, second = stored(room)
    address = f"{posts_at(room)}/{first.id}"
    form = form_in(teacher.get(address), f"{address}/change")
    assert (form["text-nb"], form["text-ar"], form["due_day"], form["due_time"]) == ("Hei", "مرحبا", "2026-11-25", "12:00")
    preview = teacher.post(f"{address}/change", data={**form, "text-nb": "Ny tekst", "action": "preview"})
    assert "Ny tekst" in words_of(preview) and form_in(preview, f"{address}/change")["text-nb"] == "Ny tekst"
    part = teacher.submit(f"{address}/change", hx=True, **{**form, "action": "preview"})
    assert part.status_code == 200 and "<html" not in part.text
    assert teacher.post(f"{address}/change", data={**form, "text-nb": "", "action": "save"}).status_code == 409
    assert teacher.post(f"{address}/change", data={**form, "text-nb": "Ny tekst", "action": "save"}).status_code == 303
    assert teacher.submit(f"{address}/send").status_code == 303
    assert heard(room, "nb")[0].endswith("Ny tekst")
    late = teacher.submit(f"{address}/cancel")
    assert late.status_code == 409 and "sendt eller avlyst" in words_of(late)
    assert teacher.post(f"{address}/change", data={**form, "action": "save"}).status_code == 409
    for _ in range(2):
        assert teacher.submit(f"{posts_at(room)}/{second.id}/cancel").status_code == 303
    assert teacher.submit(f"{posts_at(room)}/{second.id}/send").status_code == 303  # says nothing any more
    assert len(heard(room, "nb")) == 1


def test_what_was_sent_shows_how_far_it_came_without_names(room: Classroom, teacher: Browser) -> None:
    teacher.submit(f"{posts_at(room)}/own/new", **{"text-nb": "Hei"}, key="a", action="send")
    with room.sessions.begin() as session:
        rows = session.scalars(select(Message).where(Message.external_id.like("post:%"))).all()
        rows[0].delivered_at, rows[1].problem = WORKING_HOURS, "blocked"
    page = teacher.get(posts_at(room))
    said = words_of(page)
    assert "sagt til 3" in said and "kommet fram: 1" in said and "kom ikke fram: 1" in said and "uten chat: 1" in said
    assert "Olena" not in said and f"/console/courses/{room.course}/members" in page.text


def test_a_post_that_cannot_be_sent_says_why(room: Classroom, teacher: Browser) -> None:
    teacher.submit(f"{posts_at(room)}/own/new", **{"text-nb": "Hei"}, **TOMORROW, key="a", action="send")
    with room.sessions.begin() as session:
        session.scalars(select(CoursePost)).one().problem = "late"
    assert "Ble ikke sendt i tide" in words_of(teacher.get(posts_at(room)))


# --- polls


def poll_form(room: Classroom, teacher: Browser, form: str) -> dict[str, str]:
    return form_in(teacher.get(polls_at(room)), f"{polls_at(room)}/{form}/new")


OWN = {
    "poll_kind": "quiz",
    "ask-nb": "Hva heter hovedstaden?",
    "option-0-nb": "Bergen",
    "option-2-nb": "Oslo",
    "right": "2",
    "because-nb": "Fordi.",
}


def test_a_poll_of_the_plan_is_previewed_and_sent(room: Classroom, teacher: Browser) -> None:
    form = poll_form(room, teacher, "plan")
    assert form["week"] == "w04_interests"
    page = teacher.post(f"{polls_at(room)}/plan/new", data={**form, "week": "w01_welcome", "action": "preview"})
    assert "Hva vil du vite mest om?" in words_of(page) and stored(room) == []
    part = teacher.submit(f"{polls_at(room)}/plan/new", hx=True, **{**form, "week": "w01_welcome", "action": "preview"})
    assert part.status_code == 200 and "Utdanning" in words_of(part) and "<html" not in part.text
    for _ in range(2):
        assert teacher.post(f"{polls_at(room)}/plan/new", data={**form, "week": "w01_welcome", "action": "send"}).status_code == 303
    assert len(stored(room)) == 1 and "Hva vil du vite mest om?" in heard(room, "nb")[0]
    assert "Åpne" in words_of(teacher.get(polls_at(room)))


def test_an_own_quiz_keeps_what_was_typed_and_counts_without_names(room: Classroom, teacher: Browser) -> None:
    typed = {**poll_form(room, teacher, "own"), **OWN, **CLOSES}
    for wrong, sentence in (
        ({"right": "1"}, "Fyll ut «Riktig svar»"),
        ({"right": "x"}, "Fyll ut «Riktig svar»"),
        ({"option-2-nb": ""}, "mellom 2 og 5"),
        ({"option-2-nb": "bergen"}, "like"),
        ({"closes_day": "2027-11-30"}, "høyst 30 dager"),
        ({"closes_day": ""}, "Noe mangler"),
        ({"ask-nb": "x" * 201}, "for lang"),
    ):
        page = teacher.post(f"{polls_at(room)}/own/new", data={**typed, **wrong, "action": "send"})
        assert page.status_code == 409 and sentence in words_of(page), wrong
        kept = form_in(page, f"{polls_at(room)}/own/new")
        assert kept["because-nb"] == "Fordi." and kept["option-0-nb"] == "Bergen"
    assert stored(room) == []
    assert teacher.post(f"{polls_at(room)}/own/new", data={**typed, "action": "send"}).status_code == 303
    with room.sessions.begin() as session:
        poll = session.scalars(select(CoursePoll)).one()
        assert (poll.kind, poll.options, poll.right) == ("quiz", 2, 1)
        polls.vote(session, poll.id, room.members["ar"], 1, WORKING_HOURS)
        polls.note_group_poll(session, poll.id, "tg", WORKING_HOURS)
        polls.group_totals(session, "tg", [2, 3], WORKING_HOURS)
        number = poll.id
    page = teacher.get(polls_at(room))
    said = words_of(page)
    assert "Har ikke svart i egen chat: 3" in said and "Rania" not in said and "riktig" in said
    row = page.text.split('<span lang="nb">Oslo</span>')[1].split("</tr>")[0]
    assert re.findall(r">\s*(\d+)\s*</td>", row) == ["1", "3", "4"] and 'aria-hidden="true"' in row
    one = teacher.get(f"{polls_at(room)}/{number}")
    assert "Antall svar: 6" in words_of(one)
    assert teacher.submit(f"{polls_at(room)}/{number}/close").status_code == 303
    share = form_in(one, f"{polls_at(room)}/{number}/share")
    for _ in range(2):
        assert teacher.post(f"{polls_at(room)}/{number}/share", data=share).status_code == 303
    assert len(heard(room, "nb")) == 2 and "Oslo: ██████████ 4" in heard(room, "nb")[1]
    assert "Ferdige" in words_of(teacher.get(polls_at(room)))


def test_a_planned_poll_waits(room: Classroom, teacher: Browser) -> None:
    form = {**poll_form(room, teacher, "plan"), **TOMORROW, "action": "send"}
    assert teacher.post(f"{polls_at(room)}/plan/new", data=form).headers["location"].endswith("done=poll_planned")
    assert heard(room, "nb") == [] and "Planlagt" in words_of(teacher.get(polls_at(room)))
    (row,) = stored(room)
    assert teacher.submit(f"{posts_at(room)}/{row.id}/cancel").status_code == 303
    assert "Ingen avstemninger ennå" in words_of(teacher.get(polls_at(room)))


# --- who may


def test_nobody_reaches_another_teachers_course(room: Classroom, teacher: Browser, signed_in: SignedIn) -> None:
    teacher.submit(f"{posts_at(room)}/own/new", **{"text-nb": "Hei"}, **TOMORROW, key="a", action="send")
    teacher.post(f"{polls_at(room)}/plan/new", data={**poll_form(room, teacher, "plan"), "action": "send"})
    with room.sessions() as session:
        post, poll = session.scalars(select(CoursePost.id)).first(), session.scalars(select(CoursePoll.id)).one()
    for who, status in (
        (signed_in("teacher", "oslo"), 404),
        (signed_in("administrator", "larvik"), 404),
        (signed_in("advisor", "oslo"), 403),
    ):
        gets = (posts_at(room), f"{posts_at(room)}/{post}", polls_at(room), f"{polls_at(room)}/{poll}")
        sends = ("own/new", f"{post}/change", f"{post}/cancel", f"{post}/send")
        assert {who.get(address).status_code for address in gets} == {status}
        assert {who.submit(f"{posts_at(room)}/{end}", **{"text-nb": "x", "action": "send"}).status_code for end in sends} == {status}
        for end in (f"{poll}/close", f"{poll}/share"):
            assert who.submit(f"{polls_at(room)}/{end}", key="x").status_code == status
        assert who.submit(f"{posts_at(room)}/own/new", hx=True, **{"text-nb": "x", "action": "preview"}).status_code == status
    assert len(stored(room)) == 2
    assert signed_in("administrator", "oslo").get(posts_at(room)).status_code == 200


def test_a_post_or_poll_of_another_course_is_not_there(room: Classroom, teacher: Browser) -> None:
    teacher.submit(f"{posts_at(room)}/own/new", **{"text-nb": "Hei"}, **TOMORROW, key="a", action="send")
    teacher.post(f"{polls_at(room)}/plan/new", data={**poll_form(room, teacher, "plan"), "action": "send"})
    with room.sessions.begin() as session:
        post, poll = session.scalars(select(CoursePost.id)).first(), session.scalars(select(CoursePoll.id)).one()
        other = add_course(session, room.teacher, "B")
        (lesson, *_) = add_sessions(session, other, ("w01_welcome",), dt.date(2026, 11, 30))
    base = f"/console/courses/{other}"
    assert teacher.get(f"{base}/posts/{post}").status_code == teacher.get(f"{base}/polls/{poll}").status_code == 404
    for end in (f"posts/{post}/change", f"posts/{post}/cancel", f"posts/{post}/send", f"polls/{poll}/close", f"polls/{poll}/share"):
        assert teacher.submit(f"{base}/{end}", **{"text-nb": "x", "action": "save", "key": "z"}).status_code == 404
    assert teacher.submit(f"{posts_at(room)}/session/new", session=lesson, action="send", key="y").status_code == 404
    for strange in ("x", "", "-1", "9" * 12):
        assert teacher.submit(f"{posts_at(room)}/session/new", session=strange, action="send", key="y").status_code == 409
    for path in (f"{posts_at(room)}/word/new", f"{posts_at(room)}/answer/new", f"{polls_at(room)}/other/new"):
        assert teacher.submit(path, action="send", key="y").status_code == 404


def test_a_closed_course_is_read_only(room: Classroom, teacher: Browser) -> None:
    with room.sessions.begin() as session:
        session.get_one(Course, room.course).closed_at = WORKING_HOURS
    for address in (posts_at(room), polls_at(room)):
        page = teacher.get(address)
        assert page.status_code == 200 and "/new" not in page.text
    assert teacher.submit(f"{posts_at(room)}/own/new", **{"text-nb": "x"}, action="send", key="k").status_code == 409
    assert stored(room) == []


def test_forms_of_other_sites_are_refused(room: Classroom, teacher: Browser) -> None:
    for path in (f"{posts_at(room)}/own/new", f"{polls_at(room)}/plan/new"):
        assert teacher.post(path, data={"form_key": "stolen", "text-nb": "x", "action": "send"}).status_code == 403


def test_the_log_names_no_words(room: Classroom, teacher: Browser) -> None:
    teacher.submit(f"{posts_at(room)}/own/new", **{"text-nb": "Hemmelig beskjed"}, key="a", action="send")
    found = logged(room_parts(room, teacher), "course")
    assert ("posted", str(room.course), {"kind": "own"}) in found and "Hemmelig" not in str(found)


def room_parts(room: Classroom, teacher: Browser) -> Parts:
    return teacher.app.state.console  # type: ignore[attr-defined, no-any-return]


# --- words and pages in all languages of the console


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_written_in_every_language_of_the_console(room: Classroom, signed_in: SignedIn, language: str) -> None:
    browser = signed_in("administrator", "oslo", language=language)
    browser.submit(f"{posts_at(room)}/own/new", **{"text-nb": "Hei"}, key="a", action="send")
    for address in (posts_at(room), f"{posts_at(room)}?ready=excursion", polls_at(room)):
        page = browser.get(address)
        assert page.status_code == 200 and f'lang="{language}"' in page.text


def test_words_have_the_same_keys_and_places_in_every_language() -> None:
    found = [dict(read_yaml(ROOT / "data" / "console" / language / "courses_posts.yml")) for language in LANGUAGES]
    places: list[dict[str, Any]] = [{key: sorted(re.findall(r"{\w+}", text)) for key, text in words.items()} for words in found]
    assert places[0] == places[1] == places[2]


def test_votes_stay_when_a_poll_is_shown(room: Classroom, teacher: Browser) -> None:
    teacher.post(f"{polls_at(room)}/plan/new", data={**poll_form(room, teacher, "plan"), "action": "send"})
    with room.sessions.begin() as session:
        poll = session.scalars(select(CoursePoll.id)).one()
        polls.vote(session, poll, room.members["nb"], 0, WORKING_HOURS)
    teacher.get(f"{polls_at(room)}/{poll}")
    with room.sessions() as session:
        assert session.scalar(select(func.count()).select_from(CourseVote)) == 1
        assert posting.post_of_key(session, room.course, "nothing") is None
