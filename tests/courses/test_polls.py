"""Polls and quizzes: from the plan and own ones, votes in members' own chats, totals in the group, results without names."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Library
from bot.content.courses import course_plans
from bot.courses import polls, posting
from bot.courses.drafts import PollDraft, draft_of
from bot.courses.parts import Courses
from bot.courses.poll_making import own_poll, plan_poll, post_poll
from bot.courses.post_message import native_poll
from bot.courses.problems import CourseProblem, NoSuchCourse
from bot.courses.voting import HANDLERS
from bot.settings import ROOT
from bot.storage.course_tables import Course, CoursePoll, CoursePost, CourseVote, GroupPoll
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation, Message
from tests.courses.common import GROUP_CHAT, KEY, LANGUAGES, PLAN, WORKING_HOURS, Classroom, Clock, add_course, bind_group, payloads, texts

VOTE, POLL = HANDLERS["course_vote"], HANDLERS["course_poll"]
CLOSES = WORKING_HOURS + dt.timedelta(days=2)
OPTIONS = ({"nb": "Rødt", "ar": "أحمر"}, {"nb": ""}, {"nb": "Grønt", "ar": "أخضر"})
ASK = {"nb": "Hvilken farge?", "ar": "أي لون؟"}


@pytest.fixture
def courses(seal: Seal, clock: Clock) -> Courses:
    return Courses(seal, Library(ROOT / "data"), KEY, clock)


def own(kind: str = "poll", right: int | None = None, closes: dt.datetime = CLOSES, **more: Any) -> PollDraft:
    given: dict[str, Any] = {"ask": ASK, "options": OPTIONS, "because": {"nb": "Gress er grønt."}, **more}
    return own_poll(kind, given["ask"], given["options"], closes, right, given["because"])


def made(room: Classroom, poll: PollDraft | None = None, key: str = "p1", send: bool = True) -> int:
    """Posts a poll; its number."""
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        post = post_poll(room.courses, session, course, poll or own(), room.courses.clock(), key, room.teacher.id)
        if send:
            posting.send(room.courses, session, post)
        return session.scalars(select(CoursePoll.id).where(CoursePoll.post_id == post.id)).one()


def votes(room: Classroom) -> dict[int, int]:
    with room.sessions() as session:
        return dict(session.execute(select(CourseVote.member_id, CourseVote.option)).tuples().all())


def results(room: Classroom, number: int) -> polls.Results:
    with room.sessions() as session:
        return polls.results(session, session.get_one(CoursePoll, number))


def group_message(session: Session) -> Message:
    there = select(Conversation.id).where(Conversation.account == f"{GROUP_CHAT}:everybody")
    return session.scalars(select(Message).where(Message.conversation_id.in_(there))).one()


# --- making


def test_every_poll_of_the_plan_can_be_posted(classroom: Classroom) -> None:
    with classroom.sessions() as session:
        course = session.get_one(Course, classroom.course)
        for week in course_plans(ROOT / "data")[PLAN].weeks.values():
            poll = plan_poll(classroom.courses, course, week.id, CLOSES)
            assert (poll.kind == "quiz") == (poll.right is not None)
            draft = posting.Draft("poll", poll=poll)
            for seen in posting.preview(classroom.courses, session, course, draft):
                assert len(seen.choices) == poll.options and all(seen.choices) and "{" not in seen.text
            native = native_poll(classroom.courses.library, poll)
            assert (
                len(native["question"]) <= 300 and all(0 < len(one) <= 100 for one in native["options"]) and len(native["because"]) <= 200
            )
        with pytest.raises(CourseProblem):
            plan_poll(classroom.courses, course, "w99_nothing", CLOSES)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"ask": {"ar": "أي لون؟"}}, "course_field_missing"),
        ({"ask": {"nb": "x" * 201}}, "course_text_too_long"),
        ({"options": OPTIONS[:1]}, "course_poll_options"),
        ({"options": [{"nb": str(one)} for one in range(6)]}, "course_poll_options"),
        ({"options": [{"nb": "Ja"}, {"nb": "JA"}]}, "course_poll_twice"),
        ({"options": [{"nb": "Ja", "ar": "x"}, {"nb": "Nei", "ar": "x"}]}, "course_poll_twice"),
        ({"options": [{"nb": "x" * 61}, {"nb": "Nei"}]}, "course_text_too_long"),
        ({"kind": "quiz"}, "course_field_missing"),
        ({"kind": "quiz", "right": 1}, "course_field_missing"),  # an empty option is nobody's right answer
        ({"kind": "quiz", "right": 7}, "course_field_missing"),
    ],
)
def test_polls_that_make_no_sense_are_refused(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(CourseProblem) as refused:
        own(**changed)
    assert refused.value.key == problem


@pytest.mark.parametrize("closes", [dt.timedelta(minutes=1), dt.timedelta(days=31)])
def test_a_poll_is_open_for_some_minutes_to_thirty_days(classroom: Classroom, closes: dt.timedelta) -> None:
    with pytest.raises(CourseProblem):
        made(classroom, own(closes=WORKING_HOURS + closes))


def test_the_same_form_twice_is_one_poll(classroom: Classroom) -> None:
    assert made(classroom) == made(classroom)
    with classroom.sessions() as session:
        row = session.scalars(select(CoursePoll)).one()
        assert b"farge" not in (row.sealed_texts or b"") and row.options == 2
        draft = draft_of(classroom.courses, session, session.get_one(CoursePost, row.post_id)).poll
    assert draft is not None and draft.texts["options"] == [OPTIONS[0], OPTIONS[2]] and draft.closes_at == CLOSES


def test_the_right_answer_is_counted_without_empty_options() -> None:
    assert own("quiz", right=2).right == 1 and own("poll", right=2).right is None


# --- in a member's own chat


def test_each_member_gets_the_poll_with_a_button_for_each_option(classroom: Classroom) -> None:
    number = made(classroom)
    with classroom.sessions() as session:
        for language, shown in (("nb", ["Rødt", "Grønt"]), ("ar", ["أحمر", "أخضر"]), ("so", ["Rødt", "Grønt"])):
            row = session.scalars(select(Message).where(Message.conversation_id == classroom.chats[language])).one()
            choices = row.details["choices"]
            assert [one["title"].strip("\u2068\u2069") for one in choices] == shown
            assert [one["payload"] for one in choices] == [f'/course_vote{{"poll": {number}, "option": {option}}}' for option in (0, 1)]
            note = classroom.courses.library.phrase("course_in_norwegian", language)
            assert (note in classroom.seal.open(row.sealed_text)) == (language == "so")


def test_a_vote_is_thanked_and_may_be_changed(classroom: Classroom) -> None:
    number = made(classroom)
    said = classroom.say(VOTE, "nb", poll=number, option=0)
    assert "Du svarte: «Rødt»" in texts(said) and "torsdag 26. november 2026" in texts(said)
    assert payloads(said) == [f'/course_poll{{"poll": {number}}}', f'/course_relevant{{"about": "poll:{number}"}}']
    for _ in range(2):
        classroom.say(VOTE, "nb", poll=number, option=1)
    classroom.say(VOTE, "ar", poll=number, option=1)
    assert votes(classroom) == {classroom.members["nb"]: 1, classroom.members["ar"]: 1}
    assert results(classroom, number) == polls.Results((0, 2), (0, 0), 3)
    assert "Du har svart: «Grønt»" in texts(classroom.say(POLL, "nb", poll=number))


def test_a_quiz_tells_at_once_and_kindly(classroom: Classroom) -> None:
    number = made(classroom, own("quiz", right=2))
    wrong = texts(classroom.say(VOTE, "nb", poll=number, option=0))
    assert "Det riktige svaret er: «Grønt»" in wrong and "Gress er grønt." in wrong and "feil" not in wrong.casefold()
    again = texts(classroom.say(VOTE, "nb", poll=number, option=1))  # now that the right answer is known
    assert again == wrong and votes(classroom) == {classroom.members["nb"]: 0}
    assert "Riktig! Svaret er: «Grønt»" in texts(classroom.say(VOTE, "so", poll=number, option=1, in_language="nb"))


def test_a_closed_poll_says_so_and_takes_no_vote(classroom: Classroom, clock: Clock) -> None:
    number = made(classroom, own("quiz", right=2))
    classroom.say(VOTE, "nb", poll=number, option=0)
    clock.forward(days=2)
    for handler in (VOTE, POLL):
        said = texts(classroom.say(handler, "nb", poll=number, option=1))
        assert "Denne quizen er ferdig" in said and "Grønt" in said and "Du har svart: «Rødt»" in said
    assert votes(classroom) == {classroom.members["nb"]: 0}
    assert "ingen avstemning" in texts(classroom.say(POLL, "nb"))


def test_closed_early_is_closed(classroom: Classroom, clock: Clock) -> None:
    number = made(classroom)
    for _ in range(2):
        with classroom.sessions.begin() as session:
            polls.close_poll(session, session.get_one(CoursePoll, number), clock())
        clock.forward(minutes=1)
    assert "ferdig" in texts(classroom.say(VOTE, "nb", poll=number, option=0)) and votes(classroom) == {}
    with classroom.sessions() as session:
        closed = session.get_one(CoursePoll, number).closes_at
        assert closed.replace(tzinfo=dt.UTC) == WORKING_HOURS


@pytest.mark.parametrize(
    "values", [{}, {"poll": "x"}, {"poll": None}, {"poll": -1}, {"poll": 999}, {"poll": True}, {"poll": [1]}, {"poll": 2**40}]
)
@pytest.mark.parametrize("handler", [VOTE, POLL])
def test_strange_values_get_a_sentence(classroom: Classroom, handler: Any, values: dict[str, Any]) -> None:
    number = made(classroom)
    said = classroom.say(handler, "nb", **values, option=0)
    assert len(said) == 1 and said[0].text and votes(classroom) == {}
    if handler is POLL and not values:
        assert payloads(said)[0] == f'/course_vote{{"poll": {number}, "option": 0}}'


@pytest.mark.parametrize("option", [None, 2, -1, "0", 1.0, True])
def test_a_strange_option_shows_the_poll_again(classroom: Classroom, option: Any) -> None:
    number = made(classroom)
    said = classroom.say(VOTE, "nb", poll=number, option=option)
    assert "Velg ett av svarene" in texts(said) and len(payloads(said)) == 2 and votes(classroom) == {}


def test_a_poll_of_another_course_or_one_not_sent_yet_is_not_told(classroom: Classroom) -> None:
    planned = made(classroom, key="later", send=False)
    with classroom.sessions.begin() as session:
        other = session.get_one(Course, add_course(session, classroom.teacher, "B"))
        post = post_poll(classroom.courses, session, other, own(), WORKING_HOURS, "x", None)
        posting.send(classroom.courses, session, post)
        foreign = session.scalars(select(CoursePoll.id).where(CoursePoll.course_id == other.id)).one()
        with pytest.raises(NoSuchCourse):
            polls.poll_of_course(session, session.get_one(Course, classroom.course), foreign)
    for number in (planned, foreign):
        for handler in (VOTE, POLL):
            said = classroom.say(handler, "nb", poll=number, option=0)
            assert "finner ikke" in texts(said) and "farge" not in texts(said)
    assert votes(classroom) == {}


def test_a_chat_in_no_course_hears_what_to_do(classroom: Classroom) -> None:
    number = made(classroom)
    for handler in (VOTE, POLL):
        assert classroom.say(handler, None, poll=number, option=0)[0].key == "course_none"


def test_two_votes_of_one_member_at_once_are_one(classroom: Classroom) -> None:
    number = made(classroom)

    def cast(option: int) -> None:
        with classroom.sessions.begin() as session:
            polls.vote(session, number, classroom.members["nb"], option, WORKING_HOURS)

    threads = [threading.Thread(target=cast, args=(one % 2,)) for one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(votes(classroom)) == 1


def test_every_language_hears_every_answer(classroom: Classroom) -> None:
    number = made(classroom, own("quiz", right=0))
    for language in LANGUAGES:
        for option in (0, 1, 9):
            said = classroom.say(VOTE, language, poll=number, option=option)
            assert said[0].language == language and "{" not in said[0].text and bool(said[0].norwegian) == (language != "nb")


# --- in the group


def test_the_group_gets_a_poll_of_its_messenger(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        bind_group(session, classroom.course)
    number = made(classroom, own("quiz", right=2))
    with classroom.sessions() as session:
        row = group_message(session)
        assert row.details["poll"] == {
            "id": number,
            "question": "Hvilken farge?",
            "options": ["Rødt", "Grønt"],
            "kind": "quiz",
            "right": 1,
            "because": "Gress er grønt.",
            "closes_at": CLOSES.isoformat(),
        }


def test_totals_of_the_group_are_added_and_strangers_ignored(classroom: Classroom) -> None:
    number = made(classroom)
    classroom.say(VOTE, "nb", poll=number, option=0)
    with classroom.sessions.begin() as session:
        for external in ("tg1", "tg1", "tg2"):
            polls.note_group_poll(session, number, external, WORKING_HOURS)
        polls.note_group_poll(session, 999, "tg3", WORKING_HOURS)
        assert polls.group_totals(session, "tg1", [3, 4], WORKING_HOURS)
        assert polls.group_totals(session, "tg1", [2, 4], WORKING_HOURS)  # somebody took a vote back
        assert polls.group_totals(session, "tg2", [1, 0], WORKING_HOURS)
        for external, counts in (("nobody", [1, 1]), ("tg1", [1]), ("tg1", [1, -1]), ("tg1", [1, True]), ("tg3", [1, 1])):
            assert not polls.group_totals(session, external, counts, WORKING_HOURS)
    found = results(classroom, number)
    assert (found.own, found.group, found.both, found.not_voted) == ((1, 0), (3, 4), (4, 4), 4)
    with classroom.sessions() as session:
        assert session.scalars(select(GroupPoll.external_id).order_by(GroupPoll.external_id)).all() == ["tg1", "tg2"]


# --- results for the class


def test_results_are_shown_once_as_they_were(classroom: Classroom) -> None:
    number = made(classroom)
    classroom.say(VOTE, "nb", poll=number, option=1)
    classroom.say(VOTE, "ti", poll=number, option=1)
    for _ in range(2):
        with classroom.sessions.begin() as session:
            course, poll = session.get_one(Course, classroom.course), session.get_one(CoursePoll, number)
            polls.share_results(classroom.courses, session, course, poll, "share", classroom.teacher.id)
    classroom.say(VOTE, "so", poll=number, option=0)
    with classroom.sessions() as session:
        rows = session.scalars(select(Message).where(Message.conversation_id == classroom.chats["uk"])).all()
        said = [classroom.seal.open(row.sealed_norwegian or b"") for row in rows]
    assert len(said) == 2 and "Grønt: ██████████ 2" in said[1] and "Rødt: – 0" in said[1] and "Antall svar: 2" in said[1]
    assert "Selam" not in said[1]
