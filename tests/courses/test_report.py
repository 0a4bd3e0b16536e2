"""Outcomes, and the report without names: no number of one to four people can be read, or computed from totals and other rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.courses.outcomes import KINDS, NONE_YET, change_outcomes, outcomes_of
from bot.courses.problems import NoSuchCourse
from bot.courses.report import Attended, absence_share, outcome_numbers, report
from bot.courses.small_numbers import SMALL, partition, share_of, shown
from bot.storage.course_tables import Course, CourseAbsence, CourseMember, CourseOutcome, CourseQuestion, CourseSession
from tests.courses.common import WORKING_HOURS, Classroom, add_course, add_member
from tests.courses.in_written import refused

COUNTS = st.dictionaries(st.sampled_from([f"l{number}" for number in range(9)]), st.integers(0, 30), max_size=9)


# --- numbers


@given(COUNTS)
@settings(max_examples=400, deadline=None)
def test_no_part_of_a_total_can_be_read_or_computed(counts: dict[str, int]) -> None:
    parts = partition(counts)
    if parts is None:
        assert any(count in SMALL for count in counts.values())  # only where it must be
        return
    assert all(count not in SMALL and count == counts[name] for name, count in parts.items() if count is not None)
    hidden = [name for name, count in parts.items() if count is None]
    together = sum(counts.values()) - sum(count for count in parts.values() if count is not None)
    assert together not in SMALL  # the sum of the hidden is a number about people too
    for name in hidden:
        assert len(possible(together, len(hidden))) > 1, name


def possible(together: int, parts: int) -> set[int]:
    """The values one of several hidden parts may have, each at least one, for all that anybody can know."""
    return {first for first in range(1, together + 1) if parts - 1 <= together - first and (parts > 1 or first == together)}


@pytest.mark.parametrize(
    ("counts", "visible"),
    [
        ({"a": 9, "b": 7}, {"a": 9, "b": 7}),
        ({"a": 9, "b": 2}, {"a": None, "b": None}),  # one small part: the total would tell it
        ({"a": 9, "b": 6, "c": 2}, {"a": 9, "b": None, "c": None}),
        ({"a": 9, "b": 1, "c": 1}, {"a": None, "b": None, "c": None}),  # two together would be told as two
        ({"a": 9, "b": 3, "c": 4}, {"a": 9, "b": None, "c": None}),
        ({"a": 9, "b": 0}, {"a": 9, "b": 0}),
    ],
)
def test_parts_that_are_hidden(counts: dict[str, int], visible: dict[str, int | None]) -> None:
    assert partition(counts) == visible


def test_parts_that_are_all_one_are_not_even_named() -> None:
    assert partition(dict.fromkeys("abcde", 1)) is None
    assert partition({"a": 2}) is None


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_share_tells_neither_itself_nor_the_rest(count: int, total: int) -> None:
    assume(count <= total)
    said = share_of(count, total)
    if said is not None:
        assert said not in SMALL and total - said not in SMALL and total not in SMALL
    assert shown(count) == (None if 1 <= count <= 4 else count)


@st.composite
def people(draw: st.DrawFn) -> list[frozenset[str]]:
    """The outcomes of each member."""
    others = st.frozensets(st.sampled_from([kind for kind in KINDS if kind != NONE_YET]), max_size=4)
    return draw(st.lists(st.one_of(others, st.just(frozenset({NONE_YET}))), max_size=30))


@given(people())
@settings(max_examples=400, deadline=None)
def test_no_outcome_can_be_read_or_computed(members: list[frozenset[str]]) -> None:
    counts = {kind: sum(kind in one for one in members) for kind in KINDS}
    numbers = outcome_numbers(len(members), counts)
    known = {kind: number for kind, number in numbers.items() if number is not None}
    for kind, number in known.items():
        assert number == counts[kind] and number not in SMALL and len(members) - number not in SMALL
    none_yet = known.get(NONE_YET)
    if none_yet is not None:  # nobody is in both
        assert all(len(members) - none_yet - number not in SMALL for kind, number in known.items() if kind != NONE_YET)
    if "tested" in known and "passed" in known:
        assert known["tested"] - known["passed"] not in SMALL


@given(st.lists(st.integers(0, 3), min_size=1, max_size=25), st.integers(1, 3))
@settings(max_examples=200, deadline=None)
def test_a_share_of_absence_never_means_one_to_four(away: list[int], lessons: int) -> None:
    """`away`: on how many of the lesson days each member was away."""
    away = [min(days, lessons) for days in away]
    seen = Attended(len(away) * lessons, sum(away), sum(days > 0 for days in away))
    share = absence_share(seen)
    if share is None:
        return
    fits = [days for days in range(seen.days + 1) if round(100 * days / seen.days) == share]
    assert not set(fits) <= set(SMALL)
    if lessons == 1 and seen.away:  # each day is a person then
        assert seen.away not in SMALL and seen.days - seen.away not in SMALL


# --- the course


def note(room: Classroom, changes: dict[int, dict[str, bool]]) -> int:
    with room.sessions.begin() as session:
        return change_outcomes(session, session.get_one(Course, room.course), changes, room.teacher.id, WORKING_HOURS)


def test_outcomes_are_noted_and_taken_away(classroom: Classroom) -> None:
    nb, ti = classroom.members["nb"], classroom.members["ti"]
    assert note(classroom, {nb: {"applied": True, "tested": True}, ti: {"none_yet": True}}) == 3
    assert note(classroom, {nb: {"applied": True, "tested": False, "work": True}}) == 2
    with classroom.sessions() as session:
        found = {one.member: one.kinds for one in outcomes_of(classroom.courses, session, session.get_one(Course, classroom.course))}
        assert found[nb] == {"applied", "work"} and found[ti] == {"none_yet"} and found[classroom.members["so"]] == frozenset()
        assert {row.account_id for row in session.scalars(select(CourseOutcome))} == {classroom.teacher.id}


def test_outcomes_that_cannot_be(classroom: Classroom) -> None:
    nb = classroom.members["nb"]
    note(classroom, {nb: {"none_yet": True}})
    with refused("outcome_none_yet"):
        note(classroom, {nb: {"work": True}})
    with refused("outcome_unknown"):
        note(classroom, {nb: {"rich": True}})
    with classroom.sessions.begin() as session:
        stranger, _ = add_member(session, classroom.seal, add_course(session, classroom.teacher, "Et annet"), "nb")
    with pytest.raises(NoSuchCourse):
        note(classroom, {stranger: {"work": True}})
    assert note(classroom, {nb: {"work": True, "none_yet": False}}) == 2


def fill(room: Classroom, languages: Iterable[str], left: int = 0) -> None:
    """More members, the last ones of whom have left."""
    with room.sessions.begin() as session:
        made = [add_member(session, room.seal, room.course, language, f"Invented {language}")[0] for language in languages]
        for member in made[len(made) - left :]:
            session.get_one(CourseMember, member).left_on = WORKING_HOURS.date()


def the_report(room: Classroom):  # type: ignore[no-untyped-def]
    with room.sessions() as session:
        return report(session, session.get_one(Course, room.course), WORKING_HOURS)


def test_the_report(classroom: Classroom) -> None:
    fill(classroom, ["ti"] * 8 + ["ar"] * 6 + ["uk"] * 6, left=5)  # one each of five languages was there before
    with classroom.sessions.begin() as session:
        session.add(CourseQuestion(course_id=classroom.course, sealed_text=b"", language="nb", asked_on=WORKING_HOURS.date()))
        lessons = session.scalars(select(CourseSession).order_by(CourseSession.starts_at)).all()[:2]
        for lesson, member in itertools.product(lessons, list(classroom.members.values())):
            row = CourseAbsence(session_id=lesson.id, member_id=member, told_by="teacher", told_at=WORKING_HOURS)
            session.add(row)
    found = the_report(classroom)
    assert (found.weeks, found.sessions_held, found.questions, found.answered) == (22, 7, 1, 0)
    assert (found.begun, found.still_there, found.left) == (25, 20, 5)
    assert found.languages == {"ti": 9, "ar": None, "uk": 7, "nb": None, "so": None}
    assert found.absence == round(100 * 10 / (25 * 7))
    assert found.outcomes == dict.fromkeys(KINDS, 0)
    assert "Tesfay" not in repr(found) and "Invented" not in repr(found)


def test_a_small_course_tells_nothing_about_people(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        session.delete(session.get_one(CourseMember, classroom.members["so"]))
    note(classroom, {classroom.members["nb"]: {"work": True}})
    found = the_report(classroom)
    assert (found.begun, found.still_there, found.left, found.languages) == (None, None, None, None)
    assert set(found.outcomes.values()) == {None}
    assert found.sessions_held == 7


def test_one_who_left_cannot_be_computed(classroom: Classroom) -> None:
    fill(classroom, ["ti"] * 10, left=1)
    found = the_report(classroom)
    assert (found.begun, found.still_there, found.left) == (15, None, None)


def test_an_empty_course_has_a_report(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        empty = add_course(session, classroom.teacher, "Tomt")
        found = report(session, session.get_one(Course, empty), WORKING_HOURS)
    assert (found.begun, found.languages, found.absence) == (0, {}, None)
