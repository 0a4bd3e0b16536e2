"""The log: what stands in it, that it cannot be changed unseen, and that many may write it at once."""

from __future__ import annotations

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from bot.desk.audit import FIRST, Broken, holds, length, newest_hash, record, verify
from bot.desk.audit_reading import details_of
from bot.desk.colleagues import Colleague, Role
from bot.plans.moments import this_moment
from bot.storage.desk_tables import Account, AuditEntry

KARI = Colleague(7, "Kari Lunde", Role.ADVISOR, "oslo")


def rows(sessions: sessionmaker[Session]) -> list[AuditEntry]:
    with sessions() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def write(sessions: sessionmaker[Session], *numbers: int) -> None:
    for number in numbers:
        with sessions.begin() as session:
            record(session, KARI, "read", "case", str(number))


def found(sessions: sessionmaker[Session]) -> Broken | None:
    with sessions() as session:
        return verify(session)


def account(login: str) -> Account:
    return Account(login=login, name="N", role="advisor", speaks=[], password_hash="x", created_at=this_moment())


def test_an_entry_says_who_did_what_and_carries_the_hash_of_the_one_before(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        record(session, KARI, "change", "plan", "DEMO-2501", fields=["goal", "måned"], version=3)
        record(session, "command line", "add", "account", "4")
        record(session, None, "locked", "account", "4")
    first, second, third = rows(sessions)
    assert (first.account_id, first.who, first.action, first.resource, first.resource_id) == (
        7,
        "Kari Lunde",
        "change",
        "plan",
        "DEMO-2501",
    )
    assert dict(details_of(first)) == {"fields": "goal, måned", "version": "3"}
    assert (second.who, second.account_id, third.who, third.account_id) == ("command line", None, "", None)
    assert (first.previous, second.previous, third.previous) == (FIRST, first.hash, second.hash)


def test_the_hash_can_be_reckoned_by_anybody(sessions: sessionmaker[Session]) -> None:
    write(sessions, 1)
    row = rows(sessions)[0]
    said = {
        "account_id": 7, "action": "read", "at": row.at, "details": "{}", "resource": "case", "resource_id": "1", "who": "Kari Lunde",
    }  # fmt: skip
    words = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    assert row.hash == hashlib.sha256((FIRST + words).encode()).hexdigest()


def test_an_entry_is_stored_with_the_change_or_not_at_all(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(RuntimeError), sessions.begin() as session:
        record(session, KARI, "change", "case", "1")
        session.add(account("one"))
        session.flush()
        raise RuntimeError
    with pytest.raises(IntegrityError), sessions.begin() as session:
        record(session, KARI, "change", "case", "2")
        session.add_all([account("same"), account("same")])
    with sessions() as session:
        record(session, KARI, "read", "case", "3")  # never committed
    assert rows(sessions) == []
    write(sessions, 4)
    assert [row.resource_id for row in rows(sessions)] == ["4"] and found(sessions) is None


def test_an_entry_goes_with_its_savepoint(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        record(session, KARI, "read", "case", "outside")
        session.add(account("one"))
        session.flush()
        with pytest.raises(RuntimeError), session.begin_nested():
            record(session, KARI, "change", "case", "taken back")
            raise RuntimeError
        with session.begin_nested():
            record(session, KARI, "change", "case", "kept")
            with session.begin_nested():
                record(session, KARI, "change", "case", "kept within")
    assert [row.resource_id for row in rows(sessions)] == ["outside", "kept", "kept within"]
    assert found(sessions) is None


def test_one_session_may_write_again_and_again(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        for number in range(3):
            record(session, KARI, "read", "case", str(number))
            session.commit()
        record(session, KARI, "read", "case", "taken back")
        session.rollback()
        session.commit()
    assert [row.resource_id for row in rows(sessions)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    "column", [{"who": "Somebody Else"}, {"account_id": 8}, {"at": "2026-01-01"}, {"action": "x"}, {"resource_id": "9"}, {"details": "[]"}]
)
def test_a_changed_entry_is_found(sessions: sessionmaker[Session], column: dict[str, object]) -> None:
    write(sessions, 1, 2, 3)
    second = rows(sessions)[1].id
    with sessions.begin() as session:
        session.execute(update(AuditEntry).where(AuditEntry.id == second).values(**column))
    assert found(sessions) == Broken(second, "changed")


@pytest.mark.parametrize("number", [0, 1])
def test_a_removed_entry_is_found(sessions: sessionmaker[Session], number: int) -> None:
    write(sessions, 1, 2, 3)
    gone, after = rows(sessions)[number : number + 2]
    with sessions.begin() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.id == gone.id))
    assert found(sessions) == Broken(after.id, "missing")


def test_a_cut_end_is_seen_only_with_the_hash_that_was_kept(sessions: sessionmaker[Session]) -> None:
    write(sessions, 1, 2, 3)
    with sessions.begin() as session:
        kept = newest_hash(session)
        assert length(session) == 3 and holds(session, kept) and holds(session, FIRST)
        session.execute(delete(AuditEntry).where(AuditEntry.hash == kept))
    with sessions() as session:
        assert verify(session) is None and not holds(session, kept)


def test_an_empty_log_is_whole(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        assert verify(session) is None and newest_hash(session) == FIRST


def test_many_writers_at_once_never_break_the_chain(sessions: sessionmaker[Session]) -> None:
    together = threading.Barrier(4)

    def work(writer: int) -> None:
        together.wait(10)
        for number in range(10):
            with sessions.begin() as session:
                if number % 2:  # some have changed something before, some have only read
                    session.add(account(f"{writer}-{number}"))
                session.scalar(select(Account.id).limit(1))
                record(session, KARI, "change", "case", f"{writer}-{number}")
                record(session, KARI, "read", "plan", f"{writer}-{number}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert len(rows(sessions)) == 80 and found(sessions) is None


def test_who_noted_first_does_not_block_who_changed_first(sessions: sessionmaker[Session]) -> None:
    """One notes and then changes a row, the other changes the row and then notes: a lock taken at once would stop both for ever."""
    with sessions.begin() as session:
        session.add(account("shared"))
    noted, changed = threading.Event(), threading.Event()

    def notes_first() -> None:
        with sessions.begin() as session:
            record(session, KARI, "change", "case", "a")
            noted.set()
            changed.wait(10)
            session.execute(update(Account).values(name="A"))

    def changes_first() -> None:
        noted.wait(10)
        with sessions.begin() as session:
            session.execute(update(Account).values(name="B"))
            changed.set()
            record(session, KARI, "change", "case", "b")

    with ThreadPoolExecutor(2) as threads:
        for job in [threads.submit(notes_first), threads.submit(changes_first)]:
            job.result(30)
    assert {row.resource_id for row in rows(sessions)} == {"a", "b"} and found(sessions) is None


def test_sessions_that_note_nothing_wait_for_no_lock(sessions: sessionmaker[Session]) -> None:
    said: list[str] = []
    event.listen(sessions.kw["bind"], "before_cursor_execute", lambda *given: said.append(given[2]))
    with sessions.begin() as session:
        session.scalar(select(Account.id))
    assert said and not any("audit" in words or "advisory" in words for words in said)
