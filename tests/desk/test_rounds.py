"""What happens by itself: silence brings a case back, long silence ends it, and a lost wish finds an advisor."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from bot.desk import rounds as rounds_module
from bot.desk.colleagues import Colleague
from bot.desk.rounds import CaseRounds, Rounds
from bot.plans.wishes import store_wish
from bot.storage.desk_tables import Case, CaseEvent
from bot.storage.plan_tables import ChatLink, Wish
from bot.storage.tables import Author, ConversationState, Message
from tests.desk.common import Place, at, away


@pytest.fixture
def rounds(place: Place) -> CaseRounds:
    return CaseRounds(place.sessions, place.desk)


def held(place: Place, text: str = "person", account: str = "ali", municipality: str = "oslo") -> Colleague:
    """A case somebody has just taken, and who."""
    place.chat(account, municipality)
    place.says(text, account)
    who = place.advisor(f"Kari {account}")
    place.do(who, "take", place.open(account).id)
    return who


@pytest.mark.parametrize(
    ("taken", "still", "back"),
    [
        ("2026-11-23 10:00", "2026-11-23 11:59", "2026-11-23 12:01"),
        ("2026-11-23 14:00", "2026-11-24 09:59", "2026-11-24 10:01"),  # the night does not count
        ("2026-11-27 14:30", "2026-11-30 10:29", "2026-11-30 10:31"),  # nor the weekend
        ("2026-05-13 14:00", "2026-05-15 09:59", "2026-05-15 10:01"),  # nor Ascension Day
    ],
)
def test_an_advisor_who_does_not_answer_loses_the_case_after_two_hours_of_the_office(
    place: Place, rounds: CaseRounds, taken: str, still: str, back: str
) -> None:
    place.clock.now = at(taken)
    held(place)
    place.clock.now = at(still)
    assert rounds.round() == 0 and place.open().state == "held"
    place.clock.now = at(back)
    assert rounds.round() == 1 and rounds.round() == 0
    case = place.open()
    assert (case.state, case.holder_id, case.requeued) == ("waiting", None, 1)
    assert place.conversation().state is ConversationState.WAITING
    assert place.keys()[-1] == "handover_requeued"


def test_in_a_crisis_twenty_minutes_are_enough(place: Place, rounds: CaseRounds) -> None:
    held(place, "violence")
    place.clock.go_on(minutes=19)
    assert rounds.round() == 0
    place.clock.go_on(minutes=2)
    assert rounds.round() == 1 and place.open().state == "waiting"


def test_where_no_hours_are_known_the_clock_counts(place: Place, rounds: CaseRounds) -> None:
    place.clock.now = at("2026-11-28 20:00")  # Saturday evening
    held(place, municipality="stavanger")
    place.clock.go_on(hours=2, minutes=1)
    assert rounds.round() == 1


def test_an_answer_ends_the_waiting_and_a_new_message_begins_it(place: Place, rounds: CaseRounds) -> None:
    kari = held(place)
    place.clock.go_on(minutes=90)
    place.do(kari, "say_text", place.open().id, "I look into it.", "k", "en")
    place.clock.now = at("2026-11-24 14:00")
    assert rounds.round() == 0
    place.says("any news?")
    place.clock.now = at("2026-11-25 09:59")
    assert rounds.round() == 0
    place.clock.now = at("2026-11-25 10:01")
    assert rounds.round() == 1


def test_what_the_person_hears_when_it_waits_again_promises_nothing_that_has_passed(place: Place, rounds: CaseRounds) -> None:
    held(place)
    place.clock.now = at("2026-11-25 12:00")  # the target was Tuesday at ten
    rounds.round()
    told = place.seal.open(place.said()[-1].sealed_norwegian or b"")
    assert "Rådgiveren kan ikke svare akkurat nå." in told and "Mens du venter, svarer jeg" in told
    assert "Jeg vet ikke når du får svar." in told and "innen" not in told


def test_three_days_of_silence_after_the_advisors_word_give_it_back(place: Place, rounds: CaseRounds) -> None:
    kari = held(place)
    place.do(kari, "say_text", place.open().id, "Is it solved?", "k", "en")
    place.clock.go_on(days=3)
    assert rounds.round() == 0
    place.clock.go_on(minutes=1)
    assert rounds.round() == 1
    assert place.case() is None and place.conversation().state is ConversationState.ASSISTANT
    assert place.keys()[-1] == "handover_returned"
    with place.sessions() as session:
        assert session.scalars(select(Case)).one().outcome == "silent"


def test_a_case_in_the_queue_is_left_there(place: Place, rounds: CaseRounds) -> None:
    place.chat()
    place.says("person")
    place.clock.go_on(days=30)
    assert rounds.round() == 0 and place.open().state == "waiting"


def test_a_wish_without_a_case_is_adopted_once_after_a_minute(place: Place, rounds: CaseRounds) -> None:
    person = place.linked()
    with place.sessions.begin() as session:
        number = store_wish(session, place.seal, person, place.conversation().id, "absence", "ill", now=place.clock())
    assert rounds.round() == 0  # the turn that made it may still be under way
    place.clock.go_on(minutes=2)
    assert rounds.round() == 1 and rounds.round() == 0
    case = place.open()
    assert (case.reason, case.state, case.municipality, case.language) == ("absence", "waiting", "oslo", "en")
    with place.sessions() as session:
        assert session.get_one(Wish, number).case_id == case.id


def test_a_wish_joins_the_case_that_is_open(place: Place, rounds: CaseRounds) -> None:
    person = place.linked()
    place.says("person")
    case = place.open()
    with place.sessions.begin() as session:
        store_wish(session, place.seal, person, place.conversation().id, "meeting", "please", now=place.clock())
    place.clock.go_on(minutes=2)
    assert rounds.round() == 1
    assert place.open().id == case.id and place.open().reason == "asked"
    with place.sessions() as session:
        assert session.scalars(select(Wish)).one().case_id == case.id
        kinds = list(session.scalars(select(CaseEvent.kind).order_by(CaseEvent.id)))
    assert kinds == ["opened", "reason"]


def test_a_wish_of_a_chat_that_is_no_longer_linked_opens_nothing(place: Place, rounds: CaseRounds) -> None:
    person = place.linked()
    with place.sessions.begin() as session:
        store_wish(session, place.seal, person, place.conversation().id, "meeting", "please", now=place.clock())
        session.execute(update(ChatLink).values(ended_at=place.clock()))
    place.clock.go_on(minutes=2)
    assert rounds.round() == 0 and place.case() is None


def test_one_case_that_cannot_be_changed_does_not_keep_the_others_waiting(
    place: Place, rounds: CaseRounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(place, account="a"), held(place, account="b")
    broken, requeue = place.open("a").id, rounds_module.requeue

    def sometimes(desk: object, session: object, number: int, **more: object) -> object:
        if number == broken:
            raise KeyError("broken")
        return requeue(desk, session, number, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(rounds_module, "requeue", sometimes)
    place.clock.go_on(hours=3)
    assert rounds.round() == 1
    assert (place.open("a").state, place.open("b").state) == ("held", "waiting")
    monkeypatch.setattr(rounds_module, "requeue", requeue)
    assert rounds.round() == 1 and place.open("a").state == "waiting"


class Failing:
    """Rounds that fail, each time in another way."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.made = list(errors), 0

    def round(self) -> int:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return 0


def test_the_rounds_go_on_whatever_happens(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(rounds_module, "EVERY", 0.01)
    caplog.set_level(logging.ERROR)
    failing = Failing(away(), ValueError("a file nobody can read"), KeyError("a topic that is gone"))
    thread = Rounds(failing)  # type: ignore[arg-type]
    thread.start()
    deadline = dt.datetime.now() + dt.timedelta(seconds=20)
    while failing.made < 4 and dt.datetime.now() < deadline:
        thread.join(0.02)
    thread.end()
    thread.join(10)
    assert failing.made >= 4 and not thread.is_alive()
    assert OperationalError.__name__ in caplog.text


def test_what_could_not_be_delivered_is_no_answer(place: Place, rounds: CaseRounds) -> None:
    """The person still waits: the case says so once, is late again, and goes back to the queue when nobody does anything about it."""
    who = held(place)
    case = place.open()
    place.do(who, "say_text", case.id, "We meet on Monday.", "key-1", "en")
    assert place.open().waiting_since is None and rounds.round() == 0
    with place.sessions.begin() as session:
        session.execute(update(Message).where(Message.author == Author.ADVISOR).values(problem="blocked"))
    assert rounds.round() == 1 and rounds.round() == 0
    assert place.open().waiting_since is not None
    with place.sessions() as session:
        told = session.scalars(select(CaseEvent).where(CaseEvent.kind == "not_delivered")).all()
        assert [event.details["why"] for event in told] == ["blocked"]
    place.clock.go_on(hours=3)
    assert rounds.round() == 1 and place.open().state == "waiting"
