"""What is written stays once, old versions stay as they were, and what cannot be is refused with the next step."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.plans import changing, checks, reading
from bot.plans.parts import Goal, Measure, Programme
from bot.plans.rows import touch
from bot.storage import plan_tables as tables
from bot.storage.plan_tables import Appointment, Participant, PlanVersion
from bot.storage.sealing import Seal
from tests.plans.people import NOW, PLACES, TODAY, person

NATIONAL = "010190 10046"  # invented, with right check digits


def day(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


def norwegian_course(ends: int = 100, state: str = "ongoing") -> Measure:
    return Measure("course", "norwegian", "Norskkurs", "school", day(-10), day(ends), 18, state)


def test_a_participant_is_created_and_changed_field_by_field(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal, permit="refugee", language="ti")
    with sessions.begin() as session:
        later = NOW + dt.timedelta(days=1)
        changing.change_participant(session, seal, PLACES, who, municipality="baerum", language=None, children=2, now=later)
    with sessions() as session:
        plan = reading.plan_of(session, seal, who)
        assert plan is not None
        found = plan.participant
        assert (found.name, found.municipality, found.language, found.permit, found.children) == (
            "Yonas Tekle",
            "baerum",
            None,
            "refugee",
            2,
        )
        row = session.get_one(Participant, who)
        assert row.changed_at.replace(tzinfo=dt.UTC) == later and row.created_at.replace(tzinfo=dt.UTC) == NOW


Write = Callable[[Session, Seal, int], object]
REFUSED: list[tuple[Write, type[checks.PlanProblem], str]] = [
    (lambda s, seal, _: person(s, seal), checks.ReferenceTaken, "OSL-1"),
    (lambda s, seal, _: person(s, seal, " OSL-1 "), checks.ReferenceTaken, "OSL-1"),
    (lambda s, seal, _: person(s, seal, "  "), checks.TextMissing, "reference"),
    (lambda s, seal, _: person(s, seal, "x" * 41), checks.TextMissing, "40"),
    (lambda s, seal, _: person(s, seal, NATIONAL), checks.HoldsNationalNumber, "Do not write national identity numbers here"),
    (lambda s, seal, _: person(s, seal, "A", language="xx"), checks.LanguageNotOffered, "nb, ar, ti"),
    (lambda s, seal, _: person(s, seal, "A", permit="refuge"), checks.UnknownCode, "Did you mean refugee?"),
    (lambda s, seal, _: person(s, seal, "A", schooling="phd"), checks.UnknownCode, "upper_secondary"),
    (lambda s, seal, _: person(s, seal, "A", living="castle"), checks.UnknownCode, "with_parents"),
    (lambda s, seal, _: person(s, seal, "A", english="D1"), checks.UnknownCode, "C1"),
    (lambda s, seal, _: person(s, seal, "A", children=-1), checks.ImpossibleNumber, "from 0"),
    (lambda s, seal, _: person(s, seal, "A", birth_date=day(1)), checks.ImpossibleDay, "future"),
    (lambda s, seal, _: person(s, seal, "A", birth_date=dt.date(1915, 1, 1)), checks.ImpossibleDay, "110"),
    (lambda s, seal, _: person(s, seal, "A", birth_date=day(-9), settled_on=day(-10)), checks.ImpossibleDay, "Settled"),
    (lambda s, seal, who: changing.change_participant(s, seal, PLACES, who, municipality="olso"), checks.UnknownCode, "Did you mean oslo?"),
    (lambda s, seal, who: changing.change_participant(s, seal, PLACES, who, name=" "), checks.TextMissing, "name"),
    (lambda s, seal, who: changing.change_participant(s, seal, PLACES, who + 1), checks.NoSuchParticipant, "veiviser participants"),
    (lambda s, _, who: changing.set_programme(s, who, starts_on=day(1), planned_end=day(0)), checks.EndBeforeStart, "programme"),
    (lambda s, _, who: changing.set_programme(s, who, planned_end=day(9), extended_to=day(8)), checks.EndBeforeStart, "extended"),
    (lambda s, _, who: changing.set_programme(s, who, starts_on=day(1), ended_on=day(0)), checks.EndBeforeStart, "programme"),
    (lambda s, _, who: changing.set_programme(s, who, final_goal="fagbrevet"), checks.UnknownCode, "Did you mean fagbrev?"),
    (lambda s, _, who: changing.set_programme(s, who + 1), checks.NoSuchParticipant, "id"),
    (
        lambda s, _, who: changing.add_absence(s, who, "own_illness", day(2), day(1), reported_by="participant"),
        checks.EndBeforeStart,
        "absence",
    ),
    (lambda s, _, who: changing.add_absence(s, who, "own_illness", day(1), day(1), reported_by="cat"), checks.UnknownCode, "reporter"),
    (
        lambda s, _, who: changing.add_absence(s, who, "own_illness", day(1), day(1), reported_by="school", hours=25),
        checks.ImpossibleNumber,
        "25 hours",
    ),
    (lambda s, _, who: changing.add_result(s, who, "norskprove", "speaking", "A2", day(-1)), checks.UnknownCode, "oral"),
    (lambda s, _, who: changing.add_result(s, who, "norskproven", "oral", "A2", day(-1)), checks.UnknownCode, "Did you mean norskprove?"),
    (lambda s, _, who: changing.add_result(s, who, "norskprove", "oral", "passed", day(-1)), checks.UnknownCode, "below_A1"),
    (lambda s, _, who: changing.add_result(s, who, "intake_test", "english", "B1", day(-1)), checks.UnknownCode, "not_passed"),
    (lambda s, _, who: changing.add_result(s, who, "norskprove", "oral", "B1", day(1), now=NOW), checks.ImpossibleDay, "registration"),
    (lambda s, _, who: changing.add_registration(s, who, "intake_test", "oral", day(1)), checks.UnknownCode, "mathematics"),
    (lambda s, _, who: changing.add_appointment(s, who, "party", NOW), checks.UnknownCode, "plan_talk"),
    (lambda s, _, who: changing.add_appointment(s, who, "nav", NOW.replace(tzinfo=None)), checks.ImpossibleDay, "time zone"),
    (lambda s, _, who: changing.add_appointment(s, who, "nav", NOW, minutes=0), checks.ImpossibleNumber, "from 1"),
    (lambda s, _, who: changing.add_appointment(s, who, "nav", NOW, place=f"Rom 2, {NATIONAL}"), checks.HoldsNationalNumber, "place"),
    (lambda s, _, who: changing.cancel_appointment(s, who, "nothing"), checks.NoSuchEntry, "nothing"),
    (lambda s, _, who: changing.set_document(s, who, "d", "diploma", "lost", TODAY), checks.UnknownCode, "missing"),
    (lambda s, _, who: changing.set_contact(s, who, "c", "boss", "Kari"), checks.UnknownCode, "advisor"),
    (lambda s, _, who: changing.set_contact(s, who, "c", "advisor", ""), checks.TextMissing, "contact"),
]


def test_what_cannot_be_is_refused_with_the_next_step_and_leaves_no_trace(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        before = reading.plan_of(session, seal, who)
    for number, (write, problem, words) in enumerate(REFUSED):
        with sessions.begin() as session:  # and commits: a refusal that left half a change behind would be stored here
            with pytest.raises(problem) as told:
                write(session, seal, who)
            assert words in str(told.value), (number, str(told.value))
            assert NATIONAL not in str(told.value)
        with sessions() as session:
            assert reading.plan_of(session, seal, who) == before, number
            assert session.scalar(select(func.count(Participant.id))) == 1, number


BAD_PLANS: list[tuple[dict[str, object], type[checks.PlanProblem]]] = [
    ({"goals": [Goal("g", "middle", "x")]}, checks.UnknownCode),
    ({"goals": [Goal("g", "part", "x", None, "lost")]}, checks.UnknownCode),
    ({"goals": [Goal("g", "part", "")]}, checks.TextMissing),
    ({"goals": [Goal("g", "part", f"Fødselsnummer {NATIONAL.replace(' ', '')}.")]}, checks.HoldsNationalNumber),
    ({"goals": [Goal(NATIONAL, "part", "x")]}, checks.HoldsNationalNumber),
    ({"measures": [norwegian_course(ends=-11)]}, checks.EndBeforeStart),
    ({"measures": [Measure("m", "dance", "x", "school")]}, checks.UnknownCode),
    ({"measures": [Measure("m", "work", "x", "king")]}, checks.UnknownCode),
    ({"measures": [Measure("m", "work", "x", "nav", hours_per_week=80)]}, checks.ImpossibleNumber),
    ({"norwegian": {"oral": "none"}}, checks.UnknownCode),
    ({"norwegian": {"singing": "B1"}}, checks.UnknownCode),
    ({"without": ["nothing"]}, checks.NoSuchEntry),
]


def test_a_plan_that_cannot_be_is_refused_whole(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
    for number, (change, problem) in enumerate(BAD_PLANS):
        with sessions.begin() as session, pytest.raises(problem):
            changing.change_plan(session, seal, who, made_by="Kari", from_day=TODAY, **change)  # type: ignore[arg-type]
        with sessions() as session:
            assert session.scalar(select(func.count(PlanVersion.id))) == 0, number


def test_a_change_makes_a_new_version_and_the_old_one_stays_readable(sessions: sessionmaker[Session], seal: Seal) -> None:
    final, first = Goal("final", "final", "Bli kokk."), Goal("part-1", "part", "Bestå A2.", day(30))
    with sessions.begin() as session:
        who = person(session, seal)
        goals = {"goals": [final, first], "measures": [norwegian_course()], "norwegian": {"oral": "B1"}}
        assert changing.change_plan(session, seal, who, made_by="Kari", from_day=day(-50), **goals) == 1  # type: ignore[arg-type]
    reached = Goal("part-1", "part", "Bestå A2.", day(30), "reached")
    second = Goal("part-2", "part", "Bestå B1.", day(200))
    with sessions.begin() as session:
        number = changing.change_plan(
            session, seal, who, made_by="Ola", from_day=TODAY, goals=[reached, second], norwegian={"reading": "A2"}, without=["course"]
        )
        assert number == 2
    with sessions() as session:
        old, new = reading.plan_versions(session, seal, who)
        assert (old.number, old.made_by, old.goals, old.measures) == (1, "Kari", (final, first), (norwegian_course(),))
        assert old.norwegian == {"reading": None, "listening": None, "writing": None, "oral": "B1"}
        assert (new.number, new.made_by, new.goals, new.measures) == (2, "Ola", (final, reached, second), ())
        assert new.norwegian == {"reading": "A2", "listening": None, "writing": None, "oral": "B1"}
        plan = reading.plan_of(session, seal, who)
        assert plan is not None and plan.plan == new


def test_the_same_plan_again_is_no_new_version(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        for name in ("Kari", "Ola"):
            same = changing.change_plan(session, seal, who, made_by=name, from_day=TODAY, measures=[norwegian_course()], norwegian={})
            assert same == 1
        assert len(reading.plan_versions(session, seal, who)) == 1


def test_two_changes_at_once_lose_nothing(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        changing.change_plan(session, seal, who, made_by="", from_day=TODAY, goals=[Goal("final", "final", "Bli kokk.")])
    together = threading.Barrier(4)

    def change(key: str) -> None:
        together.wait()
        with sessions.begin() as session:
            changing.change_plan(session, seal, who, made_by=key, from_day=TODAY, goals=[Goal(key, "part", key)])

    threads = [threading.Thread(target=change, args=(f"part-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        versions = reading.plan_versions(session, seal, who)
        assert [plan.number for plan in versions] == [1, 2, 3, 4, 5]
        assert {goal.key for goal in versions[-1].goals} == {"final", "part-0", "part-1", "part-2", "part-3"}


def test_a_programme_is_written_bit_by_bit_and_checked_as_a_whole(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        changing.set_programme(session, who, starts_on=day(0), final_goal="work")
        changing.set_programme(session, who, planned_end=day(700))
        with pytest.raises(checks.EndBeforeStart):
            changing.set_programme(session, who, ended_on=day(-1))
        plan = reading.plan_of(session, seal, who)
        assert plan is not None and plan.programme == Programme(starts_on=day(0), final_goal="work", planned_end=day(700))


def test_the_same_entry_twice_is_one_and_a_newer_one_corrects_it(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        for level in ("A2", "A2", "B1"):
            changing.add_result(session, who, "norskprove", "oral", level, day(-3), now=NOW)
        for _ in range(2):
            changing.add_registration(session, who, "norskprove", "oral", day(20))
            changing.set_document(session, who, "d", "diploma", "found", TODAY)
            changing.set_contact(session, who, "c", "advisor", "Kari", phone="00 00 00 01")
            changing.add_absence(session, who, "welfare", day(-2), day(-1), reported_by="advisor", key="k")
        changing.set_document(session, who, "d", "diploma", "translated", day(1))
        assert session.scalar(select(func.count(tables.TestResult.id))) == 1
        plan = reading.plan_of(session, seal, who)
        assert plan is not None
        assert [one.result for one in plan.results] == ["B1"]
        assert [len(rows) for rows in (plan.registrations, plan.documents, plan.contacts, plan.absences)] == [1, 1, 1, 1]
        assert plan.documents[0].state == "translated"


def test_what_is_removed_is_gone_and_removing_it_again_is_no_harm(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        changing.add_registration(session, who, "norskprove", "oral", day(20))
        changing.set_contact(session, who, "c", "advisor", "Kari")
        assert reading.plan_of(session, seal, who) is not None
        for _ in range(2):
            changing.remove_registration(session, who, "norskprove", "oral", day(20))
            changing.remove_contact(session, who, "c")
        plan = reading.plan_of(session, seal, who)
        assert plan is not None and (plan.registrations, plan.contacts) == ((), ())


def test_an_appointment_is_moved_and_cancelled_by_its_key(sessions: sessionmaker[Session], seal: Seal) -> None:
    oslo_summer = dt.datetime(2027, 7, 1, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    with sessions.begin() as session:
        who = person(session, seal)
        key = changing.add_appointment(session, who, "nav", NOW, place="NAV")
        assert changing.add_appointment(session, who, "nav", oslo_summer, minutes=45, key=key) == key
        plan = reading.plan_of(session, seal, who)
        assert plan is not None and len(plan.appointments) == 1
        assert plan.appointments[0].starts_at == dt.datetime(2027, 7, 1, 7, 0, tzinfo=dt.UTC)
        for _ in range(2):
            changing.cancel_appointment(session, who, key)
        assert session.scalars(select(Appointment.state)).all() == ["cancelled"]
        other = changing.add_appointment(session, who, "nav", NOW)
        assert other != key


def test_every_change_is_noted_at_the_participant(sessions: sessionmaker[Session], seal: Seal) -> None:
    later = NOW + dt.timedelta(hours=1)
    with sessions.begin() as session:
        who, other = person(session, seal), person(session, seal, "OSL-2")
        changing.set_document(session, who, "d", "diploma", "found", TODAY, now=later)
    with sessions() as session:
        moments = {row.id: row.changed_at.replace(tzinfo=dt.UTC) for row in session.scalars(select(Participant))}
        assert moments == {who: later, other: NOW}
        with pytest.raises(checks.NoSuchParticipant):
            touch(session, 999)
