"""Whole conversations over real HTTP: Meta posts, threads work, statuses come back doubled and in any order."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import func, select

from bot.channels.whatsapp.webhook import PATH, WhatsAppWebhook
from bot.conversations.traffic.workers import Workers
from bot.storage.tables import Message
from bot.storage.traffic_tables import Departure
from tests.channels.whatsapp.conftest import House
from tests.fake_messengers.whatsapp import Fault, error
from tests.fake_messengers.whatsapp_payloads import AMINA, SCOPED, body_of, button_reply, value_of

PATIENCE = 60.0  # seconds until a test gives up; nothing is measured


@pytest.fixture
def running(house: House) -> Iterator[House]:
    """A gateway and workers of its own in threads."""
    app = FastAPI()
    WhatsAppWebhook(house.settings, house.inbox).mount(app)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        house.graph.webhook = f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        workers = Workers(house.sessions, [house.arrivals.step, house.arrivals.step, house.delivery.step, house.delivery.step])
        workers.start()
        yield house
        workers.end()
        server.should_exit = True
        thread.join(10)


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ends, "it never came to that"
        time.sleep(0.02)


def test_many_people_talk_at_once_and_everybody_is_answered_once_and_in_order(running: House) -> None:
    graph = running.graph
    graph.statuses, graph.doubled, graph.shuffled = ("sent", "delivered", "read"), True, True
    graph.faults["messages"].extend([Fault(status=500, answer=error(131000)), Fault(cut="after"), Fault(status=500, answer=error(131016))])
    people = [AMINA, SCOPED, *(str(4790000100 + number) for number in range(3))]
    for number in range(6):
        for person in people:
            assert graph.say(person, f"question {number}") == 200

    def all_read() -> bool:
        with running.sessions() as session:
            counted = select(func.count(Departure.id)).where(Departure.state == "read")
            return session.scalar(counted) == 6 * len(people)

    until(all_read)
    for person in people:
        asked = [one.words.split("answer to question ")[1][0] for one in graph.sent_to(person)]
        assert asked == [str(number) for number in range(6)]


def test_question_button_advisor_and_return(running: House) -> None:
    graph = running.graph
    graph.statuses = ("delivered", "sent")
    assert graph.say(AMINA, "how much money do I get") == 200
    until(lambda: len(graph.sent) == 1)
    button = graph.sent[0].body["interactive"]["action"]
    key = (button.get("buttons") or [{"reply": row} for section in button.get("sections", ()) for row in section["rows"]])[0]["reply"]
    assert graph.post(body_of(value_of(button_reply(key["id"], key["title"], at=int(running.clock().timestamp()))))) == 200
    until(lambda: len(graph.sent) == 2)
    assert "answer to /more" in graph.sent[1].words
    running.says("I am Kari, your advisor")
    until(lambda: len(graph.sent) == 3)
    assert "Kari" in graph.sent[2].words

    def all_delivered() -> bool:
        with running.sessions() as session:
            return session.scalars(select(Message.delivered_at).where(Message.departure_id.is_not(None))).all().count(None) == 0

    until(all_delivered)
    assert graph.refused == {}
