"""Passwords: kept as argon2id hashes, made up where nobody chose one, and what makes one too weak."""

from __future__ import annotations

import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.desk.problems import DeskProblem

SHORTEST = 12
LONGEST = 200
FEWEST_SIGNS = 5  # different ones: "aaaaaaaaaaaa" is long and no password
ONCE = "once:"  # stands before the hash of a password that was made for somebody: good until they choose their own
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else
HASHER = PasswordHasher()
AT_A_TIME = threading.BoundedSemaphore(2)  # each takes 64 MiB and a core
NOBODYS = HASHER.hash(secrets.token_urlsafe(24))


class PasswordTooShort(DeskProblem):
    """Fewer than `limit` characters."""

    key = "password_too_short"


class PasswordTooLong(DeskProblem):
    """More than `limit` characters."""

    key = "password_too_long"


class PasswordTooSimple(DeskProblem):
    """The login itself, or the same few signs again and again."""

    key = "password_too_simple"


def checked_password(login: str, password: str) -> str:
    """The password somebody chose. Raises PasswordTooShort, PasswordTooLong or PasswordTooSimple."""
    if len(password) < SHORTEST:
        raise PasswordTooShort(limit=str(SHORTEST))
    if len(password) > LONGEST:
        raise PasswordTooLong(limit=str(LONGEST))
    if _same_form(password).casefold() == _same_form(login).casefold() or len(set(password)) < FEWEST_SIGNS:
        raise PasswordTooSimple
    return password


def made_password() -> str:
    """A password of four groups of five, hard to guess (99 bits) and easy to read out."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))


def hash_of(password: str, *, once: bool = False) -> str:
    """What the database keeps; `once` for a password that must be changed at the first sign-in."""
    with AT_A_TIME:
        return (ONCE if once else "") + HASHER.hash(_same_form(password))


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept. Takes the same time when there is none to compare with."""
    if len(password) > LONGEST:
        return False
    with AT_A_TIME:
        try:
            return HASHER.verify((kept or NOBODYS).removeprefix(ONCE), _same_form(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def up_to_date(kept: str, password: str) -> str:
    """The hash of a right password by today's parameters: the one that is kept, or a new one."""
    if not HASHER.check_needs_rehash(kept.removeprefix(ONCE)):
        return kept
    return hash_of(password, once=good_once(kept))


def good_once(kept: str) -> bool:
    """Whether the password was made for somebody, who must choose their own now."""
    return kept.startswith(ONCE)


def _same_form(password: str) -> str:
    """The same letters whatever keyboard they come from: å is one sign on some and two on others."""
    return unicodedata.normalize("NFKC", password)
