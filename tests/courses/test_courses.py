"""Courses are made, changed and closed; lesson days, deadlines, teachers and the roster hold what the teacher wrote and nothing else."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.courses.changing_sessions import (
    add_session,
    cancel_session,
    edit_session,
    move_session,
    remove_session,
    restore_session,
)
from bot.courses.courses import (
    NewCourse,
    add_teacher,
    change_course,
    close_course,
    make_course,
    possible_teachers,
    remove_teacher,
    teachers_of,
)
from bot.courses.deadlines import add_deadline, deadlines_of, remove_deadline, youth_deadline
from bot.courses.lessons import KeyWord, lesson_of, only_norwegian, told
from bot.courses.parts import Courses
from bot.courses.problems import NoSuchCourse
from bot.courses.roster import add_member, add_participant, leave, member_in, roster, without_chat
from bot.courses.sessions import session_in, sessions_of, week_on
from bot.courses.timetable import LessonDay, monday, slots
from bot.desk.colleagues import Colleague
from bot.desk.problems import NotAllowed
from bot.plans.changing import create_participant
from bot.plans.checks import places_of
from bot.plans.moments import NORWAY
from bot.storage.course_tables import Course, CourseAbsence, CourseMember, CourseSession
from tests.courses.common import PLAN, WORKING_HOURS, Classroom, add_account, add_course, add_sessions, refused
from tests.courses.common import add_deadline as raw_deadline

DAYS = (LessonDay(1, dt.time(9), 360, "Rom 204"), LessonDay(3, dt.time(10, 30), 300, "Biblioteket"))
FIRST = dt.date(2026, 8, 17)  # a Monday
NEW = NewCourse("Utdanningsvalg høst", "oslo", FIRST, DAYS, PLAN, skip=(dt.date(2026, 9, 30), dt.date(2026, 12, 24), dt.date(2026, 12, 31)))


# --- when a course meets


@given(
    st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)),
    st.sets(st.integers(0, 6), min_size=1, max_size=3),
    st.integers(1, 40),
    st.lists(st.integers(0, 300), max_size=6),
)
def test_every_lesson_comes_once_and_none_in_a_week_without(first: dt.date, weekdays: set[int], weeks: int, skipped: list[int]) -> None:
    skip = {first + dt.timedelta(days=days) for days in skipped}
    found = list(slots(first, [LessonDay(day, dt.time(9), 60) for day in weekdays], weeks, skip))
    assert [(slot.week, slot.lesson) for slot in found] == [(w, n) for w in range(1, weeks + 1) for n in range(1, len(weekdays) + 1)]
    here = [slot.starts_at.astimezone(NORWAY) for slot in found]
    assert all(moment.time() == dt.time(9) and moment.weekday() in weekdays for moment in here)
    assert here == sorted(set(here)) and here[0].date() >= first
    assert not {monday(moment.date()) for moment in here} & {monday(day) for day in skip}


def test_a_course_of_the_plan_has_its_weeks_and_pauses(sessions: sessionmaker[Session], courses: Courses, teacher: Colleague) -> None:
    with sessions.begin() as session:
        course = make_course(courses, session, teacher, NEW)
        rows = sessions_of(session, course.id)
        assert len(rows) == 44 and [rows[0].week, rows[1].week, rows[-1].week] == ["w01_welcome", "w01_welcome", "w22_looking_back"]
        assert [rows[0].lesson, rows[1].lesson] == [1, 2] and rows[1].place == "Biblioteket" and rows[0].area == "personal"
        days = [row.starts_at.date() for row in rows]
        assert days[0] == dt.date(2026, 8, 18) == course.first_day and days[-1] == course.last_day
        assert not any(dt.date(2026, 9, 28) <= day <= dt.date(2026, 10, 4) for day in days)
        assert not any(dt.date(2026, 12, 21) <= day <= dt.date(2027, 1, 3) for day in days)
        assert [one.id for one in teachers_of(session, course)] == [teacher.id]


def test_a_course_without_plan_has_empty_lesson_days(sessions: sessionmaker[Session], courses: Courses, teacher: Colleague) -> None:
    with sessions.begin() as session:
        course = make_course(courses, session, teacher, replace(NEW, plan="", weeks=3, skip=()))
        rows = sessions_of(session, course.id)
        assert len(rows) == 6 and {row.week for row in rows} == {""}
        assert lesson_of(courses.library, course.plan, rows[0]).title == "" and week_on(rows, FIRST) is None


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"name": " "}, "course_field_missing"),
        ({"name": "x" * 81}, "course_text_too_long"),
        ({"name": "Kurs for 13097248022"}, "course_national_number"),
        ({"plan": "no_such"}, "course_no_such_plan"),
        ({"plan": "../weeks/nb"}, "course_no_such_plan"),
        ({"days": (DAYS[0], DAYS[0])}, "course_days_same"),
        ({"days": ()}, "course_days_same"),
        ({"days": DAYS[:1]}, "course_days_two"),
        ({"plan": "", "weeks": 0}, "course_weeks"),
        ({"plan": "", "weeks": 10**9}, "course_weeks"),
        ({"days": (replace(DAYS[0], minutes=0), DAYS[1])}, "course_minutes"),
        ({"days": (replace(DAYS[0], place="x" * 121), DAYS[1])}, "course_text_too_long"),
    ],
)
def test_what_cannot_be_a_course_is_refused(
    sessions: sessionmaker[Session], courses: Courses, teacher: Colleague, change: dict[str, object], key: str
) -> None:
    with sessions.begin() as session, refused(key):
        make_course(courses, session, teacher, replace(NEW, **change))  # type: ignore[arg-type]
    with sessions.begin() as session:
        assert session.scalar(select(func.count(Course.id))) == 0


def test_only_who_teaches_in_the_place_makes_a_course(sessions: sessionmaker[Session], courses: Courses) -> None:
    for role, place in (("advisor", "oslo"), ("editor", ""), ("teacher", "baerum")):
        who = add_account(sessions, role, place)
        with sessions.begin() as session, pytest.raises(NotAllowed):
            make_course(courses, session, who, NEW)


def test_the_same_form_twice_at_once_is_one_course(sessions: sessionmaker[Session], courses: Courses, teacher: Colleague) -> None:
    start, made = threading.Barrier(2), []

    def send() -> None:
        start.wait()
        with sessions.begin() as session:
            made.append(make_course(courses, session, teacher, NEW).id)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2 and len(set(made)) == 1
    with sessions.begin() as session:
        other = make_course(courses, session, teacher, replace(NEW, first_day=FIRST + dt.timedelta(weeks=1)))
        assert other.id not in made


# --- what a lesson day holds


def test_what_is_edited_is_kept_and_the_rest_stays_the_plans(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        course, row, courses = session.get_one(Course, classroom.course), sessions_of(session, classroom.course)[0], classroom.courses
        before = lesson_of(courses.library, course.plan, row)
        same = {"title": before.title, "words": list(before.words), "aims": list(before.aims), "activities": list(before.activities)}
        edit_session(courses, session, course, row, {**same, "topics": list(before.topics), "tests": list(before.tests)})
        assert row.content == {}
        edit_session(
            courses, session, course, row, {"aim": "Du finner veien.", "words": [KeyWord("en vei", "her går man"), before.words[0]]}
        )
        lesson = lesson_of(courses.library, course.plan, row)
        assert lesson.edited == {"aim", "words"} and lesson.words[0] == KeyWord("en vei", "her går man") and lesson.title == before.title
        assert only_norwegian(courses.library, lesson, "aim", "ti") and not only_norwegian(courses.library, lesson, "aim", "nn")
        assert told(courses.library, lesson, "aim", "ti") == {"words": "Du finner veien."}
        edit_session(courses, session, course, row, {"aim": before.aim, "words": list(before.words)})
        assert row.content == {}  # back to the plan: told in every language again


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ({"title": "x" * 71}, "course_text_too_long"),
        ({"task": "Ring 13097248022"}, "course_national_number"),
        ({"topics": ["no_such_topic"]}, "course_choice"),
        ({"tests": ["norskprove_singing"]}, "course_choice"),
        ({"practice": ["norsk"]}, "course_choice"),
        ({"words": [KeyWord("en vei", "")]}, "course_field_missing"),
        ({"activities": ["x"] * 13}, "course_too_many"),
    ],
)
def test_what_cannot_be_told_is_refused(classroom: Classroom, written: dict[str, object], key: str) -> None:
    with classroom.sessions.begin() as session:
        course, row = session.get_one(Course, classroom.course), sessions_of(session, classroom.course)[0]
        with refused(key):
            edit_session(classroom.courses, session, course, row, written)
        assert row.content == {}


def test_lesson_days_are_added_moved_cancelled_and_removed(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        courses, course = classroom.courses, session.get_one(Course, classroom.course)
        first, second = sessions_of(session, course.id)[:2]
        late = dt.datetime(2027, 6, 1, 9, tzinfo=NORWAY)
        row = add_session(courses, session, course, late, 120, "Rom 1", "w05_roles")
        assert add_session(courses, session, course, late, 120, "Rom 1", "w05_roles").id == row.id and row.area == "personal"
        assert course.last_day == dt.date(2027, 6, 1)
        with refused("course_session_taken"):
            add_session(courses, session, course, late, 60, "Rom 1", "")
        with refused("course_session_taken"):
            move_session(session, course, row, first.starts_at, 120, "Rom 1")
        with refused("course_no_such_week"):
            add_session(courses, session, course, late + dt.timedelta(days=1), 60, "", "w99")
        move_session(session, course, row, late, 90, "Rom 2")
        assert (row.minutes, row.place) == (90, "Rom 2")
        cancel_session(courses, session, second)
        restore_session(session, second)
        assert second.cancelled_at is None
        member = classroom.members["nb"]
        session.add(CourseAbsence(session_id=first.id, member_id=member, told_by="member", told_at=WORKING_HOURS))
        session.flush()
        with refused("course_session_in_use"):
            remove_session(session, first)
        remove_session(session, row)
        with pytest.raises(NoSuchCourse):
            session_in(session, course.id, row.id)


def test_a_holiday_stays_in_the_week_before_it(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        rows = sessions_of(session, classroom.course)
        last = max(row.starts_at.date() for row in rows)
        assert week_on(rows, last + dt.timedelta(days=30)) == ("w06_coping", monday(last))
        assert week_on(rows, dt.date(2020, 1, 1)) == ("w01_welcome", monday(rows[0].starts_at.date()))


def test_nothing_of_another_course_can_be_reached(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        other = session.get_one(Course, add_course(session, classroom.teacher, "Et annet kurs"))
        theirs = add_sessions(session, other.id, ("w01_welcome",), FIRST)[0]
        deadline = raw_deadline(session, other.id, 3)
        for number in (theirs, 10**6):
            with pytest.raises(NoSuchCourse):
                session_in(session, classroom.course, number)
        with pytest.raises(NoSuchCourse):
            member_in(session, other.id, classroom.members["nb"])
        with pytest.raises(NoSuchCourse):
            remove_deadline(session, session.get_one(Course, classroom.course), deadline)


# --- deadlines, teachers, settings


def test_deadlines_are_set_once_and_taken_out(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        course = session.get_one(Course, classroom.course)
        row = add_deadline(session, course, "other", FIRST, "Besøk")
        assert add_deadline(session, course, "other", FIRST, "Besøk").id == row.id
        for kind, name, key in (("other", "", "course_field_missing"), ("exam", "", "course_choice")):
            with refused(key):
                add_deadline(session, course, kind, FIRST, name)
        remove_deadline(session, course, row.id)
        remove_deadline(session, course, row.id)
        assert not deadlines_of(session, course.id)


def test_the_day_of_the_young_is_a_hint_while_it_is_known(courses: Courses) -> None:
    assert youth_deadline(courses.library, dt.date(2026, 11, 24)) == dt.date(2027, 3, 1)
    assert youth_deadline(courses.library, dt.date(2027, 3, 2)) is None


def test_teachers_come_from_the_place_and_one_stays(classroom: Classroom) -> None:
    second = add_account(classroom.sessions, "teacher", "oslo", name="Per Holmestad")
    for role, place in (("teacher", "baerum"), ("advisor", "oslo"), ("editor", "")):
        other = add_account(classroom.sessions, role, place)
        with classroom.sessions.begin() as session, refused("course_no_such_teacher"):
            add_teacher(session, session.get_one(Course, classroom.course), other.id)
    with classroom.sessions.begin() as session:
        course = session.get_one(Course, classroom.course)
        assert [one.id for one in possible_teachers(session, course)] == [second.id]
        add_teacher(session, course, second.id)
        add_teacher(session, course, second.id)
        assert [one.name for one in teachers_of(session, course)] == ["Per Holmestad", "Silje Haugland"]
        remove_teacher(session, course, classroom.teacher.id)
        with refused("course_last_teacher"):
            remove_teacher(session, course, second.id)


def test_a_course_is_changed_and_closed(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        course = session.get_one(Course, classroom.course)
        change_course(session, course, " Utdanningsvalg B ", False, False)
        assert (course.name, course.word_of_day, course.countdown) == ("Utdanningsvalg B", False, False)
        course.chat = "-5"
        close_course(classroom.courses, session, course)
        assert course.closed_at is not None and course.chat is None


# --- the roster


def test_a_participant_of_the_place_is_added_once_and_comes_back(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        places = places_of(classroom.courses.library)
        create_participant(session, classroom.seal, places, "OSL-1", "Yonas Tekle", "oslo", now=WORKING_HOURS, language="ti")
        create_participant(session, classroom.seal, places, "BAE-1", "Hanan Ali", "baerum", now=WORKING_HOURS)
        course = session.get_one(Course, classroom.course)
        member = add_participant(classroom.courses, session, course, " OSL-1 ")
        assert add_participant(classroom.courses, session, course, "OSL-1").id == member.id and member.language == "ti"
        for reference in ("BAE-1", "OSL-2", ""):
            with refused("course_no_such_person"):
                add_participant(classroom.courses, session, course, reference)
        leave(classroom.courses, session, member)
        assert add_participant(classroom.courses, session, course, "OSL-1").left_on is None


def test_the_roster_says_who_is_reached(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        course = session.get_one(Course, classroom.course)
        add_member(classroom.courses, session, course, "Zahra Noori", "fa")
        leave(classroom.courses, session, session.get_one(CourseMember, classroom.members["uk"]))
        people = roster(classroom.courses, session, course.id)
        assert [one.name for one in people] == ["Ayaan Warsame", "Kari Holm", "Rania Haddad", "Selam Tesfay", "Zahra Noori", "Olena Bondar"]
        assert [one.name for one in without_chat(people)] == ["Zahra Noori"]
        assert people[-1].left_on == WORKING_HOURS.date() and people[-1].chats == 0


@pytest.mark.parametrize(
    ("name", "language", "key"),
    [("", "ti", "course_field_missing"), ("Per 13097248022", "nb", "course_national_number"), ("Per", "xx", "course_language")],
)
def test_who_cannot_be_added_is_refused(classroom: Classroom, name: str, language: str, key: str) -> None:
    with classroom.sessions.begin() as session, refused(key):
        add_member(classroom.courses, session, session.get_one(Course, classroom.course), name, language)


def test_rows_go_with_their_course(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        session.delete(session.get_one(Course, classroom.course))
    with classroom.sessions.begin() as session:
        assert session.scalar(select(func.count(CourseSession.id))) == 0
