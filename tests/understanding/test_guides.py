"""Guides and personal answers through Rasa itself: forms, the policy that leads through them, the actions, the texts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from itertools import count

import pytest

from bot.content import Library
from bot.conversations.assistant import Asked, RasaAssistant, Understood
from bot.plans.changing import add_appointment
from bot.plans.linking import make_code, use_code
from bot.settings import Settings
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation
from tests.plans import people

pytestmark = pytest.mark.model
PEOPLE = count()
SOON = dt.datetime.now(dt.UTC).replace(microsecond=0, second=0) + dt.timedelta(days=3)


class Chat:
    """One person's chat with the assistant."""

    def __init__(self, rasa: str, language: str, sender: str = "", group: bool = False) -> None:
        self.assistant = RasaAssistant(rasa, timeout=60)
        self.language, self.sender, self.group = language, sender or f"guided{next(PEOPLE)}", group
        self.last: Understood | None = None

    def say(self, text: str) -> str:
        self.last = self.assistant.ask(Asked(self.sender, text, self.language, group=self.group))
        return "\n".join(message.text for message in self.last.messages)

    def press(self, value: str) -> str:
        """A button of the question asked last."""
        assert self.last is not None
        payloads = [choice["payload"] for choice in self.last.messages[-1].choices]
        wanted = next(payload for payload in payloads if payload.startswith("/answer") and json.loads(payload[7:])["value"] == value)
        return self.say(wanted)

    @property
    def keys(self) -> list[str]:
        assert self.last is not None
        return [message.key for message in self.last.messages]


@pytest.fixture
def chat(rasa: str) -> Callable[..., Chat]:
    return lambda language="nb", **more: Chat(rasa, language, **more)


def test_a_guide_is_led_to_its_end_with_a_question_in_between_and_a_correction(chat: Callable[..., Chat]) -> None:
    talk = chat()
    first = talk.say("/my_support_estimate")
    assert first.startswith("Jeg regner ut omtrent") and "Hvilken måned gjelder det?" in first
    talk.press("this_month")
    aside = talk.say("/stonad_amount")
    assert talk.keys[-1] == "guide_support" and len(talk.keys) == 2, talk.keys
    assert "Tilbake til spørsmålene" in aside and "Hvor gammel er du?" in aside
    talk.say("42")
    assert "Takk, jeg har rettet det." in talk.say("nei, jeg mente 24")
    talk.press("not_with_parents")
    talk.press("no")
    talk.say("0")
    talk.press("no")
    result = talk.press("no")
    assert talk.keys == ["support_result"]
    assert "Integreringsloven" in result
    assert talk.say("/stonad_amount") and talk.keys == ["stonad_amount"]  # the guide is over


def test_somebody_in_danger_is_answered_at_once_and_the_guide_waits(chat: Callable[..., Chat]) -> None:
    talk = chat()
    talk.say("/route_finder")
    assert "113" in talk.say("jeg vil ikke leve lenger")
    assert "crisis_self_harm" in talk.keys and "guide_route" not in talk.keys
    assert "kommune" not in talk.say("/thanks")
    assert "Vi fortsetter der du sluttet" not in talk.say("/route_finder")  # nothing was answered yet: it begins anew
    talk.say("35")
    talk.say("stopp")
    assert talk.keys == ["guide_left"]
    assert "Vi fortsetter der du sluttet." in talk.say("/route_finder")


@pytest.mark.parametrize("language", ["nb", "ar", "so", "ti"])
def test_the_route_finder_answers_in_every_language(chat: Callable[..., Chat], language: str) -> None:
    talk = chat(language)
    talk.say("/route_finder")
    talk.say("35")
    for _ in range(30):
        if talk.keys != ["guide_route"]:
            break
        values = [json.loads(c["payload"][7:])["value"] for c in talk.last.messages[-1].choices if c["payload"].startswith("/answer")]  # type: ignore[union-attr]
        talk.press("primary" if "primary" in values else "unknown" if "unknown" in values else "no")
    assert talk.keys == ["route_result", "route_choose"]
    assert talk.last is not None and talk.last.messages[0].language == language
    talk.say('/route_finder{"part": "vgs_adult"}')
    assert talk.keys == ["route_detail"]
    assert talk.last.messages[0].sources


def test_another_guide_can_begin_in_the_middle_of_one(chat: Callable[..., Chat]) -> None:
    talk = chat()
    talk.say("/route_finder")
    talk.say("/praksiskandidat_calculator")
    assert talk.keys == ["guide_practice"]
    talk.say("kokk")
    assert "Når begynte du" in "\n".join(message.text for message in talk.last.messages)  # type: ignore[union-attr]


def test_an_old_button_after_the_guide_is_explained(chat: Callable[..., Chat]) -> None:
    talk = chat()
    talk.say('/answer{"value": "yes", "question": "has_work"}')
    assert talk.keys == ["guide_over"]


def test_what_nobody_understands_gets_a_hint_not_silence(chat: Callable[..., Chat]) -> None:
    talk = chat()
    talk.say("/my_support_estimate")
    talk.press("this_month")
    assert "Skriv bare et tall" in talk.say("/nlu_fallback")


@pytest.fixture
def linked(rasa_settings: Settings, rasa: str) -> str:
    """The sender of a chat linked to a participant with a meeting."""
    sessions, seal = open_database(rasa_settings.database), Seal(rasa_settings.key("text_key"))
    number = next(PEOPLE)
    with sessions.begin() as session:
        participant = people.person(session, seal, f"OSL-{number}", language="ti", birth_date=dt.date(1990, 5, 1))
        row = Conversation(channel="web", account=f"guided{number}", started_at=people.NOW, last_at=people.NOW)
        session.add(row)
        session.flush()
        add_appointment(session, participant, "plan_talk", SOON, place="Storgata 1", now=people.NOW)
        use_code(session, row.id, make_code(session, participant, "KN", people.NOW, key=b"k"), people.NOW, key=b"k")
        sender = f"c{row.id}"
    sessions.kw["bind"].dispose()
    return sender


def test_a_linked_chat_hears_its_own_meeting_in_its_language(chat: Callable[..., Chat], linked: str) -> None:
    talk = chat("ti", sender=linked)
    text = talk.say("/my_appointments")
    assert talk.keys == ["my_appointments"]
    assert "Storgata 1" in text and any("\u1200" <= letter <= "\u137f" for letter in text)
    assert "Storgata 1" in talk.say("/repeat")


def test_a_group_and_an_unlinked_chat_hear_no_personal_word(chat: Callable[..., Chat], linked: str) -> None:
    assert "Storgata" not in chat("nb", sender=linked, group=True).say("/my_appointments")
    assert "Storgata" not in chat("nb").say("/my_appointments")


def test_a_note_of_absence_is_made_in_a_linked_chat_only(chat: Callable[..., Chat], linked: str) -> None:
    talk = chat("nb", sender=linked)
    talk.say("/absence_report")
    assert talk.keys == ["guide_absence"]
    talk.press("today")
    talk.press("whole_day")
    talk.press("own_illness")
    assert "lagret" in talk.press("yes")
    stranger = chat("nb")
    stranger.say("/absence_report")
    assert stranger.keys == ["absence_report"]


def test_reminders_are_turned_on_and_off(chat: Callable[..., Chat], linked: str) -> None:
    talk = chat("nb", sender=linked)
    assert "kvelden før en avtale" in talk.say("/reminder_set")
    assert "ingen" not in talk.say('/reminder_set{"part": "stop"}') and talk.keys == ["reminder_off"]


def test_unlinking_takes_the_plan_away(chat: Callable[..., Chat], linked: str, real_library: Library) -> None:
    talk = chat("nb", sender=linked)
    assert "koblet til planen din" in talk.say("/link_account")
    talk.say('/link_account{"part": "unlink"}')
    assert talk.keys == ["link_ended"]
    assert "Storgata" not in talk.say("/my_appointments")
