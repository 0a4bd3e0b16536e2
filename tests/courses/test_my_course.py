"""What a member asks about the course, in a private chat and in the group; and that nothing typed breaks it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from bot.courses import catching_up, my_course, relevance
from bot.courses.membership import member_of
from bot.courses.relevance import relevance_lines
from bot.courses.turn import Handler
from bot.courses.words import word_of
from bot.storage.course_tables import Course, CourseMember, CoursePoll, CoursePost, CourseSession
from tests.courses.common import (
    WORKING_HOURS,
    WRITTEN,
    Classroom,
    Clock,
    add_course,
    add_deadline,
    add_sessions,
    bind_group,
    payloads,
    texts,
)

HANDLERS: dict[str, Handler] = {**my_course.HANDLERS, **catching_up.HANDLERS, **relevance.HANDLERS}
OTHERS = tuple(language for language in WRITTEN if language != "nb")
STRANGE: tuple[dict[str, Any], ...] = (
    {},
    {"sure": "yes"},
    {"sure": 1},
    {"about": "session:999999"},
    {"about": "session:99999999999999999999"},
    {"about": "session:٣"},
    {"about": "practice:norwegian:dance"},
    {"about": "practice:"},
    {"about": "word:1"},
    {"about": ["session"]},
    {"about": "poll:0"},
    {"about": "x" * 500},
)


def test_my_course_says_which_who_and_when(classroom: Classroom) -> None:
    said = classroom.say(my_course.my_course)
    assert "Utdanningsvalg A" in texts(said) and "Silje Haugland" in texts(said)
    assert "onsdag 25. november 2026" in texts(said) and "09:00" in texts(said) and "Rom 204" in texts(said)
    assert "Interesser og verdier" in texts(said) and "/course_leave" in payloads(said)


def test_today_shows_the_next_lesson_and_on_its_day_today(classroom: Classroom, clock: Clock) -> None:
    before = texts(classroom.say(my_course.today))
    assert "Neste kursdag" in before and "Hva gjør at en arbeidsdag" in before and "I dag" not in before
    clock.forward(days=1)
    said = classroom.say(my_course.today)
    assert "I dag: onsdag 25. november 2026" in texts(said) and "Finn tre yrker" in texts(said)
    assert any(payload.startswith('/course_relevant{"about": "session:') for payload in payloads(said))
    clock.forward(hours=6)  # the lesson is over
    assert "mandag 30. november" in texts(classroom.say(my_course.today))


def test_a_cancelled_lesson_is_told_and_the_next_shown(classroom: Classroom, clock: Clock) -> None:
    clock.forward(days=1)
    with classroom.sessions.begin() as session:
        row = _session_on(session, classroom.course, clock().date())
        row.cancelled_at = WORKING_HOURS
    said = texts(classroom.say(my_course.today))
    assert "avlyst: onsdag 25. november" in said and "Neste kursdag: mandag 30. november" in said


def test_what_the_teacher_wrote_is_told_as_it_stands(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        row = _session_on(session, classroom.course, WORKING_HOURS.date() + dt.timedelta(days=1))
        row.content = {"title": "Tur til biblioteket", "words": [{"no": "et bibliotek", "says": "et hus med bøker"}]}
    said = texts(classroom.say(my_course.today))
    assert "Tur til biblioteket" in said and "et bibliotek – et hus med bøker" in said and "Interesser og verdier" not in said
    assert "Hva gjør at en arbeidsdag" in said  # not edited: still the plan's


def test_after_the_last_lesson_nothing_breaks(classroom: Classroom, clock: Clock) -> None:
    clock.forward(days=200)
    assert "ingen flere kursdager" in texts(classroom.say(my_course.today))
    assert "ingen flere kursdager" in texts(classroom.say(my_course.my_course))
    assert "Takk" not in texts(classroom.say(my_course.word))


def test_in_the_group_nothing_personal_and_norwegian_below(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        bind_group(session, classroom.course)
        add_deadline(session, classroom.course, 10)
    said = classroom.in_group(my_course.today)
    assert len(said) == 1 and "Interesser og verdier" in texts(said) and not payloads(said)
    assert "dager igjen: 10" in texts(classroom.in_group(my_course.deadlines)).casefold()
    assert {"course_today", "course_deadlines", "course_word"} == my_course.IN_GROUP


@pytest.mark.parametrize("language", OTHERS)
def test_in_the_group_another_language_has_norwegian_below(classroom: Classroom, language: str) -> None:
    with classroom.sessions.begin() as session:
        bind_group(session, classroom.course)
    said = classroom.in_group(my_course.today, language)
    assert [message.language for message in said] == [language, "nb"] and "Interesser og verdier" in said[1].text
    assert "Interesser og verdier" not in said[0].text


def test_a_group_of_no_course_is_told_what_to_do(classroom: Classroom) -> None:
    for name in my_course.IN_GROUP:
        assert "ikke med i et kurs" in texts(classroom.in_group(HANDLERS[name]))


def test_deadlines_count_down_and_leave_out_what_is_over(classroom: Classroom, clock: Clock) -> None:
    assert "ikke lagt inn noen frister" in texts(classroom.say(my_course.deadlines))
    with classroom.sessions.begin() as session:
        add_deadline(session, classroom.course, 3)
        add_deadline(session, classroom.course, 1, "intake_test")
        add_deadline(session, classroom.course, 0, "other", "Besøk på skolen")
        add_deadline(session, classroom.course, -1, "norskprove")
    said = texts(classroom.say(my_course.deadlines))
    assert "Dager igjen: 3" in said and "Det er i morgen" in said and "Besøk på skolen" in said and "Det er i dag" in said
    assert "norskprøve" not in said and said.index("Besøk") < said.index("inntakstest") < said.index("Dager igjen: 3")
    clock.forward(hours=14)  # midnight has passed in Norway, not in UTC
    assert "Besøk på skolen" not in texts(classroom.say(my_course.deadlines))


def test_the_word_walks_through_the_week_and_is_the_same_all_day(classroom: Classroom, clock: Clock) -> None:
    def word_on(days: int) -> str:
        with classroom.sessions.begin() as session:
            found = word_of(classroom.courses, session.get_one(Course, classroom.course), WORKING_HOURS.date() + dt.timedelta(days=days))
            assert found is not None
            return found.norwegian

    week = [word_on(days) for days in range(-1, 4)]  # Monday to Friday of week four
    assert len(set(week)) == 5 and word_on(0) == word_on(0)
    assert word_on(4) == week[0] and word_on(-2) != week[0]  # Sunday before is week three
    assert len({word_on(days) for days in range(-22, 20)}) == 30
    said = classroom.say(my_course.word)
    assert week[1] in texts(said) and payloads(said) == ['/course_relevant{"about": "word"}']


def test_a_course_without_plan_has_no_word(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        for row in session.scalars(select(CourseSession)):
            row.week = ""
    assert "ikke noe ord" in texts(classroom.say(my_course.word))
    assert "Neste kursdag" in texts(classroom.say(my_course.today))


def test_leaving_asks_first_and_ends_everything(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        member = session.get_one(CourseMember, classroom.members["nb"])
        member.shares_progress_at, member.sealed_self_assessment = WORKING_HOURS, b"x"
    asked = classroom.say(my_course.leaving)
    assert payloads(asked) == ['/course_leave{"sure": true}', '/course_leave{"sure": false}']
    assert "fortsatt med" in texts(classroom.say(my_course.leaving, sure=False))
    with classroom.sessions.begin() as session:
        assert member_of(session, classroom.chats["nb"]) is not None
    assert "ikke lenger med" in texts(classroom.say(my_course.leaving, sure=True))
    with classroom.sessions.begin() as session:
        member = session.get_one(CourseMember, classroom.members["nb"])
        assert member_of(session, classroom.chats["nb"]) is None and member.left_on == WORKING_HOURS.date()
        assert member.shares_progress_at is None and member.sealed_self_assessment is None
    assert "ikke med i et kurs" in texts(classroom.say(my_course.leaving, sure=True))  # the old button once more


@pytest.mark.parametrize("name", HANDLERS)
@pytest.mark.parametrize("who", ["nb", None])
def test_whatever_is_typed_gets_a_clear_sentence(classroom: Classroom, name: str, who: str | None) -> None:
    for values in STRANGE:
        said = classroom.say(HANDLERS[name], who, in_language="nb", **values)
        assert said and all(message.text.strip() for message in said), values
        if who is None and name != "course_relevant":
            assert "Be læreren om en kode" in texts(said)
    with classroom.sessions.begin() as session:
        assert member_of(session, classroom.chats["nb"]) is not None  # nothing of it was taken as a yes


# --- is this relevant for the test?


def test_relevance_of_a_lesson_names_its_tests(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        row = _session_on(session, classroom.course, WORKING_HOURS.date() + dt.timedelta(days=1))
        tested = row.id
        other = _session_on(session, classroom.course, WORKING_HOURS.date() + dt.timedelta(days=6))
        other.content, untested = {"tests": []}, other.id
    said = texts(classroom.say(relevance.course_relevant, about=f"session:{tested}"))
    assert "Dette trener deg til: " in said and "norskprøven (muntlig)" in said and "hkdir.no" in said
    assert "ikke på prøven" in texts(classroom.say(relevance.course_relevant, about=f"session:{untested}"))
    assert texts(classroom.say(relevance.course_relevant, about="session")) == said  # the next lesson, when it is typed


def test_relevance_never_tells_about_another_course(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        elsewhere = add_course(session, classroom.teacher, "Et annet kurs")
        foreign = add_sessions(session, elsewhere, ("w01_welcome",), WORKING_HOURS.date())[0]
        post = CoursePost(course_id=elsewhere, key="p", kind="poll", due_at=WORKING_HOURS, created_at=WORKING_HOURS)
        session.add(post)
        session.flush()
        poll = CoursePoll(course_id=elsewhere, post_id=post.id, kind="poll", options=2, closes_at=WORKING_HOURS)
        session.add(poll)
        session.flush()
        course = session.get_one(Course, classroom.course)
        for about in (f"session:{foreign}", f"poll:{poll.id}"):
            assert relevance_lines(classroom.courses.library, session, course, about, "nb") is None
            assert relevance_lines(classroom.courses.library, session, None, about, "nb") is None
            assert relevance_lines(classroom.courses.library, session, session.get_one(Course, elsewhere), about, "nb")


@pytest.mark.parametrize("about", ["word", "self_assessment", "interests", "practice:norwegian:reading", "practice:mathematics:diagrams"])
def test_relevance_needs_no_course_for_what_is_everybodys(classroom: Classroom, about: str) -> None:
    assert "Jeg vet ikke" not in texts(classroom.say(relevance.course_relevant, None, in_language="nb", about=about))


# --- what has been


def test_the_summary_tells_what_was_what_comes_and_the_deadlines(classroom: Classroom, clock: Clock) -> None:
    with classroom.sessions.begin() as session:
        add_deadline(session, classroom.course, 30)
    said = texts(classroom.say(catching_up.course_summary))
    assert said.index("Styrker og ferdigheter") < said.index("Velkommen og bli kjent") and "Dager igjen: 30" in said
    assert said.count("Velkommen og bli kjent") == 1 and "onsdag 25. november" in said
    with classroom.sessions.begin() as session:
        assert session.get_one(CourseMember, classroom.members["nb"]).caught_up_at is not None


def test_the_summary_stops_at_eight_and_counts_the_rest(classroom: Classroom, clock: Clock) -> None:
    weeks = ("w07_system", "w08_two_ways", "w09_searching", "w10_trades")
    with classroom.sessions.begin() as session:
        add_sessions(session, classroom.course, weeks, WORKING_HOURS.date() + dt.timedelta(days=20))
    clock.forward(days=60)
    said = texts(classroom.say(catching_up.course_summary))
    assert said.count("–") - said.count("– frist") == 8 and "Antall eldre temaer: 2" in said
    assert "Velkommen og bli kjent" not in said


def test_before_the_first_lesson_nothing_was_missed(classroom: Classroom, clock: Clock) -> None:
    clock.forward(days=-60)
    assert "ikke begynt" in texts(classroom.say(catching_up.course_summary))


def _session_on(session: Any, course: int, day: dt.date) -> CourseSession:
    rows = session.scalars(select(CourseSession).where(CourseSession.course_id == course)).all()
    return next(row for row in rows if row.starts_at.date() == day)
