"""What a person hears about the own plan, in words, and what an unlinked or shared chat hears."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import personal
from actions.action_my_appointments import MyAppointments
from actions.action_my_next_step import MyNextStep
from actions.action_my_norskprove import MyNorskprove
from actions.action_my_plan import MyPlan
from actions.composed import Composed
from bot.content import Library, compose, content_folder
from bot.content.selection import LONGEST_ANSWER
from bot.plans.parts import Appointment, Document, Goal, Measure, Participant, Plan, Programme, Registration, Result
from bot.plans.snapshot import PlanSnapshot

LIBRARY = Library(content_folder())
NOW = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
SOMEBODY = Participant(1, "DEMO-1", "Selam", "oslo", birth_date=dt.date(2000, 2, 29), language="ti")
LEVELS = {"reading": "B1", "listening": "B1", "writing": "A2", "oral": "B1"}


def words(message: Composed, language: str = "nb") -> str:
    said = compose(LIBRARY, message.key, language, message.lines, topics=message.topics, choices=message.choices, topic=message.topic)
    return said.text


def plan(**parts: Any) -> PlanSnapshot:
    return PlanSnapshot(SOMEBODY, **parts)


def full_plan() -> PlanSnapshot:
    long = "Delta på språkkafé på biblioteket hver torsdag og snakke med minst to nye personer om arbeid " * 2
    goals = tuple(Goal(f"g{n}", "part", long, dt.date(2027, 1, 10) + dt.timedelta(n)) for n in range(6))
    measures = tuple(Measure(f"m{n}", "course", long, "school", TODAY, dt.date(2027, 6, 1), 10, "ongoing") for n in range(6))
    return plan(
        programme=Programme(dt.date(2025, 3, 1), dt.date(2025, 3, 1), "fagbrev", dt.date(2029, 3, 1)),
        plan=Plan(1, 3, dt.date(2026, 8, 1), "KN", LEVELS, (Goal("f", "final", "Fagbrev som kokk", None), *goals), measures),
    )


def test_the_plan_tells_goal_levels_end_and_what_one_does_now() -> None:
    text = words(MyPlan().told(full_plan(), NOW))
    assert "Sluttmål: fagbrev" in text
    assert "«Fagbrev som kokk»" in text
    assert "lese B1, lytte B1, skrive A2, snakke B1" in text
    assert "Programmet slutter torsdag 1. mars 2029" in text
    assert "Ansvar: skolen" in text
    assert "og 9 til" in text


def test_even_a_long_plan_fits_one_message() -> None:
    assert len(words(MyPlan().told(full_plan(), NOW))) <= LONGEST_ANSWER


def test_a_plan_without_a_goal_and_one_without_anything_are_told_sensibly() -> None:
    bare = plan(plan=Plan(1, 1, TODAY, "KN", dict.fromkeys(LEVELS)))
    assert "Sluttmål" not in words(MyPlan().told(bare, NOW))
    assert "står ikke noe i planen" in words(MyPlan().told(plan(), NOW))


def test_an_end_before_the_start_does_not_break_the_answer() -> None:
    odd = plan(programme=Programme(None, dt.date(2026, 5, 1), "work", dt.date(2026, 1, 1)))
    assert "1. januar 2026" in words(MyPlan().told(odd, NOW))


MEETING = Appointment(1, "a1", "plan_talk", NOW + dt.timedelta(days=2, hours=1), 60, "Storgata 1", "Kari Nordmann")


def test_a_meeting_has_day_norwegian_time_place_and_person() -> None:
    text = words(MyAppointments().told(plan(appointments=(MEETING,)), NOW))
    assert "torsdag 26. november 2026 kl. 10:00: samtale om planen, med Kari Nordmann, sted: Storgata 1" in text


def test_no_meeting_offers_to_ask_for_one() -> None:
    message = MyAppointments().told(plan(), NOW)
    assert "ingen avtaler" in words(message)
    assert "meeting_request" in message.topics


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"appointments": (MEETING,)}, "Det neste er en avtale: torsdag 26. november 2026 kl. 10:00"),
        ({"registrations": (Registration("norskprove", "oral", dt.date(2026, 12, 2)),)}, "norskprøven, Muntlig, onsdag 2. desember 2026"),
        ({"registrations": (Registration("citizenship_test", "whole", dt.date(2026, 12, 2)),)}, "statsborgerprøven, onsdag"),
        ({"documents": (Document("d", "diploma", "missing"),)}, "Dette papiret mangler: vitnemål fra høyere utdanning"),
        ({"programme": Programme(planned_end=dt.date(2027, 2, 1))}, "Programmet ditt slutter mandag 1. februar 2027"),
        ({}, "ingen frist"),
    ],
)
def test_the_next_step_is_said_in_words(parts: dict[str, Any], expected: str) -> None:
    assert expected in words(MyNextStep().told(plan(**parts), NOW))


def test_an_overdue_goal_blames_nobody() -> None:
    goals = (Goal("g", "part", "Skrive CV", dt.date(2026, 10, 1)),)
    text = words(MyNextStep().told(plan(plan=Plan(1, 1, TODAY, "", {}, goals)), NOW))
    assert "«Skrive CV»" in text and "endre planen sammen" in text


def test_results_are_told_part_by_part_with_the_best_one() -> None:
    results = (
        Result("norskprove", "oral", "B1", dt.date(2026, 3, 1)),
        Result("norskprove", "oral", "A2", dt.date(2026, 9, 1)),  # a later worse result takes nothing away
        Result("norskprove", "reading", "below_A1", dt.date(2026, 9, 1)),
    )
    text = words(MyNorskprove().told(plan(plan=Plan(1, 1, TODAY, "", LEVELS), results=results), NOW))
    assert "Muntlig: du har B1, målet er B1. Nådd!" in text
    assert "Lesing: du har under A1, målet er B1." in text
    assert "Skriving: ikke tatt ennå, målet er A2." in text
    assert "prove.hkdir.no" in text


def test_all_reached_is_a_reason_to_be_glad() -> None:
    results = tuple(Result("norskprove", part, "B1", dt.date(2026, 3, 1)) for part in LEVELS)
    assert "Gratulerer" in words(MyNorskprove().told(plan(plan=Plan(1, 1, TODAY, "", LEVELS), results=results), NOW))


@pytest.mark.parametrize("group", [True, False])
def test_no_personal_word_in_a_group_or_an_unlinked_chat(group: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("actions.case.sessions", lambda: asked.append(1))
    tracker = Tracker("c7" if group else "shell", {}, {"metadata": {"group": group}}, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    MyPlan().run(dispatcher, tracker, {})
    assert [message["response"] for message in dispatcher.messages] == ["utter_my_plan"]
    assert not asked  # not even looked up
    assert personal.today(NOW) == TODAY
