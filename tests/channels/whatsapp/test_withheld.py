"""Words of the anonymous question box on WhatsApp: after a stumble they are still there, and an edit of them is no new message."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.storage.tables import Author, Message
from tests.channels.whatsapp.conftest import House
from tests.conversations.test_in_class import Classroom
from tests.fake_messengers.whatsapp_payloads import message, text


def box(house: House) -> Classroom:
    classroom = Classroom()
    house.reception.classroom = classroom
    object.__setattr__(house.reception._class, "classroom", classroom)
    house.hears(text("/course_ask"))
    return classroom


def kept(house: House) -> list[str]:
    with house.sessions() as session:
        rows = session.scalars(select(Message).where(Message.author == Author.PARTICIPANT).order_by(Message.id))
        return [house.seal.open(row.sealed_text) for row in rows]


def test_a_question_is_not_lost_by_a_stumble(house: House) -> None:
    classroom = box(house)
    classroom.fails = 1
    house.hears(text("only for the box"))
    house.clock.moves(seconds=60)
    house.works()
    assert classroom.kept == ["only for the box"] and kept(house)[-1] == ""
    assert house.arrivals_in("waiting") == []


def test_an_edited_question_is_not_stored(house: House) -> None:
    classroom = box(house)
    asked: dict[str, Any] = text("only for the box")
    house.hears(asked)
    assert classroom.kept == ["only for the box"]
    new = text("only for the box, please")
    house.hears(message("edit", {"original_message_id": asked["id"], "message": new}))
    assert kept(house) == ["/course_ask", ""] and classroom.kept == ["only for the box"]
    assert house.arrivals_in("waiting") == house.arrivals_in("failed") == []
