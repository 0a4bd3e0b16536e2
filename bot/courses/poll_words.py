"""A poll in words: from the ready plan in the member's language, or as the teacher wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.content import Library
from bot.content.lines import BLANK, Line, line, moment, words
from bot.courses.drafts import QUIZ, PollDraft
from bot.courses.in_language import NORWEGIAN, WEEKS, is_written, text_in


@dataclass(frozen=True)
class PollWords:
    """Question, options and (of a quiz, where there is one) the reason, ready to be composed. `norwegian`: some of it is in Norwegian
    for somebody who reads another language."""

    ask: Line
    options: tuple[Line, ...]
    because: Line | None
    norwegian: bool


def poll_words(library: Library, poll: PollDraft, language: str) -> PollWords:
    """The words of a poll in a language. Raises KeyError for a week nobody wrote."""
    return _of_plan(library, poll, language) if poll.week else _of_teacher(poll, language)


def poll_lines(library: Library, poll: PollDraft, language: str) -> list[Line]:
    """Question and until when; the options are buttons."""
    told = poll_words(library, poll, language)
    begin = line("course_quiz_new" if poll.kind == QUIZ else "course_poll_new")
    note = [BLANK, line("course_in_norwegian")] if told.norwegian else []
    # Until when an answer may be changed; of a quiz the first one counts.
    until = [] if poll.kind == QUIZ else [BLANK, line("course_poll_until", when=moment(poll.closes_at))]
    return [begin, told.ask, *until, *note]


def poll_choices(library: Library, poll: PollDraft, language: str) -> tuple[Line, ...]:
    """One button for each option."""
    options = poll_words(library, poll, language).options
    return tuple({**option, "payload": vote_payload(poll.id, number)} for number, option in enumerate(options))


def numbered_options(library: Library, poll: PollDraft, language: str) -> list[Line]:
    """The options as lines, for a language that has no buttons of its own in a group."""
    options = poll_words(library, poll, language).options
    return [line("course_poll_option", number=number, option=option) for number, option in enumerate(options, 1)]


def vote_payload(poll_id: int, option: int) -> str:
    """What the button of an option sends."""
    return f'/course_vote{{"poll": {poll_id}, "option": {option}}}'


def again_payload(poll_id: int) -> str:
    """What the button sends that shows a poll again."""
    return f'/course_poll{{"poll": {poll_id}}}'


def relevant_payload(poll_id: int) -> str:
    """What the button "is this relevant for the test?" sends below a poll."""
    return f'/course_relevant{{"about": "poll:{poll_id}"}}'


def _of_plan(library: Library, poll: PollDraft, language: str) -> PollWords:
    at = ("weeks", poll.week, "poll")
    there = is_written(library, language, WEEKS, *at, "ask")
    options = tuple(text_in(library, language, WEEKS, *at, "options", number) for number in range(poll.options))
    because = text_in(library, language, WEEKS, *at, "because") if poll.kind == QUIZ else None
    return PollWords(text_in(library, language, WEEKS, *at, "ask"), options, because, not there and language not in NORWEGIAN)


def _of_teacher(poll: PollDraft, language: str) -> PollWords:
    ask, because = poll.texts["ask"], poll.texts.get("because") or {}
    options = poll.texts["options"]
    complete = all(language in one for one in (ask, *options, *([because] if because else [])))
    told = tuple(words(_given(one, language)) for one in options)
    reason = words(_given(because, language)) if because else None
    return PollWords(words(_given(ask, language)), told, reason, not complete and language not in NORWEGIAN)


def _given(texts: Mapping[str, Any], language: str) -> str:
    return str(texts.get(language) or texts["nb"])
