"""An invented course to try everything with, in demo mode: of the teacher of bot/desk/demo_accounts.py, begun about twelve weeks ago.

Some of its members are the invented participants of the place (data/demo), where those have been written. Nothing commits here.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.courses.courses import NewCourse, make_course
from bot.courses.deadlines import add_deadline
from bot.courses.membership import members_of
from bot.courses.parts import Courses
from bot.courses.roster import add_member, add_participant
from bot.courses.timetable import LessonDay, monday
from bot.desk.colleagues import colleague_from
from bot.plans.moments import day_in_norway
from bot.settings import Mode
from bot.storage.course_tables import Course, CourseChat, CourseMember
from bot.storage.desk_tables import Account
from bot.storage.plan_tables import Participant

NAME, PLACE, PLAN, TEACHER = "Utdanningsvalg", "oslo", "utdanningsvalg", "teacher"
WEEKS_AGO, LINKED = 12, 5
DAYS = (LessonDay(0, dt.time(9), 360, "Rom 204"), LessonDay(2, dt.time(9), 360, "Rom 204"))
INVENTED = (
    ("Selam Tesfay", "ti"),
    ("Dawit Abraha", "ti"),
    ("Rania Haddad", "ar"),
    ("Olena Bondar", "uk"),
    ("Ayaan Nuur", "so"),
    ("Zahra Noori", "fa"),
    ("Farid Ahmadzai", "ps"),
    ("Dilnoza Karim", "en"),
    ("Elif Arslan", "tr"),
    ("Grace Mukamana", "rw"),
    ("Amara Tadesse", "am"),
    ("Joseph Mwangaza", "sw"),
)
DEADLINES = (("intake_test", 45, ""), ("vgs_application", 70, ""), ("other", 10, "Besøk på videregående skole"))  # days from now


def ensure_demo_course(courses: Courses, session: Session, mode: Mode) -> Course | None:
    """In demo mode the invented course is there; one that is there stays as it is. None in production mode, or without the teacher."""
    teacher = session.scalar(select(Account).where(Account.login == TEACHER, Account.demo, Account.disabled_at.is_(None)))
    if mode is not Mode.DEMO or teacher is None:
        return None
    there = session.scalar(
        select(Course).where(Course.demo, Course.name == NAME, Course.municipality == PLACE).order_by(Course.id).limit(1)
    )
    if there is None:
        there = _write(courses, session, teacher)
    link_demo_members(courses, session, there)
    return there


def link_demo_members(courses: Courses, session: Session, course: Course) -> None:
    """The first invented participants of the place join, once they are written, each for a member nobody has chatted as."""
    members = session.scalars(select(CourseMember).where(CourseMember.course_id == course.id).order_by(CourseMember.id)).all()
    if course.closed_at is not None or any(member.participant_id is not None for member in members):
        return
    people = select(Participant).where(Participant.demo, Participant.municipality == PLACE, Participant.language.is_not(None))
    chatted = set(session.scalars(select(CourseChat.member_id)))
    free = [member for member in reversed(members) if member.id not in chatted]
    for person, member in zip(session.scalars(people.order_by(Participant.reference).limit(LINKED)), free, strict=False):
        session.delete(member)
        add_participant(courses, session, course, person.reference).joined_on = course.first_day
    session.flush()


def _write(courses: Courses, session: Session, teacher: Account) -> Course:
    today = day_in_norway(courses.clock())
    begins = monday(today) - dt.timedelta(weeks=WEEKS_AGO)
    autumn_break = begins + dt.timedelta(weeks=5)
    christmas = tuple(dt.date(begins.year, 12, day) for day in (24, 31))
    new = NewCourse(NAME, PLACE, begins, DAYS, PLAN, skip=(autumn_break, *christmas), demo=True)
    course = make_course(courses, session, colleague_from(teacher), new)
    if members_of(session, course.id):
        return course  # another process wrote it at the same moment
    for name, language in INVENTED:
        add_member(courses, session, course, name, language).joined_on = course.first_day
    for kind, days, words in DEADLINES:
        add_deadline(session, course, kind, today + dt.timedelta(days=days), words)
    return course
