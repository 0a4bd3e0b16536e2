"""A post as it is said: to a member in their language, and to the group in Norwegian with a paragraph for who has no chat of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from bot.content import Library, compose
from bot.content.lines import BLANK, Line, line, words
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.drafts import ANSWER, OWN, POLL, Draft, PollDraft
from bot.courses.in_language import NORWEGIAN
from bot.courses.membership import chat_of_member, members_of
from bot.courses.parts import Courses
from bot.courses.poll_words import numbered_options, poll_words
from bot.courses.post_lines import Saying, choices_of, has_language, lines_of
from bot.storage.course_tables import Course
from bot.storage.desk_tables import Account

KEY = "course_post"
OPTION, QUESTION, REASON = 100, 300, 200  # how long the parts of a messenger's own poll may be


def message(courses: Courses, session: Session, course: Course, draft: Draft, language: str) -> SaidMessage:
    """What a member hears in a language, and the same in Norwegian. Raises KeyError for something that is not there any more."""
    if draft.kind == ANSWER:
        return _answer(courses, session, course, draft, language)
    library, source = courses.library, courses.library.languages.source.code
    one = Saying(courses, session, course, draft, language)
    by = _teacher(session, draft)
    said = composed(library, KEY, language, [*_who("course_teacher_writes", by), *lines_of(one)], choices=choices_of(one))
    norwegian = "" if language == source else _text(library, [*_who("course_teacher_writes", by), *lines_of(replace(one, language=source))])
    said = replace(said, norwegian=norwegian)
    return replace(said, author="advisor", by=by) if draft.kind == OWN and by else said


def group_message(courses: Courses, session: Session, course: Course, draft: Draft) -> SaidMessage:
    """What the group reads. Raises KeyError for something that is not there any more."""
    library, source = courses.library, courses.library.languages.source.code
    by = _teacher(session, draft)
    paragraphs = [_in_group(courses, session, course, draft, source, by)]
    for language in _without_chat(session, course):
        if has_language(Saying(courses, session, course, draft, language)):
            told = _in_group(courses, session, course, draft, language)
            paragraphs.append(f"{library.languages[language].name}\n{told}")
    paragraphs.append(library.phrase("course_in_private", source))  # the channel puts the button below (bot/channels/telegram/personal.py)
    said = SaidMessage("\n\n".join(paragraphs), source, library.languages[source].direction, KEY)
    if draft.kind == POLL and draft.poll is not None:
        said = replace(said, poll=native_poll(library, draft.poll))
    return replace(said, author="advisor", by=by) if draft.kind == OWN and by else said


def native_poll(library: Library, poll: PollDraft) -> dict[str, Any]:
    """A poll as a messenger shows its own, in Norwegian, cut to what fits there."""
    source = library.languages.source.code
    told = poll_words(library, poll, source)
    shown = [_text(library, [option])[:OPTION] for option in told.options]
    return {
        "id": poll.id,
        "question": _text(library, [told.ask])[:QUESTION],
        "options": shown,
        "kind": poll.kind,
        "right": poll.right,
        "because": _text(library, [told.because])[:REASON] if told.because else "",
        "closes_at": poll.closes_at.isoformat(),
    }


def _in_group(courses: Courses, session: Session, course: Course, draft: Draft, language: str, by: str = "") -> str:
    library, norwegian = courses.library, language in NORWEGIAN
    if draft.kind == ANSWER:
        return _answer(courses, session, course, draft, language).text
    if draft.kind == POLL and draft.poll is not None:
        options = [] if norwegian else numbered_options(library, draft.poll, language)
        asked = [poll_words(library, draft.poll, language).ask, *options]
        lines: list[Line] = [line("course_poll_new" if draft.poll.kind == POLL else "course_quiz_new"), *asked, line("course_poll_group")]
    else:
        lines = lines_of(Saying(courses, session, course, draft, language, short=not norwegian))
    return _text(library, [*_who("course_teacher_writes_group", by), *lines], language)


def _answer(courses: Courses, session: Session, course: Course, draft: Draft, language: str) -> SaidMessage:
    from bot.courses.answers import said_answer

    said = said_answer(courses, session, course, draft.details, draft.texts, language)
    by = _teacher(session, draft)
    return replace(said, author="advisor", by=by) if draft.texts and by else said


def _without_chat(session: Session, course: Course) -> tuple[str, ...]:
    """The languages (but Norwegian) of members who have no chat of their own, the most spoken first."""
    without = [member.language for member in members_of(session, course.id) if chat_of_member(session, member) is None]
    return tuple(sorted({*without} - {*NORWEGIAN}, key=lambda code: (-without.count(code), code)))


def _teacher(session: Session, draft: Draft) -> str:
    account = session.get(Account, draft.account_id) if draft.account_id is not None else None
    return account.name if account else ""


def _who(phrase: str, name: str) -> list[Line]:
    return [line(phrase, name=words(name)), BLANK] if name else []


def _text(library: Library, lines: list[Line], language: str = "") -> str:
    return compose(library, KEY, language or library.languages.source.code, lines).text
