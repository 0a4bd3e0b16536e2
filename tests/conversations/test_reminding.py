"""Reminders: asked for, in the person's language, not at night, once, also after a crash; never for what does not come any more."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations import reminding as module
from bot.conversations.reminding import Reminding
from bot.plans import reminders
from bot.plans.changing import add_appointment, cancel_appointment
from bot.plans.linking import make_code, unlink, use_code
from bot.plans.upcoming import awake, coming
from bot.storage.plan_tables import Participant, Reminder
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation, Message
from tests.plans import people

MEETING = dt.datetime(2026, 11, 26, 9, 0, tzinfo=dt.UTC)
NOON_BEFORE = dt.datetime(2026, 11, 25, 11, 0, tzinfo=dt.UTC)
EVENING_BEFORE = dt.datetime(2026, 11, 25, 16, 5, tzinfo=dt.UTC)  # 17:05 in Norway
KEY = b"k"


@pytest.fixture
def chat(sessions: sessionmaker[Session], seal: Seal) -> int:
    """A linked chat in Tigrinya that wants reminders, with a meeting on the 26th."""
    with sessions.begin() as session:
        participant, number = people.person(session, seal), people.chat(session)
        use_code(session, number, make_code(session, participant, "KN", people.NOW, key=KEY), people.NOW, key=KEY)
        add_appointment(session, participant, "plan_talk", MEETING, place="Storgata 1", with_whom="Kari", key="m1", now=people.NOW)
        session.get_one(Conversation, number).chosen_language = "ti"
        reminders.want(session, number, True, people.NOW)
    return number


@pytest.fixture
def reminding(sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> Reminding:
    return Reminding(sessions, seal, real_library, "nb")


def said(sessions: sessionmaker[Session], seal: Seal, chat: int) -> list[str]:
    with sessions() as session:
        return [seal.open(row.sealed_text) for row in session.scalars(select(Message).where(Message.conversation_id == chat))]


def test_a_meeting_is_told_the_evening_before_once_and_in_the_persons_language(
    reminding: Reminding, sessions: sessionmaker[Session], seal: Seal, chat: int
) -> None:
    assert reminding.round(NOON_BEFORE) == 0
    assert reminding.round(EVENING_BEFORE) == 1
    assert reminding.round(EVENING_BEFORE + dt.timedelta(minutes=1)) == 0
    (text,) = said(sessions, seal, chat)
    assert "10:00" in text and "Storgata 1" in text
    assert any("\u1200" <= letter <= "\u137f" for letter in text)


def test_nobody_is_woken_at_night(reminding: Reminding, sessions: sessionmaker[Session], seal: Seal, chat: int) -> None:
    reminding.round(NOON_BEFORE)
    at_night = dt.datetime(2026, 11, 25, 22, 30, tzinfo=dt.UTC)  # the server was away all evening
    assert reminding.round(at_night) == 0
    assert reminding.round(dt.datetime(2026, 11, 26, 7, 1, tzinfo=dt.UTC)) == 1


def test_a_crash_between_claim_and_message_loses_and_doubles_nothing(
    reminding: Reminding, sessions: sessionmaker[Session], seal: Seal, chat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminding.round(NOON_BEFORE)

    def crash(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(module, "store_unprompted", crash)
        with pytest.raises(RuntimeError, match="power cut"):
            reminding.round(EVENING_BEFORE)
    assert said(sessions, seal, chat) == []
    assert reminding.round(EVENING_BEFORE) == 1
    assert len(said(sessions, seal, chat)) == 1


def test_a_cancelled_meeting_is_not_told(reminding: Reminding, sessions: sessionmaker[Session], seal: Seal, chat: int) -> None:
    reminding.round(NOON_BEFORE)
    with sessions.begin() as session:
        participant = session.scalar(select(Participant.id))
        assert participant is not None
        cancel_appointment(session, participant, "m1", now=NOON_BEFORE)
    assert reminding.round(EVENING_BEFORE) == 0
    assert said(sessions, seal, chat) == []


def test_an_unlinked_chat_hears_nothing_personal_any_more(
    reminding: Reminding, sessions: sessionmaker[Session], seal: Seal, chat: int
) -> None:
    reminding.round(NOON_BEFORE)
    with sessions.begin() as session:
        unlink(session, chat, "lost_phone", NOON_BEFORE)
    assert reminding.round(EVENING_BEFORE) == 0


def test_stopping_stops_what_was_planned(reminding: Reminding, sessions: sessionmaker[Session], seal: Seal, chat: int) -> None:
    reminding.round(NOON_BEFORE)
    with sessions.begin() as session:
        reminders.want(session, chat, False, NOON_BEFORE)
    assert reminding.round(EVENING_BEFORE) == 0
    with sessions() as session:
        assert set(session.scalars(select(Reminder.state))) == {"stopped"}


def test_who_never_asked_is_never_reminded(reminding: Reminding, sessions: sessionmaker[Session], chat: int) -> None:
    with sessions.begin() as session:
        other = people.chat(session, "b")
        assert not reminders.wants(session, other)
    reminding.round(EVENING_BEFORE)
    with sessions() as session:
        assert not session.scalars(select(Message).where(Message.conversation_id == other)).all()


def test_deadlines_of_the_facts_come_two_weeks_before(real_library: Library) -> None:
    now = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
    about = {one.about: one for one in coming(None, real_library, now)}
    loan = about["fact:lanekassen_deadline_spring:20270315"]
    assert loan.due_at == dt.datetime(2027, 3, 1, 16, 0, tzinfo=dt.UTC)
    assert not [one for one in about if one.startswith("appointment")]


def test_night_is_night_in_norway_also_in_summer() -> None:
    summer_night = dt.datetime(2026, 7, 1, 19, 30, tzinfo=dt.UTC)  # 21:30 in Norway
    assert awake(summer_night) == dt.datetime(2026, 7, 2, 6, 0, tzinfo=dt.UTC)
    winter_evening = dt.datetime(2026, 12, 1, 19, 30, tzinfo=dt.UTC)  # 20:30
    assert awake(winter_evening) == winter_evening
