"""Makes courses, changes and closes them, and says who teaches them. Nothing commits here; but for `make_course` the course is held."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.content.courses import CoursePlan, course_plans
from bot.courses.parts import Courses
from bot.courses.problems import CourseProblem
from bot.courses.timetable import LessonDay, Slot, slots
from bot.courses.written import checked
from bot.desk.access import require
from bot.desk.colleagues import Colleague, Role
from bot.plans.moments import day_in_norway
from bot.plans.rows import NO_SYNC
from bot.storage.course_tables import NAME, Course, CourseCode, CourseSession, CourseTeacher
from bot.storage.desk_tables import Account

LONGEST_PLACE = 120
WEEKS = range(1, 61)
MINUTES = range(15, 601)
TEACHING = (Role.TEACHER.value, Role.ADMINISTRATOR.value)
NO_PLAN_AREA = "personal"


@dataclass(frozen=True)
class NewCourse:
    """What a course is made from. `plan`: the name of a ready plan, or empty: then there are `weeks` weeks of empty lesson days.

    `skip`: a day of each week without lessons, such as holidays.
    """

    name: str
    municipality: str
    first_day: dt.date
    days: tuple[LessonDay, ...]
    plan: str = ""
    weeks: int = 0
    skip: tuple[dt.date, ...] = ()
    demo: bool = False


def make_course(courses: Courses, session: Session, who: Colleague, new: NewCourse) -> Course:
    """A new course with its lesson days; the same once more is the course made before. Raises NotAllowed, CourseProblem."""
    require(who, "courses", "change", new.municipality)
    name = checked("course_name", new.name, NAME, needed=True)
    plan = _checked(courses, new)
    _hold_account(session, who.id)
    found = list(slots(new.first_day, new.days, len(plan.weeks) if plan else new.weeks, new.skip))
    first_day, last_day = (day_in_norway(slot.starts_at) for slot in (found[0], found[-1]))
    before = _made_before(session, who, name, new, first_day, last_day)
    if before is not None:
        return before
    course = Course(
        name=name,
        municipality=new.municipality,
        plan=new.plan,
        first_day=first_day,
        last_day=last_day,
        demo=new.demo or who.demo,
        created_at=courses.clock(),
    )
    course.teachers = [CourseTeacher(account_id=who.id)]
    course.sessions = [_session(plan, slot) for slot in found]
    session.add(course)
    session.flush()
    return course


def change_course(session: Session, course: Course, name: str, word_of_day: bool, countdown: bool) -> None:
    """What it is called, and what it says by itself. Raises CourseProblem."""
    course.name = checked("course_name", name, NAME, needed=True)
    course.word_of_day, course.countdown = word_of_day, countdown
    session.flush()


def close_course(courses: Courses, session: Session, course: Course) -> None:
    """Ends a course: it can be read, not changed; its codes stop working and its group is free for another course."""
    course.closed_at = courses.clock()
    course.chat, course.bound_at = None, None
    unused = (CourseCode.course_id == course.id, CourseCode.used_at.is_(None), CourseCode.revoked_at.is_(None))
    session.execute(update(CourseCode).where(*unused).values(revoked_at=courses.clock()), execution_options=NO_SYNC)
    session.flush()


def possible_teachers(session: Session, course: Course) -> list[Account]:
    """Those who could teach a course: teachers and administrators of its municipality who do not yet."""
    theirs = {row.account_id for row in course.teachers}
    found = session.scalars(select(Account).where(Account.role.in_(TEACHING), Account.disabled_at.is_(None)).order_by(Account.name))
    return [one for one in found if one.id not in theirs and one.municipality == course.municipality]


def teachers_of(session: Session, course: Course) -> list[Account]:
    """Who teaches a course, by name."""
    theirs = select(Account).join(CourseTeacher, CourseTeacher.account_id == Account.id)
    return list(session.scalars(theirs.where(CourseTeacher.course_id == course.id).order_by(Account.name, Account.id)))


def add_teacher(session: Session, course: Course, account_id: int) -> None:
    """Lets somebody teach a course too; twice is once. Raises CourseProblem for somebody who may not."""
    if any(row.account_id == account_id for row in course.teachers):
        return
    if account_id not in {one.id for one in possible_teachers(session, course)}:
        raise CourseProblem("course_no_such_teacher", field="teacher")
    course.teachers.append(CourseTeacher(account_id=account_id))
    session.flush()


def remove_teacher(session: Session, course: Course, account_id: int) -> None:
    """Ends somebody's teaching; one teacher stays. Raises CourseProblem."""
    staying = [row for row in course.teachers if row.account_id != account_id]
    if not staying:
        raise CourseProblem("course_last_teacher")
    course.teachers = staying
    session.flush()


def _checked(courses: Courses, new: NewCourse) -> CoursePlan | None:
    if new.municipality not in courses.library.municipalities():
        raise CourseProblem("course_choice", field="municipality")
    plan = course_plans(courses.library.data).get(new.plan) if new.plan else None
    if new.plan and plan is None:
        raise CourseProblem("course_no_such_plan", field="plan")
    if not new.days or len({day.weekday for day in new.days}) < len(new.days):
        raise CourseProblem("course_days_same", field="weekday")
    if plan is not None and len(new.days) != 2:
        raise CourseProblem("course_days_two", field="weekday")
    if plan is None and new.weeks not in WEEKS:
        raise CourseProblem("course_weeks", field="weeks", most=str(WEEKS[-1]))
    for day in new.days:
        check_meeting(day.minutes, day.place)
    return plan


def check_meeting(minutes: int, place: str) -> str:
    """The place as it is kept. Raises CourseProblem for one that is too long, or minutes that cannot be."""
    if minutes not in MINUTES:
        raise CourseProblem("course_minutes", field="minutes", least=str(MINUTES[0]), most=str(MINUTES[-1]))
    return checked("place", place, LONGEST_PLACE)


def _session(plan: CoursePlan | None, slot: Slot) -> CourseSession:
    week = list(plan.weeks.values())[slot.week - 1] if plan else None
    return CourseSession(
        starts_at=slot.starts_at,
        minutes=slot.minutes,
        place=slot.place.strip(),
        area=week.area if week else NO_PLAN_AREA,
        week=week.id if week else "",
        lesson=slot.lesson,
        content={},
    )


def _made_before(session: Session, who: Colleague, name: str, new: NewCourse, first_day: dt.date, last_day: dt.date) -> Course | None:
    """The course the same form made before: two that are the same in everything would be told apart by nobody."""
    mine = select(Course).join(CourseTeacher, CourseTeacher.course_id == Course.id).where(CourseTeacher.account_id == who.id)
    mine = mine.where(Course.name == name, Course.municipality == new.municipality, Course.plan == new.plan, Course.closed_at.is_(None))
    mine = mine.where(Course.first_day == first_day, Course.last_day == last_day)
    return session.scalar(mine.order_by(Course.id.desc()).limit(1))


def _hold_account(session: Session, account_id: int) -> None:
    """Two sendings of one form come one after the other."""
    session.execute(update(Account).where(Account.id == account_id).values(name=Account.name), execution_options=NO_SYNC)
