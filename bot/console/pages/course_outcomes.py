"""What came of a course: the table of members and outcomes, and the report without names, on paper and as a table."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from bot.console.labels import Labels
from bot.console.pages.course_frame import Changing, Visiting, back_to, change, courses_of_request, show
from bot.console.pages.course_trying import Tried, tried
from bot.console.pages.typed import Typed, typed
from bot.console.rendering import language_name
from bot.console.visits import Visit, parts_of
from bot.courses.access import course_for
from bot.courses.outcomes import KINDS, change_outcomes, outcomes_of
from bot.courses.report import Report, report
from bot.courses.small_numbers import Shown
from bot.desk.audit import record
from bot.storage.course_tables import Course

router = APIRouter(prefix="/console/courses/{number:int}")
Row = tuple[str, str, str]  # part of the report, what, number
LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@router.get("/outcomes")
def outcomes(request: Request, visit: Visiting, number: int, done: Annotated[str, Query(max_length=40)] = "") -> HTMLResponse:
    """The table."""
    return _page(request, visit, number, Tried(), done)


@router.post("/outcomes")
def save(request: Request, visit: Changing, number: int, typed: Annotated[Typed, Depends(typed)]) -> Response:
    """Notes what was changed in this form; what a colleague changed meanwhile stays."""
    now, changes = courses_of_request(request).clock(), _changes(typed)

    def do() -> None:
        change(request, visit, number, "noted outcomes", lambda s, course: change_outcomes(s, course, changes, visit.who.id, now))

    came_back = tried(visit, "outcomes", typed, do)
    return back_to(number, "outcomes", "outcomes_saved") if came_back is None else _page(request, visit, number, came_back)


@router.get("/report")
def report_page(request: Request, visit: Visiting, number: int) -> HTMLResponse:
    """The report, to read and to print."""
    now = courses_of_request(request).clock()

    def read(session: Session, course: Course) -> dict[str, Any]:
        found = report(session, course, now)
        rows = rows_of(request, visit.t, found)
        return {"parts": dict.fromkeys(row[0] for row in rows), "rows": rows, "now": now, "no_languages": found.languages is None}

    return show(request, visit, number, "outcomes", "course_report.html", read)


@router.get("/report.csv")
def report_csv(request: Request, visit: Visiting, number: int) -> Response:
    """The same as a table for a spreadsheet."""
    now = courses_of_request(request).clock()
    with parts_of(request).transaction() as session:
        course = course_for(session, visit.who, number)
        record(session, visit.who, "read", "course", str(number), tab="report.csv")
        rows = [(visit.t("course_report_course"), visit.t("course_report_name"), course.name)]
        rows += rows_of(request, visit.t, report(session, course, now))
    written = io.StringIO()
    sheet = csv.writer(written, delimiter=";", lineterminator="\r\n")
    sheet.writerows([_harmless(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="course-{number}.csv"'}
    return Response(written.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def rows_of(request: Request, t: Labels, found: Report) -> list[Row]:
    """The report line by line: part, what, number in words of the console."""

    def number(value: Shown) -> str:
        return t("course_report_hidden") if value is None else str(value)

    plain = ("weeks", "sessions_held", "posts", "polls", "questions", "answered")
    rows = [(t("course_report_course"), t(f"course_report_{name}"), str(getattr(found, name))) for name in plain]
    people = ("begun", "still_there", "left")
    rows += [(t("course_report_people"), t(f"course_report_{name}"), number(getattr(found, name))) for name in people]
    share = t("course_report_hidden") if found.absence is None else t("course_report_percent", share=found.absence)
    rows.append((t("course_report_people"), t("course_report_absence"), share))
    named = sorted((language_name(request, code) or code, count) for code, count in (found.languages or {}).items())
    rows += [(t("course_report_languages"), name, number(count)) for name, count in named]
    return rows + [(t("course_report_outcomes"), t(f"course_outcome_{kind}"), number(count)) for kind, count in found.outcomes.items()]


def _changes(typed: Typed) -> dict[int, dict[str, bool]]:
    """What was ticked and unticked, against what stood in the form when it was opened."""
    found: dict[int, dict[str, bool]] = {}
    for name, had in typed.values.items():
        what, _, member = name.partition("-")
        if what != "had" or not member.isdecimal() or len(member) > 9:
            continue
        before = set(had.split())
        ticked = {kind for kind in KINDS if f"outcome-{member}-{kind}" in typed.values}
        if changed := {kind: kind in ticked for kind in ticked ^ (before & set(KINDS))}:
            found[int(member)] = changed
    return found


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(LIKE_A_FORMULA) else cell


def _page(request: Request, visit: Visit, number: int, tried: Tried, done: str = "") -> HTMLResponse:
    courses = courses_of_request(request)

    def read(session: Session, course: Course) -> dict[str, Any]:
        rows = outcomes_of(courses, session, course)
        shown = {(row.member, kind): _ticked(tried, row.member, kind, kind in row.kinds) for row in rows for kind in KINDS}
        return {"rows": rows, "kinds": KINDS, "shown": shown, "tried": tried, "done": done}

    return show(request, visit, number, "outcomes", "course_outcomes.html", read, status=tried.status)


def _ticked(tried: Tried, member: int, kind: str, stored: bool) -> bool:
    return f"outcome-{member}-{kind}" in tried.typed.values if tried.form else stored
