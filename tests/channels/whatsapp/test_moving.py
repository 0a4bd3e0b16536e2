"""A person with a new number or id keeps the conversation, and nothing goes to the old one."""

from __future__ import annotations

from sqlalchemy import select

from bot.conversations.history import conversation_of
from bot.storage.tables import Conversation
from tests.channels.whatsapp.conftest import House
from tests.fake_messengers.whatsapp_payloads import AMINA, SCOPED, YUSUF, body_of, moved, moved_scoped, text, value_of

OTHER = "SE.99912083026557412"


def accounts(house: House) -> dict[str, str | None]:
    with house.sessions() as session:
        return {one.account: one.stopped for one in session.scalars(select(Conversation))}


def test_the_conversation_and_what_waits_go_along(house: House) -> None:
    house.writes("hello")
    house.clock.moves(hours=30)
    house.says("news")
    house.delivers()
    for _ in range(3):
        house.hears(moved(AMINA, YUSUF))
    assert accounts(house) == {YUSUF: None}
    house.writes("it is me", YUSUF)
    assert [one.account for one in house.graph.sent] == [AMINA, AMINA, YUSUF, YUSUF]
    assert "news" in house.graph.sent[2].words


def test_what_was_about_to_go_to_the_old_number_goes_to_the_new_one(house: House) -> None:
    house.writes("hello")
    house.says("news")
    house.hears(moved(AMINA, YUSUF))
    house.graph.hear(YUSUF)
    house.delivers()
    assert [one.account for one in house.graph.sent] == [AMINA, YUSUF]


def test_a_message_that_waits_is_answered_at_the_new_number(house: House) -> None:
    house.assistant.away = True
    first, change, last = text("first", at=1795000001), moved(AMINA, YUSUF), text("last", at=1795000003)
    change["timestamp"] = "1795000002"
    house.hear(body_of(value_of(change)))
    house.hear(body_of(value_of(last)))
    house.works()
    house.hear(body_of(value_of(first)))  # late, under the old number
    house.assistant.away = False
    house.graph.hear(YUSUF)
    house.clock.moves(minutes=1)
    house.works()
    house.delivers()
    with house.sessions() as session:
        assert conversation_of(session, "whatsapp", YUSUF) is not None
    assert "last" in " ".join(one.words for one in house.graph.sent_to(YUSUF))


def test_an_id_without_number_changes(house: House) -> None:
    house.writes("hello", SCOPED)
    house.hears(moved_scoped(SCOPED, OTHER))
    assert accounts(house) == {OTHER: None}
    house.writes("hello again", OTHER)
    assert [one.account for one in house.graph.sent] == [SCOPED, OTHER]


def test_a_new_number_brings_a_new_id(house: House) -> None:
    house.writes("hello", SCOPED)
    house.hears(moved(AMINA, YUSUF, SCOPED, OTHER))
    assert accounts(house) == {OTHER: None}


def test_a_conversation_that_has_begun_there_stays_and_the_old_number_hears_nothing_more(house: House) -> None:
    house.writes("hello")
    house.writes("it is me", YUSUF)
    house.hears(moved(AMINA, YUSUF))
    assert accounts(house) == {AMINA: "number_changed", YUSUF: None}
    house.says("private news")
    house.delivers()
    assert house.departures()[-1] == "failed" and house.problems()[-1] == "number_changed"


def test_a_number_nobody_wrote_from_moves_nothing(house: House) -> None:
    house.hears(moved(AMINA, YUSUF))
    assert accounts(house) == {} and house.arrivals_in("failed") == []


def test_who_takes_a_username_is_still_known(house: House) -> None:
    """From then on messages name the user id alone; the conversation goes on, and answers go where they always went."""
    house.hears(text("hello", AMINA, from_user_id=SCOPED))
    house.delivers()
    house.hears(text("it is me", SCOPED))
    house.delivers()
    assert accounts(house) == {AMINA: None}
    assert [one.account for one in house.graph.sent] == [AMINA, AMINA]


def test_a_known_name_goes_along_with_the_new_number(house: House) -> None:
    house.hears(text("hello", AMINA, from_user_id=SCOPED))
    house.hears(moved(AMINA, YUSUF))
    house.hears(text("it is me", SCOPED))
    assert accounts(house) == {YUSUF: None}
