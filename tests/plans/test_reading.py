"""What a plan says on a day, for whole and broken plans; and that reading gives back what is in the tables."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from bot.guidance.codes import SKILLS
from bot.plans import changing, reading
from bot.plans.linking import make_code, unlink, use_code
from bot.plans.snapshot import (
    Appointment,
    Document,
    Goal,
    Measure,
    Participant,
    Plan,
    PlanSnapshot,
    Programme,
    Registration,
    Result,
)
from bot.storage.plan_tables import Measure as MeasureRow
from bot.storage.plan_tables import PlanVersion
from bot.storage.sealing import Seal, SealError
from tests.plans.people import NOW, PLACES, TODAY, chat, person

DAYS = st.dates(dt.date(1930, 1, 1), dt.date(2040, 12, 31))
NO_LEVELS: dict[str, str | None] = dict.fromkeys(SKILLS)


def day(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


def at(number: int, hour: int = 9, **more: object) -> Appointment:
    return Appointment(number, f"a{number}", "plan_talk", dt.datetime.combine(day(number), dt.time(hour), tzinfo=dt.UTC), **more)  # type: ignore[arg-type]


def snapshot(
    goals: tuple[Goal, ...] = (), measures: tuple[Measure, ...] = (), norwegian: dict[str, str | None] | None = None, **more: object
) -> PlanSnapshot:
    born = more.pop("birth_date", None)
    who = Participant(1, "OSL-1", "Yonas Tekle", "oslo", birth_date=born)  # type: ignore[arg-type]
    plan = Plan(1, 1, day(-100), "", {**NO_LEVELS, **(norwegian or {})}, goals, measures)
    return PlanSnapshot(participant=who, plan=plan, **more)  # type: ignore[arg-type]


def part(text: str, due: int | None, state: str = "open") -> Goal:
    return Goal(text, "part", text, None if due is None else day(due), state)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2001-11-28", "2026-11-27", 24),
        ("2001-11-28", "2026-11-28", 25),
        ("2004-02-29", "2029-02-28", 24),
        ("2004-02-29", "2029-03-01", 25),
        ("2004-02-29", "2028-02-28", 23),
        ("2004-02-29", "2028-02-29", 24),
        ("2026-11-21", "2026-11-21", 0),
        ("2026-11-22", "2026-11-21", None),
    ],
)
def test_age_counts_whole_years_and_leap_day_births_turn_on_the_first_of_march(born: str, on: str, age: int | None) -> None:
    assert snapshot(birth_date=dt.date.fromisoformat(born)).age_on(dt.date.fromisoformat(on)) == age


@given(DAYS, DAYS)
def test_age_never_falls_and_grows_by_one_a_year(born: dt.date, on: dt.date) -> None:
    someone = snapshot(birth_date=born)
    age, tomorrow = someone.age_on(on), someone.age_on(on + dt.timedelta(days=1))
    if age is None or tomorrow is None:
        assert on < born
        return
    assert tomorrow - age in (0, 1)
    assert abs((on - born).days / 365.2425 - age - 0.5) <= 0.51
    assert (tomorrow > age) == ((on + dt.timedelta(days=1)).timetuple()[1:3] == _birthday(born, (on + dt.timedelta(days=1)).year))


def _birthday(born: dt.date, year: int) -> tuple[int, int]:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (3, 1) if (born.month, born.day) == (2, 29) and not leap else (born.month, born.day)


def test_an_unknown_birth_date_has_no_age() -> None:
    assert snapshot().age_on(TODAY) is None


def test_the_final_goal_is_told_as_written_and_a_dropped_one_is_not() -> None:
    dropped, kept = Goal("f1", "final", "Bli kokk.", state="dropped"), Goal("f2", "final", "Bli baker.")
    assert snapshot((dropped, kept)).final_goal_text == "Bli baker."
    assert snapshot((dropped,)).final_goal_text is None
    assert snapshot().final_goal_text is None
    assert PlanSnapshot(Participant(1, "x", "y", "oslo")).final_goal_text is None


def test_open_goals_stand_by_kind_then_by_day() -> None:
    final, later, sooner = Goal("f", "final", "f"), part("later", 20), part("sooner", 2)
    found = snapshot((part("never", None), later, part("done", 1, "reached"), sooner, final, Goal("l", "long_term", "l"))).open_goals
    assert [goal.key for goal in found] == ["f", "l", "sooner", "later", "never"]


@pytest.mark.parametrize(
    ("starts", "ends", "state", "now"),
    [
        (-5, 5, "ongoing", True),
        (-5, 5, "planned", True),
        (0, 0, "planned", True),
        (1, 5, "ongoing", False),
        (-5, -1, "ongoing", False),
        (-5, 5, "done", False),
        (-5, 5, "stopped", False),
        (None, None, "planned", False),
        (None, None, "ongoing", True),
        (-5, None, "ongoing", True),
        (None, -1, "ongoing", False),
        (5, -5, "ongoing", False),  # old data with its end before its start
    ],
)
def test_a_measure_runs_between_its_days(starts: int | None, ends: int | None, state: str, now: bool) -> None:
    days = [None if number is None else day(number) for number in (starts, ends)]
    measure = Measure("m", "norwegian", "Norskkurs", "school", days[0], days[1], 10, state)
    assert snapshot(measures=(measure,)).measures_now(TODAY) == ((measure,) if now else ())


def results(part_name: str, *levels: str) -> tuple[Result, ...]:
    return tuple(Result("norskprove", part_name, level, day(-100 + number)) for number, level in enumerate(levels))


def test_a_level_once_passed_is_not_lost() -> None:
    given_results = (
        results("reading", "A1", "B1", "A2") + results("writing", "below_A1") + (Result("intake_test", "norwegian", "passed", TODAY),)
    )
    best = snapshot(results=given_results).best_results()
    assert best == {"reading": "B1", "listening": None, "writing": "below_A1", "oral": None}


@given(st.lists(st.sampled_from(["below_A1", "A1", "A2", "B1", "B2", "C1"]), max_size=6), st.sampled_from(["A1", "A2", "B1", "B2", "C1"]))
def test_one_more_result_never_takes_a_level_away(levels: list[str], goal: str) -> None:
    norwegian: dict[str, str | None] = {"oral": goal}
    before = snapshot(norwegian=norwegian, results=results("oral", *levels)).missing_to_goal()["oral"]
    for more in ("below_A1", "A1", "C1"):
        after = snapshot(norwegian=norwegian, results=results("oral", *levels, more)).missing_to_goal()["oral"]
        assert after.reached or not before.reached
    assert before.reached == any(level >= goal for level in levels if level != "below_A1")


def test_what_is_missing_to_the_goal_says_nothing_where_no_goal_is_set() -> None:
    standing = snapshot(
        norwegian={"reading": "A2", "oral": "B1"}, results=results("oral", "A2") + results("listening", "B1")
    ).missing_to_goal()
    assert (standing["reading"].best, standing["reading"].reached) == (None, False)
    assert (standing["oral"].best, standing["oral"].reached) == ("A2", False)
    assert (standing["listening"].goal, standing["listening"].best, standing["listening"].reached) == (None, "B1", None)


def test_appointments_come_in_order_until_they_are_over() -> None:
    running = Appointment(9, "running", "nav", NOW - dt.timedelta(minutes=20), minutes=30)
    over = Appointment(8, "over", "nav", NOW - dt.timedelta(minutes=40), minutes=30)
    coming = snapshot(appointments=(at(3), over, at(1), running, at(2, state="cancelled"))).upcoming_appointments(NOW)
    assert [one.key for one in coming] == ["running", "a1", "a3"]
    assert snapshot(appointments=(at(3), at(1))).next_appointment(NOW) == at(1)
    assert snapshot().next_appointment(NOW) is None


def test_the_day_of_an_appointment_is_the_day_in_norway() -> None:
    late = Appointment(1, "late", "course", dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC))
    assert late.day == dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("programme", "end"),
    [
        (None, None),
        (Programme(), None),
        (Programme(planned_end=day(5)), day(5)),
        (Programme(planned_end=day(5), extended_to=day(9)), day(9)),
        (Programme(planned_end=day(5), extended_to=day(9), ended_on=day(1)), day(1)),
    ],
)
def test_the_end_of_the_programme(programme: Programme | None, end: dt.date | None) -> None:
    assert snapshot(programme=programme).end_of_programme() == end


def measure(starts: int | None, ends: int | None, state: str = "planned") -> Measure:
    return Measure("m", "course", "Truckførerkurs", "nav", starts and day(starts), ends and day(ends), None, state)  # type: ignore[arg-type]


PAPER = Document("d", "diploma", "found")
NEXT_STEPS = [
    (snapshot(), None, None),
    (snapshot(appointments=(at(14),), goals=(part("late", -3),)), "appointment", 14),
    (snapshot(appointments=(at(15),), goals=(part("late", -3),)), "goal_overdue", -3),
    (snapshot(appointments=(at(5),), registrations=(Registration("norskprove", "oral", day(4)),)), "test", 4),
    (snapshot(appointments=(at(4),), registrations=(Registration("norskprove", "oral", day(5)),)), "appointment", 4),
    (snapshot(registrations=(Registration("norskprove", "oral", day(-1)),)), None, None),
    (snapshot(registrations=(Registration("norskprove", "oral", day(90)),)), "test", 90),
    (snapshot(appointments=(at(24),)), "appointment", 24),
    (snapshot(appointments=(at(-1), at(2, state="cancelled"))), None, None),
    (snapshot(goals=(part("later", -2), part("first", -9), part("done", -20, "reached"))), "goal_overdue", -9),
    (snapshot(goals=(part("soon", 10), part("no day", None)), measures=(measure(20, 60),)), "goal_due", 10),
    (snapshot(goals=(part("soon", 25),), measures=(measure(20, 60),)), "measure_begins", 20),
    (snapshot(measures=(measure(-20, 30, "ongoing"),)), "measure_ends", 30),
    (snapshot(measures=(measure(-20, 31, "ongoing"), measure(31, 60), measure(2, 9, "stopped"))), None, None),
    (snapshot(measures=(measure(5, -5),)), "measure_begins", 5),  # old data with its end before its start
    (snapshot(documents=(PAPER,), goals=(part("far", 60),)), "document", None),
    (snapshot(documents=(PAPER,), goals=(part("near", 29),)), "goal_due", 29),
    (snapshot(documents=(Document("d", "diploma", "sent_for_recognition"), Document("e", "driving_licence", "found"))), None, None),
    (snapshot(documents=(Document("d", "identity", "missing"),)), "document", None),
    (snapshot(programme=Programme(planned_end=day(180))), "programme_end", 180),
    (snapshot(programme=Programme(planned_end=day(181))), None, None),
    (snapshot(programme=Programme(planned_end=day(-1))), None, None),
    (PlanSnapshot(Participant(1, "x", "y", "oslo")), None, None),
]


@pytest.mark.parametrize(("plan", "kind", "number"), NEXT_STEPS)
def test_the_next_step_is_the_most_urgent(plan: PlanSnapshot, kind: str | None, number: int | None) -> None:
    step = plan.next_step(TODAY)
    assert (step and step.kind) == kind
    assert (step and step.day) == (None if number is None else day(number))


def test_the_next_step_carries_the_written_text_and_the_thing_itself() -> None:
    goal = part("Levere søknaden.", 3)
    step = snapshot(goals=(goal,)).next_step(TODAY)
    assert step is not None and (step.text, step.about) == ("Levere søknaden.", goal)
    missing, found = Document("a", "diploma", "missing"), Document("b", "diploma", "found")
    paper = snapshot(documents=(found, missing)).next_step(TODAY)
    assert paper is not None and paper.about == missing


def test_an_appointment_that_is_over_today_is_no_next_step_any_more() -> None:
    plan = snapshot(appointments=(at(0, hour=9, minutes=30), at(0, hour=15)))
    morning, noon = plan.next_step(TODAY), plan.next_step(TODAY, NOW)
    assert morning is not None and morning.about == at(0, hour=9, minutes=30)
    assert noon is not None and noon.about == at(0, hour=15)


@given(
    st.lists(st.integers(-40, 40), max_size=3),
    st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), max_size=3),
    st.lists(st.integers(-40, 40), max_size=3),
)
def test_no_plan_however_broken_stops_the_next_step(visits: list[int], spans: list[tuple[int, int]], dues: list[int]) -> None:
    plan = snapshot(
        goals=tuple(part("goal", due) for due in dues),
        measures=tuple(measure(starts, ends) for starts, ends in spans),
        appointments=tuple(at(number) for number in visits),
        programme=Programme(starts_on=day(5), planned_end=day(-5)),
    )
    step = plan.next_step(TODAY)
    if any(0 <= number <= 14 for number in visits):
        assert step is not None and step.day == day(min(number for number in visits if number >= 0))
    elif any(due < 0 for due in dues):
        assert step is not None and step.day == day(min(dues))
    if step is not None and step.kind != "goal_overdue":
        assert step.day is None or step.day >= TODAY


def test_reading_gives_back_what_was_written(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal, language="ti", birth_date=dt.date(2001, 11, 28), children=0)
        changing.set_programme(session, who, starts_on=day(-300), final_goal="fagbrev", planned_end=day(400))
        changing.change_plan(
            session, seal, who, made_by="Kari", from_day=day(-10), goals=[part("Bli rørlegger. ስራሕ", 30)], norwegian={"oral": "B1"}
        )
        changing.add_appointment(session, who, "nav", dt.datetime(2026, 12, 1, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=1))), key="a")
        changing.add_result(session, who, "norskprove", "oral", "A2", day(-50))
    with sessions() as session:
        plan = reading.find(session, seal, " OSL-1 ")
        assert plan is not None and plan == reading.plan_of(session, seal, who)
        assert plan.participant == Participant(
            who, "OSL-1", "Yonas Tekle", "oslo", language="ti", birth_date=dt.date(2001, 11, 28), children=0
        )
        assert plan.programme == Programme(starts_on=day(-300), final_goal="fagbrev", planned_end=day(400))
        assert plan.open_goals == (part("Bli rørlegger. ስራሕ", 30),)
        assert plan.appointments[0].starts_at == dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
        assert plan.missing_to_goal()["oral"].best == "A2"
        assert reading.find(session, seal, "OSL-2") is None and reading.plan_of(session, seal, who + 1) is None


def test_names_and_texts_are_sealed_in_the_tables(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        changing.change_plan(session, seal, who, made_by="", from_day=TODAY, goals=[part("Bli rørlegger.", 1)])
    other = Seal("0" * 43 + "=")
    with sessions() as session:
        with pytest.raises(SealError):
            reading.plan_of(session, other, who)
        row = session.get_one(PlanVersion, 1).goals[0]
        assert "rørlegger".encode() not in row.sealed_text


def test_old_data_with_an_end_before_its_start_is_read(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        broken = MeasureRow(
            key="m", kind="work", sealed_text=seal.close("x"), responsible="nav", starts_on=day(9), ends_on=day(1), state="ongoing"
        )
        session.add(PlanVersion(participant_id=who, number=1, from_day=TODAY, measures=[broken]))
    with sessions() as session:
        plan = reading.plan_of(session, seal, who)
        assert plan is not None and plan.measures_now(day(5)) == () and plan.next_step(TODAY) is not None


def test_a_chat_reads_its_own_plan_only_while_it_is_linked(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, one, other = person(session, seal), chat(session, "one"), chat(session, "other")
        assert reading.plan_of_conversation(session, seal, one) is None
        use_code(session, one, make_code(session, who, "Kari", NOW, key=b"k"), NOW, key=b"k")
        plan = reading.plan_of_conversation(session, seal, one)
        assert plan is not None and plan.participant.id == who
        assert reading.plan_of_conversation(session, seal, other) is None
        unlink(session, one, "asked", NOW)
        assert reading.plan_of_conversation(session, seal, one) is None


def test_lists_are_by_municipality_with_programme_and_chats(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        first, second = person(session, seal, "B-2"), person(session, seal, "A-1")
        changing.change_participant(session, seal, PLACES, second, municipality="baerum")
        changing.set_programme(session, first, planned_end=day(3))
        use_code(session, chat(session), make_code(session, first, "Kari", NOW, key=b"k"), NOW, key=b"k")
        assert [one.reference for one in reading.participants(session, seal)] == ["A-1", "B-2"]
        assert [one.reference for one in reading.participants(session, seal, "baerum")] == ["A-1"]
        seen = {one.participant.reference: one for one in reading.overview(session, seal)}
        assert (seen["B-2"].chats, seen["A-1"].chats) == (1, 0)
        assert seen["A-1"].programme is None and seen["B-2"].programme == Programme(planned_end=day(3))
