"""`veiviser advisor` and `veiviser audit`: what they print, what they store, how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner

from bot.command_line import advisor, audit
from bot.desk import passwords
from bot.desk.accounts import find
from bot.desk.demo_accounts import ensure_demo_accounts
from bot.plans.moments import this_moment
from bot.settings import Mode, settings
from bot.storage.database import open_database
from bot.storage.desk_tables import Account, AuditEntry

RUN = CliRunner()
APP = typer.Typer()
APP.add_typer(advisor.commands, name="advisor")
APP.command("audit")(audit.audit)
ADD = ["advisor", "add", "Kari@oslo.example", "--name", "Kari Lunde", "--municipality", "Oslo", "--speaks", "ti, ar"]


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sessionmaker[Session]]:
    for name, value in {"HOME": str(tmp_path), "DATABASE_URL": "", "TEXT_KEY": "", "MODE": "demo"}.items():
        monkeypatch.setenv(f"VEIVISER_{name}", value)
    settings.cache_clear()
    made = open_database(settings().database)
    yield made
    made.kw["bind"].dispose()
    settings.cache_clear()


def account(stored: sessionmaker[Session], login: str = "kari@oslo.example") -> Account:
    with stored() as session:
        row = find(session, login)
        assert row is not None
        return row


def test_add_prints_a_password_once(stored: sessionmaker[Session]) -> None:
    result = RUN.invoke(APP, ADD)
    assert result.exit_code == 0 and "shown only now" in result.stderr
    row, password = account(stored), result.stdout.strip()
    assert passwords.fits(row.password_hash, password) and passwords.good_once(row.password_hash)
    assert (row.role, row.municipality, row.speaks, row.demo) == ("advisor", "oslo", ["ti", "ar"], False)
    assert password not in RUN.invoke(APP, ["advisor", "list", "--json"]).stdout


def test_add_reads_a_password_from_standard_input(stored: sessionmaker[Session]) -> None:
    result = RUN.invoke(APP, [*ADD, "--password-stdin", "--json"], input="four words are long\n")
    assert result.exit_code == 0 and "password" not in json.loads(result.stdout)
    row = account(stored)
    assert passwords.fits(row.password_hash, "four words are long") and not passwords.good_once(row.password_hash)


@pytest.mark.parametrize(
    ("arguments", "given", "code", "words"),
    [
        ([*ADD, "--password-stdin"], "", 1, "no password on standard input"),
        ([*ADD, "--password-stdin"], "short\n", 1, "at least 12"),
        ([*ADD, "--role", "king"], "", 2, "king"),
        ([*ADD, "--municipality", "Osl"], "", 2, "Did you mean"),
        ([*ADD, "--speaks", "klingon"], "", 1, "“klingon” does not exist here"),
        ([*ADD, "--language", "ti"], "", 1, "nb, nn, en"),
        (["advisor", "add", "kari", "--name", "Kari"], "", 1, "work for a municipality"),
        (["advisor", "add", "kari"], "", 2, "--name"),
        (["advisor", "disable", "nobody"], "", 1, "no account nobody"),
        (["advisor", "password", "nobody"], "", 1, "no account nobody"),
        (["audit", "--kept", "abc"], "", 2, "--verify"),
    ],
)
def test_what_is_wrong_is_said(stored: sessionmaker[Session], arguments: list[str], given: str, code: int, words: str) -> None:
    result = RUN.invoke(APP, arguments, input=given)
    assert result.exit_code == code
    assert words in " ".join(result.stderr.replace("│", " ").split())
    with stored() as session:
        assert find(session, "kari") is None and find(session, "kari@oslo.example") is None


def test_a_login_is_given_once(stored: sessionmaker[Session]) -> None:
    assert RUN.invoke(APP, ADD).exit_code == 0
    again = RUN.invoke(APP, ADD)
    assert again.exit_code == 1 and "is taken" in again.stderr and again.stdout == ""


def test_list_disable_enable_and_password(stored: sessionmaker[Session]) -> None:
    RUN.invoke(APP, ADD)
    assert RUN.invoke(APP, ["advisor", "disable", "kari@oslo.example"]).exit_code == 0
    listed = json.loads(RUN.invoke(APP, ["advisor", "list", "--json"]).stdout)
    assert [(row["login"], row["state"], row["codes"]) for row in listed] == [("kari@oslo.example", "disabled", False)]
    assert "Kari Lunde" in RUN.invoke(APP, ["advisor", "list"]).stdout
    assert RUN.invoke(APP, ["advisor", "enable", "kari@oslo.example"]).exit_code == 0
    assert account(stored).disabled_at is None
    made = json.loads(RUN.invoke(APP, ["advisor", "password", "kari@oslo.example", "--remove-codes", "--json"]).stdout)["password"]
    assert passwords.fits(account(stored).password_hash, made)


def test_invented_accounts_keep_their_password(stored: sessionmaker[Session]) -> None:
    with stored.begin() as session:
        ensure_demo_accounts(session, this_moment(), Mode.DEMO)
    result = RUN.invoke(APP, ["advisor", "password", "oslo"])
    assert result.exit_code == 1 and "stay as they are" in result.stderr


def test_audit_lists_and_verifies(stored: sessionmaker[Session]) -> None:
    assert "empty" in RUN.invoke(APP, ["audit"]).stderr
    RUN.invoke(APP, ADD)
    RUN.invoke(APP, ["advisor", "disable", "kari@oslo.example"])
    newest, first = json.loads(RUN.invoke(APP, ["audit", "--json"]).stdout)
    assert (newest["action"], first["action"], first["who"]) == ("disable", "add", "command line")
    assert "disable" in RUN.invoke(APP, ["audit", "--last", "1"]).stdout
    whole = RUN.invoke(APP, ["audit", "--verify"])
    assert whole.exit_code == 0 and "2 entries" in whole.stderr
    assert RUN.invoke(APP, ["audit", "--verify", "--kept", whole.stdout.strip()]).exit_code == 0
    cut = RUN.invoke(APP, ["audit", "--verify", "--kept", "0" * 63 + "1"])
    assert cut.exit_code == 1 and "cut off" in cut.stderr


def test_audit_tells_a_broken_chain(stored: sessionmaker[Session]) -> None:
    RUN.invoke(APP, ADD)
    with stored.begin() as session:
        session.execute(update(AuditEntry).values(who="nobody at all"))
    result = RUN.invoke(APP, ["audit", "--verify"])
    assert result.exit_code == 1 and "Entry 1 was changed" in result.stderr
    told = json.loads(RUN.invoke(APP, ["audit", "--verify", "--json"]).stdout)
    assert (told["whole"], told["broken"]) == (False, {"entry": 1, "how": "changed"})
    assert RUN.invoke(APP, ["audit", "--verify", "--json"]).exit_code == 1
