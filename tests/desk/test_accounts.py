"""Accounts: who may be given what, passwords, and the invented ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.desk import accounts, passwords
from bot.desk.accounts import Choices, NewAccount
from bot.desk.colleagues import Colleague, Role, colleague_from
from bot.desk.demo_accounts import ACCOUNTS, PASSWORD, ensure_demo_accounts
from bot.desk.problems import DeskProblem, NotAllowed
from bot.settings import Mode
from bot.storage.desk_tables import Account, SignIn

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
CHOICES = Choices(("oslo", "baerum"), ("ti", "ar"))
WANTED = NewAccount("kari@oslo.example", "Kari Lunde", "advisor", "oslo", "nb", ("ti",))
CENTRAL = Colleague(90, "Central", Role.ADMINISTRATOR)
OSLO = Colleague(91, "Of Oslo", Role.ADMINISTRATOR, "oslo")


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", quick)
    monkeypatch.setattr(passwords, "NOBODYS", quick.hash("nobody's"))


def add(session: Session, wanted: NewAccount = WANTED, by: Colleague | None = None) -> Account:
    return accounts.add(session, CHOICES, wanted, "kept", NOW, by=by)


def test_an_account_is_found_however_its_login_is_written(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        made = add(session, replace(WANTED, login=" Kari@Oslo.example "))
    with sessions() as session:
        row = accounts.find(session, "KARI@oslo.example")
        assert row is not None and row.id == made.id
        assert colleague_from(row) == Colleague(made.id, "Kari Lunde", Role.ADVISOR, "oslo", "nb", ("ti",))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"login": "ab"}, "login_unusable"),
        ({"login": "two words"}, "login_unusable"),
        ({"login": "<b>bold"}, "login_unusable"),
        ({"login": "x" * 121}, "login_unusable"),
        ({"name": "  "}, "name_unusable"),
        ({"name": "x" * 81}, "name_unusable"),
        ({"role": "king"}, "choice_unknown"),
        ({"municipality": "atlantis"}, "choice_unknown"),
        ({"language": "ar"}, "choice_unknown"),
        ({"speaks": ("xx",)}, "choice_unknown"),
        ({"municipality": ""}, "place_missing"),
        ({"role": "teacher", "municipality": ""}, "place_missing"),
        ({"login": "TAKEN@oslo.example"}, "login_taken"),
    ],
)
def test_what_cannot_be_an_account_is_refused(sessions: sessionmaker[Session], change: dict[str, object], problem: str) -> None:
    with sessions.begin() as session:
        add(session, replace(WANTED, login="taken@oslo.example"))
    with pytest.raises(DeskProblem) as caught, sessions.begin() as session:
        add(session, replace(WANTED, **change))  # type: ignore[arg-type]
    assert caught.value.key == problem
    with sessions() as session:
        assert len(accounts.all_of(session)) == 1


@pytest.mark.parametrize("role", [one.value for one in Role])
@pytest.mark.parametrize(
    ("by", "places"),
    [
        (CENTRAL, {"oslo", "baerum", ""}),
        (OSLO, {"oslo"}),
        *((Colleague(92, "X", role, "oslo"), set()) for role in Role if role != "administrator"),
    ],
)
def test_administrators_give_what_is_theirs_to_give(by: Colleague, places: set[str], role: str) -> None:
    given = {place for place in ("oslo", "baerum", "") if accounts.may_give(by, Role(role), place)}
    assert given == places


def test_adding_asks_whether_one_may(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(NotAllowed), sessions.begin() as session:
        add(session, replace(WANTED, municipality="baerum"), by=OSLO)
    with sessions.begin() as session:
        assert add(session, by=OSLO).municipality == "oslo"
        assert add(session, replace(WANTED, login="boss", role="administrator", municipality=""), by=CENTRAL).municipality == ""


def test_an_administrator_sees_and_changes_the_own_municipality(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        near, far = add(session), add(session, replace(WANTED, login="far", municipality="baerum"))
        central = add(session, replace(WANTED, login="boss", role="administrator", municipality=""))
        invented = accounts.add(session, CHOICES, replace(WANTED, login="demo"), "kept", NOW, demo=True)
        assert {row.login for row in accounts.all_of(session, OSLO)} == {near.login, "demo"}
        assert len(accounts.all_of(session, CENTRAL)) == 4
        assert accounts.one_of(session, near.id, OSLO) is near
        for number, by, problem in [
            (far.id, OSLO, "not_allowed"),
            (central.id, OSLO, "not_allowed"),
            (near.id, Colleague(93, "X", Role.ADVISOR, "oslo"), "not_allowed"),
            (central.id, colleague_from(central), "own_account"),
            (invented.id, CENTRAL, "demo_account"),
            (12345, CENTRAL, "no_such_account"),
        ]:
            with pytest.raises(DeskProblem) as caught:
                accounts.one_of(session, number, by)
            assert caught.value.key == problem


def test_disabling_and_a_new_password_end_every_sign_in(sessions: sessionmaker[Session]) -> None:
    for number, act in enumerate((lambda s, row: accounts.disable(s, row, NOW), lambda s, row: accounts.give_password(s, row, "new", NOW))):
        with sessions.begin() as session:
            row = add(session, replace(WANTED, login=f"login{number}"))
            row.failed, row.locked_until = 3, NOW
            session.add(SignIn(account_id=row.id, token_hash=f"hash{number}", form_key="k", began_at=NOW, seen_at=NOW))
            session.flush()
            act(session, row)
    with sessions() as session:
        assert all(one.ended_at is not None for one in session.scalars(select(SignIn)))
        first, second = session.scalars(select(Account).order_by(Account.id))
        assert first.disabled_at is not None and (second.failed, second.locked_until) == (0, None)
        accounts.enable(first)
        assert (first.disabled_at, first.locked_until, first.failed) == (None, None, 0)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("elevenchars", "password_too_short"),
        ("x" * 201, "password_too_long"),
        ("KARI@oslo.example", "password_too_simple"),
        ("aaaaaaaaaaaaaaaa", "password_too_simple"),
        ("ababababababab", "password_too_simple"),
    ],
)
def test_weak_passwords_are_refused(password: str, problem: str) -> None:
    with pytest.raises(DeskProblem) as caught:
        passwords.checked_password("kari@oslo.example", password)
    assert caught.value.key == problem


def test_a_password_fits_from_every_keyboard_and_no_other_does() -> None:
    kept = passwords.hash_of("blåbær på fjellet")
    assert kept.startswith("$argon2id$")
    assert passwords.fits(kept, "bla\u030abær pa\u030a fjellet")  # å as a letter and its ring
    assert not passwords.fits(kept, "blåbær på Fjellet") and not passwords.fits(kept, "")
    assert not passwords.fits(None, "nobody's") and not passwords.fits("no hash", "x") and not passwords.fits("", "x")


def test_a_password_that_was_made_is_good_once() -> None:
    made = passwords.made_password()
    kept = passwords.hash_of(made, once=True)
    assert passwords.checked_password("x", made) == made and made != passwords.made_password()
    assert passwords.good_once(kept) and passwords.fits(kept, made) and not passwords.good_once(passwords.hash_of(made))
    assert len(kept) <= 200  # its column


def test_an_older_hash_is_renewed_when_its_password_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    old = passwords.hash_of("four words are long", once=True)
    assert passwords.up_to_date(old, "four words are long") == old
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    new = passwords.up_to_date(old, "four words are long")
    assert new != old and passwords.good_once(new) and passwords.fits(new, "four words are long")


def test_the_invented_accounts_are_there_in_demo_mode_and_closed_outside(sessions: sessionmaker[Session]) -> None:
    for _ in range(2):
        with sessions.begin() as session:
            ensure_demo_accounts(session, NOW, Mode.DEMO)
    with sessions.begin() as session:
        rows = accounts.all_of(session)
        assert {row.login for row in rows} == {one.login for one in ACCOUNTS} and all(row.demo for row in rows)
        assert all(passwords.fits(row.password_hash, PASSWORD) for row in rows)
        assert {(row.role, row.municipality) for row in rows} >= {("advisor", "oslo"), ("advisor", "baerum"), ("advisor", "lorenskog")}
        assert [row.role for row in rows].count("editor") == 2 and sum(
            row.municipality == "oslo" and row.role == "advisor" for row in rows
        ) == 2
        rows[0].password_hash, rows[1].disabled_at, rows[2].locked_until = "somebody was here", NOW, NOW
    with sessions.begin() as session:
        ensure_demo_accounts(session, NOW, Mode.DEMO)
        rows = accounts.all_of(session)
        assert all(passwords.fits(row.password_hash, PASSWORD) and not row.disabled_at and not row.locked_until for row in rows)
        ensure_demo_accounts(session, NOW, Mode.PRODUCTION)
        assert all(row.disabled_at for row in accounts.all_of(session))


def test_in_production_mode_nobody_is_invented(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        ensure_demo_accounts(session, NOW, Mode.PRODUCTION)
        assert accounts.all_of(session) == []


def test_a_real_account_with_such_a_login_stays_as_it_is(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        real = add(session, replace(WANTED, login="oslo"))
        ensure_demo_accounts(session, NOW, Mode.DEMO)
        ensure_demo_accounts(session, NOW, Mode.PRODUCTION)
        assert (real.password_hash, real.demo, real.disabled_at) == ("kept", False, None)


def test_the_invented_accounts_name_what_the_content_knows(real_library: Library) -> None:
    choices = accounts.choices_of(real_library)
    for one in ACCOUNTS:
        assert one.municipality in (*choices.municipalities, "") and set(one.speaks) <= set(choices.languages)
