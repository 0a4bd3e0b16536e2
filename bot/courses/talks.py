"""Individual talks as members meet them: see the free times, take one, move it, give it back, have the advisor there too."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.lines import BLANK, Line, choice, line
from bot.conversations.assistant import SaidMessage
from bot.courses.replies import in_no_course, reply
from bot.courses.talk_lines import about, time_button, wish_details, wish_text
from bot.courses.talk_times import free_talks, give_back, take, talk_in, talk_of
from bot.courses.turn import Handler, Turn
from bot.courses.wishes import pass_on, take_back
from bot.plans.moments import in_utc
from bot.storage.course_tables import CourseMember, CourseTalk

AT_ONCE = 9  # times shown: with "other times" below them a list of ten, the most WhatsApp has
PAGES = 50


def talks(turn: Turn) -> list[SaidMessage]:
    """The time the person has, or the free ones; with {"other": true} the free ones in any case."""
    if turn.member is None:
        return in_no_course(turn)
    mine = talk_of(turn.session, turn.member, turn.now)
    if mine is not None and (turn.values or {}).get("other") is not True:
        return reply(turn, "course_talk_yours", line("course_talk_yours"), *about(mine), choices=_changes(mine))
    return _free(turn, turn.member)


def take_one(turn: Turn) -> list[SaidMessage]:
    """Takes a time; who had another one moves."""
    if turn.member is None:
        return in_no_course(turn)
    talk = talk_in(turn.session, turn.member.course_id, turn.number("talk"))
    if talk is None or talk.cancelled_at is not None or in_utc(talk.starts_at) <= turn.now:
        return _free(turn, turn.member, line("course_talk_gone"))
    if talk.member_id == turn.member.id:
        return reply(turn, "course_talk_yours", line("course_talk_yours"), *about(talk), choices=_changes(talk))
    older = talk_of(turn.session, turn.member, turn.now)
    if not take(turn.session, turn.member, talk, turn.now):
        return _free(turn, turn.member, line("course_talk_too_late"))
    lines = [line("course_talk_taken"), *about(talk)]
    if older is not None:
        lines += [BLANK, line("course_talk_moved"), *_advisor_knows(turn, turn.member, older)]
    if turn.member.participant_id is None:
        return reply(turn, "course_talk_taken", *lines, choices=_changes(talk))
    lines += [BLANK, line("course_talk_in_plan"), line("course_talk_advisor_ask")]
    yes, no = (f'/course_advisor{{"talk": {talk.id}, "with": {answer}}}' for answer in ("true", "false"))
    choices = [choice("course_talk_advisor_yes", yes), choice("course_talk_advisor_no", no), *_changes(talk)]
    return reply(turn, "course_talk_taken", *lines, choices=choices)


def advisor(turn: Turn) -> list[SaidMessage]:
    """With the advisor or without; the advisor gets the time as a wish for a meeting."""
    if turn.member is None:
        return in_no_course(turn)
    talk = _mine(turn, turn.member)
    wanted = (turn.values or {}).get("with")
    if talk is None or not isinstance(wanted, bool):
        return _free(turn, turn.member, line("course_talk_gone"))
    if turn.member.participant_id is None:
        return reply(turn, "course_talk_no_plan", choices=_changes(talk))
    had, talk.with_advisor = talk.with_advisor, wanted
    turn.session.flush()
    if not wanted:
        told = _advisor_knows(turn, turn.member, talk)
        return reply(turn, "course_talk_advisor_not", line("course_talk_advisor_not"), *told, choices=_changes(talk))
    if not had:
        text = wish_text(turn.courses, turn.session, turn.member, talk)
        pass_on(turn.courses, turn.session, turn.member, turn.conversation.id, "meeting", text, wish_details(talk))
    return reply(turn, "course_talk_advisor_told", choices=_changes(talk))


def back(turn: Turn) -> list[SaidMessage]:
    """Gives the person's time back."""
    if turn.member is None:
        return in_no_course(turn)
    talk = _mine(turn, turn.member)
    if talk is None or not give_back(turn.session, turn.member, talk, turn.now):
        return _free(turn, turn.member, line("course_talk_gone"))
    told = _advisor_knows(turn, turn.member, talk)
    return _free(turn, turn.member, line("course_talk_given_back"), *told)


def _free(turn: Turn, member: CourseMember, *before: Line) -> list[SaidMessage]:
    """The free times as buttons, page by page."""
    found = free_talks(turn.session, member.course_id, turn.now)
    page = min(turn.number("page") or 0, PAGES)
    shown: Sequence[CourseTalk] = found[page * AT_ONCE : (page + 1) * AT_ONCE] or found[:AT_ONCE]
    told = [*before, BLANK] if before else []
    if not shown:
        return reply(turn, "course_talks_none", *told, line("course_talks_none"))
    choices: list[Line] = [time_button(turn.courses.library, turn.language, talk) for talk in shown]
    if len(found) > AT_ONCE:
        following = page + 1 if (page + 1) * AT_ONCE < len(found) else 0
        choices.append(choice("course_talks_more", f'/course_talks{{"other": true, "page": {following}}}'))
    return reply(turn, "course_talks_free", *told, line("course_talks_free"), choices=choices)


def _changes(talk: CourseTalk) -> list[Line]:
    give_back_it = choice("course_talk_give_back", f'/course_give_back{{"talk": {talk.id}}}')
    return [choice("course_talk_change", '/course_talks{"other": true}'), give_back_it]


def _mine(turn: Turn, member: CourseMember) -> CourseTalk | None:
    talk = talk_in(turn.session, member.course_id, turn.number("talk"))
    mine = talk is not None and talk.member_id == member.id and talk.cancelled_at is None and in_utc(talk.starts_at) > turn.now
    return talk if mine else None


def _advisor_knows(turn: Turn, member: CourseMember, talk: CourseTalk) -> list[Line]:
    """Takes the wish for the advisor back; a line where an advisor may have read it."""
    read = take_back(turn.courses, turn.session, member, "meeting", wish_details(talk))
    return [line("course_talk_advisor_knows")] if read else []


HANDLERS: dict[str, Handler] = {"course_talks": talks, "course_take": take_one, "course_advisor": advisor, "course_give_back": back}
EXPECTS: dict[str, Handler] = {}
WORDS = {"words_talks": "/course_talks"}
BESIDE: tuple[tuple[frozenset[str], str, str], ...] = ()
IN_GROUP: frozenset[str] = frozenset()
