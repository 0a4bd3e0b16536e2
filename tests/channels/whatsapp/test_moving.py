"""A person with a new number or id keeps the conversation, and nothing goes to the old one."""

from __future__ import annotations

from sqlalchemy import select

from bot.conversations.history import conversation_of
from bot.plans.chats import person_of
from bot.plans.linking import links_of
from bot.storage.desk_tables import Case
from bot.storage.plan_tables import ChatLink
from bot.storage.tables import Conversation
from bot.storage.traffic_tables import OtherAddress
from tests.channels.whatsapp.conftest import House
from tests.fake_messengers.whatsapp_payloads import AMINA, SCOPED, YUSUF, body_of, moved, moved_scoped, text, value_of
from tests.plans import people

OTHER, STRANGER = "SE.99912083026557412", "NO.777777777777"


def accounts(house: House) -> dict[str, str | None]:
    with house.sessions() as session:
        return {one.account: one.stopped for one in session.scalars(select(Conversation))}


def number_of(house: House, account: str) -> int:
    with house.sessions() as session:
        found = conversation_of(session, "whatsapp", account)
        assert found is not None
        return found.id


def linked(house: House, account: str) -> int:
    """Links a chat to a person with a plan; the number of the person."""
    chat = number_of(house, account)
    with house.sessions.begin() as session:
        person = people.person(session, house.seal, "OSL-1")
        session.add(ChatLink(participant_id=person, conversation_id=chat, linked_at=house.clock()))
        return person


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
    old = number_of(house, AMINA)
    sent = len(house.graph.sent)
    house.says("private news")
    house.hears(moved(AMINA, YUSUF))
    house.delivers()
    assert accounts(house) == {f"moved-{old}": "number_changed", YUSUF: None}
    house.says("more of it", f"moved-{old}")  # an advisor who has the old conversation before them
    house.delivers()
    assert house.departures()[-2:] == ["failed", "failed"] and house.problems()[-2:] == ["number_changed"] * 2
    assert len(house.graph.sent) == sent


def test_what_waited_for_a_word_from_the_old_number_is_not_brought_to_who_gets_it(house: House) -> None:
    house.writes("hello")
    house.writes("it is me", YUSUF)
    house.clock.moves(hours=30)
    house.says("private news")
    house.delivers()
    assert house.departures()[-1] == "held"
    house.hears(moved(AMINA, YUSUF))
    house.hears(text("who is this", AMINA, from_user_id=STRANGER))
    house.delivers()
    assert house.departures()[2] == "failed" and house.problems().count("number_changed") == 1
    assert not any("private" in one.words for one in house.graph.sent)


def test_who_gets_the_old_number_gets_nothing_of_the_person_who_had_it(house: House) -> None:
    house.hears(text("hello", AMINA, from_user_id=SCOPED))
    person = linked(house, AMINA)
    house.writes("it is me", YUSUF)
    house.hears(moved(AMINA, YUSUF))
    with house.sessions() as session:
        assert [(one.ended_because, one.ended_at is None) for one in links_of(session, person, ended=True)] == [("number_changed", False)]
    house.clock.moves(days=200)
    house.writes("hello", AMINA)
    house.hears(text("hello again", AMINA, from_user_id=STRANGER))
    with house.sessions() as session:
        assert person_of(session, number_of(house, AMINA)) is None
        names = {one.other: one.account for one in session.scalars(select(OtherAddress))}
    assert names[SCOPED] == YUSUF and names[STRANGER] == AMINA
    assert len(accounts(house)) == 3 and accounts(house)[AMINA] is None


def test_the_open_case_of_a_closed_conversation_goes_to_another_chat_of_the_person(house: House) -> None:
    house.writes("hello")
    house.writes("on my other phone", "4790000003")
    house.writes("it is me", YUSUF)
    old, second = number_of(house, AMINA), number_of(house, "4790000003")
    person = linked(house, AMINA)
    with house.sessions.begin() as session:
        session.add(ChatLink(participant_id=person, conversation_id=second, linked_at=house.clock()))
        moment = house.clock()
        session.add(Case(conversation_id=old, language="nb", reason="asked", priority=3, opened_at=moment, last_at=moment))
    house.hears(moved(AMINA, YUSUF))
    with house.sessions() as session:
        assert list(session.scalars(select(Case.conversation_id))) == [second]


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


def test_the_new_id_of_somebody_known_by_number_is_known_too(house: House) -> None:
    house.hears(text("hello", AMINA, from_user_id=SCOPED))
    house.hears(text("with a username now", SCOPED))
    for _ in range(2):
        house.hears(moved_scoped(SCOPED, OTHER))
    house.hears(text("it is me still", OTHER))
    assert accounts(house) == {AMINA: None}
    assert house.words_stored() == ["hello", "with a username now", "it is me still"]


def test_a_message_that_waits_under_the_old_id_is_answered_in_the_same_conversation(house: House) -> None:
    house.hears(text("hello", AMINA, from_user_id=SCOPED))
    house.assistant.away = True
    house.hears(text("help me", SCOPED))
    house.clock.moves(minutes=1)
    house.hear(body_of(value_of(moved_scoped(SCOPED, OTHER) | {"timestamp": "1790000000"})))
    house.works()
    house.assistant.away = False
    house.clock.moves(minutes=1)
    house.works()
    assert accounts(house) == {AMINA: None} and house.arrivals_in("waiting") == []


def test_a_conversation_under_the_new_id_is_not_taken_over(house: House) -> None:
    house.hears(text("hello", AMINA, from_user_id=SCOPED))
    house.hears(text("before the news of it", OTHER))
    house.hears(moved_scoped(SCOPED, OTHER))
    house.hears(text("after", OTHER))
    assert accounts(house) == {AMINA: None, OTHER: None}


def test_who_shows_a_number_later_keeps_the_conversation(house: House) -> None:
    house.writes("hello", SCOPED)
    house.hears(text("now with my number", AMINA, from_user_id=SCOPED))
    house.hears(text("and without an id", AMINA) | {"from_user_id": ""})
    house.hears(text("and without a number", SCOPED))
    assert accounts(house) == {SCOPED: None} and len(house.words_stored()) == 4


def test_a_number_that_was_shown_goes_along_and_is_forgotten_when_it_is_another_persons(house: House) -> None:
    house.writes("hello", SCOPED)
    house.hears(text("now with my number", AMINA, from_user_id=SCOPED))
    house.hears(moved(AMINA, YUSUF, SCOPED, OTHER))
    house.hears(text("it is me", YUSUF, from_user_id=OTHER))
    assert accounts(house) == {OTHER: None}
    house.hears(text("a stranger", AMINA, from_user_id=STRANGER))
    assert accounts(house) == {OTHER: None, AMINA: None}


def test_a_number_shown_with_another_id_is_another_persons_without_any_news_of_it(house: House) -> None:
    house.writes("hello", SCOPED)
    house.hears(text("now with my number", AMINA, from_user_id=SCOPED))
    house.hears(text("a stranger", AMINA, from_user_id=STRANGER))
    house.hears(text("and again", AMINA, from_user_id=STRANGER))
    house.hears(text("it is me", SCOPED))
    assert accounts(house) == {SCOPED: None, AMINA: None}


def test_who_showed_the_new_number_with_an_id_has_begun_there_too(house: House) -> None:
    house.writes("hello")
    house.writes("hello", SCOPED)
    house.hears(text("my new number", YUSUF, from_user_id=SCOPED))
    old = number_of(house, AMINA)
    house.hears(moved(AMINA, YUSUF))
    house.hears(text("it is me", YUSUF, from_user_id=SCOPED))
    assert accounts(house) == {f"moved-{old}": "number_changed", SCOPED: None}
