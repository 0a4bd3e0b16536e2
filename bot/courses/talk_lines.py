"""A talk in words: for the member, for the advisor, for the list of free times."""

from __future__ import annotations

from babel.dates import format_skeleton
from sqlalchemy.orm import Session

from bot.content import Library, compose
from bot.content.lines import Line, line, moment, words
from bot.courses.parts import Courses
from bot.plans.moments import NORWAY, in_utc
from bot.storage.course_tables import Course, CourseMember, CourseTalk


def about(talk: CourseTalk) -> list[Line]:
    """When, how long, where, with whom."""
    lines = [line("course_talk_when", when=moment(in_utc(talk.starts_at))), line("course_talk_minutes", minutes=talk.minutes)]
    lines += [line("course_talk_place", place=words(talk.place))] if talk.place else []
    lines += [line("course_talk_with", name=words(talk.with_whom))] if talk.with_whom else []
    return lines


def time_button(library: Library, language: str, talk: CourseTalk) -> Line:
    """A free time, short enough for a button: "tor. 26. nov. 10:00"."""
    here = in_utc(talk.starts_at).astimezone(NORWAY)
    day = format_skeleton("MMMEd", here, locale=library.languages[language].locale)
    return {"words": f"{day} {here:%H:%M}", "payload": f'/course_take{{"talk": {talk.id}}}'}


def wish_details(talk: CourseTalk) -> dict[str, str]:
    """As the guide about a meeting writes them: here day and time are known."""
    here = in_utc(talk.starts_at).astimezone(NORWAY)
    return {"day": here.date().isoformat(), "when": f"{here:%H:%M}"}


def wish_text(courses: Courses, session: Session, member: CourseMember, talk: CourseTalk) -> str:
    """What the advisor reads, in Norwegian."""
    library, source = courses.library, courses.library.languages.source.code
    course = session.get_one(Course, member.course_id)
    shown = compose(library, "course_talk_wish", source, about(talk)[2:]).text.replace("\n", ". ")
    told = line("course_talk_wish", course=words(course.name), when=moment(in_utc(talk.starts_at)), about=f"{shown}." if shown else "")
    return " ".join(compose(library, "course_talk_wish", source, [told]).text.split())
