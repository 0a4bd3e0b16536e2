"""The invented participants cover what there is, keep to the law's lengths, and are written once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import ContentError, Library
from bot.guidance.codes import DOCUMENT_STATES, FINAL_GOALS, MEASURE_KINDS
from bot.plans import changing, reading
from bot.plans.demo import Loaded, load_demo
from bot.plans.demo_file import read_demo
from bot.plans.moments import NORWAY
from bot.plans.snapshot import PlanSnapshot
from bot.storage import plan_tables as tables
from bot.storage.database import open_database
from bot.storage.sealing import Seal

SUNDAY = dt.date(2026, 11, 22)
LEAP_DAY = dt.date(2028, 2, 29)


@pytest.fixture(scope="module")
def everyone(tmp_path_factory: pytest.TempPathFactory, real_library: Library) -> list[PlanSnapshot]:
    """All of them, read back from a database; what is asked of them here does not depend on which kind it is."""
    made = open_database(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}")
    seal = Seal(Fernet.generate_key().decode())
    with made.begin() as session:
        load_demo(session, seal, real_library, SUNDAY)
        found = [reading.plan_of(session, seal, one.id) for one in reading.participants(session, seal)]
    made.kw["bind"].dispose()
    return [plan for plan in found if plan is not None]


def test_forty_people_cover_languages_goals_rules_and_places(everyone: list[PlanSnapshot], real_library: Library) -> None:
    assert len(everyone) == 40
    assert all(plan.participant.demo and plan.participant.reference.startswith("DEMO-") for plan in everyone)
    languages = Counter(plan.participant.language for plan in everyone)
    assert set(languages) == set(real_library.languages) and min(languages.values()) >= 2
    assert {plan.participant.municipality for plan in everyone} == set(real_library.municipalities())
    goals = {
        (plan.programme.offered_on.year, plan.programme.final_goal) for plan in everyone if plan.programme and plan.programme.offered_on
    }
    assert {year for year, _ in goals} == {2023, 2025, 2026} and {goal for _, goal in goals} == set(FINAL_GOALS)
    assert {measure.kind for plan in everyone if plan.plan for measure in plan.plan.measures} == set(MEASURE_KINDS)
    assert {paper.state for plan in everyone for paper in plan.documents} == set(DOCUMENT_STATES)
    assert all(plan.contacts for plan in everyone)


def test_odd_cases_are_among_them(everyone: list[PlanSnapshot]) -> None:
    assert any(plan.programme is None for plan in everyone)
    assert any(plan.programme and plan.plan is None for plan in everyone)
    assert any(plan.plan and not plan.plan.goals for plan in everyone)
    assert any(plan.plan and plan.plan.number > 1 for plan in everyone)
    assert any(plan.programme and plan.programme.ended_on for plan in everyone)
    assert any(plan.age_on(SUNDAY) == 24 and plan.age_on(dt.date(2026, 11, 30)) == 25 for plan in everyone)
    assert any((born := plan.participant.birth_date) and (born.month, born.day) == (2, 29) for plan in everyone)
    assert any(standing.reached for plan in everyone for standing in plan.missing_to_goal().values())


def longest(plan: PlanSnapshot) -> tuple[float, float]:
    """Years of the programme, and with extension, by the day it was offered (integreringsloven §§ 13-14, today's and as of 2021-2025)."""
    assert plan.programme and plan.programme.offered_on
    year, goal = plan.programme.offered_on.year, plan.programme.final_goal
    if plan.participant.schooling in ("upper_secondary", "higher"):
        return (1, 1) if year >= 2026 else (0.5, 1)
    if year < 2025:
        return (3, 4) if goal == "full_vgo" else (2, 3)
    old_work = (2, 3) if year < 2026 else (2, 2)
    return {"work": old_work, "part_vgo": (3, 4), "full_vgo": (4, 5), "fagbrev": (5, 5)}[goal or ""]


def test_no_programme_is_longer_than_its_rules_allow(everyone: list[PlanSnapshot]) -> None:
    for plan in everyone:
        if plan.programme is None:
            continue
        days = plan.programme
        assert days.starts_on and days.planned_end and plan.end_of_programme()
        planned, extended = longest(plan)
        assert (days.planned_end - days.starts_on).days <= planned * 365.25 + 1, plan.participant.reference
        assert ((days.extended_to or days.planned_end) - days.starts_on).days <= extended * 365.25 + 1, plan.participant.reference
        age = plan.age_on(days.offered_on or days.starts_on)
        assert age is not None and 18 <= age <= 55


def test_couples_in_the_programme_have_no_children_where_that_counts(everyone: list[PlanSnapshot]) -> None:
    assert any(plan.participant.partner_in_programme and plan.participant.children == 0 for plan in everyone)
    assert any(plan.participant.living == "with_parents" and (plan.age_on(SUNDAY) or 99) < 25 for plan in everyone)


@pytest.mark.parametrize("today", [SUNDAY, LEAP_DAY])
def test_appointments_lie_in_the_weeks_to_come_on_working_days(
    sessions: sessionmaker[Session], seal: Seal, real_library: Library, today: dt.date
) -> None:
    with sessions.begin() as session:
        load_demo(session, seal, real_library, today)
    with sessions() as session:
        plans = [reading.plan_of(session, seal, one.id) for one in reading.participants(session, seal)]
    moment = dt.datetime.combine(today, dt.time(12), tzinfo=dt.UTC)
    coming = [one for plan in plans if plan for one in plan.upcoming_appointments(moment)]
    assert len(coming) >= 30
    assert all(today < one.day <= today + dt.timedelta(days=40) and one.day.weekday() < 5 for one in coming)
    assert all(7 < one.starts_at.astimezone(NORWAY).hour < 16 for one in coming)
    tests = [one.test_on for plan in plans if plan for one in plan.registrations]
    assert tests and all(today < day and day.weekday() < 5 for day in tests)


def test_loading_again_changes_nothing_and_appointments_stay(sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> None:
    with sessions.begin() as session:
        assert load_demo(session, seal, real_library, SUNDAY) == Loaded(created=40, there=0)
    with sessions() as session:
        before = [reading.plan_of(session, seal, one.id) for one in reading.participants(session, seal)]
    with sessions.begin() as session:
        assert load_demo(session, seal, real_library, SUNDAY + dt.timedelta(days=30)) == Loaded(created=0, there=40)
    with sessions() as session:
        assert [reading.plan_of(session, seal, one.id) for one in reading.participants(session, seal)] == before
        assert session.scalar(select(func.count(tables.Participant.id))) == 40


def test_what_an_advisor_changed_stays_changed(sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> None:
    with sessions.begin() as session:
        load_demo(session, seal, real_library, SUNDAY)
        plan = reading.find(session, seal, "DEMO-2501")
        assert plan is not None
        changing.cancel_appointment(session, plan.participant.id, "appointment-1")
        load_demo(session, seal, real_library, SUNDAY)
        again = reading.find(session, seal, "DEMO-2501")
        assert again is not None and again.appointments[0].state == "cancelled"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("OSL-1:\n  about: {name: x}\n", "Begin it with DEMO-"),
        ("DEMO-1:\n  about: {name: x}\n", "DEMO-1 > about > municipality: Field required"),
        ("DEMO-1:\n  abuot: {}\n", "DEMO-1 > about: Field required"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "offered_2026.yml").write_text(f"# demo\n{text}", encoding="utf-8")
    (tmp_path / "contacts.yml").write_text("oslo: []\n", encoding="utf-8")
    with pytest.raises(ContentError, match="offered_2026.yml:2") as told:
        read_demo(tmp_path)
    assert problem in str(told.value)
