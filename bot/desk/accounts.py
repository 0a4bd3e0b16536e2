"""The accounts of those who work with the console: adding, changing, disabling; who may give which role. Nothing commits here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.content import Library
from bot.desk import passwords
from bot.desk.access import everywhere, require
from bot.desk.account_problems import (
    ChoiceUnknown,
    DemoAccount,
    LoginTaken,
    LoginUnusable,
    NameUnusable,
    NoSuchAccount,
    OwnAccount,
    PlaceMissing,
    SamePassword,
    WrongPassword,
)
from bot.desk.colleagues import Colleague, Role
from bot.desk.problems import NotAllowed
from bot.storage.desk_tables import Account, SignIn

LOGIN = re.compile(r"[^\s<>\"'`]{3,120}")
LONGEST_NAME = 80
CONSOLE_LANGUAGES = ("nb", "nn", "en")
WITH_A_PLACE = frozenset({Role.ADVISOR, Role.TEACHER})
ANYWHERE = ""


@dataclass(frozen=True)
class Choices:
    """What an account may name: municipalities by id, languages people speak."""

    municipalities: Collection[str]
    languages: Collection[str]


@dataclass(frozen=True)
class NewAccount:
    """An account as somebody asks for it."""

    login: str
    name: str
    role: str
    municipality: str = ANYWHERE
    language: str = CONSOLE_LANGUAGES[0]
    speaks: tuple[str, ...] = field(default=())


def choices_of(library: Library) -> Choices:
    """What the content offers to choose from."""
    return Choices(tuple(library.municipalities()), tuple(library.languages))


def add(
    session: Session,
    choices: Choices,
    wanted: NewAccount,
    password_hash: str,
    now: dt.datetime,
    *,
    by: Colleague | None = None,
    demo: bool = False,
) -> Account:
    """Writes a new account. `by` is the colleague who gives it, None for the command line, which may give everything.

    Raises LoginUnusable, LoginTaken, NameUnusable, ChoiceUnknown, PlaceMissing or NotAllowed.
    """
    login, role = wanted.login.strip().lower(), _role(wanted.role)
    if not LOGIN.fullmatch(login):
        raise LoginUnusable
    _check_choice(wanted.municipality, (ANYWHERE, *choices.municipalities))
    if role in WITH_A_PLACE and not wanted.municipality:
        raise PlaceMissing
    if by is not None and not may_give(by, role, wanted.municipality):
        raise NotAllowed
    if find(session, login) is not None:
        raise LoginTaken(login=login)
    row = Account(
        login=login,
        name=_name(wanted.name),
        role=role.value,
        municipality=wanted.municipality,
        password_hash=password_hash,
        created_at=now,
        demo=demo,
    )
    row.language, row.speaks = _languages(choices, wanted.language, wanted.speaks)
    session.add(row)
    session.flush()
    return row


def may_give(by: Colleague, role: Role, municipality: str) -> bool:
    """Whether an administrator may give a role: any in the own municipality, and everywhere only who works everywhere."""
    return by.role is Role.ADMINISTRATOR and (everywhere(by) or municipality == by.municipality)


def find(session: Session, login: str) -> Account | None:
    """The account with a login, disabled ones too."""
    return session.scalar(select(Account).where(Account.login == login.strip().lower()))


def all_of(session: Session, by: Colleague | None = None) -> list[Account]:
    """The accounts an administrator sees, all of them for the command line; by municipality and name."""
    wanted = select(Account).order_by(Account.municipality, Account.name, Account.id)
    if by is not None and not everywhere(by):
        wanted = wanted.where(Account.municipality == by.municipality)
    return list(session.scalars(wanted))


def one_of(session: Session, account_id: int, by: Colleague) -> Account:
    """An account that an administrator may change. Raises NoSuchAccount, NotAllowed, OwnAccount or DemoAccount."""
    row = session.get(Account, account_id)
    if row is None:
        raise NoSuchAccount
    require(by, "accounts", "change", row.municipality)
    if row.id == by.id:
        raise OwnAccount
    if row.demo:
        raise DemoAccount
    return row


def disable(session: Session, account: Account, now: dt.datetime) -> None:
    """From now on nobody signs in with it, and who is signed in no longer is. A second time changes nothing."""
    account.disabled_at = account.disabled_at or now
    end_sign_ins(session, account.id, now)


def enable(account: Account) -> None:
    """Opens a disabled account again, unlocked."""
    account.disabled_at = account.locked_until = None
    account.failed = 0


def give_password(session: Session, account: Account, password_hash: str, now: dt.datetime) -> None:
    """Gives an account another password (`passwords.hash_of`), unlocks it, and ends every sign-in."""
    account.password_hash, account.failed, account.locked_until = password_hash, 0, None
    end_sign_ins(session, account.id, now)


def take_codes_away(session: Session, account: Account, now: dt.datetime) -> None:
    """For somebody whose telephone is gone: no code is asked for until a new app is set up. Ends every sign-in."""
    account.sealed_totp = None
    end_sign_ins(session, account.id, now)


def end_sign_ins(session: Session, account_id: int, now: dt.datetime, *, but: int | None = None) -> None:
    """Ends the sign-ins of an account, all `but` one."""
    ended = update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.id != (but or 0))
    session.execute(ended.values(ended_at=now))


def choose_password(session: Session, account: Account, old: str, new: str, now: dt.datetime, *, sign_in: int | None = None) -> None:
    """Changes one's own password and ends the other sign-ins.

    Raises DemoAccount, WrongPassword, SamePassword, and what `passwords.checked_password` raises.
    """
    if account.demo:
        raise DemoAccount
    passwords.checked_password(account.login, new)
    if not passwords.fits(account.password_hash, old):
        raise WrongPassword
    if new == old:
        raise SamePassword
    account.password_hash = passwords.hash_of(new)
    end_sign_ins(session, account.id, now, but=sign_in)


def describe_oneself(account: Account, choices: Choices, name: str, language: str, speaks: Collection[str]) -> None:
    """Changes one's own name, console language and the languages one speaks. Raises NameUnusable, ChoiceUnknown or DemoAccount."""
    if account.demo and name.strip() != account.name:
        raise DemoAccount
    account.name = _name(name)
    account.language, account.speaks = _languages(choices, language, tuple(speaks))


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise NameUnusable(limit=str(LONGEST_NAME))
    return name


def _role(role: str) -> Role:
    _check_choice(role, [one.value for one in Role])
    return Role(role)


def _languages(choices: Choices, language: str, speaks: tuple[str, ...]) -> tuple[str, list[str]]:
    _check_choice(language, CONSOLE_LANGUAGES)
    for code in speaks:
        _check_choice(code, choices.languages)
    return language, list(dict.fromkeys(speaks))


def _check_choice(value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise ChoiceUnknown(value=value, there=", ".join(one for one in allowed if one))
