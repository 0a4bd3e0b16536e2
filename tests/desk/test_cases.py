"""The states of a case: who has the conversation after each change, what is refused, and two who want it at once."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.desk import cases
from bot.desk.colleagues import Colleague, Role
from bot.desk.hours import hours_of
from bot.desk.problems import CaseClosed, HeldByOther, NoSuchCase, NotHeld
from bot.desk.reasons import URGENCY, Reason, urgency_of
from bot.plans.moments import in_utc
from bot.storage.desk_tables import Case, CaseEvent
from bot.storage.tables import Conversation, ConversationState
from tests.desk.common import MONDAY, Place, at

HOUR = dt.timedelta(hours=1)


def opened(place: Place, reason: Reason = Reason.ASKED, account: str = "ali", topic: str = "") -> cases.Opened:
    with place.sessions.begin() as session:
        conversation = session.scalars(select(Conversation).where(Conversation.account == account)).one()
        hours = hours_of(place.desk.place(conversation.municipality))
        return cases.open_case(session, conversation, reason, place.clock(), hours, language="en", topic=topic)


def events(place: Place, case_id: int) -> list[str]:
    with place.sessions() as session:
        return list(session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)))


def test_every_reason_has_an_urgency_and_danger_comes_first() -> None:
    assert set(URGENCY) == set(Reason)
    assert [reason for reason in Reason if urgency_of(reason).priority == 1] == [Reason.CRISIS]
    assert urgency_of(Reason.CRISIS, "crisis_violence") == urgency_of(Reason.CRISIS, "emergency") == URGENCY[Reason.CRISIS]
    assert urgency_of(Reason.CRISIS, "mental_health").priority == urgency_of(Reason.CRISIS, "discrimination").priority == 2
    assert urgency_of(Reason.MONEY_ENDING).priority == 2


def test_a_case_waits_with_a_target_in_office_hours(place: Place) -> None:
    place.chat()
    place.clock.now = at("2026-11-27 14:00")  # Friday, an hour before closing
    case = opened(place).case
    assert (case.state, case.priority, case.reason, case.municipality) == ("waiting", 3, "asked", "oslo")
    stored = place.open()
    assert stored.target_at and in_utc(stored.target_at) == at("2026-11-30 14:00")
    assert place.conversation().state is ConversationState.WAITING
    assert events(place, case.id) == ["opened"]


def test_a_second_reason_joins_the_open_case_and_a_more_urgent_one_raises_it(place: Place) -> None:
    place.chat()
    first = opened(place, Reason.MEETING)
    again = opened(place, Reason.MEETING)
    assert again.case.id == first.case.id and not again.fresh and not again.raised
    crisis = opened(place, Reason.CRISIS)
    assert crisis.case.id == first.case.id and crisis.raised and not crisis.fresh
    stored = place.open()
    assert (stored.priority, stored.reason) == (1, "crisis")
    assert stored.target_at and in_utc(stored.target_at) == MONDAY + HOUR
    later = opened(place, Reason.MEETING)
    assert not later.raised and place.open().reason == "crisis"
    assert events(place, first.case.id) == ["opened", "reason", "reason", "reason"]


def test_the_way_of_a_case(place: Place) -> None:
    place.chat()
    kari, ola = place.advisor("Kari"), place.advisor("Ola")
    number = opened(place).case.id
    steps = [
        (lambda s: cases.claim(s, number, kari, place.clock()), ConversationState.HUMAN, kari.id),
        (lambda s: cases.transfer(s, number, kari, ola, place.clock()), ConversationState.HUMAN, ola.id),
        (lambda s: cases.requeue(s, number, place.clock(), hours_of(None), ola), ConversationState.WAITING, None),
        (lambda s: cases.claim(s, number, kari, place.clock()), ConversationState.HUMAN, kari.id),
        (lambda s: cases.move(s, number, kari, "larvik", place.clock(), hours_of(None)), ConversationState.WAITING, None),
        (lambda s: cases.claim(s, number, ola, place.clock()), ConversationState.HUMAN, ola.id),
    ]
    for step, state, holder in steps:
        with place.sessions.begin() as session:
            step(session)
        assert (place.conversation().state, place.open().holder_id) == (state, holder)
    with place.sessions.begin() as session:
        cases.close(session, number, place.clock(), "answered", ola)
    assert place.case() is None and place.conversation().state is ConversationState.ASSISTANT
    assert place.conversation().municipality == "larvik"
    assert events(place, number) == ["opened", "claimed", "transferred", "requeued", "claimed", "moved", "claimed", "closed"]
    assert opened(place).case.id != number  # the next question is a new case


def test_what_is_refused(place: Place) -> None:
    place.chat()
    kari, ola, boss = place.advisor("Kari"), place.advisor("Ola"), place.advisor("Berit", role=Role.ADMINISTRATOR)
    number, now = opened(place).case.id, place.clock()

    def refused(problem: type[Exception], what: str, *arguments: object) -> Exception:
        with pytest.raises(problem) as raised, place.sessions.begin() as session:
            getattr(cases, what)(session, *arguments)
        return raised.value

    refused(NoSuchCase, "claim", number + 99, kari, now)
    refused(NotHeld, "transfer", number, kari, ola, now)
    refused(NotHeld, "close", number, now, "answered", kari)
    refused(ValueError, "close", number, now, "whatever", kari)
    refused(ValueError, "set_priority", number, kari, 5, now)
    with place.sessions.begin() as session:
        cases.claim(session, number, kari, now)
    held = refused(HeldByOther, "claim", number, ola, now)
    assert isinstance(held, HeldByOther) and held.values == {"name": "Kari"}
    refused(HeldByOther, "close", number, now, "answered", ola)
    refused(HeldByOther, "requeue", number, now, hours_of(None), ola)
    refused(HeldByOther, "move", number, ola, "larvik", now, hours_of(None))
    with place.sessions.begin() as session:
        cases.transfer(session, number, boss, ola, now)  # an administrator may step in
        cases.close(session, number, now, "answered", ola)
    refused(CaseClosed, "claim", number, kari, now)
    refused(CaseClosed, "close", number, now, "answered", ola)


def test_a_case_that_needs_nobody_is_closed_from_the_queue(place: Place) -> None:
    place.chat()
    kari, number = place.advisor(), opened(place).case.id
    with place.sessions.begin() as session:
        closed = cases.close(session, number, place.clock(), "not_needed", kari)
    assert (closed.outcome, closed.holder_id) == ("not_needed", kari.id)


def test_who_waits_since_when(place: Place) -> None:
    place.chat()
    kari, number = place.advisor(), opened(place).case.id

    def do(change: object) -> Case:
        place.clock.go_on(minutes=10)
        with place.sessions.begin() as session:
            case = cases.held_case(session, number)
            change(session, case)  # type: ignore[operator]
        return place.open()

    place.do(kari, "take", number)
    assert place.open().waiting_since is not None  # taken is not answered
    answered = do(lambda session, case: cases.advisor_wrote(session, case, kari, place.clock()))
    assert (answered.waiting_since, answered.target_at) == (None, None)
    waits = do(lambda session, case: cases.person_wrote(session, case, place.clock(), hours_of(place.desk.place("oslo"))))
    since = place.clock()
    assert waits.waiting_since and in_utc(waits.waiting_since) == since
    assert waits.target_at and in_utc(waits.target_at) == at("2026-11-24 10:20")
    still = do(lambda session, case: cases.person_wrote(session, case, place.clock(), hours_of(None)))
    assert still.waiting_since and in_utc(still.waiting_since) == since  # since the first word that was not answered


def test_a_case_that_is_put_back_or_sent_on_has_a_target_again(place: Place) -> None:
    place.chat()
    kari, number = place.advisor(), opened(place).case.id
    for action, more in (("put_back", ()), ("send_on", ("larvik",))):
        place.do(kari, "take", number)
        place.do(kari, "say_text", number, "I am reading.", f"k-{action}", "en")
        assert place.open().target_at is None
        place.do(kari, action, number, *more)
        case = place.open()
        assert case.waiting_since and case.target_at and in_utc(case.target_at) == at("2026-11-24 10:00")


def test_two_advisors_at_once_one_has_it(place: Place) -> None:
    place.chat()
    both, number = [place.advisor("Kari"), place.advisor("Ola")], opened(place).case.id
    start = threading.Barrier(2)

    def take(who: Colleague) -> str:
        start.wait()
        try:
            place.do(who, "take", number)
        except HeldByOther as problem:
            return problem.values["name"]
        return ""

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(take, both))
    assert sorted(results) in (["", "Kari"], ["", "Ola"])
    winner = both[results.index("")]
    assert results[1 - results.index("")] == winner.name and place.open().holder_id == winner.id
    assert place.keys().count("handover_claimed") == 1


def test_two_reasons_at_once_make_one_case(place: Place) -> None:
    place.chat()
    start = threading.Barrier(4)

    def ask(reason: Reason) -> int:
        start.wait()
        return opened(place, reason).case.id

    with ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(ask, [Reason.ASKED, Reason.CRISIS, Reason.MEETING, Reason.ASKED]))
    assert len(set(numbers)) == 1
    assert place.open().reason == "crisis"
    with place.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_change_that_is_not_stored_leaves_everything_as_it_was(place: Place) -> None:
    place.chat()
    kari, number = place.advisor(), opened(place).case.id

    def half(session: Session) -> None:
        cases.claim(session, number, kari, place.clock())
        raise KeyError("in the middle")

    with pytest.raises(KeyError), place.sessions.begin() as session:
        half(session)
    assert place.open().state == "waiting" and place.conversation().state is ConversationState.WAITING
    assert events(place, number) == ["opened"]
