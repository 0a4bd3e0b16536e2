"""The outbox: written with its cause, one departure per turn, statuses only forwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.conversations.history import open_conversation, store_unprompted
from bot.conversations.traffic import outbox
from bot.conversations.traffic.outbox import RANK
from bot.storage.tables import Author, Conversation, Message
from bot.storage.traffic_tables import Departure, Dispatch, Lane
from tests.fake_messengers.simple import NAME
from tests.traffic.setting import Office

STATES = ("accepted", "sent", "delivered", "read", "failed")
COUNT = iter(range(10_000_000))


def said(text: str):  # noqa: ANN201
    from bot.conversations.assistant import SaidMessage

    return SaidMessage(text, "en", "ltr")


def sent(office: Office, chat: str, text: str = "hello") -> str:
    """Something that the messenger has accepted; the id it gave it."""
    number = office.say(chat, text)
    office.work()
    assert office.departure(number).state == "accepted"
    return next(str(row.external_id) for row in office.rows(Dispatch) if row.departure_id == number)


def tell(office: Office, state: str, external_id: str, problem: str = "") -> bool:
    with office.sessions.begin() as session:
        return outbox.move_on(session, NAME, state, office.clock(), external_id=external_id, problem=problem)


def test_what_is_rolled_back_is_never_sent(office: Office) -> None:
    class Regret(Exception):
        pass

    with pytest.raises(Regret), office.sessions.begin() as session:
        store_unprompted(session, office.seal, open_conversation(session, NAME, "a"), said("never mind"))
        raise Regret
    assert not office.rows(Departure) and not office.rows(Message)
    with office.sessions() as session:
        assert not session.scalars(select(Lane)).all() and not session.scalars(select(Conversation)).all()
    assert office.work() == 0


def test_several_messages_of_one_turn_leave_together(office: Office) -> None:
    office.put("a", "m1")
    office.settle()
    answers = [row for row in office.rows(Message) if row.author is Author.ASSISTANT]
    assert len(answers) == 2, "the answer and the offer of languages"
    assert len({row.departure_id for row in answers}) == 1 == len(office.rows(Departure))
    assert office.messenger.texts("a") == ["answer to m1\nnb: other languages"]


def test_the_web_chat_fetches_its_messages_itself(office: Office) -> None:
    with office.sessions.begin() as session:
        store_unprompted(session, office.seal, open_conversation(session, "web", "a"), said("here"))
    assert not office.rows(Departure)


def test_a_word_of_the_person_frees_what_was_held(office: Office) -> None:
    number = office.say("a", "later")
    with office.sessions.begin() as session:
        session.get_one(Departure, number).state = "held"
    office.work()
    assert office.messenger.texts("a") == []
    office.put("a", "m1")
    office.settle()
    assert office.messenger.texts("a") == ["later", "answer to m1\nnb: other languages"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.sampled_from(STATES), max_size=8))
def test_statuses_in_any_order_only_move_forwards(office: Office, told: list[str]) -> None:
    number = office.say(f"c{next(COUNT)}", "hello")
    office.work()
    row = next(row for row in office.rows(Dispatch) if row.departure_id == number)
    assert row.external_id
    expected = "accepted"
    for state in told:
        assert tell(office, state, row.external_id, "gone" if state == "failed" else "")
        if state == "failed":
            expected = "failed" if RANK.get(expected, 9) < RANK["delivered"] else expected
        elif expected != "failed" and RANK[state] > RANK[expected]:
            expected = state
    with office.sessions() as session:
        dispatch, departure = session.get_one(Dispatch, row.id), session.get_one(Departure, number)
        message = session.scalars(select(Message).where(Message.departure_id == number)).one()
    assert dispatch.state == expected
    assert departure.state == (expected if expected != "sent" else "accepted")
    assert (message.problem, message.delivered_at is not None) == (
        "gone" if expected == "failed" else None,
        expected in ("delivered", "read"),
    )


def test_a_failure_is_shown_at_every_message_of_the_turn(office: Office) -> None:
    office.put("a", "m1")
    office.settle()
    assert tell(office, "failed", str(office.rows(Dispatch)[0].external_id), "131026")
    problems = {row.author: row.problem for row in office.rows(Message)}
    assert problems == {Author.PARTICIPANT: None, Author.ASSISTANT: "131026"}


def test_a_status_of_something_unknown_changes_nothing(office: Office) -> None:
    assert not tell(office, "read", "nobody's")
    assert not office.rows(Dispatch)


def test_our_token_finds_a_sending_whose_id_never_came_back(office: Office) -> None:
    number = office.say("a", "hello")
    office.channel.hook = dies_at("sent")
    with pytest.raises(Died):
        office.work()
    row = office.rows(Dispatch)[0]
    assert (row.state, row.external_id) == ("sending", None)
    with office.sessions.begin() as session:
        assert outbox.move_on(session, NAME, "delivered", office.clock(), external_id="77", token=row.token)
    fresh = office.again()
    fresh.settle()
    assert (office.rows(Dispatch)[0].external_id, office.departure(number).state) == ("77", "delivered")
    assert office.messenger.texts("a") == ["hello"]


def test_a_departure_is_as_far_as_its_slowest_part_also_when_two_are_told_of_at_once(office: Office) -> None:
    for turn in range(8):
        office.channel.apart = True
        office.put(f"c{turn}", f"m{turn}")
        office.settle()
        numbers = [str(row.external_id) for row in office.rows(Dispatch)][-2:]
        with ThreadPoolExecutor(2) as threads:
            assert all(threads.map(lambda one: tell(office, "delivered", one), numbers))
        departure = office.rows(Departure)[-1]
        assert departure.state == "delivered"
        assert tell(office, "read", numbers[0]) and office.departure(departure.id).state == "delivered"
        assert tell(office, "read", numbers[1]) and office.departure(departure.id).state == "read"


def test_a_status_that_is_faster_than_the_messengers_own_answer_counts(office: Office) -> None:
    """Meta's webhook may tell of `delivered` before its answer to the sending has been noted."""
    number = office.say("a", "hello")

    def at_once(step: str) -> None:
        if step == "sent":
            with office.sessions.begin() as session:
                token = session.scalars(select(Dispatch.token)).one()
                assert outbox.move_on(session, NAME, "delivered", office.clock(), external_id="1", token=token)

    office.channel.hook = at_once
    office.work()
    assert office.departure(number).state == "delivered"
    assert office.rows(Message)[0].delivered_at is not None


def test_a_failure_that_is_told_while_it_is_being_sent_is_not_taken_back(office: Office) -> None:
    number = office.say("a", "hello")

    def at_once(step: str) -> None:
        if step == "sent":
            with office.sessions.begin() as session:
                token = session.scalars(select(Dispatch.token)).one()
                outbox.move_on(session, NAME, "failed", office.clock(), external_id="1", token=token, problem="gone")

    office.channel.hook = at_once
    office.settle()
    assert (office.departure(number).state, office.rows(Message)[0].problem) == ("failed", "gone")
    assert office.messenger.texts("a") == ["hello"]


def test_keys_of_buttons_stand_for_what_they_stood_for(office: Office) -> None:
    with office.sessions.begin() as session:
        outbox.keep_keys(session, {"k1": "/more", "k2": "/support"})
        outbox.keep_keys(session, {"k1": "/more"})
        assert [outbox.payload_of(session, key) for key in ("k1", "k2", "k3")] == ["/more", "/support", None]


class Died(BaseException):
    """The process ends here."""


def dies_at(name: str):  # noqa: ANN201
    def hook(step: str) -> None:
        if step == name:
            raise Died

    return hook
