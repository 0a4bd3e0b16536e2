"""Wishes are stored once, listed until they are done, and sealed."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.plans.checks import HoldsNationalNumber, NoSuchEntry, NoSuchParticipant, TextMissing, UnknownCode
from bot.plans.wishes import mark_done, store_wish, wishes
from bot.storage import plan_tables as tables
from bot.storage.sealing import Seal
from tests.plans.people import NOW, chat, person

MEETING = "Jeg vil snakke om ሥራ."


def later(minutes: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minutes)


def test_an_identical_wish_within_ten_minutes_is_the_same_one(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, here, elsewhere = person(session, seal), chat(session, "here"), chat(session, "elsewhere")

        def store(text: str = MEETING, kind: str = "meeting", where: int = here, minutes: int = 0, **details: str) -> int:
            return store_wish(session, seal, who, where, kind, text, details, later(minutes))

        first = store()
        assert store(f" {MEETING} ", minutes=9) == first
        others = [store("Noe annet"), store(kind="plan_change"), store(where=elsewhere), store(day="2026-12-01"), store(minutes=10)]
        assert len({first, *others}) == 6


def test_the_same_wish_sent_twice_at_once_is_one(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, here = person(session, seal), chat(session)
    together = threading.Barrier(4)

    def send() -> None:
        together.wait()
        with sessions.begin() as session:
            store_wish(session, seal, who, here, "meeting", MEETING, now=NOW)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        assert session.scalar(select(func.count(tables.Wish.id))) == 1


def test_wishes_are_listed_until_they_are_done(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, other, here = person(session, seal), person(session, seal, "OSL-2"), chat(session)
        days = {"first_day": "2026-11-23", "last_day": "2026-11-24"}
        second = store_wish(session, seal, who, here, "absence", "", days, later(1))
        first = store_wish(session, seal, other, None, "meeting", MEETING, now=NOW)
    with sessions.begin() as session:
        found = wishes(session, seal)
        assert [(one.id, one.reference, one.name, one.kind, one.text) for one in found] == [
            (first, "OSL-2", "Yonas Tekle", "meeting", MEETING),
            (second, "OSL-1", "Yonas Tekle", "absence", ""),
        ]
        assert found[1].details == days and found[0].made_at == NOW
        mark_done(session, first, later(5))
        mark_done(session, first, later(9))
        assert [one.id for one in wishes(session, seal)] == [second]
        assert [one.done_at for one in wishes(session, seal, done=True)] == [later(5), None]
        assert [one.id for one in wishes(session, seal, participant_id=who)] == [second]
        assert wishes(session, seal, municipality="baerum") == [] and len(wishes(session, seal, municipality="oslo")) == 1


def test_the_text_is_sealed(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        store_wish(session, seal, person(session, seal), None, "meeting", MEETING)
        row = session.scalars(select(tables.Wish)).one()
        assert b"snakke" not in row.sealed_text and seal.open(row.sealed_text) == MEETING


def test_a_wish_that_cannot_be_is_refused(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        for kind, text, problem in [
            ("party", MEETING, UnknownCode),
            ("meeting", "x" * 2001, TextMissing),
            ("absence", "Jeg er 010190 10046 og er syk", HoldsNationalNumber),
        ]:
            with pytest.raises(problem):
                store_wish(session, seal, who, None, kind, text)
        with pytest.raises(NoSuchParticipant):
            store_wish(session, seal, 999, None, "meeting", MEETING)
        with pytest.raises(NoSuchEntry, match="veiviser wishes"):
            mark_done(session, 999)
        assert wishes(session, seal, done=True) == []


def test_a_wish_outlives_its_chat(sessions: sessionmaker[Session], seal: Seal) -> None:
    from bot.storage.tables import Conversation

    with sessions.begin() as session:
        here = chat(session)
        store_wish(session, seal, person(session, seal), here, "meeting", MEETING)
    with sessions.begin() as session:
        session.delete(session.get_one(Conversation, here))
    with sessions() as session:
        assert [(one.text, one.conversation_id) for one in wishes(session, seal)] == [(MEETING, None)]
