"""Voting in a poll of the class, in a member's own chat: the buttons `/course_vote` and `/course_poll`."""

from __future__ import annotations

from sqlalchemy import select

from bot.content.lines import Line, choice, line, moment, quoted
from bot.conversations.assistant import SaidMessage
from bot.courses.drafts import QUIZ, PollDraft, poll_draft
from bot.courses.poll_words import again_payload, poll_choices, poll_lines, poll_words, relevant_payload
from bot.courses.polls import polls_of, vote
from bot.courses.replies import in_no_course, reply
from bot.courses.turn import Handler, Turn
from bot.plans.moments import in_utc
from bot.storage.course_tables import CourseMember, CoursePoll, CoursePost, CourseVote

SHOWN, VOTED = "course_poll", "course_vote_thanks"  # keys of what is said


def handle_vote(turn: Turn) -> list[SaidMessage]:
    """A member chose an option. Until a poll closes, another one may be chosen; of a quiz the first answer counts."""
    if turn.member is None:
        return in_no_course(turn)
    poll, option = _poll_of(turn, turn.member), turn.number("option")
    if poll is None:
        return reply(turn, "course_poll_gone")
    if poll.closes_at <= turn.now:
        return _closed(turn, turn.member, poll)
    if option is None or option >= poll.options:
        return _shown(turn, poll, [line("course_poll_pick")])
    first = _chosen(turn, turn.member, poll)
    if poll.kind == QUIZ and first is not None:
        option = first  # the right answer was told then, so only the first one says anything
    else:
        vote(turn.session, poll.id, turn.member.id, option, turn.now)
    return reply(turn, VOTED, *_thanks(turn, poll, option), choices=_more(poll))


def handle_poll(turn: Turn) -> list[SaidMessage]:
    """Shows a poll again with what the member chose; without a number the newest of the class that is open."""
    if turn.member is None:
        return in_no_course(turn)
    named = "poll" in (turn.values or {})
    poll = _poll_of(turn, turn.member) if named else open_poll(turn, turn.member)
    if poll is None:
        return reply(turn, "course_poll_gone" if named else "course_poll_none")
    if poll.closes_at <= turn.now:
        return _closed(turn, turn.member, poll)
    return _shown(turn, poll, _voted(turn, turn.member, poll))


def _poll_of(turn: Turn, member: CourseMember) -> PollDraft | None:
    """The poll a button names, when it is one of the member's course and was sent."""
    number = turn.number("poll")
    row = turn.session.get(CoursePoll, number) if number is not None else None
    if row is None or row.course_id != member.course_id:
        return None
    post = turn.session.get(CoursePost, row.post_id)
    return poll_draft(turn.courses, row) if post is not None and post.sent_at is not None else None


def open_poll(turn: Turn, member: CourseMember) -> PollDraft | None:
    """The newest poll of the class that is open; None without any."""
    sent = (row for row, post in polls_of(turn.session, member.course_id) if post.sent_at is not None)
    row = next((one for one in sent if in_utc(one.closes_at) > turn.now), None)
    return poll_draft(turn.courses, row) if row is not None else None


def _shown(turn: Turn, poll: PollDraft, before: list[Line]) -> list[SaidMessage]:
    library = turn.courses.library
    lines = [*before, *poll_lines(library, poll, turn.language)]
    return reply(turn, SHOWN, *lines, choices=poll_choices(library, poll, turn.language))


def _closed(turn: Turn, member: CourseMember, poll: PollDraft) -> list[SaidMessage]:
    told = poll_words(turn.courses.library, poll, turn.language)
    own = _voted(turn, member, poll)
    if poll.kind == QUIZ and poll.right is not None:
        why = [told.because] if told.because else []
        return reply(turn, "course_poll_closed", told.ask, line("course_quiz_closed", right=quoted(told.options[poll.right])), *why, *own)
    return reply(turn, "course_poll_closed", told.ask, line("course_poll_closed"), *own)


def _chosen(turn: Turn, member: CourseMember, poll: PollDraft) -> int | None:
    mine = (CourseVote.poll_id == poll.id, CourseVote.member_id == member.id)
    option = turn.session.scalar(select(CourseVote.option).where(*mine))
    return option if option is not None and option < poll.options else None


def _voted(turn: Turn, member: CourseMember, poll: PollDraft) -> list[Line]:
    option = _chosen(turn, member, poll)
    if option is None:
        return []
    return [line("course_poll_voted", option=quoted(poll_words(turn.courses.library, poll, turn.language).options[option]))]


def _thanks(turn: Turn, poll: PollDraft, option: int) -> list[Line]:
    told = poll_words(turn.courses.library, poll, turn.language)
    if poll.kind != QUIZ or poll.right is None:
        return [line("course_vote_thanks", option=quoted(told.options[option])), line("course_vote_change", when=moment(poll.closes_at))]
    why = [told.because] if told.because else []
    if option == poll.right:
        return [line("course_quiz_right", option=quoted(told.options[option])), *why]
    return [line("course_quiz_other", option=quoted(told.options[option]), right=quoted(told.options[poll.right])), *why]


def _more(poll: PollDraft) -> list[Line]:
    return [choice("course_button_poll_again", again_payload(poll.id)), choice("course_button_relevant", relevant_payload(poll.id))]


HANDLERS: dict[str, Handler] = {"course_vote": handle_vote, "course_poll": handle_poll}
WORDS = {"words_poll": "/course_poll"}
