"""Absence as members meet it: saying so before, without a reason; taking it back; answering the gentle message."""

from __future__ import annotations

from bot.content.lines import choice, line, moment
from bot.conversations.assistant import SaidMessage
from bot.courses.absence_notes import MEMBER, TEACHER, absence_of, note_absence
from bot.courses.lesson_days import is_to_come, next_of, of_course
from bot.courses.replies import in_no_course, reply
from bot.courses.turn import Handler, Turn
from bot.courses.wishes import pass_on, take_back
from bot.plans.moments import day_in_norway, in_utc
from bot.storage.course_tables import Course, CourseAbsence, CourseMember, CourseSession

RULES = ("programme_absence_sick", "stonad_absence")
PERSON = ("talk_to_human",)


def absent(turn: Turn) -> list[SaidMessage]:
    """Asks about the next lesson day; with its number, notes that the person will not be there."""
    if turn.member is None:
        return in_no_course(turn)
    if "session" not in (turn.values or {}):
        return _ask(turn, turn.member)
    row = of_course(turn.session, turn.member.course_id, turn.number("session"))
    if row is None or not is_to_come(row, turn.now):
        return reply(turn, "course_absent_over")
    return _note(turn, turn.member, row)


def here(turn: Turn) -> list[SaidMessage]:
    """Takes the person's own word about a lesson day back."""
    if turn.member is None:
        return in_no_course(turn)
    number = turn.number("session")
    row = of_course(turn.session, turn.member.course_id, number) if number else next_of(turn.session, turn.member.course_id, turn.now)
    if row is None or not is_to_come(row, turn.now):
        return reply(turn, "course_absent_over")
    told, when = _of(turn, turn.member, row), moment(in_utc(row.starts_at))
    if told is not None and told.told_by == TEACHER:
        return reply(turn, "course_here_teacher", line("course_here_teacher", when=when))
    if told is not None:
        turn.session.delete(told)
        turn.session.flush()
    known = told is not None and take_back(turn.courses, turn.session, turn.member, "absence", _details(row))
    more = [line("course_here_advisor")] if known else []
    return reply(turn, "course_here_back", line("course_here_back", when=when), *more)


def contact(turn: Turn) -> list[SaidMessage]:
    """Somebody who was away wants to talk with the teacher: the teacher sees it on the page of that day."""
    if turn.member is None:
        return in_no_course(turn)
    row = of_course(turn.session, turn.member.course_id, turn.number("session"))
    told = _of(turn, turn.member, row) if row is not None else None
    if told is None:
        return reply(turn, "course_contact_gone", topics=PERSON)
    told.wants_contact_at = told.wants_contact_at or turn.now
    turn.session.flush()
    return reply(turn, "course_contact_told", topics=PERSON)


def coming(turn: Turn) -> list[SaidMessage]:
    """Somebody who was away comes next time."""
    if turn.member is None:
        return in_no_course(turn)
    row = next_of(turn.session, turn.member.course_id, turn.now)
    lines = [line("course_missed_next", when=moment(in_utc(row.starts_at)))] if row is not None else []
    return reply(turn, "course_coming", line("course_coming"), *lines, choices=[choice("course_question_button", "/course_question")])


def _ask(turn: Turn, member: CourseMember) -> list[SaidMessage]:
    row = next_of(turn.session, member.course_id, turn.now)
    if row is None:
        return reply(turn, "course_absent_none")
    when, told = moment(in_utc(row.starts_at)), _of(turn, member, row)
    if told is not None and told.told_by == MEMBER:
        undo = choice("course_absent_undo", f'/course_here{{"session": {row.id}}}')
        return reply(turn, "course_absent_told", line("course_absent_told", when=when), choices=[undo])
    choices = [
        choice("course_absent_yes", f'/course_absent{{"session": {row.id}}}'),
        choice("course_absent_no", f'/course_here{{"session": {row.id}}}'),
    ]
    return reply(turn, "course_absent_ask", line("course_absent_ask", when=when), choices=choices)


def _note(turn: Turn, member: CourseMember, row: CourseSession) -> list[SaidMessage]:
    told = False
    if note_absence(turn.session, row.id, member.id, MEMBER, turn.now):
        course = turn.session.get_one(Course, member.course_id)
        text = turn.courses.library.phrase("course_absent_wish", turn.courses.library.languages.source.code, course=course.name)
        told = pass_on(turn.courses, turn.session, member, turn.conversation.id, "absence", text, _details(row))
    elif (known := _of(turn, member, row)) is not None:
        told = known.told_by == MEMBER and member.participant_id is not None
    more = [line("course_absent_advisor"), line("course_absent_rules")] if told else [line("course_absent_tell_advisor")]
    undo = choice("course_absent_undo", f'/course_here{{"session": {row.id}}}')
    lines = [line("course_absent_told", when=moment(in_utc(row.starts_at))), *more]
    return reply(turn, "course_absent_told", *lines, choices=[undo], topics=RULES)


def _details(row: CourseSession) -> dict[str, str]:
    """As the guide about absence writes them, without a reason."""
    return {"day": day_in_norway(row.starts_at).isoformat(), "length": "whole_day"}


def _of(turn: Turn, member: CourseMember, row: CourseSession) -> CourseAbsence | None:
    return absence_of(turn.session, row.id, member.id)


HANDLERS: dict[str, Handler] = {"course_absent": absent, "course_here": here, "course_contact": contact, "course_coming": coming}
EXPECTS: dict[str, Handler] = {}
WORDS = {"words_absent": "/course_absent"}
BESIDE = ((frozenset({"absence_report", "programme_absence_sick"}), "course_tell_teacher", "/course_absent"),)
IN_GROUP: frozenset[str] = frozenset()
