"""The anonymous question box, as members meet it: nobody is told who asks, and nothing that is kept says so."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import func, select

from bot.content.lines import BLANK, choice, line
from bot.conversations.assistant import SaidMessage
from bot.courses.answers import said_answer
from bot.courses.membership import few_speak
from bot.courses.replies import in_no_course, reply
from bot.courses.turn import Handler, Turn
from bot.courses.written import opened
from bot.plans.moments import NORWAY, day_in_norway, in_utc
from bot.plans.national_numbers import holds_national_number
from bot.storage.course_tables import Course, CourseMember, CoursePost, CourseQuestion
from bot.storage.tables import Message

LONGEST = 500  # characters of a question
A_CALL = 6  # words at most with which somebody asks for a person; more are a question about talking to one
HIGHEST = 10**9 - 1  # number of a question
A_DAY = 5  # questions of one chat
SHOWN = 3  # of the last answers
ASK, THANKS = "course_question_ask", "course_question_thanks"
PERSON = ("talk_to_human",)
NOT_NOW = choice("course_question_not_now", "/course")


def ask(turn: Turn) -> list[SaidMessage]:
    """Explains the box and waits for the question."""
    if turn.member is None:
        return in_no_course(turn)
    if _asked_today(turn) >= A_DAY:
        return reply(turn, "course_question_enough")
    few = [line("course_question_few")] if _is_alone(turn, turn.member) else []
    lines = [line(ASK), BLANK, line("course_question_care"), *few]
    return reply(turn, ASK, *lines, choices=[NOT_NOW], topics=PERSON)


def keep(turn: Turn) -> list[SaidMessage]:
    """Puts the question into the box, or says what is wrong with it and waits for another."""
    if turn.member is None:
        return in_no_course(turn)
    text = turn.text.replace("\x00", "").strip()
    if not text:
        return _again(turn, line("course_question_empty"))
    if turn.word("topic") in PERSON and len(text.split()) <= A_CALL:
        return _again(turn, line("course_question_care"))
    if len(text) > LONGEST:
        return _again(turn, line("course_question_long", limit=LONGEST))
    if holds_national_number(text):
        return _again(turn, line("course_question_number"))
    if _asked_today(turn) >= A_DAY:
        return reply(turn, "course_question_enough")
    turn.session.add(
        CourseQuestion(
            id=_drawn(turn),
            course_id=turn.member.course_id,
            sealed_text=turn.courses.seal.close(text),
            language=_written_in(turn),
            topic=_topic(turn),
            asked_on=day_in_norway(turn.now),
        )
    )
    turn.session.flush()
    more = [choice("course_answers_button", "/course_answers"), choice("course_question_button", "/course_question")]
    return reply(turn, THANKS, choices=more)


def answers(turn: Turn) -> list[SaidMessage]:
    """The last answers again, the newest at the end."""
    if turn.member is None:
        return in_no_course(turn)
    course = turn.session.get_one(Course, turn.member.course_id)
    sent = (CoursePost.course_id == course.id, CoursePost.kind == "answer", CoursePost.sent_at.is_not(None))
    newest = select(CoursePost).where(*sent).order_by(CoursePost.sent_at.desc(), CoursePost.id.desc()).limit(SHOWN)
    posts = list(reversed(turn.session.scalars(newest).all()))
    if not posts:
        return reply(turn, "course_answers_none", choices=[choice("course_question_button", "/course_question")])
    courses, session = turn.courses, turn.session
    return [said_answer(courses, session, course, post.details, opened(courses.seal, post.sealed_texts), turn.language) for post in posts]


def _again(turn: Turn, what: dict[str, object]) -> list[SaidMessage]:
    """The key is that of the first asking: the next words are withheld and looked at in the same way."""
    return reply(turn, ASK, what, choices=[NOT_NOW], topics=PERSON)


def _drawn(turn: Turn) -> int:
    """A number by chance: counted ones would tell who asked, beside the order in which chats were thanked."""
    number = 1 + secrets.randbelow(HIGHEST)
    while turn.session.get(CourseQuestion, number) is not None:
        number = 1 + secrets.randbelow(HIGHEST)
    return number


def _topic(turn: Turn) -> str | None:
    """What the assistant understood of the words, which it never stored."""
    topic = turn.word("topic")
    return topic if topic and turn.courses.library.has_topic(topic) and len(topic) <= 60 else None


def _written_in(turn: Turn) -> str:
    """The language of the words: who writes in another than their own does so not to be known by it."""
    heard = turn.word("heard")
    return heard if heard in turn.courses.library.languages else turn.language


def _asked_today(turn: Turn) -> int:
    """Counted by the thanks in this chat: the questions themselves do not know where they came from."""
    began = dt.datetime.combine(day_in_norway(turn.now), dt.time(), NORWAY)
    thanked = (Message.conversation_id == turn.conversation.id, Message.key == THANKS, Message.created_at >= in_utc(began))
    return turn.session.scalar(select(func.count(Message.id)).where(*thanked)) or 0


def _is_alone(turn: Turn, member: CourseMember) -> bool:
    """True where so few in the class have the language that the teacher could guess who asks in it."""
    source = turn.courses.library.languages.source.code
    return turn.language != source and few_speak(turn.session, member.course_id, turn.language)


HANDLERS: dict[str, Handler] = {"course_question": ask, "course_answers": answers}
EXPECTS: dict[str, Handler] = {ASK: keep}
WORDS = {"words_question": "/course_question", "words_answers": "/course_answers"}
BESIDE: tuple[tuple[frozenset[str], str, str], ...] = ()
IN_GROUP: frozenset[str] = frozenset()
