"""Posts to a whole class: every kind in every language, once, as previewed, until they are sent; and how far they came."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.courses import key_words, posting
from bot.courses.drafts import KINDS, Draft
from bot.courses.in_language import text_in
from bot.courses.key_words import words_in
from bot.courses.lessons import KeyWord, Lesson
from bot.courses.parts import Courses
from bot.courses.post_message import group_message, message
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.courses.reach import reach
from bot.courses.ready import fields_of, ready_given, ready_titles
from bot.settings import ROOT
from bot.storage.course_tables import Course, CourseMember, CoursePost, CourseSession
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message
from tests.courses.common import (
    GROUP_CHAT,
    KEY,
    LANGUAGES,
    WORKING_HOURS,
    Classroom,
    Clock,
    add_course,
    add_deadline,
    add_member,
    bind_group,
)

OWN = {"nb": "Hei! Målet i morgen er å velge.\nTa med PC.", "ar": "مرحبا"}
LESSON = 7  # the place of tomorrow's lesson among those of the classroom, counted from 0


@pytest.fixture
def courses(seal: Seal, clock: Clock) -> Courses:
    return Courses(seal, Library(ROOT / "data"), KEY, clock)


def lesson(session: Session, room: Classroom) -> int:
    rows = select(CourseSession.id).where(CourseSession.course_id == room.course).order_by(CourseSession.starts_at)
    return session.scalars(rows).all()[LESSON]


def store(room: Classroom, kind: str = "own", key: str = "k1", *, details: object = None, texts: object = None, due: object = None) -> int:
    """Stores a post of the teacher and gives its number."""
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        moment = due or room.courses.clock()
        words = OWN if texts is None and kind == "own" else texts or {}
        made = posting.post(room.courses, session, course, kind, details or {}, words, moment, key, room.teacher.id)  # type: ignore[arg-type]
        session.flush()
        return made.id


def send(room: Classroom, number: int) -> posting.Told | None:
    with room.sessions.begin() as session:
        return posting.send(room.courses, session, session.get_one(CoursePost, number))


def heard(room: Classroom, who: str) -> list[Message]:
    with room.sessions() as session:
        ours = (Message.conversation_id == room.chats[who], Message.author != Author.PARTICIPANT)
        return list(session.scalars(select(Message).where(*ours).order_by(Message.id)))


def words(room: Classroom, row: Message) -> str:
    return room.seal.open(row.sealed_text)


# --- storing


def test_the_same_key_is_the_same_post_whatever_else_is_said(classroom: Classroom) -> None:
    first = store(classroom)
    assert store(classroom, texts={"nb": "Noe annet"}) == first and store(classroom, "cheer") == first
    with classroom.sessions() as session:
        assert session.scalar(select(func.count()).select_from(CoursePost)) == 1
    assert store(classroom, key="k2") != first


def test_the_key_of_another_course_is_another_post(classroom: Classroom) -> None:
    first = store(classroom)
    with classroom.sessions.begin() as session:
        other = session.get_one(Course, add_course(session, classroom.teacher, "B"))
        made = posting.post(classroom.courses, session, other, "own", {}, OWN, WORKING_HOURS, "k1", None)
        session.flush()
        assert made.id != first
        with pytest.raises(NoSuchCourse):
            posting.post_of(session, other, first)


def test_two_forms_at_once_are_one_post(classroom: Classroom) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(store(classroom))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and len(set(found)) == 1


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"ar": "مرحبا"}, "course_field_missing"),
        ({"nb": " \x00 "}, "course_field_missing"),
        ({"nb": "x" * 1501}, "course_text_too_long"),
        ({"nb": "Hei", "ti": "x" * 1501}, "course_text_too_long"),
        ({"nb": "Nummeret er 010101 12377"}, "course_national_number"),
    ],
)
def test_words_that_cannot_be_said_are_refused(classroom: Classroom, texts: dict[str, str], problem: str) -> None:
    with pytest.raises(CourseProblem) as refused:
        store(classroom, texts=texts)
    assert refused.value.key == problem


def test_words_are_sealed(classroom: Classroom) -> None:
    number = store(classroom)
    with classroom.sessions() as session:
        row = session.get_one(CoursePost, number)
        assert b"Ta med" not in (row.sealed_texts or b"") and row.details == {}


# --- own words


def test_own_words_reach_everybody_once(classroom: Classroom) -> None:
    number = store(classroom)
    told = send(classroom, number)
    assert told is not None and (told.members, told.unreachable, told.group) == (5, (), False)
    assert send(classroom, number) is None
    assert all(len(heard(classroom, who)) == 1 for who in LANGUAGES)
    row = heard(classroom, "nb")[0]
    assert words(classroom, row) == "Silje Haugland, læreren din, skriver:\n\nHei! Målet i morgen er å velge.\nTa med PC."
    assert (row.author, row.details["by"], row.account_id) == (Author.ADVISOR, "Silje Haugland", classroom.teacher.id)


def test_a_language_that_is_given_reads_it_and_norwegian_is_beside_it(classroom: Classroom) -> None:
    send(classroom, store(classroom))
    row = heard(classroom, "ar")[0]
    said = words(classroom, row)
    assert "مرحبا" in said and "Ta med" not in said and row.language == "ar" and row.details["direction"] == "rtl"
    assert "Ta med PC." in classroom.seal.open(row.sealed_norwegian or b"")


def test_a_language_that_is_missing_reads_norwegian_and_is_told_so(classroom: Classroom) -> None:
    note = classroom.courses.library.phrase("course_in_norwegian", "ti")
    send(classroom, store(classroom, texts={"nb": "Vi starter klokka ti."}))
    said = words(classroom, heard(classroom, "ti")[0])
    assert note in said and "Vi starter klokka ti." in said
    assert note not in words(classroom, heard(classroom, "nb")[0])


def test_key_words_are_explained_in_the_members_language(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_words, "word_only_norwegian", lambda *_: False)
    monkeypatch.setattr(key_words, "word_in", lambda library, found, word, language: {"words": f"<{language}>"})
    with classroom.sessions() as session:
        course = session.get_one(Course, classroom.course)
        known = key_words._of_this_week(classroom.courses, session, course)[0][0].norwegian
        draft = Draft("own", texts={"nb": f"Vi snakker om {known.partition(' ')[2]} i dag."})
        assert f"{known} – <so>" in message(classroom.courses, session, course, draft, "so").text
        assert known not in message(classroom.courses, session, course, draft, "nb").text
        other = Draft("own", texts={"nb": "Vi starter klokka ti."})
        assert "<so>" not in message(classroom.courses, session, course, other, "so").text


@pytest.mark.parametrize(
    ("word", "text", "stands"),
    [
        ("et mål", "Målet er klart", True),
        ("et mål", "et måltid", False),
        ("en deltaker", "Alle deltakerne kommer", True),
        ("å velge", "Du velger selv", True),
        ("å velge", "Jeg valgte", False),  # another stem
        ("en gruppe", "gruppa vår", True),
        ("en vane", "vaner", True),
        ("en vane", "vanlig", False),
        ("å øve", "Øv hver dag", True),
    ],
)
def test_words_are_found_in_their_forms(word: str, text: str, stands: bool) -> None:
    assert bool(words_in([(KeyWord(word, ""), Lesson(""))], text)) is stands


# --- the other kinds


def drafts(session: Session, room: Classroom) -> dict[str, Draft]:
    day = lesson(session, room)
    return {
        "own": Draft("own", texts=OWN, account_id=room.teacher.id),
        "ready": Draft("ready", {"text": "lesson_tomorrow", "time": "09:00", "session": day}, {"place": "Rom 7"}, room.teacher.id),
        "session": Draft("session", {"session": day}, account_id=room.teacher.id),
        "word": Draft("word", {"day": WORKING_HOURS.date().isoformat()}),
        "countdown": Draft("countdown", {"deadline": add_deadline(session, room.course, 14), "days": 14}),
        "cheer": Draft("cheer"),
        "answer": Draft("answer", {"questions": [], "topic": ""}, {"nb": "Ja, det kan du."}, room.teacher.id),
    }


def test_every_kind_says_something_in_every_language_and_in_the_group(classroom: Classroom) -> None:
    with classroom.sessions() as session:
        course = session.get_one(Course, classroom.course)
        bind_group(session, classroom.course)
        every = drafts(session, classroom)
        assert {*every, "poll", "results"} == {*KINDS}
        for kind, draft in every.items():
            for language in LANGUAGES:
                said = message(classroom.courses, session, course, draft, language)
                assert said.text and said.language == language and "{" not in said.text, kind
                assert bool(said.norwegian) == (language != "nb"), kind
            said = group_message(classroom.courses, session, course, draft)
            assert said.key == "course_post" and "privat chat" in said.text and "{" not in said.text


def test_a_lesson_is_told_with_all_a_member_needs(classroom: Classroom) -> None:
    with classroom.sessions() as session:
        course, draft = session.get_one(Course, classroom.course), drafts(session, classroom)["session"]
        said = message(classroom.courses, session, course, draft, "nb")
        row = session.get_one(CourseSession, draft.details["session"])
        title = classroom.courses.library.texts("courses/weeks", "nb")["weeks"][row.week]["title"]
    assert title in said.text and "onsdag 25. november 2026 kl. 09:00" in said.text and "Rom 204" in said.text
    assert [one["payload"] for one in said.choices] == [f'/course_relevant{{"about": "session:{draft.details["session"]}"}}']


def test_what_the_teacher_changed_in_a_lesson_is_told_as_written(classroom: Classroom) -> None:
    with classroom.sessions() as session:
        course, draft = session.get_one(Course, classroom.course), drafts(session, classroom)["session"]
        session.get_one(CourseSession, draft.details["session"]).content = {"title": "Besøk på verkstedet"}
        said = message(classroom.courses, session, course, draft, "ti")
    assert "Besøk på verkstedet" in said.text and classroom.courses.library.phrase("course_in_norwegian", "ti") in said.text


def test_a_lesson_of_another_course_cannot_be_posted(classroom: Classroom) -> None:
    with classroom.sessions() as session:
        other = session.get_one(Course, add_course(session, classroom.teacher, "B"))
        with pytest.raises(KeyError):
            message(classroom.courses, session, other, drafts(session, classroom)["session"], "nb")


def test_every_ready_text_is_filled_in(classroom: Classroom, real_library: Library) -> None:
    given = {"day": "2026-12-01", "time": "9.30", "place": "Rom 7", "what": "matboks", "session": "1"}
    with classroom.sessions() as session:
        course, day = session.get_one(Course, classroom.course), lesson(session, classroom)
        for key in ready_titles(real_library):
            details, texts = ready_given(real_library, key, given)
            if "session" in fields_of(real_library, key):
                details = {**details, "session": day}  # type: ignore[dict-item]
            said = message(classroom.courses, session, course, Draft("ready", details, texts), "nb").text
            assert "{" not in said
            for name, shown in {"day": "tirsdag 1. desember 2026", "time": "09:30", "place": "Rom 7", "what": "matboks"}.items():
                assert (shown in said) == (name in fields_of(real_library, key)), key
            for language in real_library.languages:
                foreign = message(classroom.courses, session, course, Draft("ready", details, texts), language)
                assert "{" not in foreign.text and ("Rom 7" in foreign.text) == ("place" in texts), (key, language)
                written = (real_library.data / "courses" / "ready" / f"{language}.yml").exists()
                note = classroom.courses.library.phrase("course_in_norwegian", language)
                assert (note in foreign.text) == (not written and language not in ("nb", "nn")), (key, language)


@pytest.mark.parametrize(
    ("key", "given", "field"),
    [
        ("room_changed", {"day": "i morgen", "time": "9", "place": "x"}, "day"),
        ("room_changed", {"day": "2026-12-01", "time": "25:00", "place": "x"}, "time"),
        ("room_changed", {"day": "2026-12-01", "time": "09:00", "place": " "}, "place"),
        ("no_such_text", {}, "text"),
    ],
)
def test_a_ready_text_needs_its_fields(real_library: Library, key: str, given: dict[str, str], field: str) -> None:
    with pytest.raises(CourseProblem) as refused:
        ready_given(real_library, key, given)
    assert refused.value.values["field"] == field


def test_a_text_nobody_wrote_is_a_key_error(real_library: Library) -> None:
    with pytest.raises(KeyError):
        text_in(real_library, "nb", "courses/ready", "posts", "no_such_text")


# --- the group


def test_the_group_reads_norwegian_and_a_paragraph_for_who_has_no_chat(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        bind_group(session, classroom.course)
        for language in ("ar", "uk", "ar"):
            add_member(session, classroom.seal, classroom.course, language, chat=False)
    number = store(classroom)
    told = send(classroom, number)
    assert told is not None and told.group and len(told.unreachable) == 3
    with classroom.sessions() as session:
        everybody = session.scalars(select(Conversation).where(Conversation.account == f"{GROUP_CHAT}:everybody")).one()
        row = session.scalars(select(Message).where(Message.conversation_id == everybody.id)).one()
    said = words(classroom, row).split("\n\n")
    assert said[0] == "Silje Haugland, læreren deres, skriver:" and said[1].startswith("Hei!")
    assert said[2].startswith("العربية\n") and "مرحبا" in said[2]
    assert len(said) == 4 and "privat chat" in said[3]  # Ukrainian has no words of its own here
    assert row.details["choices"] == [] and row.key == "course_post"  # the channel adds the button


def test_a_group_whose_members_all_have_chats_reads_norwegian_only(classroom: Classroom) -> None:
    with classroom.sessions() as session:
        bind_group(session, classroom.course)
        course = session.get_one(Course, classroom.course)
        said = group_message(classroom.courses, session, course, Draft("cheer"))
    assert len(said.text.split("\n\n")) == 2 and said.language == "nb"


# --- preview, change, cancel


def test_the_preview_is_what_is_stored(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        bind_group(session, classroom.course)
    number = store(classroom, texts={**OWN, "so": "Salaan"})
    with classroom.sessions() as session:
        course = session.get_one(Course, classroom.course)
        seen = posting.preview(classroom.courses, session, course, session.get_one(CoursePost, number))
        again = posting.preview(
            classroom.courses, session, course, Draft("own", texts={**OWN, "so": "Salaan"}, account_id=classroom.teacher.id)
        )
    assert seen == again and [one.members for one in seen] == [1, 1, 1, 1, 1, 0] and seen[-1].group
    assert seen[-1].choices == ("Skriv til meg privat",)
    send(classroom, number)
    for one in seen[:-1]:
        row = heard(classroom, one.language)[0]
        assert (words(classroom, row), row.details["direction"]) == (one.text, one.direction)


def test_a_class_without_members_is_previewed_in_norwegian(classroom: Classroom) -> None:
    with classroom.sessions() as session:
        course = session.get_one(Course, add_course(session, classroom.teacher, "B"))
        assert [one.language for one in posting.preview(classroom.courses, session, course, Draft("cheer"))] == ["nb"]


def test_a_post_is_changed_and_cancelled_until_it_is_sent(classroom: Classroom) -> None:
    later = WORKING_HOURS + dt.timedelta(hours=3)
    number = store(classroom, due=later)
    with classroom.sessions.begin() as session:
        row = session.get_one(CoursePost, number)
        posting.change(classroom.courses, session, row, {}, {"nb": "Nye ord"}, later + dt.timedelta(hours=1))
        with pytest.raises(CourseProblem):
            posting.change(classroom.courses, session, row, {}, {"nb": ""}, later)
    send(classroom, number)
    assert words(classroom, heard(classroom, "nb")[0]).endswith("Nye ord")
    with classroom.sessions.begin() as session:
        row = session.get_one(CoursePost, number)
        for late in (
            lambda: posting.change(classroom.courses, session, row, {}, {"nb": "x"}, later),
            lambda: posting.cancel(classroom.courses, session, row),
        ):
            with pytest.raises(CourseProblem) as refused:
                late()
            assert refused.value.key == "course_post_gone"


def test_a_cancelled_post_is_never_sent(classroom: Classroom) -> None:
    number = store(classroom)
    for _ in range(2):
        with classroom.sessions.begin() as session:
            posting.cancel(classroom.courses, session, session.get_one(CoursePost, number))
    assert send(classroom, number) is None and heard(classroom, "nb") == []


@pytest.mark.parametrize("hours", [-1, 24 * 400])
def test_a_moment_that_is_over_or_far_away_is_refused(hours: int) -> None:
    with pytest.raises(CourseProblem):
        posting.due_moment(WORKING_HOURS + dt.timedelta(hours=hours), WORKING_HOURS)


def test_two_senders_at_once_send_once(classroom: Classroom) -> None:
    number, found = store(classroom), []
    threads = [threading.Thread(target=lambda: found.append(send(classroom, number))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and sum(one is not None for one in found) == 1
    assert all(len(heard(classroom, who)) == 1 for who in LANGUAGES)


# --- how far it came


def test_reach_counts_what_arrived_and_who_has_no_chat(classroom: Classroom, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        silent, _ = add_member(session, classroom.seal, classroom.course, "ar", chat=False)
        bind_group(session, classroom.course)
    number = store(classroom)
    send(classroom, number)
    with sessions.begin() as session:
        rows = {row.conversation_id: row for row in session.scalars(select(Message).where(Message.external_id == f"post:{number}"))}
        rows[classroom.chats["nb"]].delivered_at = WORKING_HOURS
        rows[classroom.chats["ti"]].problem = "blocked"
    with sessions.begin() as session:
        late, _ = add_member(session, classroom.seal, classroom.course, "fr", chat=False)
        session.get_one(CourseMember, late).created_at = WORKING_HOURS + dt.timedelta(days=1)
    with sessions() as session:
        found = reach(session, session.get_one(CoursePost, number))
    assert (found.told, found.delivered, found.failed, found.waiting, found.group) == (5, 1, 1, 3, True)
    assert silent in found.without and late not in found.without


def test_a_planned_post_about_a_lesson_that_was_cancelled_is_not_sent(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        course = session.get_one(Course, classroom.course)
        lesson = session.scalars(select(CourseSession).where(CourseSession.course_id == course.id)).first()
        assert lesson is not None
        made = posting.post(
            classroom.courses, session, course, "session", {"session": lesson.id}, {}, classroom.courses.clock(), "p1", classroom.teacher.id
        )
        lesson.cancelled_at = classroom.courses.clock()
        number = made.id
    with pytest.raises(CourseProblem, match="course_lesson_cancelled"), classroom.sessions.begin() as session:
        posting.send(classroom.courses, session, session.get_one(CoursePost, number))
    with classroom.sessions() as session:
        assert session.get_one(CoursePost, number).sent_at is None
