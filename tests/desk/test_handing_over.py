"""When a person is called: every reason, what the participant hears, and what happens when it cannot be stored."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text

from bot.content import Library
from bot.desk import cases
from bot.desk.announcing import WITHDRAW, Announcer, Phone
from bot.desk.reasons import Reason
from bot.plans.entries import set_contact
from bot.plans.moments import in_utc
from bot.plans.wishes import store_wish
from bot.storage.desk_tables import Case, CaseEvent
from bot.storage.plan_tables import Wish
from bot.storage.tables import ConversationState
from tests.desk.common import MONDAY, Place, at

LONGEST = 900  # characters of one announcement on a phone
SAFETY = {
    "violence": ("crisis_violence", 1),
    "self harm": ("crisis_self_harm", 1),
    "control": ("crisis_control", 1),
    "emergency": ("emergency", 1),
    "sad": ("mental_health", 2),
    "unfair": ("discrimination", 2),
}


def reason_of(place: Place, account: str) -> tuple[str, int] | None:
    case = place.case(account)
    return (case.reason, case.priority) if case else None


def test_asking_for_a_person_by_words_and_by_button(place: Place) -> None:
    for number, words in enumerate(("I want a person", "/talk_to_human", '/talk_to_human{"from": "menu"}')):
        place.chat(f"a{number}")
        reply = place.says(words, f"a{number}")
        assert reason_of(place, f"a{number}") == ("asked", 3)
        assert [message.key for message in reply.messages] == ["handover_done"]
        told = reply.messages[0]
        assert "Oslo" in told.text and "00 00 00 03" in told.text and "24 Nov" in told.text  # six hours of the office after Monday at ten
        assert WITHDRAW in [choice["payload"] for choice in told.choices]
        assert told.norwegian.startswith("Jeg har sendt samtalen til en rådgiver i Oslo.")


def test_it_says_when_the_office_opens_and_whom_to_call_at_night(place: Place) -> None:
    place.chat()
    place.clock.now = at("2026-05-15 22:00")  # Friday before 17 May, which is a Sunday
    told = place.says("person").messages[0]
    assert "Kontoret er stengt nå. Det åpner" in told.norwegian
    assert "18. mai 2026" in told.norwegian.replace("\u2068", "").replace("\u2069", "")
    case = place.open()
    assert case.target_at and in_utc(case.target_at) == at("2026-05-18 15:00")


def test_where_the_municipality_is_not_known_it_asks_and_the_case_follows(place: Place) -> None:
    told = place.says("person", "new").messages[0]
    assert "Hvilken kommune bor du i?" in told.norwegian and "Jeg vet ikke når du får svar." in told.norwegian
    assert place.open("new").municipality == "" and place.open("new").target_at is None
    place.assistant.municipality = "larvik"
    place.says("I live in Larvik", "new")
    case = place.open("new")
    assert case.municipality == "larvik" and case.target_at and in_utc(case.target_at) == at("2026-11-24 10:00")


def test_a_municipality_named_while_asking_again_counts_too(place: Place) -> None:
    place.says("person", "new")
    place.assistant.municipality = "larvik"
    told = place.says("a person in Larvik please", "new").messages[0]
    assert told.key == "handover_already" and "Hvilken kommune" not in told.norwegian
    assert place.open("new").municipality == "larvik"


def test_the_second_misunderstanding_calls_a_person_the_first_does_not(place: Place) -> None:
    place.chat()
    assert [message.key for message in place.says("blabla").messages] == ["not_understood"]
    assert place.case() is None
    assert [message.key for message in place.says("blabla").messages] == ["handover_done"]
    assert reason_of(place, "ali") == ("not_understood_twice", 3)


def test_a_wrong_answer_and_money_that_ends(place: Place) -> None:
    for account, words, key, expected in (
        ("a", "that is wrong", "feedback_wrong", ("wrong_answer", 3)),
        ("b", "my money ends", "stonad_ends", ("money_ending", 2)),
    ):
        place.chat(account)
        assert [message.key for message in place.says(words, account).messages] == [key, "handover_done"]
        assert reason_of(place, account) == expected


def test_every_safety_topic_answers_first_and_calls_a_person(place: Place) -> None:
    for words, (topic, priority) in SAFETY.items():
        place.chat(topic)
        assert [message.key for message in place.says(words, topic).messages] == [topic, "handover_why_crisis"]
        assert reason_of(place, topic) == ("crisis", priority)


def test_a_topic_of_danger_that_was_only_guessed_calls_nobody_unless_the_net_saw_it(place: Place) -> None:
    place.chat("guess"), place.chat("net"), place.chat("ask")
    place.assistant.confidence = 0.3
    place.says("violence", "guess"), place.says("person", "ask")
    assert place.case("guess") is None and place.case("ask") is None
    place.assistant.net = True
    place.says("violence", "net")
    assert reason_of(place, "net") == ("crisis", 1)


def test_a_language_nobody_speaks(place: Place) -> None:
    place.says("สวัสดีครับ ผมอยากถาม", "thai")
    assert reason_of(place, "thai") == ("unknown_language", 3)
    assert place.keys("thai") == ["unknown_language", "handover_done"]


def test_each_wish_has_its_reason_and_is_bound_to_the_case(place: Place) -> None:
    for kind in ("absence", "meeting", "plan_change"):
        person = place.linked(kind, f"OSL-{kind}")
        with place.sessions.begin() as session:
            number = store_wish(session, place.seal, person, place.conversation(kind).id, kind, "please")
        reply = place.says("a wish", kind)
        assert [message.key for message in reply.messages] == ["handover_done"]
        assert reason_of(place, kind) == (kind, 3 if kind == "absence" else 4)
        with place.sessions() as session:
            assert session.get_one(Wish, number).case_id == place.open(kind).id
        place.says(WITHDRAW, kind)
        with place.sessions() as session:
            assert session.get_one(Wish, number).done_at is not None  # taken back with the case


def test_in_a_group_nothing_is_opened(place: Place) -> None:
    place.chat("group")
    for words in ("person", "violence", "blabla", "blabla", "that is wrong", WITHDRAW):
        reply = place.says(words, "group", group=True)
        assert reply.messages and not any(message.key.startswith("handover") for message in reply.messages)
    assert place.case("group") is None and place.conversation("group").state is ConversationState.ASSISTANT


def test_asking_again_says_that_it_is_known(place: Place) -> None:
    place.chat()
    place.says("person")
    first = place.open()
    assert [message.key for message in place.says("person").messages] == ["handover_already"]
    assert place.open().id == first.id


def test_a_target_that_has_passed_is_not_promised(place: Place) -> None:
    place.chat()
    place.says("person")
    place.clock.now = at("2026-11-25 10:00")
    told = place.says("person").messages[0]
    assert "Vi prøver å svare" not in told.norwegian and "Jeg vet ikke når du får svar." in told.norwegian


def test_while_a_case_waits_the_assistant_answers_and_danger_raises_it(place: Place) -> None:
    place.chat()
    place.says("person")
    assert [message.key for message in place.says("money").messages] == ["stonad_amount"]
    assert [message.key for message in place.says("violence").messages] == ["crisis_violence", "handover_why_crisis"]
    assert reason_of(place, "ali") == ("crisis", 1)
    assert [message.key for message in place.says("violence").messages] == ["crisis_violence"]  # said once
    with place.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_linked_chat_goes_to_its_own_municipality_whatever_place_was_spoken_of(place: Place) -> None:
    place.linked()
    place.assistant.municipality = "baerum"
    place.says("money in Bærum")
    told = place.says("person in Bærum").messages[0]
    assert place.open().municipality == "oslo" and "Oslo" in told.text


def test_the_own_advisor_is_who_to_call(place: Place) -> None:
    person = place.linked()
    with place.sessions.begin() as session:
        set_contact(session, person, "k", "advisor", "Kari Nordmann", phone="22 00 00 01")
    told = place.says("person").messages[0]
    assert "Kari Nordmann" in told.text and "22 00 00 01" in told.text


def test_taking_it_back(place: Place) -> None:
    place.chat()
    assert [message.key for message in place.says(WITHDRAW).messages] == ["handover_nothing_to_withdraw"]
    place.says("person")
    assert [message.key for message in place.says(WITHDRAW).messages] == ["handover_withdrawn"]
    assert place.case() is None and place.conversation().state is ConversationState.ASSISTANT
    place.says("person")
    place.do(place.advisor(), "take", place.open().id)
    assert [message.key for message in place.says(WITHDRAW).messages] == ["handover_withdrawn"]
    assert place.conversation().state is ConversationState.ASSISTANT


def test_a_case_that_cannot_be_stored_costs_neither_answer_nor_message(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.chat()

    def broken(session: Any, *arguments: object, **more: object) -> None:
        session.execute(text("insert into desk_case (nothing) values (1)"))  # a real error of the database, after the case was added

    with monkeypatch.context() as patched:
        patched.setattr(cases, "note", broken)
        reply = place.says("violence", external_id="once")
    assert [message.key for message in reply.messages] == ["crisis_violence", "handover_not_stored"]
    assert "00 00 00 03" in reply.messages[1].text  # whom to call
    assert place.case() is None and place.conversation().state is ConversationState.ASSISTANT
    with place.sessions() as session:
        assert session.scalar(select(func.count()).select_from(CaseEvent)) == 0
    assert [message.text for message in place.says("violence", external_id="once").messages] == [m.text for m in reply.messages]
    assert [message.key for message in place.says("violence").messages] == ["crisis_violence", "handover_why_crisis"]


def test_every_announcement_in_every_language_is_short_and_has_its_norwegian(real_library: Library) -> None:
    oslo, now = real_library.municipalities()["oslo"], at("2026-05-15 22:00")
    phone, target = Phone("Programrådgiver i bydelen", "00 00 00 03"), at("2026-05-18 15:00")
    for language in real_library.languages:
        announcer = Announcer(real_library, language)
        told = [announcer.opened(reason, place, target, phone, now) for reason in Reason for place in (oslo, None)]
        told += [announcer.already(oslo, target, phone, now), announcer.already(None, None, None, now), announcer.not_stored(phone)]
        told += [announcer.claimed("Kari Nordmann"), announcer.transferred("Ola"), announcer.requeued(target, oslo, phone, now)]
        told += [announcer.returned(), announcer.withdrawn(True), announcer.withdrawn(False)]
        for message in told:
            assert message.text and len(message.text) < LONGEST, (language, message.key, len(message.text))
            assert message.language == language and "{" not in message.text
            assert bool(message.norwegian) is (language != "nb"), (language, message.key)
            assert len(message.norwegian) < LONGEST and "{" not in message.norwegian


def test_the_clock_of_the_desk_is_what_counts(place: Place) -> None:
    place.chat()
    place.says("person")
    assert in_utc(place.open().opened_at) == MONDAY
