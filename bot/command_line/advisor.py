"""advisor add, list, disable, enable, password: the accounts of those who work with the console."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy.orm import Session

from bot.command_line.database import cell, municipality_id, opened
from bot.command_line.ending import fail, say, show_table
from bot.console.labels import labels
from bot.content import Library
from bot.desk import accounts, passwords
from bot.desk.account_problems import DemoAccount
from bot.desk.accounts import NewAccount, choices_of
from bot.desk.audit import record
from bot.desk.colleagues import Role
from bot.desk.problems import DeskProblem
from bot.plans.moments import this_moment
from bot.settings import settings
from bot.storage.desk_tables import Account

COMMAND_LINE = "command line"
COLUMNS = ("login", "name", "role", "municipality", "language", "speaks", "codes", "state", "demo")
commands = typer.Typer(help="Accounts of advisors, teachers, editors and administrators.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="The login, such as an e-mail address.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input; else one is made and shown once.")
]


@commands.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="The name participants see.")],
    role: Annotated[Role, typer.Option("--role", help="What the account may do.")] = Role.ADVISOR,
    municipality: Annotated[str | None, typer.Option("--municipality", help="The municipality worked for, such as oslo.")] = None,
    language: Annotated[str, typer.Option("--language", help="Of the console: nb, nn or en.")] = "nb",
    speaks: Annotated[str, typer.Option("--speaks", help="Languages the person writes, such as ti,ar.")] = "",
    from_input: FromInput = False,
    as_json: Json = False,
) -> None:
    """Add an account. A password that is made for it must be changed at the first sign-in."""
    library = Library(settings().data)
    spoken = tuple(code.strip() for code in speaks.split(",") if code.strip())
    wanted = NewAccount(login, name, role.value, municipality_id(library, municipality) or "", language, spoken)
    with _changing() as session:
        password, kept = _password(login, from_input)
        row = accounts.add(session, choices_of(library), wanted, kept, this_moment())
        record(session, COMMAND_LINE, "add", "account", str(row.id), role=row.role, municipality=row.municipality)
    _tell(row, password, "added", as_json)


@commands.command("list")
def list_accounts(as_json: Json = False) -> None:
    """List the accounts."""
    with opened() as (session, _):
        rows = [_row(row) for row in accounts.all_of(session)]
        record(session, COMMAND_LINE, "read", "accounts")
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if rows:
        table = Table(*COLUMNS, box=None, pad_edge=False)
        for row in rows:
            words = {**row, "speaks": ", ".join(row["speaks"]), "codes": _if(row, "codes"), "demo": _if(row, "demo")}
            table.add_row(*(cell(value) for value in words.values()))
        show_table(table)
    say(f"{len(rows)} accounts" if rows else "No accounts. `veiviser advisor add` adds one.")


@commands.command("disable")
def disable(login: Login, as_json: Json = False) -> None:
    """Close an account and end its sign-ins."""
    with _changing() as session:
        row = _found(session, login)
        accounts.disable(session, row, this_moment())
        record(session, COMMAND_LINE, "disable", "account", str(row.id))
    _tell(row, "", "disabled", as_json)


@commands.command("enable")
def enable(login: Login, as_json: Json = False) -> None:
    """Open a disabled or locked account again."""
    with _changing() as session:
        row = _found(session, login)
        accounts.enable(row)
        record(session, COMMAND_LINE, "enable", "account", str(row.id))
    _tell(row, "", "in use again", as_json)


@commands.command("password")
def password(
    login: Login,
    from_input: FromInput = False,
    remove_codes: Annotated[bool, typer.Option("--remove-codes", help="The telephone is gone: set up another app next time.")] = False,
    as_json: Json = False,
) -> None:
    """Give an account another password, unlock it and end its sign-ins."""
    with _changing() as session:
        row = _found(session, login)
        if row.demo:
            raise DemoAccount
        given, kept = _password(row.login, from_input)
        accounts.give_password(session, row, kept, this_moment())
        record(session, COMMAND_LINE, "reset_password", "account", str(row.id))
        if remove_codes:
            accounts.take_codes_away(session, row, this_moment())
            record(session, COMMAND_LINE, "remove_codes", "account", str(row.id))
    _tell(row, given, "has a new password", as_json)


@contextmanager
def _changing() -> Iterator[Session]:
    """A session; what stands in the way ends the command with 1 and the sentence the console says too."""
    try:
        with opened() as (session, _):
            yield session
    except DeskProblem as problem:
        fail(labels(settings().data, "en")(f"problem_{problem.key}", **problem.values))


def _password(login: str, from_input: bool) -> tuple[str, str]:
    """The password to show (none when it was given) and what is kept of it."""
    if not from_input:
        made = passwords.made_password()
        return made, passwords.hash_of(made, once=True)
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        fail("There is no password on standard input. Write one line into it, or leave --password-stdin out to have one made.")
    return "", passwords.hash_of(passwords.checked_password(login, given))


def _found(session: Session, login: str) -> Account:
    row = accounts.find(session, login)
    if row is None:
        fail(f"There is no account {login}. `veiviser advisor list` shows them.")
    return row


def _tell(row: Account, made: str, what: str, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**_row(row), **({"password": made} if made else {})}, ensure_ascii=False))
        return
    say(f"{row.login} ({row.name}, {row.role}{', ' + row.municipality if row.municipality else ''}): {what}.")
    if made:
        typer.echo(made)
        say("This password is shown only now, and must be changed at the first sign-in.")


def _row(row: Account) -> dict[str, Any]:
    return {
        "login": row.login,
        "name": row.name,
        "role": row.role,
        "municipality": row.municipality,
        "language": row.language,
        "speaks": list(row.speaks),
        "codes": row.sealed_totp is not None,
        "state": "disabled" if row.disabled_at else "in use",
        "demo": row.demo,
    }


def _if(row: dict[str, Any], name: str) -> str:
    return name if row[name] else ""
