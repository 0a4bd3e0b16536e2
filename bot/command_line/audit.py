"""audit: who read or changed what, and whether the log of it is whole."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.command_line.database import cell, opened
from bot.command_line.ending import fail, say, show_table, usage
from bot.desk.audit import Broken, holds, length, newest_hash, verify
from bot.desk.audit_reading import Wanted, details_of, entries, moment_of
from bot.storage.desk_tables import AuditEntry

Json = Annotated[bool, typer.Option("--json", help="Machine-readable.")]
HOW = {
    "changed": "Entry {number} was changed after it was written.",
    "missing": "Before entry {number} something was taken out or put in.",
}


def audit(
    check: Annotated[bool, typer.Option("--verify", help="Reckon the chain of hashes anew; ends with 1 when it is broken.")] = False,
    kept: Annotated[str | None, typer.Option("--kept", help="With --verify: a newest hash from an earlier run, kept elsewhere.")] = None,
    last: Annotated[int, typer.Option("--last", min=1, max=10_000, help="How many of the newest entries to list.")] = 20,
    as_json: Json = False,
) -> None:
    """List the newest entries of the log, or verify it.

    The chain shows every entry that was changed, taken out or put in. It cannot show that the newest entries were cut off or the whole
    was written anew: for that keep the hash that --verify prints somewhere else and give it to --kept.
    """
    if kept is not None and not check:
        usage("--kept is looked for by --verify. Give both.")
    if check:
        _verify(kept.strip() if kept is not None else None, as_json)
    else:
        _list(last, as_json)


def _verify(kept: str | None, as_json: bool) -> None:
    with opened() as (session, _):
        broken, number, newest = verify(session), length(session), newest_hash(session)
        gone = kept is not None and not holds(session, kept)
    if as_json:
        found = {"entry": broken.entry_id, "how": broken.how} if broken else None
        typer.echo(
            json.dumps({"whole": not broken and not gone, "entries": number, "newest": newest, "broken": found, "kept_is_gone": gone})
        )
        if broken or gone:
            raise SystemExit(1)
        return
    if broken or gone:
        fail(_what_is_wrong(broken))
    typer.echo(newest)
    say(f"The log is whole: {number} entries. Keep the hash somewhere else; `veiviser audit --verify --kept HASH` then sees a cut, too.")


def _what_is_wrong(broken: Broken | None) -> str:
    what = HOW[broken.how].format(number=broken.entry_id) if broken else "The kept hash is not in the log: it was cut off or written anew."
    return f"{what} Keep the database as it is, compare it with a backup, and tell who is responsible for personal data."


def _list(last: int, as_json: bool) -> None:
    with opened() as (session, _):
        rows = [_row(row) for row in entries(session, None, Wanted(), last)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        say("The log is empty.")
        return
    table = Table("number", "at", "who", "action", "resource", "of", "details", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(cell(value) for value in row.values()))
    show_table(table)


def _row(row: AuditEntry) -> dict[str, Any]:
    return {
        "number": row.id,
        "at": moment_of(row).isoformat(timespec="seconds"),
        "who": row.who,
        "action": row.action,
        "resource": row.resource,
        "resource_id": row.resource_id,
        "details": "; ".join(f"{name}: {value}" for name, value in details_of(row)),
    }
