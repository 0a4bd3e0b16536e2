"""Absence: said in the chat without a reason, taken back, noted by the teacher, and answered with a gentle message once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from bot.courses import absences
from bot.courses.absence_notes import attendance, had_contact, in_a_row, mark, send_gentle, wants_contact, write_note
from bot.courses.problems import NoSuchCourse
from bot.plans.wishes import wishes
from bot.storage.course_tables import Course, CourseAbsence, CourseMember, CourseSession
from bot.storage.plan_tables import Wish
from tests.courses.common import WORKING_HOURS, Classroom, Clock, add_course, add_member, add_sessions, payloads, texts, values_of
from tests.courses.in_written import heard, link, only_written, refused, says

ABSENT, HERE = absences.HANDLERS["course_absent"], absences.HANDLERS["course_here"]
CONTACT, COMING = absences.HANDLERS["course_contact"], absences.HANDLERS["course_coming"]


@pytest.fixture
def room(classroom: Classroom) -> Classroom:
    return only_written(classroom)


def next_day(room: Classroom) -> int:
    """The next lesson day: tomorrow at nine."""
    said = says(room, ABSENT)
    assert said[0].key in ("course_absent_ask", "course_absent_told")
    return int(values_of(payloads(said)[0])["session"])


def last_day(room: Classroom) -> int:
    with room.sessions() as session:
        begun = select(CourseSession.id).where(CourseSession.starts_at < WORKING_HOURS).order_by(CourseSession.starts_at.desc())
        return session.scalars(begun).first() or 0


def noted(room: Classroom) -> list[tuple[int, int, str]]:
    with room.sessions() as session:
        rows = session.scalars(select(CourseAbsence).order_by(CourseAbsence.id))
        return [(row.session_id, row.member_id, row.told_by) for row in rows]


def test_asked_about_the_next_lesson_day(room: Classroom) -> None:
    said = says(room, ABSENT)
    assert "onsdag 25. november 2026" in said[0].text and "09:00" in said[0].text
    day = next_day(room)
    assert payloads(said) == [f'/course_absent{{"session": {day}}}', f'/course_here{{"session": {day}}}']
    assert noted(room) == []


def test_told_once_and_seen_by_the_teacher(room: Classroom) -> None:
    day = next_day(room)
    for _ in range(2):
        said = says(room, ABSENT, "ti", session=day)
        assert said[0].key == "course_absent_told" and "Læreren ser nå" in said[0].text
        assert "Rådgiveren din i programmet får ikke denne beskjeden" in said[0].text  # no plan here
        assert "/programme_absence_sick" in payloads(said) and "/stonad_absence" in payloads(said)
    assert noted(room) == [(day, room.members["ti"], "member")]
    with room.sessions() as session:
        course, lesson = session.get_one(Course, room.course), session.get_one(CourseSession, day)
        seen = {one.member: one for one in attendance(room.courses, session, course, lesson, WORKING_HOURS)}
    assert seen[room.members["ti"]].absent and seen[room.members["ti"]].told_by == "member" and not seen[room.members["nb"]].absent


def test_a_linked_members_advisor_gets_it_as_a_wish(room: Classroom) -> None:
    person, day = link(room, "ti"), next_day(room)
    for _ in range(2):
        said = says(room, ABSENT, "ti", session=day)
        assert "Rådgiveren din i programmet får også beskjed" in said[0].text and "/programme_absence_sick" in payloads(said)
    with room.sessions() as session:
        [wish] = wishes(session, room.seal, participant_id=person)
    assert (wish.kind, wish.details) == ("absence", {"day": "2026-11-25", "length": "whole_day"})
    assert wish.conversation_id == room.chats["ti"] and "Utdanningsvalg A" in wish.text


def test_taken_back_with_the_wish(room: Classroom) -> None:
    person, day = link(room, "ti"), next_day(room)
    says(room, ABSENT, "ti", session=day)
    said = says(room, HERE, "ti", session=day)
    assert said[0].key == "course_here_back" and "Rådgiveren har alt" not in said[0].text
    assert noted(room) == []
    with room.sessions() as session:
        assert wishes(session, room.seal, participant_id=person) == []
    says(room, ABSENT, "ti", session=day)  # and away again, within the ten minutes in which a wish is the same
    with room.sessions() as session:
        assert len(wishes(session, room.seal, participant_id=person)) == 1


def test_a_wish_an_advisor_may_have_read_is_left(room: Classroom) -> None:
    from bot.desk import cases
    from bot.desk.hours import hours_of
    from bot.desk.reasons import Reason
    from bot.storage.tables import Conversation

    person, day = link(room, "ti"), next_day(room)
    says(room, ABSENT, "ti", session=day)
    with room.sessions.begin() as session:
        chat = session.get_one(Conversation, room.chats["ti"])
        opened = cases.open_case(session, chat, Reason.ABSENCE, WORKING_HOURS, hours_of(None), language="nb", municipality="oslo")
        session.scalars(select(Wish)).one().case_id = opened.case.id
    said = says(room, HERE, "ti", session=day)
    assert "Rådgiveren har alt fått beskjed" in said[0].text
    with room.sessions() as session:
        assert len(wishes(session, room.seal, participant_id=person)) == 1


def test_the_teachers_note_is_not_taken_back_by_the_member(room: Classroom) -> None:
    day = next_day(room)
    with room.sessions.begin() as session:
        lesson = session.get_one(CourseSession, day)
        mark(session, session.get_one(Course, room.course), lesson, {room.members["nb"]}, set(), WORKING_HOURS)
    assert says(room, HERE, session=day)[0].key == "course_here_teacher"
    assert noted(room) == [(day, room.members["nb"], "teacher")]


@pytest.mark.parametrize(
    "values", [{"session": 999}, {"session": "1"}, {"session": None}, {"session": True}, {"session": -1}, {"session": 2**40}]
)
def test_strange_values_are_answered(room: Classroom, values: dict[str, object]) -> None:
    assert says(room, ABSENT, **values)[0].key == "course_absent_over"
    assert says(room, HERE, **values)[0].key in ("course_absent_over", "course_here_back")
    assert says(room, CONTACT, **values)[0].key == "course_contact_gone"
    assert noted(room) == []


def test_a_day_of_another_course_a_past_and_a_cancelled_one_are_refused(room: Classroom) -> None:
    with room.sessions.begin() as session:
        other = add_course(session, room.teacher, "Et annet")
        [foreign, *_] = add_sessions(session, other, ("w01_welcome",), WORKING_HOURS.date() + dt.timedelta(days=6))
    assert says(room, ABSENT, session=foreign)[0].key == "course_absent_over"
    assert says(room, ABSENT, session=last_day(room))[0].key == "course_absent_over"
    day = next_day(room)
    with room.sessions.begin() as session:
        session.get_one(CourseSession, day).cancelled_at = WORKING_HOURS
    assert says(room, ABSENT, session=day)[0].key == "course_absent_over"
    assert next_day(room) != day
    assert noted(room) == []


def test_nothing_to_come_and_no_course(room: Classroom, clock: Clock) -> None:
    for handler in absences.HANDLERS.values():
        assert says(room, handler, None)[0].key == "course_none"
    clock.forward(days=100)
    assert says(room, ABSENT)[0].key == "course_absent_none"
    assert says(room, COMING)[0].key == "course_coming"


def test_teacher_and_member_at_the_same_moment(room: Classroom) -> None:
    day, together = next_day(room), threading.Barrier(2)
    problems: list[BaseException] = []

    def run(do: object) -> None:
        try:
            together.wait()
            do()  # type: ignore[operator]
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    def teacher() -> None:
        with room.sessions.begin() as session:
            lesson = session.get_one(CourseSession, day)
            mark(session, session.get_one(Course, room.course), lesson, {room.members["nb"]}, set(), WORKING_HOURS)

    threads = [threading.Thread(target=run, args=(do,)) for do in (teacher, lambda: says(room, ABSENT, session=day))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems and len(noted(room)) == 1


def test_gentle_message_once(room: Classroom) -> None:
    day, member = last_day(room), room.members["so"]
    with room.sessions.begin() as session:
        course, lesson = session.get_one(Course, room.course), session.get_one(CourseSession, day)
        with pytest.raises(NoSuchCourse):
            send_gentle(room.courses, session, course, lesson, member, room.teacher.id)  # is not noted as away
        mark(session, course, lesson, {member}, set(), WORKING_HOURS)
        for _ in range(2):
            send_gentle(room.courses, session, course, lesson, member, room.teacher.id)
    [(key, words)] = heard(room, "so")
    assert key == "course_missed" and "Vi savnet deg på kurset mandag 23. november 2026" in words
    assert "Neste gang møtes vi onsdag 25. november 2026" in words and "Rom 204" in words
    title = room.courses.library.texts("courses/weeks", "nb")["weeks"]["w04_interests"]["title"]
    assert f"Dette jobbet vi med: {title}" in words


def test_gentle_message_is_for_a_day_that_was_and_somebody_with_a_chat(room: Classroom) -> None:
    with room.sessions.begin() as session:
        course, coming = session.get_one(Course, room.course), session.get_one(CourseSession, next_day(room))
        lesson = session.get_one(CourseSession, last_day(room))
        silent, _ = add_member(session, room.seal, room.course, "nb", chat=False)
        mark(session, course, coming, {room.members["nb"]}, set(), WORKING_HOURS)
        mark(session, course, lesson, {silent}, set(), WORKING_HOURS)
        with refused("absence_not_yet"):
            send_gentle(room.courses, session, course, coming, room.members["nb"], None)
        with refused("absence_unreachable"):
            send_gentle(room.courses, session, course, lesson, silent, None)
        assert session.scalars(select(CourseAbsence.gentle_at)).all() == [None, None]


def test_wants_contact(room: Classroom) -> None:
    day = last_day(room)
    assert says(room, CONTACT, session=day)[0].key == "course_contact_gone"  # nobody noted an absence
    with room.sessions.begin() as session:
        lesson = session.get_one(CourseSession, day)
        mark(session, session.get_one(Course, room.course), lesson, {room.members["nb"]}, set(), WORKING_HOURS)
    said = says(room, CONTACT, session=day)
    assert said[0].key == "course_contact_told" and payloads(said) == ["/talk_to_human"]
    with room.sessions() as session:
        course, lesson = session.get_one(Course, room.course), session.get_one(CourseSession, day)
        assert wants_contact(session, course) == 1
        seen = {one.member: one for one in attendance(room.courses, session, course, lesson, WORKING_HOURS)}
        assert seen[room.members["nb"]].wants_contact_at is not None
        had_contact(session, lesson, room.members["nb"])
        assert wants_contact(session, course) == 0
    assert "Neste gang møtes vi onsdag 25. november" in texts(says(room, COMING))


def test_three_in_a_row_is_a_hint(room: Classroom) -> None:
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        begun = select(CourseSession).where(CourseSession.starts_at < WORKING_HOURS).order_by(CourseSession.starts_at.desc())
        newest = session.scalars(begun).all()[:4]
        nb, ti = room.members["nb"], room.members["ti"]
        for lesson in newest[:3]:
            mark(session, course, lesson, {nb}, set(), WORKING_HOURS)
        for lesson in (newest[0], newest[1], newest[3]):
            mark(session, course, lesson, {ti}, set(), WORKING_HOURS)
        assert in_a_row(session, course, WORKING_HOURS) == {nb: 3, ti: 2}
        hints = {one.member: one.hint for one in attendance(room.courses, session, course, newest[0], WORKING_HOURS)}
        assert hints[nb] and not hints[ti]
        mark(session, course, newest[1], set(), {nb}, WORKING_HOURS)
        assert in_a_row(session, course, WORKING_HOURS)[nb] == 1
    assert heard(room, "nb") == []  # the hint is sent to nobody


def test_notes_are_sealed_and_members_of_other_courses_are_refused(room: Classroom) -> None:
    with room.sessions.begin() as session:
        course, lesson = session.get_one(Course, room.course), session.get_one(CourseSession, last_day(room))
        stranger, _ = add_member(session, room.seal, add_course(session, room.teacher, "Et annet"), "nb")
        with pytest.raises(NoSuchCourse):
            mark(session, course, lesson, {stranger}, set(), WORKING_HOURS)
        with pytest.raises(NoSuchCourse):
            write_note(room.courses, session, lesson, stranger, "x")
        member = room.members["nb"]
        mark(session, course, lesson, {member}, set(), WORKING_HOURS)
        write_note(room.courses, session, lesson, member, "  Ringte og sa fra  ")
        row = session.scalars(select(CourseAbsence)).one()
        assert row.sealed_note and b"Ringte" not in row.sealed_note
        with refused("course_national_number"):
            write_note(room.courses, session, lesson, member, "01010112377")
        notes = {one.member: one.note for one in attendance(room.courses, session, course, lesson, WORKING_HOURS)}
        assert notes[member] == "Ringte og sa fra"
        write_note(room.courses, session, lesson, member, "")
        assert row.sealed_note is None


def test_the_roster_of_a_day_is_who_was_there_then(room: Classroom) -> None:
    with room.sessions.begin() as session:
        course, lesson = session.get_one(Course, room.course), session.get_one(CourseSession, last_day(room))
        session.get_one(CourseMember, room.members["ti"]).left_on = dt.date(2026, 11, 20)
        session.get_one(CourseMember, room.members["so"]).joined_on = dt.date(2026, 11, 24)
        there = {one.member for one in attendance(room.courses, session, course, lesson, WORKING_HOURS)}
    assert there == {room.members[who] for who in ("nb", "ar", "uk")}
