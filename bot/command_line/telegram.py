"""telegram: what is wrong with the bot, and where Telegram brings its updates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.checking import findings, own_webhook, webhook_address
from bot.channels.telegram.client import Client
from bot.channels.telegram.updates import ALLOWED
from bot.command_line.database import cell
from bot.command_line.ending import fail, say, show_table
from bot.command_line.participants import Json
from bot.settings import settings

commands = typer.Typer(help="The bot on Telegram.", no_args_is_help=True)
webhook = typer.Typer(help="Where Telegram brings updates to.", no_args_is_help=True)
commands.add_typer(webhook, name="webhook")
CONNECTIONS = 20  # that Telegram opens to us at once


@commands.command("check")
def check(as_json: Json = False) -> None:
    """Look at the token, the groups, privacy mode and the webhook. Exit code 0; 1 when something is wrong, with what to do."""
    with _client() as client:
        found = list(findings(settings(), client))
    if as_json:
        rows = [{"what": one.what, "found": one.found, "well": one.well, "advice": one.advice or None} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        table = Table("", "what", "found", "what to do")
        table.box, table.pad_edge = None, False
        for one in found:
            table.add_row("ok" if one.well else "!!", cell(one.what), cell(one.found), cell(one.advice))
        show_table(table)
    if not all(one.well for one in found):
        raise typer.Exit(1)


@webhook.command("set")
def set_webhook(
    drop: Annotated[bool, typer.Option("--drop-waiting", help="Forget what waits at Telegram; nobody will answer it.")] = False,
) -> None:
    """Have updates brought to VEIVISER_PUBLIC_URL. Run the gateway with VEIVISER_TELEGRAM_MODE=webhook then."""
    given = settings()
    wrong = [one for one in own_webhook(given) if not one.well]
    if wrong:
        fail("\n".join(f"{one.what}: {one.found}. {one.advice}" for one in wrong))
    wanted = {
        "url": webhook_address(given),
        "secret_token": given.telegram_secret,
        "allowed_updates": list(ALLOWED),
        "max_connections": CONNECTIONS,
        "drop_pending_updates": drop,
    }
    with _client() as client:
        client.call("setWebhook", wanted)
    say(f"Telegram brings updates to {wanted['url']}.")


@webhook.command("delete")
def delete_webhook() -> None:
    """Have updates wait to be polled. What waits at Telegram stays there."""
    with _client() as client:
        client.call("deleteWebhook", {"drop_pending_updates": False})
    say("There is no webhook any more.")


@contextmanager
def _client() -> Iterator[Client]:
    given = settings()
    if not given.telegram_token:
        fail("VEIVISER_TELEGRAM_TOKEN is not set. @BotFather on Telegram gives one (/newbot).")
    client = Client(given.telegram_token, given.telegram_api)
    try:
        yield client
    except InvalidToken:
        fail("Telegram does not know the token. Copy it again from @BotFather into VEIVISER_TELEGRAM_TOKEN.")
    except TelegramError as error:
        fail(f"Telegram did not do it: {error.message}.")
    finally:
        client.close()
