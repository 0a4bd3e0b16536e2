"""The six digits of an authenticator app (TOTP, RFC 6238): every code is good once, half a minute around its time."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import io

import pyotp
import segno
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.desk.problems import DeskProblem
from bot.storage.desk_tables import Account
from bot.storage.sealing import Seal, SealError

STEP = 30  # seconds
EARLY_OR_LATE = (-1, 0, 1)  # steps a telephone's clock may be wrong by
OFFER_LASTS = dt.timedelta(minutes=20)
NAME = "Veiviser"


class WrongCode(DeskProblem):
    """The code is not the one the app shows now, or was used already."""

    key = "wrong_code"


class OfferTooOld(DeskProblem):
    """The secret was offered too long ago, or to somebody else."""

    key = "offer_too_old"


def new_secret() -> str:
    """A new secret, in the letters that apps read."""
    return pyotp.random_base32()


def offered(seal: Seal, account_id: int, secret: str, now: dt.datetime) -> str:
    """The secret as it travels through the form that confirms it: sealed, for this account, for a while."""
    return seal.close(f"{account_id} {now.isoformat()} {secret}").decode()


def secret_of_offer(seal: Seal, account_id: int, offer: str, now: dt.datetime) -> str:
    """The secret of an offer. Raises OfferTooOld."""
    try:
        given_to, since, secret = seal.open(offer.encode()).split(" ")
    except (SealError, ValueError) as error:
        raise OfferTooOld from error
    if given_to != str(account_id) or now - dt.datetime.fromisoformat(since) > OFFER_LASTS:
        raise OfferTooOld
    return secret


def step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """The step a code belongs to, None for a wrong one."""
    given, here = "".join(code.split()).encode(), int(now.timestamp()) // STEP
    made = pyotp.TOTP(secret)
    found = [here + off for off in EARLY_OR_LATE if hmac.compare_digest(made.generate_otp(here + off).encode(), given)]
    return found[0] if found else None


def use_code(session: Session, seal: Seal, account: Account, code: str, now: dt.datetime) -> bool:
    """Whether the code is right and was never used; it is used then, also when the same one arrives twice at once."""
    if account.sealed_totp is None:
        return False
    step = step_of(seal.open(account.sealed_totp), code, now)
    if step is None:
        return False
    later = update(Account).where(Account.id == account.id, Account.totp_step < step).values(totp_step=step)
    return bool(session.execute(later).rowcount)  # type: ignore[attr-defined]


def set_up(session: Session, seal: Seal, account: Account, offer: str, code: str, now: dt.datetime) -> None:
    """From now on the account signs in with codes too. Raises OfferTooOld or WrongCode."""
    secret = secret_of_offer(seal, account.id, offer, now)
    step = step_of(secret, code, now)
    if step is None:
        raise WrongCode
    account.sealed_totp, account.totp_step = seal.close(secret), step
    session.flush()


def app_address(secret: str, login: str) -> str:
    """The otpauth:// address that an app reads from the QR."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=NAME)


def qr_image(address: str) -> str:
    """The QR as the address of an image (data:), black on white with its quiet zone."""
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(out, kind="svg", scale=6, light="white", xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
