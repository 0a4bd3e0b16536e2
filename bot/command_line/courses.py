"""courses: which course groups there are, and how far each has come. Names of members are not shown."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.command_line.database import cell, clock, municipality_id, opened
from bot.command_line.ending import fail, say, show_table
from bot.command_line.participants import Json, Municipality
from bot.content import Library
from bot.courses.lessons import lesson_of
from bot.courses.membership import chat_of_member, language_of, members_of
from bot.courses.sessions import coming, ends_at, sessions_of
from bot.plans.moments import this_moment
from bot.settings import settings
from bot.storage.course_tables import Course, CourseMember, CourseSession

COLUMNS = ("number", "name", "municipality", "from", "to", "members", "lessons", "next lesson", "group", "closed", "demo")


def courses(
    number: Annotated[int | None, typer.Argument(help="Only this one, with its lessons and members (without names).")] = None,
    municipality: Municipality = None,
    as_json: Json = False,
) -> None:
    """List the course groups; or show one with its lessons, and its members by number, language and whether a chat reaches them."""
    library = Library(settings().data)
    place = municipality_id(library, municipality)
    with opened() as (session, _):
        if number is not None:
            shown = _one(library, session, number)
            _show_one(shown, as_json)
            return
        wanted = select(Course).order_by(Course.first_day.desc(), Course.id.desc())
        found = session.scalars(wanted if place is None else wanted.where(Course.municipality == place)).all()
        rows = [_row(session, course) for course in found]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if rows:
        table = Table(*COLUMNS, box=None, pad_edge=False)
        for row in rows:
            flags = {name: name if row[name] else "" for name in ("group", "closed", "demo")}
            table.add_row(*(cell(value) for value in {**row, **flags}.values()))
        show_table(table)
    say(f"{len(rows)} course{'' if len(rows) == 1 else 's'}" if rows else "No courses. A teacher makes them in the console, under Kurs.")


def _row(session: Session, course: Course) -> dict[str, Any]:
    rows, now = sessions_of(session, course.id), this_moment()
    following = coming(rows, now) if course.closed_at is None else []
    return {
        "number": course.id,
        "name": course.name,
        "municipality": course.municipality,
        "from": course.first_day.isoformat(),
        "to": course.last_day.isoformat(),
        "members": len(members_of(session, course.id)),
        "lessons": sum(row.cancelled_at is None for row in rows),
        "next": clock(following[0].starts_at) if following else None,
        "group": course.chat is not None,
        "closed": course.closed_at is not None,
        "demo": course.demo,
    }


def _one(library: Library, session: Session, number: int) -> dict[str, Any]:
    course = session.get(Course, number) if 0 < number < 2**31 else None
    if course is None:
        fail(f"There is no course {number}. `veiviser courses` lists them.")
    left = (CourseMember.course_id == course.id, CourseMember.left_on.is_not(None))
    now = this_moment()
    return {
        **_row(session, course),
        "left": session.scalar(select(func.count(CourseMember.id)).where(*left)) or 0,
        "deadlines": [{"day": one.day.isoformat(), "kind": one.kind, "name": one.name} for one in course.deadlines],
        "sessions": [_session(library, course, row, now) for row in sessions_of(session, course.id)],
        "people": [_member(session, member) for member in members_of(session, course.id)],
    }


def _session(library: Library, course: Course, row: CourseSession, now: dt.datetime) -> dict[str, Any]:
    state = "cancelled" if row.cancelled_at else "held" if ends_at(row) <= now else "to come"
    title = lesson_of(library, course.plan, row).title
    return {"number": row.id, "starts": clock(row.starts_at), "minutes": row.minutes, "place": row.place, "title": title, "state": state}


def _member(session: Session, member: CourseMember) -> dict[str, Any]:
    chat = chat_of_member(session, member)
    reached = chat is not None and chat.stopped is None
    return {"number": member.id, "language": language_of(session, member), "joined": member.joined_on.isoformat(), "reached": reached}


def _show_one(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    say(f"{cell(shown['name']).plain} ({shown['municipality']}), {shown['from']} to {shown['to']}")
    for name in ("deadlines", "sessions", "people"):
        rows = shown[name]
        if rows:
            table = Table(*rows[0], box=None, pad_edge=False)
            for row in rows:
                table.add_row(*(cell(value) for value in row.values()))
            show_table(table)
    unreached = sum(not one["reached"] for one in shown["people"])
    say(f"{shown['members']} members, {unreached} of them without a chat; {shown['left']} have left")
