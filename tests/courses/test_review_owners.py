"""A chat that passes to another person: a phone is given away, a code is typed into the wrong one. What was one person's is no other's."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.courses.course_codes import make_member_code
from bot.courses.joining import use_course_code
from bot.courses.membership import chats_of_member, member_of
from bot.courses.practice.keeping import read_memory
from bot.courses.practice.sharing import progress_for_teacher
from bot.courses.self_assessment import handlers as self_assessment
from bot.plans.changing import create_participant
from bot.plans.checks import places_of
from bot.plans.linking import make_code, unlink, use_code
from bot.storage.course_tables import CourseMember
from bot.storage.tables import Conversation
from tests.courses.common import KEY, Classroom, add_member
from tests.courses.in_written import only_written
from tests.courses.practising import Practising


@pytest.fixture
def room(classroom: Classroom) -> Classroom:
    return only_written(classroom)


def participant(room: Classroom, reference: str) -> int:
    with room.sessions.begin() as session:
        places, now = places_of(room.courses.library), room.courses.clock()
        return create_participant(session, room.seal, places, reference, f"Person {reference}", "oslo", now=now)


def later(room: Classroom, minutes: int = 5) -> dt.datetime:
    room.courses.clock.forward(minutes=minutes)  # type: ignore[attr-defined]
    return room.courses.clock()


def types_a_plans_code(room: Classroom, person: int, who: str = "nb") -> None:
    now = later(room)
    with room.sessions.begin() as session:
        use_code(session, room.chats[who], make_code(session, person, "x", now, key=KEY), now, key=KEY)


def is_linked(room: Classroom, who: str, person: int) -> None:
    with room.sessions.begin() as session:
        session.get_one(CourseMember, room.members[who]).participant_id = person


def belongs_to(room: Classroom, who: str = "nb") -> int:
    with room.sessions() as session:
        found = member_of(session, room.chats[who])
        return found.id if found else 0


def does_something(room: Classroom, who: str = "nb") -> None:
    """Practises, and says something about themselves."""
    later(room)
    someone = Practising(room, who, "nb")
    someone.answer(someone.ask(), right=True)
    someone.do(self_assessment.HANDLERS["self_answer"], part="skills", statement=first_statement(room), answer="yes")


def first_statement(room: Classroom) -> str:
    return next(iter(room.courses.library.texts("self_assessment", "nb")["statements"]["skills"]))


def reads(room: Classroom, who: str = "nb") -> tuple[str, int]:
    """What whoever has the chat now is told about themselves: key of the result, number of answers practised."""
    said = Practising(room, who, "nb").do(self_assessment.HANDLERS["self_result"])
    with room.sessions() as session:
        return said[-1].key, len(read_memory(session, [room.chats[who]]).answers)


def test_what_was_one_participants_is_not_the_next_ones(room: Classroom) -> None:
    first, second = participant(room, "OSL-1"), participant(room, "OSL-2")
    types_a_plans_code(room, first)
    does_something(room)
    assert reads(room) == ("self_next", 1)
    types_a_plans_code(room, second)
    assert reads(room) == ("self_nothing_yet", 0)
    does_something(room)
    assert reads(room) == ("self_next", 1)


def test_after_the_link_ended_whoever_has_the_phone_reads_nothing_and_the_person_again(room: Classroom) -> None:
    first = participant(room, "OSL-1")
    types_a_plans_code(room, first)
    does_something(room)
    with room.sessions.begin() as session:
        unlink(session, room.chats["nb"], "advisor", later(room))
    assert reads(room) == ("self_nothing_yet", 0)
    types_a_plans_code(room, first)
    assert reads(room) == ("self_next", 1)


def test_the_teacher_is_not_shown_what_the_phone_before_practised(room: Classroom) -> None:
    first, second = participant(room, "OSL-1"), participant(room, "OSL-2")
    types_a_plans_code(room, first)
    does_something(room)
    with room.sessions.begin() as session:
        number, _ = add_member(session, room.seal, room.course, "nb", chat=False, participant_id=second)
        session.get_one(CourseMember, number).shares_progress_at = later(room)
    types_a_plans_code(room, second)
    with room.sessions() as session:
        assert progress_for_teacher(room.courses, session, session.get_one(CourseMember, number)) == []


def test_a_chat_that_joined_by_a_code_and_got_another_participant_is_not_the_members_any_more(room: Classroom) -> None:
    first, second = participant(room, "OSL-1"), participant(room, "OSL-2")
    is_linked(room, "nb", first)
    assert belongs_to(room) == room.members["nb"]
    types_a_plans_code(room, first)
    assert belongs_to(room) == room.members["nb"]
    types_a_plans_code(room, second)
    assert belongs_to(room) == 0
    with room.sessions() as session:
        assert chats_of_member(session, session.get_one(CourseMember, room.members["nb"])) == ()


def test_a_classmates_plan_in_a_chat_makes_it_the_classmates(room: Classroom) -> None:
    second = participant(room, "OSL-2")
    is_linked(room, "so", second)
    types_a_plans_code(room, second)  # in the chat of "nb", whom no participant is linked to
    assert belongs_to(room) == room.members["so"]
    with room.sessions() as session:
        assert chats_of_member(session, session.get_one(CourseMember, room.members["nb"])) == ()


def test_a_members_own_plan_changes_nothing(room: Classroom) -> None:
    types_a_plans_code(room, participant(room, "OSL-2"))
    assert belongs_to(room) == room.members["nb"]


def test_a_code_typed_later_counts_whoever_had_the_chat(room: Classroom) -> None:
    first, second = participant(room, "OSL-1"), participant(room, "OSL-2")
    types_a_plans_code(room, first)
    types_a_plans_code(room, second)
    assert belongs_to(room) == 0  # it joined while it was the first one's, at the latest
    joins(room, room.members["nb"])
    assert belongs_to(room) == room.members["nb"]


def test_a_classmates_code_in_a_chat_begins_anew(room: Classroom) -> None:
    does_something(room)
    joins(room, room.members["so"])
    assert belongs_to(room) == room.members["so"] and reads(room) == ("self_nothing_yet", 0)


def test_the_same_name_on_the_roster_once_more_is_the_same_person(room: Classroom) -> None:
    does_something(room)
    with room.sessions.begin() as session:
        twice, _ = add_member(session, room.seal, room.course, "nb", name="kari holm", chat=False)
    joins(room, twice)
    assert belongs_to(room) == twice and reads(room) == ("self_next", 1)


def test_the_next_years_course_keeps_what_was_practised(room: Classroom) -> None:
    from tests.courses.common import add_course

    does_something(room)
    with room.sessions.begin() as session:
        number, _ = add_member(session, room.seal, add_course(session, room.teacher, "Next"), "nb", name="Kari Marie Holm", chat=False)
    joins(room, number)
    assert reads(room) == ("self_next", 1)


def joins(room: Classroom, member: int, who: str = "nb") -> None:
    later(room)
    with room.sessions.begin() as session:
        code = make_member_code(room.courses, session, session.get_one(CourseMember, member), room.teacher.id)
    with room.sessions.begin() as session:
        chat = session.get_one(Conversation, room.chats[who])
        said = use_course_code(room.courses, session, chat, code, "nb", False)
        assert said is not None and said.key == "course_joined"
