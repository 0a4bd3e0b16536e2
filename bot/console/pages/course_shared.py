"""What one member shows the teacher: progress in practice and a copy of the self-assessment, or that nothing is shown."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from bot.console.pages.course_frame import Visiting, courses_of_request, show
from bot.content.composed import shown
from bot.content.practice import LEVELS
from bot.courses.parts import Courses
from bot.courses.practice.sharing import progress_for_teacher
from bot.courses.problems import NoSuchCourse
from bot.courses.roster import member_in, name_of
from bot.courses.self_assessment.sharing import parts_shown, shared_with_teacher
from bot.desk.audit import record
from bot.desk.problems import NotAllowed
from bot.storage.course_tables import Course, CourseMember

router = APIRouter(prefix="/console/courses/{number:int}")
HIGHEST = 2**31  # no member has such a number, and no database can look for a higher one


@router.get("/members/{member:int}/shared")
def shared(request: Request, visit: Visiting, number: int, member: int) -> HTMLResponse:
    """The page. Every reading stands in the audit log, with what there was to read."""
    courses = courses_of_request(request)

    def read(session: Session, course: Course) -> dict[str, Any]:
        if member >= HIGHEST:
            raise NoSuchCourse
        if visit.who.id not in {one.account_id for one in course.teachers}:
            raise NotAllowed  # the person said that the teacher may see it, and nobody else
        row = member_in(session, course.id, member)
        values = _shared(courses, session, row)
        seen = {"progress": values["progress"] is not None, "self_assessment": values["given"] is not None}
        record(session, visit.who, "read", "course_member", str(member), course=number, **seen)
        return {"person": row, "name": name_of(courses, row), "levels": LEVELS, **values}

    return show(request, visit, number, "members", "course_shared.html", read)


def _shared(courses: Courses, session: Session, member: CourseMember) -> dict[str, Any]:
    """The progress (None: not shown), and the self-assessment in Norwegian with its moment."""
    given, library = shared_with_teacher(courses, session, member), courses.library
    norwegian = library.languages.source
    parts = parts_shown(library, norwegian.code, given[0]) if given else []
    told = [
        (
            shown(library, norwegian, part.title),
            [(shown(library, norwegian, said), shown(library, norwegian, answer)) for said, answer in part.rows],
        )
        for part in parts
    ]
    return {"progress": progress_for_teacher(courses, session, member), "given": given[1] if given else None, "parts": told}
