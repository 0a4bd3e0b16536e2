"""Signing in: login and password, then a code, then what an account still needs, step by step.

Between the password and the end a browser holds a half sign-in: a row whose cookie opens nothing but the remaining steps. It becomes a
whole one only at the end, so no page has to ask whether somebody skipped a step.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from bot.desk import audit, passwords, sign_in_codes
from bot.desk.account_problems import SamePassword
from bot.desk.accounts import end_sign_ins
from bot.desk.colleagues import colleague_from
from bot.desk.problems import DeskProblem
from bot.plans.moments import in_utc
from bot.settings import Mode
from bot.storage.desk_tables import Account, SignIn
from bot.storage.sealing import Seal

MOST_TRIES = 5
LOCKED_FOR = dt.timedelta(minutes=15)
HALF_LASTS = dt.timedelta(minutes=20)
KEPT_FOR = dt.timedelta(days=2)  # ended and forgotten sign-ins, before they are swept away
CODE, PASSWORD, SET_UP, DONE = "code", "password", "set_up", "done"
AFTER_PASSWORD, AFTER_CODE = "half", "coded"
LONGEST_LOGIN = 120
UNWATCHED = {"synchronize_session": False, "populate_existing": True}


class NotLetIn(DeskProblem):
    """Login, password or code is wrong, or the account is locked or disabled: nobody outside is told which."""

    key = "not_let_in"


class StartAgain(DeskProblem):
    """The half sign-in is over or never was."""

    key = "start_again"


@dataclass(frozen=True)
class Step:
    """Where a sign-in stands: what comes next, the cookie to set, and the account."""

    next: str
    token: str
    form_key: str
    account: Account


@dataclass(frozen=True)
class SigningIn:
    """The steps of a sign-in, each in transactions of its own. `clock` tells the time in UTC."""

    sessions: sessionmaker[Session]
    seal: Seal
    mode: Mode
    clock: Callable[[], dt.datetime]

    def with_password(self, login: str, password: str) -> Step:
        """The first step. Raises NotLetIn, and takes as long to say so for a login that does not exist."""
        now = self.clock()
        with self.sessions.begin() as session:
            account = self._try(session, login, now)
        right = passwords.fits(account.password_hash if account else None, password)
        if account is None:
            raise NotLetIn
        if not right:
            self._was_wrong(account.id)
            raise NotLetIn
        with self.sessions.begin() as session:
            row = session.get_one(Account, account.id)
            self._was_right(session, row)
            if row.password_hash != account.password_hash or row.disabled_at is not None:  # changed while we looked
                raise NotLetIn
            row.password_hash = passwords.up_to_date(row.password_hash, password)
            return self._go_on(session, row, AFTER_PASSWORD, None, now)

    def with_code(self, token: str | None, code: str) -> Step:
        """The second step, for accounts with an app. Raises StartAgain or NotLetIn."""
        now = self.clock()
        with self.sessions.begin() as session:
            half, _ = self._must_be_at(session, token, CODE)
            account = self._try(session, half.account.login, now)
        if account is None:
            raise NotLetIn
        with self.sessions.begin() as session:
            half, _ = self._must_be_at(session, token, CODE)
            if sign_in_codes.use_code(session, self.seal, half.account, code, now):
                self._was_right(session, half.account)
                return self._go_on(session, half.account, AFTER_CODE, half, now)
        self._was_wrong(account.id)
        raise NotLetIn

    def with_new_password(self, token: str | None, new: str) -> Step:
        """For an account whose password was made by somebody else. Raises StartAgain, and what `checked_password` raises."""
        with self.sessions.begin() as session:
            half, stage = self._must_be_at(session, token, PASSWORD)
            row = half.account
            passwords.checked_password(row.login, new)
            if passwords.fits(row.password_hash, new):
                raise SamePassword
            row.password_hash = passwords.hash_of(new)
            end_sign_ins(session, row.id, self.clock(), but=half.id)
            audit.record(session, colleague_from(row), "change_password", "account", str(row.id))
            return self._go_on(session, row, stage, half, self.clock())

    def offer(self, token: str | None) -> tuple[SignIn, str, str]:
        """For an account that must set up an app: the half sign-in, a new secret and its sealed form. Raises StartAgain."""
        with self.sessions.begin() as session:
            half, _ = self._must_be_at(session, token, SET_UP)
            secret = sign_in_codes.new_secret()
            return half, secret, sign_in_codes.offered(self.seal, half.account_id, secret, self.clock())

    def with_set_up(self, token: str | None, offer: str, code: str) -> Step:
        """The app is set up. Raises StartAgain, OfferTooOld or WrongCode."""
        now = self.clock()
        with self.sessions.begin() as session:
            half, _ = self._must_be_at(session, token, SET_UP)
            sign_in_codes.set_up(session, self.seal, half.account, offer, code, now)
            audit.record(session, colleague_from(half.account), "set_up_codes", "account", str(half.account_id))
            return self._go_on(session, half.account, AFTER_CODE, half, now)

    def where(self, token: str | None) -> tuple[SignIn, str]:
        """The half sign-in of a cookie and its next step. Raises StartAgain."""
        with self.sessions.begin() as session:
            half, stage = self._half(session, token, self.clock())
            return half, self._next(half.account, stage)

    def _try(self, session: Session, login: str, now: dt.datetime) -> Account | None:
        """Counts a try before anybody knows whether it is right; the account, or None where nobody is let in now."""
        name = login.strip().lower()[:LONGEST_LOGIN]
        open_now = (Account.login == name, Account.disabled_at.is_(None), or_(Account.locked_until.is_(None), Account.locked_until <= now))
        counted = session.execute(update(Account).where(*open_now).values(failed=Account.failed + 1), execution_options=UNWATCHED)
        if not counted.rowcount:  # type: ignore[attr-defined]
            return None
        row = session.scalars(select(Account).where(Account.login == name), execution_options=UNWATCHED).one()
        if row.demo and self.mode is not Mode.DEMO:
            return None
        if row.failed > MOST_TRIES:  # so many are being looked at right now
            self._lock(session, row, now)
            return None
        return row

    def _was_wrong(self, account_id: int) -> None:
        """The fifth wrong try in a row locks the account for a while."""
        with self.sessions.begin() as session:
            row = session.get_one(Account, account_id)
            audit.record(session, None, "sign_in_failed", "account", str(row.id))
            if row.failed >= MOST_TRIES:
                self._lock(session, row, self.clock())

    def _lock(self, session: Session, row: Account, now: dt.datetime) -> None:
        row.failed, row.locked_until = 0, now + LOCKED_FOR
        audit.record(session, None, "locked", "account", str(row.id))

    def _was_right(self, session: Session, row: Account) -> None:
        """Takes back this one try. Wrong codes stay counted: who knows the password cannot guess codes for ever."""
        session.execute(
            update(Account).where(Account.id == row.id, Account.failed > 0).values(failed=Account.failed - 1), execution_options=UNWATCHED
        )
        session.refresh(row)

    def _half(self, session: Session, token: str | None, now: dt.datetime) -> tuple[SignIn, str]:
        """The half sign-in of a cookie and what it has passed already. Raises StartAgain."""
        hashes = {_half_hash(stage, token): stage for stage in (AFTER_PASSWORD, AFTER_CODE)} if token else {}
        row = session.scalar(select(SignIn).where(SignIn.token_hash.in_(hashes), SignIn.ended_at.is_(None)))
        if row is None or row.account.disabled_at is not None or now - in_utc(row.began_at) > HALF_LASTS:
            raise StartAgain
        return row, hashes[row.token_hash]

    def _must_be_at(self, session: Session, token: str | None, step: str) -> tuple[SignIn, str]:
        half, stage = self._half(session, token, self.clock())
        if self._next(half.account, stage) != step:
            raise StartAgain
        return half, stage

    def _next(self, account: Account, stage: str) -> str:
        if account.sealed_totp is not None and stage != AFTER_CODE:
            return CODE
        if passwords.good_once(account.password_hash):
            return PASSWORD
        if account.sealed_totp is None and self.mode is not Mode.DEMO:
            return SET_UP
        return DONE

    def _go_on(self, session: Session, account: Account, stage: str, half: SignIn | None, now: dt.datetime) -> Step:
        """Ends the half sign-in that was and begins what follows, with a new cookie and a new key for its forms."""
        following, token = self._next(account, stage), secrets.token_urlsafe(32)
        if half is not None:
            half.ended_at = now
        kept = token_hash(token) if following == DONE else _half_hash(stage, token)
        began = in_utc(half.began_at) if half is not None and following != DONE else now
        row = SignIn(account_id=account.id, token_hash=kept, form_key=secrets.token_hex(16), began_at=began, seen_at=now)
        session.add(row)
        if following == DONE:
            account.failed, account.locked_until = 0, None
            session.execute(delete(SignIn).where(SignIn.began_at < now - KEPT_FOR), execution_options=UNWATCHED)
            audit.record(session, colleague_from(account), "sign_in", "account", str(account.id))
        return Step(following, token, row.form_key, account)


def sign_out(session: Session, sign_in_id: int, now: dt.datetime) -> None:
    """Ends a sign-in: its cookie opens nothing any more."""
    row = session.get_one(SignIn, sign_in_id)
    row.ended_at = row.ended_at or now
    audit.record(session, colleague_from(row.account), "sign_out", "account", str(row.account_id))


def token_hash(token: str) -> str:
    """What the database keeps of the cookie of a whole sign-in (as bot/console/visits.py looks for it)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _half_hash(stage: str, token: str) -> str:
    return token_hash(f"{stage}:{token}")
