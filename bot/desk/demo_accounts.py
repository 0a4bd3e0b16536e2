"""Invented colleagues to try the console with, in demo mode only. All have the same password, which the sign-in page shows."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import passwords
from bot.desk.accounts import Choices, NewAccount, add, disable, enable, find, give_password
from bot.settings import Mode
from bot.storage.desk_tables import Account

PASSWORD = "veiviser-demo"  # shown on the sign-in page; outside demo mode no demo account is let in
ACCOUNTS = (
    NewAccount("oslo", "Ingrid Solbakken", "advisor", "oslo", speaks=("ti", "en")),
    NewAccount("oslo2", "Jonas Nygård", "advisor", "oslo", speaks=("ar", "en")),
    NewAccount("baerum", "Torunn Eikeland", "advisor", "baerum", speaks=("uk", "ru")),
    NewAccount("lorenskog", "Kjetil Brenna", "advisor", "lorenskog", "nn", speaks=("so",)),
    NewAccount("teacher", "Silje Haugland", "teacher", "oslo"),
    NewAccount("editor", "Marte Vikøren", "editor"),
    NewAccount("editor2", "Henrik Dalset", "editor"),
    NewAccount("administrator", "Solveig Aasland", "administrator"),
)
CHOICES = Choices({one.municipality for one in ACCOUNTS if one.municipality}, {code for one in ACCOUNTS for code in one.speaks})


def ensure_demo_accounts(session: Session, now: dt.datetime, mode: Mode) -> None:
    """In demo mode every invented account is there, open, with the password shown; in production mode every one is disabled.

    An account of a real person that happens to have such a login stays as it is.
    """
    there = list(session.scalars(select(Account).where(Account.demo)))
    if mode is not Mode.DEMO:
        for row in there:
            disable(session, row, now)
        return
    good = next((row.password_hash for row in there if passwords.fits(row.password_hash, PASSWORD)), None) or passwords.hash_of(PASSWORD)
    for wanted in ACCOUNTS:
        known = find(session, wanted.login)
        if known is None:
            add(session, CHOICES, wanted, good, now, demo=True)
        elif known.demo:
            enable(known)
            known.sealed_totp = None
            if known.password_hash != good:
                give_password(session, known, good, now)
