"""Individual talks: times made by the teacher, taken by exactly one member, in the plan and with the advisor where the member is linked."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from bot.courses import talks
from bot.courses.problems import NoSuchCourse
from bot.courses.talk_planning import Slots, cancel_talk, make_talks, talks_of, without_talk
from bot.courses.talk_reminders import remind_talks
from bot.courses.talk_times import free_all
from bot.plans.wishes import wishes
from bot.storage.course_tables import Course, CourseMember, CourseTalk
from bot.storage.plan_tables import Appointment, Wish
from tests.courses.common import WORKING_HOURS, Classroom, Clock, add_course, payloads, texts, values_of
from tests.courses.in_written import heard, link, only_written, refused, says

SHOW, TAKE = talks.HANDLERS["course_talks"], talks.HANDLERS["course_take"]
ADVISOR, BACK = talks.HANDLERS["course_advisor"], talks.HANDLERS["course_give_back"]
THURSDAY = dt.date(2026, 11, 26)


@pytest.fixture
def room(classroom: Classroom) -> Classroom:
    return only_written(classroom)


def slots(begins: str = "10:00", ends: str = "11:30", minutes: int = 30, day: dt.date = THURSDAY, place: str = "Rom 12") -> Slots:
    return Slots(day, dt.time.fromisoformat(begins), dt.time.fromisoformat(ends), minutes, place, "Silje Haugland")


def times(room: Classroom, given: Slots | None = None, course: int = 0) -> list[int]:
    """Makes times; their numbers."""
    with room.sessions.begin() as session:
        row = session.get_one(Course, course or room.course)
        make_talks(room.courses, session, row, given or slots())
        return list(session.scalars(select(CourseTalk.id).where(CourseTalk.course_id == row.id).order_by(CourseTalk.starts_at)))


def holders(room: Classroom) -> dict[int, int | None]:
    with room.sessions() as session:
        return {row.id: row.member_id for row in session.scalars(select(CourseTalk))}


def appointments(room: Classroom, person: int) -> dict[str, str]:
    with room.sessions() as session:
        rows = session.scalars(select(Appointment).where(Appointment.participant_id == person).order_by(Appointment.key))
        return {row.key: row.state for row in rows}


# --- the teacher makes times


def test_as_many_as_fit_and_none_twice(room: Classroom) -> None:
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        assert make_talks(room.courses, session, course, slots("10:00", "11:20")) == 2
        assert make_talks(room.courses, session, course, slots("10:00", "11:20")) == 0  # the same form again
        assert make_talks(room.courses, session, course, slots("10:00", "12:00")) == 2  # the two that are new
        starts = [one.talk.starts_at.replace(tzinfo=dt.UTC) for one in talks_of(room.courses, session, course)]
    assert [f"{start:%H:%M}" for start in starts] == ["09:00", "09:30", "10:00", "10:30"]  # UTC


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (slots(day=dt.date(2026, 11, 24), begins="10:00"), "talks_past"),
        (slots(day=dt.date(2028, 1, 1)), "talks_far"),
        (slots("10:00", "09:00"), "talks_no_room"),
        (slots("10:00", "10:20"), "talks_no_room"),
        (slots(minutes=4), "talks_minutes"),
        (slots(minutes=0), "talks_minutes"),
        (slots(minutes=181), "talks_minutes"),
        (slots("08:00", "20:00", 5), "talks_too_many"),
        (slots(place="01010112377"), "course_national_number"),
        (slots(place="x" * 121), "course_text_too_long"),
    ],
)
def test_refused(room: Classroom, given: Slots, key: str) -> None:
    with room.sessions() as session, refused(key):
        make_talks(room.courses, session, session.get_one(Course, room.course), given)


def test_times_do_not_overlap(room: Classroom) -> None:
    times(room)
    with room.sessions() as session, refused("talks_overlap"):
        make_talks(room.courses, session, session.get_one(Course, room.course), slots("10:15", "10:45"))


# --- members


def test_free_times_as_short_buttons_nine_at_once(room: Classroom) -> None:
    made = times(room, slots("09:00", "15:00"))
    said = says(room, SHOW)
    assert [values_of(one)["talk"] for one in payloads(said)[:9]] == made[:9]
    titles = [one["title"] for one in said[0].choices]
    assert titles[0] == "tor. 26. nov. 09:00" and all(len(title) <= 24 for title in titles)
    assert payloads(said)[9] == '/course_talks{"other": true, "page": 1}'
    rest = says(room, SHOW, other=True, page=1)
    assert [values_of(one)["talk"] for one in payloads(rest)[:3]] == made[9:]
    assert says(room, SHOW, other=True, page=2**30)[0].key == "course_talks_free"


def test_taken_and_shown(room: Classroom) -> None:
    first, *_ = times(room)
    for _ in range(2):  # a second press is the same
        said = says(room, TAKE, "ti", talk=first)
        assert "torsdag 26. november 2026" in said[0].text and "Rom 12" in said[0].text and "Silje Haugland" in said[0].text
    assert holders(room)[first] == room.members["ti"]
    assert says(room, SHOW, "ti")[0].key == "course_talk_yours"
    assert first not in [values_of(one).get("talk") for one in payloads(says(room, SHOW, "so"))]
    with room.sessions() as session:
        course = session.get_one(Course, room.course)
        assert [one.name for one in talks_of(room.courses, session, course)] == ["Selam Tesfay", "", ""]
        assert without_talk(room.courses, session, course) == ["Ayaan Warsame", "Kari Holm", "Olena Bondar", "Rania Haddad"]


def test_taking_another_moves(room: Classroom) -> None:
    first, second, _ = times(room)
    says(room, TAKE, talk=first)
    said = says(room, TAKE, talk=second)
    assert "Den gamle tiden din er ledig" in said[0].text
    assert holders(room)[first] is None and holders(room)[second] == room.members["nb"]
    assert says(room, BACK, talk=first)[0].key == "course_talks_free"  # an old button frees nothing
    assert holders(room)[second] == room.members["nb"]
    assert "Timen er ledig for andre" in texts(says(room, BACK, talk=second))
    assert set(holders(room).values()) == {None}


def test_of_two_at_once_exactly_one_gets_it(room: Classroom) -> None:
    first, *_ = times(room)
    together, said, problems = threading.Barrier(len(room.chats)), [], []

    def run(who: str) -> None:
        try:
            together.wait()
            said.append(says(room, TAKE, who, talk=first)[0])
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(who,)) for who in room.chats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert sorted(one.key for one in said) == ["course_talk_taken"] + ["course_talks_free"] * (len(room.chats) - 1)
    assert holders(room)[first] in room.members.values()


def test_one_member_in_two_chats_at_once_has_one_time(room: Classroom) -> None:
    from bot.storage.course_tables import CourseChat

    made = times(room)
    with room.sessions.begin() as session:  # the chat of "so" is a second one of "nb"
        session.scalars(select(CourseChat).where(CourseChat.conversation_id == room.chats["so"])).one().member_id = room.members["nb"]
    together, problems = threading.Barrier(2), []

    def run(who: str, talk: int) -> None:
        try:
            together.wait()
            says(room, TAKE, who, talk=talk)
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    threads = [threading.Thread(target=run, args=one) for one in (("nb", made[0]), ("so", made[1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems and list(holders(room).values()).count(room.members["nb"]) == 1


@pytest.mark.parametrize("values", [{}, {"talk": 999}, {"talk": "1"}, {"talk": None}, {"talk": True}, {"talk": -3}, {"talk": 2**40}])
def test_strange_values_get_the_free_times(room: Classroom, values: dict[str, object]) -> None:
    times(room)
    for handler in (TAKE, ADVISOR, BACK):
        assert says(room, handler, **{**values, "with": "yes"})[0].key == "course_talks_free"
    assert set(holders(room).values()) == {None}


def test_of_another_course_or_over_or_cancelled(room: Classroom, clock: Clock) -> None:
    with room.sessions.begin() as session:
        other = add_course(session, room.teacher, "Et annet")
    [foreign, *_] = times(room, slots(), other)
    assert says(room, TAKE, talk=foreign)[0].key == "course_talks_none"
    first, second, third = times(room, slots("12:00", "13:30"))
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        assert cancel_talk(room.courses, session, course, first, None) is None
        with pytest.raises(NoSuchCourse):
            cancel_talk(room.courses, session, course, foreign, None)
    assert "finnes ikke lenger" in says(room, TAKE, talk=first)[0].text
    says(room, TAKE, "ti", talk=second)
    clock.forward(days=3)
    assert "finnes ikke lenger" in says(room, TAKE, talk=third)[0].text
    assert says(room, SHOW, "ti")[0].key == "course_talks_none"
    assert holders(room)[foreign] is None


def test_somebody_elses_time_is_theirs(room: Classroom) -> None:
    person = link(room, "nb")
    first, *_ = times(room)
    says(room, TAKE, "ti", talk=first)
    assert "Noen andre tok denne tiden" in says(room, TAKE, talk=first)[0].text
    for handler in (ADVISOR, BACK):
        says(room, handler, talk=first, **{"with": True})
    assert holders(room)[first] == room.members["ti"]
    with room.sessions() as session:
        assert wishes(session, room.seal, participant_id=person) == []


def test_no_course_says_what_to_do(room: Classroom) -> None:
    for handler in talks.HANDLERS.values():
        assert says(room, handler, None, talk=1)[0].key == "course_none"


# --- linked members: plan and advisor


def test_in_the_plan_moved_and_cancelled_together(room: Classroom) -> None:
    person = link(room, "ti")
    first, second, _ = times(room)
    said = says(room, TAKE, "ti", talk=first)
    assert "Timen står også i planen din" in said[0].text
    assert payloads(said)[:2] == [f'/course_advisor{{"talk": {first}, "with": {answer}}}' for answer in ("true", "false")]
    assert appointments(room, person) == {f"course-{first}": "planned"}
    says(room, TAKE, "ti", talk=second)
    assert appointments(room, person) == {f"course-{first}": "cancelled", f"course-{second}": "planned"}
    says(room, TAKE, "ti", talk=first)
    assert appointments(room, person) == {f"course-{first}": "planned", f"course-{second}": "cancelled"}
    says(room, BACK, "ti", talk=first)
    assert set(appointments(room, person).values()) == {"cancelled"}


def test_who_leaves_leaves_the_time_to_others(room: Classroom) -> None:
    person = link(room, "ti")
    first, *_ = times(room)
    says(room, TAKE, "ti", talk=first)
    with room.sessions.begin() as session:
        member = session.get_one(CourseMember, room.members["ti"])
        assert [free_all(session, member, WORKING_HOURS) for _ in range(2)] == [1, 0]
    assert holders(room)[first] is None and appointments(room, person) == {f"course-{first}": "cancelled"}


def test_with_the_advisor(room: Classroom) -> None:
    person = link(room, "ti")
    first, second, _ = times(room)
    says(room, TAKE, "ti", talk=first)
    for _ in range(2):
        assert says(room, ADVISOR, "ti", talk=first, **{"with": True})[0].key == "course_talk_advisor_told"
    with room.sessions() as session:
        [wish] = wishes(session, room.seal, participant_id=person)
        assert session.get_one(CourseTalk, first).with_advisor
    assert (wish.kind, wish.details, wish.conversation_id) == ("meeting", {"day": "2026-11-26", "when": "10:00"}, room.chats["ti"])
    assert "Utdanningsvalg A" in wish.text and "torsdag 26. november 2026" in wish.text and "Rom 12" in wish.text
    says(room, TAKE, "ti", talk=second)  # another time: the advisor is asked about anew
    with room.sessions() as session:
        assert wishes(session, room.seal, participant_id=person) == []
        assert not session.get_one(CourseTalk, second).with_advisor
    says(room, ADVISOR, "ti", talk=second, **{"with": True})
    assert says(room, ADVISOR, "ti", talk=second, **{"with": False})[0].key == "course_talk_advisor_not"
    with room.sessions() as session:
        assert wishes(session, room.seal, participant_id=person) == []


def test_without_a_plan_there_is_no_advisor_to_tell(room: Classroom) -> None:
    first, *_ = times(room)
    assert "/course_advisor" not in texts([*says(room, TAKE, talk=first)]) + "".join(payloads(says(room, TAKE, talk=first)))
    assert says(room, ADVISOR, talk=first, **{"with": True})[0].key == "course_talk_no_plan"
    with room.sessions() as session:
        assert session.scalars(select(Wish)).all() == [] and not session.get_one(CourseTalk, first).with_advisor


def test_cancelled_by_the_teacher(room: Classroom) -> None:
    person = link(room, "ti")
    first, second, third = times(room)
    says(room, TAKE, "ti", talk=first)
    says(room, ADVISOR, "ti", talk=first, **{"with": True})
    with room.sessions.begin() as session:
        course = session.get_one(Course, room.course)
        assert cancel_talk(room.courses, session, course, first, room.teacher.id) is True
        assert cancel_talk(room.courses, session, course, first, room.teacher.id) is None  # a double click
        assert wishes(session, room.seal, participant_id=person) == []
    assert appointments(room, person) == {f"course-{first}": "cancelled"}
    [(key, words)] = heard(room, "ti")
    assert key == "course_talk_cancelled" and "avlyse samtalen torsdag 26. november 2026" in words
    assert says(room, SHOW, "ti")[0].key == "course_talks_free"
    assert {values_of(one)["talk"] for one in payloads(says(room, SHOW, "ti"))} == {second, third}
    assert times(room) == [first, second, third]  # the same time can be offered again, free
    assert holders(room)[first] is None


def test_cancelled_while_it_is_taken_nobody_is_forgotten(room: Classroom) -> None:
    first, *_ = times(room)
    together, problems = threading.Barrier(2), []

    def run(do: object) -> None:
        try:
            together.wait()
            do()  # type: ignore[operator]
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    def cancel() -> None:
        with room.sessions.begin() as session:
            cancel_talk(room.courses, session, session.get_one(Course, room.course), first, None)

    said: list[str] = []
    jobs = (cancel, lambda: said.append(says(room, TAKE, talk=first)[0].key))
    threads = [threading.Thread(target=run, args=(do,)) for do in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    told = [key for key, _ in heard(room, "nb")]
    assert (said, told) in ((["course_talk_taken"], ["course_talk_cancelled"]), (["course_talks_free"], []))


# --- the evening before


def remind(room: Classroom, moment: dt.datetime) -> int:
    with room.sessions.begin() as session:
        return remind_talks(room.courses, session, moment)


def test_reminded_once_the_evening_before(room: Classroom) -> None:
    link(room, "so")
    first, second, _ = times(room)
    says(room, TAKE, "ti", talk=first)
    says(room, TAKE, "so", talk=second)  # linked: the plan's own reminders
    wednesday = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    assert remind(room, wednesday.replace(hour=15, minute=59)) == 0  # 16:59 in Norway
    assert remind(room, wednesday.replace(hour=16)) == 1
    assert remind(room, wednesday.replace(hour=16, minute=1)) == 0
    [(key, words)] = heard(room, "ti")
    assert key == "course_talk_soon" and "torsdag 26. november 2026" in words
    assert heard(room, "so") == []


def test_two_rounds_at_once_remind_once(room: Classroom) -> None:
    first, second, _ = times(room)
    says(room, TAKE, "ti", talk=first)
    says(room, TAKE, "uk", talk=second)
    together, problems, counts = threading.Barrier(3), [], []

    def run() -> None:
        try:
            together.wait()
            counts.append(remind(room, dt.datetime(2026, 11, 25, 17, 0, tzinfo=dt.UTC)))
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems and sum(counts) == 2
    assert len(heard(room, "ti")) == len(heard(room, "uk")) == 1


def test_not_reminded_at_night_nor_of_what_was_just_taken_or_is_gone(room: Classroom, clock: Clock) -> None:
    first, second, third = times(room)
    says(room, TAKE, "ti", talk=first)
    says(room, TAKE, "nb", talk=third)
    night = dt.datetime(2026, 11, 25, 20, 30, tzinfo=dt.UTC)  # 21:30
    assert remind(room, night) == 0
    evening = dt.datetime(2026, 11, 25, 18, 0, tzinfo=dt.UTC)
    clock.moment = evening
    says(room, TAKE, "uk", talk=second)  # taken this very evening
    with room.sessions.begin() as session:
        cancel_talk(room.courses, session, session.get_one(Course, room.course), first, None)
        session.get_one(CourseMember, room.members["nb"]).left_on = WORKING_HOURS.date()
    assert remind(room, evening) == 0
