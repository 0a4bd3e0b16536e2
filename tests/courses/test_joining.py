"""Codes of courses: a member's lets a private chat in, a group's binds a Telegram group; each once, and never in the wrong place."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.conversations.assistant import SaidMessage
from bot.conversations.own_language import speak_own
from bot.courses.course_codes import make_group_code, make_member_code, unbind_group
from bot.courses.courses import close_course
from bot.courses.joining import use_course_code
from bot.courses.membership import chats_of_member, course_of_group, member_of
from bot.courses.problems import CourseProblem
from bot.courses.roster import come_back, leave
from bot.plans.changing import create_participant
from bot.plans.checks import places_of
from bot.plans.code_tries import TRIES
from bot.plans.linking import Linked, make_code, use_code
from bot.storage.course_tables import Course, CourseChat, CourseCode, CourseMember
from bot.storage.tables import Conversation
from tests.courses.common import KEY, WORKING_HOURS, Classroom, Clock, add_chat, add_course, add_deadline, add_member


def new_chat(room: Classroom, channel: str = "web", account: str = "") -> int:
    with room.sessions.begin() as session:
        return add_chat(session, channel, account)


def code_for(room: Classroom, language: str = "nb") -> str:
    with room.sessions.begin() as session:
        return make_member_code(room.courses, session, session.get_one(CourseMember, room.members[language]), room.teacher.id)


def group_code(room: Classroom, course: int = 0) -> str:
    with room.sessions.begin() as session:
        return make_group_code(room.courses, session, session.get_one(Course, course or room.course), room.teacher.id)


def use(room: Classroom, chat: int, text: str, group: bool = False, language: str = "nb") -> SaidMessage | None:
    with room.sessions.begin() as session:
        return use_course_code(room.courses, session, session.get_one(Conversation, chat), text, language, group)


def key_of(said: SaidMessage | None) -> str:
    return said.key if said else ""


def is_in(room: Classroom, chat: int) -> bool:
    with room.sessions.begin() as session:
        return member_of(session, chat) is not None


# --- a member's code


@pytest.mark.parametrize("written", [str, str.lower, lambda code: f"koden min er {code}.", lambda code: code.replace("-", " ")])
def test_a_code_lets_a_chat_in_however_it_is_written(classroom: Classroom, written: Callable[[str], str]) -> None:
    chat = new_chat(classroom)
    said = use(classroom, chat, written(code_for(classroom)))
    assert key_of(said) == "course_joined" and said is not None
    assert "Utdanningsvalg A" in said.text and "Silje Haugland" in said.text and "Kari Holm" in said.text
    with classroom.sessions.begin() as session:
        member = member_of(session, chat)
        assert member is not None and member.id == classroom.members["nb"]
        assert set(chats_of_member(session, member)) == {classroom.chats["nb"], chat}
        assert session.get_one(Conversation, chat).municipality == "oslo"


def test_who_joins_late_hears_what_was(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        add_deadline(session, classroom.course, 20)
    said = use(classroom, new_chat(classroom), code_for(classroom))
    assert (
        said is not None and "Velkommen og bli kjent" in said.text and "onsdag 25. november" in said.text and "Dager igjen: 20" in said.text
    )
    with classroom.sessions.begin() as session:
        assert session.get_one(CourseMember, classroom.members["nb"]).caught_up_at is not None


def test_who_joins_before_the_first_lesson_is_only_welcomed(classroom: Classroom, clock: Clock) -> None:
    clock.forward(days=-25)
    said = use(classroom, new_chat(classroom), code_for(classroom))
    assert said is not None and "Neste kursdag" in said.text and "Kurset har begynt" not in said.text
    with classroom.sessions.begin() as session:
        assert session.get_one(CourseMember, classroom.members["nb"]).caught_up_at is None


def test_the_chat_speaks_the_language_of_the_roster_unless_it_chose(classroom: Classroom) -> None:
    chat = new_chat(classroom)
    use(classroom, chat, code_for(classroom), language="nb")
    with classroom.sessions.begin() as session:
        library, row = classroom.courses.library, session.get_one(Conversation, chat)
        assert row.chosen_language == "nb"
        assert speak_own(session, library, row, "ti", "nb") == "nb"  # chosen stays
        row.chosen_language = None
        assert speak_own(session, library, row, "no such", "nb") == "nb" and row.chosen_language is None
        assert speak_own(session, library, row, "ti", "nb") == row.chosen_language == "ti"


def test_a_code_works_once_and_says_the_same_in_the_same_chat(classroom: Classroom) -> None:
    code, mine, others = code_for(classroom), new_chat(classroom), new_chat(classroom)
    assert key_of(use(classroom, mine, code)) == key_of(use(classroom, mine, code)) == "course_joined"
    assert key_of(use(classroom, others, code)) == "course_code_used" and not is_in(classroom, others)
    with classroom.sessions.begin() as session:
        assert len(session.scalars(select(CourseChat).where(CourseChat.conversation_id == mine)).all()) == 1


def test_a_new_code_revokes_the_older_one_and_codes_grow_old(classroom: Classroom, clock: Clock) -> None:
    old, new = code_for(classroom), code_for(classroom)
    assert key_of(use(classroom, new_chat(classroom), old)) == "course_code_revoked"
    clock.forward(days=30)
    assert key_of(use(classroom, new_chat(classroom), new)) == "course_code_expired"


def test_a_chat_is_in_one_course_by_code_at_a_time(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        other = add_course(session, classroom.teacher, "Et annet kurs")
        classroom.members["there"], _ = add_member(session, classroom.seal, other, "nb", "Kari Holm", chat=False)
    chat = classroom.chats["nb"]
    assert key_of(use(classroom, chat, code_for(classroom, "there"))) == "course_joined"
    with classroom.sessions.begin() as session:
        member = member_of(session, chat)
        assert member is not None and member.course_id == other
        first = session.get_one(CourseMember, classroom.members["nb"])
        assert chats_of_member(session, first) == ()


def test_wrong_codes_are_counted_with_those_of_plans(classroom: Classroom, clock: Clock) -> None:
    chat = new_chat(classroom)
    used = code_for(classroom)
    use(classroom, new_chat(classroom), used)
    with classroom.sessions.begin() as session:
        for _ in range(TRIES - 1):
            use_code(session, chat, "K7MP-3W4R", WORKING_HOURS, key=KEY)
    assert key_of(use(classroom, chat, used)) == "course_code_used"
    good = code_for(classroom)
    assert key_of(use(classroom, chat, good)) == "link_too_many_tries" and not is_in(classroom, chat)
    clock.forward(minutes=16)
    assert key_of(use(classroom, chat, good)) == "course_joined"


def test_what_is_no_code_of_a_course_goes_on_to_the_plans(classroom: Classroom) -> None:
    chat = new_chat(classroom)
    with classroom.sessions.begin() as session:
        places = places_of(classroom.courses.library)
        person = create_participant(session, classroom.seal, places, "OSL-1", "Yonas Tekle", "oslo", now=WORKING_HOURS)
        plans = make_code(session, person, "Ingrid", WORKING_HOURS, key=KEY)
    for text in ("Hei", "", "K7MP-3W4R", plans):
        assert use(classroom, chat, text) is None
    with classroom.sessions.begin() as session:
        assert use_code(session, chat, plans, WORKING_HOURS, key=KEY) == Linked(person)


def test_nobody_comes_in_who_left_or_whose_course_is_over(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        member = session.get_one(CourseMember, classroom.members["ti"])
        code = make_member_code(classroom.courses, session, member, None)
        leave(classroom.courses, session, member)
    assert key_of(use(classroom, new_chat(classroom), code)) == "course_code_revoked"
    with classroom.sessions.begin() as session:
        member = session.get_one(CourseMember, classroom.members["ti"])
        with pytest.raises(CourseProblem):
            make_member_code(classroom.courses, session, member, None)
        come_back(session, member)
        assert chats_of_member(session, member) == ()
    assert key_of(use(classroom, new_chat(classroom), code)) == "course_code_revoked"
    last = code_for(classroom, "ti")
    with classroom.sessions.begin() as session:
        close_course(classroom.courses, session, session.get_one(Course, classroom.course))
    assert key_of(use(classroom, new_chat(classroom), last)) == "course_code_revoked"


def test_two_chats_with_one_code_at_once_let_one_in(classroom: Classroom) -> None:
    code, chats, said = code_for(classroom), [new_chat(classroom), new_chat(classroom)], []
    start = threading.Barrier(2)

    def type_it(chat: int) -> None:
        start.wait()
        said.append(key_of(use(classroom, chat, code)))

    threads = [threading.Thread(target=type_it, args=(chat,)) for chat in chats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["course_code_used", "course_joined"]


# --- a group's code


def test_a_group_code_binds_the_group_it_is_written_in(classroom: Classroom) -> None:
    chat = new_chat(classroom, "telegram", "-77:5")
    said = use(classroom, chat, group_code(classroom), group=True)
    assert key_of(said) == "course_group_bound" and said is not None and "Utdanningsvalg A" in said.text
    with classroom.sessions.begin() as session:
        bound = course_of_group(session, "telegram", "-77:9")
        assert bound is not None and bound.id == classroom.course and bound.bound_at is not None
        unbind_group(session, bound)
        assert course_of_group(session, "telegram", "-77:9") is None


def test_a_members_code_in_a_group_is_refused_and_dead(classroom: Classroom) -> None:
    code, group = code_for(classroom), new_chat(classroom, "telegram", "-77:5")
    said = use(classroom, group, code, group=True)
    assert key_of(said) == "course_code_seen" and said is not None
    assert "Kari" not in said.text and "Utdanningsvalg" not in said.text and not said.choices
    assert key_of(use(classroom, new_chat(classroom), code)) == "course_code_revoked"


def test_a_group_code_in_a_private_chat_is_refused_and_still_good(classroom: Classroom) -> None:
    code = group_code(classroom)
    assert key_of(use(classroom, new_chat(classroom), code)) == "course_code_for_group"
    assert key_of(use(classroom, new_chat(classroom, "telegram", "-77:5"), code, group=True)) == "course_group_bound"


def test_a_group_code_works_once_and_seven_days(classroom: Classroom, clock: Clock) -> None:
    code = group_code(classroom)
    first, second = new_chat(classroom, "telegram", "-77:5"), new_chat(classroom, "telegram", "-78:5")
    assert key_of(use(classroom, first, code, group=True)) == key_of(use(classroom, first, code, group=True)) == "course_group_bound"
    assert key_of(use(classroom, second, code, group=True)) == "course_code_used"
    late = group_code(classroom)
    clock.forward(days=7)
    assert key_of(use(classroom, second, late, group=True)) == "course_code_expired"


def test_a_group_belongs_to_one_course(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        other = add_course(session, classroom.teacher, "Et annet kurs")
    chat = new_chat(classroom, "telegram", "-77:5")
    use(classroom, chat, group_code(classroom), group=True)
    code = group_code(classroom, other)
    assert key_of(use(classroom, chat, code, group=True)) == "course_group_taken"
    with classroom.sessions.begin() as session:
        row = session.scalar(select(CourseCode).where(CourseCode.course_id == other))
        assert row is not None and row.used_at is None
        close_course(classroom.courses, session, session.get_one(Course, classroom.course))
    assert key_of(use(classroom, chat, code, group=True)) == "course_group_bound"


def test_a_group_of_another_messenger_cannot_be_bound(classroom: Classroom) -> None:
    assert key_of(use(classroom, new_chat(classroom), group_code(classroom), group=True)) == "course_code_other_group"


def test_codes_are_kept_as_hashes(classroom: Classroom) -> None:
    code = code_for(classroom)
    with classroom.sessions.begin() as session:
        row = session.scalars(select(CourseCode)).one()
        assert code not in row.code_hash and len(row.code_hash) == 64
        assert row.expires_at.replace(tzinfo=dt.UTC) - WORKING_HOURS == dt.timedelta(days=30)
