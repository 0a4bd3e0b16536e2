"""link-code, unlink: gives a participant's chat the way to the plan, and takes it away."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from bot.command_line.database import clock, opened, plan_with
from bot.command_line.ending import fail, say
from bot.plans.linking import HOURS, MOST_HOURS, link_address, link_key, make_code, qr_svg, qr_text, revoke
from bot.plans.moments import this_moment
from bot.settings import settings

Reference = Annotated[str, typer.Argument(help="The participant's reference, such as DEMO-2501.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable.")]


def link_code(
    reference: Reference,
    hours: Annotated[int, typer.Option("--hours", min=1, max=MOST_HOURS, help="How long the code is good.")] = HOURS,
    base_url: Annotated[str | None, typer.Option("--base-url", help="The address of the web chat; else VEIVISER_PUBLIC_URL.")] = None,
    qr: Annotated[Path | None, typer.Option("--qr", help="Write the QR to this SVG file.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who makes the code.")] = "command line",
    as_json: Json = False,
) -> None:
    """Make a one-time code that links a chat to a participant. Earlier unused codes of the participant stop working."""
    now = this_moment()
    with opened() as (session, seal):
        participant = plan_with(session, seal, reference).participant
        code = make_code(session, participant.id, by, now, hours, key=link_key(settings().key("text_key")))
        address = link_address(base_url or settings().public, code)
        if qr is not None:
            _write(qr, qr_svg(address))
    expires_at = now + dt.timedelta(hours=hours)
    if as_json:
        row = {"reference": participant.reference, "code": code, "expires_at": expires_at.isoformat(timespec="seconds"), "address": address}
        typer.echo(json.dumps({**row, "qr": str(qr) if qr else None}, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{participant.reference}  {participant.name}")
    typer.echo(f"{code}  until {clock(expires_at)} (Norwegian time), works once")
    typer.echo(address)
    typer.echo(qr_text(address))


def unlink(reference: Reference, as_json: Json = False) -> None:
    """End all links of a participant's chats and make unused codes worthless, for example when a phone is lost."""
    with opened() as (session, seal):
        participant = plan_with(session, seal, reference).participant
        chats = revoke(session, participant.id)
    if as_json:
        typer.echo(json.dumps({"reference": participant.reference, "chats": chats}))
    else:
        say(f"{participant.reference}: {chats} chat{'' if chats == 1 else 's'} unlinked, unused codes revoked.")


def _write(file: Path, svg: str) -> None:
    try:
        file.write_text(svg, encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}. Choose another file for --qr; no code was made.")
