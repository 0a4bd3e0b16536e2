"""Delivery: each part once, in order, whatever the messenger and the machine do."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.conversations.channel import SendLater, SendRefused, SendUnsure, WindowClosed
from bot.conversations.traffic import outbox
from bot.conversations.traffic.delivering import MISTAKES, TOO_OLD
from bot.storage.desk_tables import Attachment
from bot.storage.tables import Conversation, Message
from bot.storage.traffic_tables import ChannelState, Departure, Dispatch
from tests.fake_messengers.simple import NAME
from tests.traffic.setting import Office
from tests.traffic.test_outbox import Died, dies_at


def texts(office: Office, chat: str = "a") -> list[str]:
    return office.messenger.texts(chat)


def paused(office: Office) -> ChannelState:
    with office.sessions() as session:
        return session.scalars(select(ChannelState)).one()


def test_what_is_said_arrives_and_is_noted(office: Office) -> None:
    number = office.say("a", "hello")
    office.work()
    dispatch = office.rows(Dispatch)[0]
    assert texts(office) == ["hello"]
    assert (office.departure(number).state, dispatch.state, dispatch.external_id) == ("accepted", "accepted", "1")
    assert dispatch.token and dispatch.accepted_at and not dispatch.unsure


def test_a_busy_messenger_is_asked_again_when_it_said_and_keeps_the_order(office: Office) -> None:
    first, _ = office.say("a", "one"), office.say("a", "two")
    office.say("b", "other")
    office.channel.plan.append(("before", SendLater(30, "429")))
    office.work()
    assert (texts(office), texts(office, "b")) == ([], ["other"]), "another chat does not wait"
    assert office.departure(first).problem == "429"
    office.clock.forward(29)
    office.work()
    assert texts(office) == []
    office.clock.forward(1.1)
    office.work()
    assert texts(office) == ["one", "two"]
    assert office.departure(first).problem is None


def test_a_messenger_that_is_busy_for_everybody_gets_nothing_until_then(office: Office) -> None:
    office.say("a", "one")
    office.channel.plan.append(("before", SendLater(30, "flood", everybody=True)))
    office.work()
    office.say("b", "two")
    office.work()
    assert (texts(office, "b"), paused(office).problem) == ([], "flood")
    office.clock.forward(30.1)
    office.work()
    assert (texts(office), texts(office, "b")) == (["one"], ["two"])
    assert (paused(office).problem, paused(office).paused_until) == (None, None)


def test_without_a_time_of_its_own_it_is_tried_later_and_later(office: Office) -> None:
    number = office.say("a", "one")
    office.channel.plan.extend([("before", SendLater(0))] * 5)
    waits = []
    for _ in range(5):
        office.work()
        waits.append((office.departure(number).next_at.replace(tzinfo=dt.UTC) - office.clock()).total_seconds())
        office.clock.forward(waits[-1] + 0.01)
    office.work()
    assert texts(office) == ["one"]
    assert [round(wait) for wait in waits] == [1, 2, 4, 8, 15]


def test_what_is_refused_is_shown_and_the_next_goes_out(office: Office) -> None:
    first, second = office.say("a", "bad"), office.say("a", "good")
    office.channel.plan.append(("before", SendRefused("400")))
    office.work()
    assert texts(office) == ["good"]
    assert [office.departure(number).state for number in (first, second)] == ["failed", "accepted"]
    assert [row.problem for row in office.rows(Message)] == ["400", None]


def test_who_blocked_us_is_not_called_again_until_they_write(office: Office) -> None:
    office.say("a", "one")
    office.say("a", "two")
    office.channel.plan.append(("before", SendRefused("blocked", stop=True)))
    office.work()
    office.say("a", "three")
    office.work()
    assert office.channel.calls == ["one"]
    assert [row.problem for row in office.rows(Message)] == ["blocked"] * 3
    office.put("a", "m1")
    office.settle()
    assert texts(office) == ["answer to m1\nnb: other languages"]


def test_who_writes_at_the_moment_we_are_refused_is_not_stopped(office: Office) -> None:
    office.say("a", "one")
    office.channel.plan.append(("before", SendRefused("blocked", stop=True)))

    def writes(step: str) -> None:
        if step == "send" and not office.channel.calls:
            office.put("a", "m1")
            assert office.arrivals.step("other")

    office.channel.hook = writes
    office.settle()
    assert texts(office) == ["one", "answer to m1\nnb: other languages"]
    with office.sessions() as session:
        assert session.scalars(select(Conversation.stopped)).all() == [None]


@pytest.mark.parametrize(("arrived", "found"), [("after", True), ("before", False)])
def test_what_nobody_knows_of_is_looked_for_and_sent_once(office: Office, arrived: str, found: bool) -> None:
    office.say("a", "hello")
    office.say("a", "hello")  # the same words: only what is newer than the newest known one counts
    office.work()
    number = office.say("a", "hello")
    office.channel.plan.append((arrived, SendUnsure()))
    office.work()
    assert office.departure(number).state == "waiting"
    office.settle()
    assert texts(office) == ["hello"] * 3
    assert len(office.channel.calls) == (3 if found else 4)
    last = office.rows(Dispatch)[-1]
    assert (last.state, last.unsure, last.external_id) == ("accepted", False, "3")


def test_where_nobody_can_tell_it_is_sent_again_and_marked(office: Office) -> None:
    number = office.say("a", "hello")
    office.channel.tells = False
    office.channel.plan.append(("after", SendUnsure()))
    office.settle()
    assert texts(office) == ["hello"] * 2
    assert [row.unsure for row in office.rows(Dispatch)] == [True]
    assert office.departure(number).state == "accepted"


def test_a_messenger_that_never_answers_is_not_flooded_with_repetitions(office: Office) -> None:
    office.say("a", "hello")
    office.channel.tells = False
    office.channel.plan.extend([("after", SendUnsure())] * 500)
    for _ in range(120):
        office.clock.forward(5)
        office.work()
    assert len(texts(office)) < 16, "ten minutes"
    office.clock.forward(TOO_OLD.total_seconds())
    office.settle(step=120)
    assert office.rows(Departure)[0].problem == "too_old"


def test_after_a_crash_between_two_parts_only_the_rest_is_sent(office: Office) -> None:
    office.channel.apart = True
    office.put("a", "m1")
    assert office.arrivals.step("test")
    office.channel.plan.extend([("", None), ("before", Died())])  # type: ignore[list-item]
    with pytest.raises(Died):
        office.delivery.step("test")
    assert texts(office) == ["answer to m1"]
    fresh = office.again()
    fresh.channel.apart = True
    fresh.settle()
    assert texts(office) == ["answer to m1", "nb: other languages"]
    assert fresh.channel.calls == ["nb: other languages"]


def test_a_part_that_has_to_wait_does_not_repeat_the_one_before(office: Office) -> None:
    office.channel.apart = True
    office.put("a", "m1")
    office.channel.plan.extend([("", None), ("before", SendLater(5))])  # type: ignore[list-item]
    office.settle()
    assert texts(office) == ["answer to m1", "nb: other languages"]


def test_where_the_window_is_closed_it_knocks_once_and_waits_for_a_word(office: Office) -> None:
    office.channel.window = dt.timedelta(hours=24)
    number = office.say("a", "news")
    office.settle()
    office.clock.forward(3600)
    office.work()
    assert (texts(office), office.departure(number).state) == (["knock"], "held")
    office.put("a", "yes")
    office.settle()
    assert texts(office) == ["knock", "news", "answer to yes\nnb: other languages"]


def test_who_writes_while_we_knock_gets_it_at_once(office: Office) -> None:
    office.channel.window = dt.timedelta(hours=24)
    office.say("a", "news")

    def writes(step: str) -> None:
        if step == "send" and not office.channel.calls:
            office.put("a", "m1")
            assert office.arrivals.step("other")

    office.channel.hook = writes
    office.settle()
    assert texts(office) == ["knock", "news", "answer to m1\nnb: other languages"]


def test_a_window_that_closes_while_sending_is_tried_later_and_is_lost_in_the_end(office: Office) -> None:
    number = office.say("a", "news")
    office.channel.plan.extend([("before", WindowClosed())] * 3)
    office.settle()
    assert texts(office) == ["news"]
    late = office.say("a", "late")
    office.channel.plan.extend([("before", WindowClosed())] * 500)
    for _ in range(8):
        office.work()
        office.clock.forward(30)
    assert office.departure(late).problem == "window_closed"
    office.clock.forward(TOO_OLD.total_seconds())
    office.work()
    assert [office.departure(one).state for one in (number, late)] == ["accepted", "failed"]


def test_what_could_not_be_brought_for_two_days_is_shown_as_lost(office: Office) -> None:
    office.say("a", "old")
    office.channel.plan.extend([("before", SendLater(3600 * 7))] * 8)
    office.settle(seconds=3600 * 24 * 4, step=3600)
    assert texts(office) == []
    assert office.rows(Message)[0].problem == "too_old"


def test_a_file_goes_with_it_and_one_that_is_gone_fails(office: Office) -> None:
    sealed = office.seal.close_bytes(b"1234")
    first = office.say("a", "here", files=({"token": "t1"},))
    with office.sessions.begin() as session:
        message = session.scalars(select(Message.id).where(Message.departure_id == first)).one()
        kind = "application/pdf"
        session.add(Attachment(token="t1", message_id=message, name="plan.pdf", content_type=kind, sealed_bytes=sealed, size=4))
    lost = office.say("a", "and here", files=({"token": "t2"},))
    office.say("a", "after")
    office.settle()
    assert texts(office) == ["here [plan.pdf: 4]", "after"]
    assert office.departure(lost).problem == "file_gone"


def test_a_channel_that_stumbles_is_tried_a_few_times_and_holds_nobody_up_for_ever(office: Office) -> None:
    first, second = office.say("a", "bad"), office.say("a", "good")
    parts = office.channel.parts
    tries = []

    def stumbles(envelope, now):  # noqa: ANN001, ANN202
        if envelope.departure_id == first:
            tries.append(now)
            raise ZeroDivisionError
        return parts(envelope, now)

    office.channel.parts = stumbles  # type: ignore[method-assign]
    office.settle()
    assert len(tries) == MISTAKES
    assert (office.departure(first).problem, office.departure(second).state) == ("ZeroDivisionError", "accepted")


def test_a_channel_that_stumbles_after_sending_does_not_send_twice(office: Office) -> None:
    office.say("a", "hello")
    office.channel.plan.append(("after", KeyError("result")))
    office.settle()
    assert texts(office) == ["hello"]


def test_a_worker_that_lost_its_lease_sends_nothing_more(office: Office) -> None:
    office.say("a", "one")
    office.say("a", "two")
    other = office.again()

    def too_long(step: str) -> None:
        if step == "sent" and office.channel.calls == ["one"]:
            office.clock.forward(20)
            other.work()

    office.channel.hook = too_long
    office.delivery.step("slow")
    office.settle()
    assert texts(office) == ["one", "two"]


def test_a_worker_that_lost_its_lease_while_it_looked_does_not_send_what_the_next_one_sent(office: Office) -> None:
    office.say("a", "one")
    office.channel.plan.append(("before", SendUnsure()))
    office.work()
    office.clock.forward(10)
    other, find = office.again(), office.channel.find

    def looks_too_long(*given: object) -> str | None:
        found = find(*given)  # type: ignore[arg-type]
        office.clock.forward(20)
        other.work()
        return found

    office.channel.find = looks_too_long  # type: ignore[method-assign]
    office.delivery.step("slow")
    office.settle()
    assert texts(office) == ["one"]


def test_a_dead_worker_is_replaced_and_its_message_is_not_doubled(office: Office) -> None:
    office.say("a", "one")
    office.say("a", "two")
    for step in ("send", "sent", "find", "send", "sent"):
        office.channel.hook = dies_at(step)
        office.clock.forward(60)
        with pytest.raises(Died):
            office.work()
        office = office.again()
    office.settle()
    assert texts(office) == ["one", "two"]


def test_the_order_within_a_chat_holds_under_every_kind_of_failure(office: Office) -> None:
    kinds = [SendLater(3), SendUnsure(), SendLater(1, everybody=True), WindowClosed(), KeyError("x")]
    plans = [
        ("before" if number % 2 else "after", kind) for number, kind in enumerate(kinds * 6) if isinstance(kind, SendUnsure) or number % 2
    ]
    office.channel.plan.extend(plans)  # what certainly did not leave fails before, what nobody knows of before and after
    for number in range(20):
        office.say("ab"[number % 2], str(number))
    office.settle()
    assert texts(office, "a") == [str(number) for number in range(0, 20, 2)]
    assert texts(office, "b") == [str(number) for number in range(1, 20, 2)]


def test_answers_statuses_and_workers_at_once_do_not_wait_in_a_circle(office: Office) -> None:
    """On PostgreSQL a circle would be found by the server and raised as a database error."""
    chats, each = 4, 8
    ended = threading.Event()
    errors: list[BaseException] = []
    object.__setattr__(office.channel, "apart", True)

    def until_the_end(step) -> None:  # noqa: ANN001
        while not ended.is_set():
            try:
                step()
            except BaseException as error:
                errors.append(error)
                return

    def statuses() -> None:
        for row in office.rows(Dispatch)[-20:]:
            for state in ("sent", "delivered", "read"):
                with office.sessions.begin() as session:
                    outbox.move_on(session, NAME, state, office.clock(), external_id=row.external_id or "", token=row.token)

    loops = [lambda: office.delivery.step("o1"), lambda: office.delivery.step("o2"), statuses, statuses, lambda: office.arrivals.step("i1")]
    loops.append(lambda: office.arrivals.step("i2"))
    threads = [threading.Thread(target=until_the_end, args=(loop,)) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        with ThreadPoolExecutor(chats) as feeders:
            list(feeders.map(lambda chat: [office.put(f"c{chat}", f"m{chat}-{n}") for n in range(each)], range(chats)))
            list(feeders.map(lambda chat: [office.say(f"c{chat}", f"s{n}") for n in range(each)], range(chats)))
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not errors, errors
    office.settle()
    for chat in range(chats):
        came = texts(office, f"c{chat}")
        answers = [text for text in came if text.startswith("answer")]
        assert answers == [f"answer to m{chat}-{number}" for number in range(each)]
        assert [text for text in came if text.startswith("s")] == [f"s{number}" for number in range(each)]


def test_an_answer_that_is_refused_calls_somebody_and_what_answers_nothing_does_not(office: Office) -> None:
    office.put("a", "hello")
    office.channel.plan.append(("before", SendRefused("strange")))
    office.work()
    assert [(one.channel, one.speaker, one.given_up) for one in office.stuck] == [(NAME, "a", True)]
    office.say("a", "an advisor's words")
    office.channel.plan.append(("before", SendRefused("strange")))
    office.work()
    office.put("b", "hello again")
    office.channel.plan.append(("before", SendRefused("blocked", stop=True)))
    office.work()
    assert len(office.stuck) == 1
