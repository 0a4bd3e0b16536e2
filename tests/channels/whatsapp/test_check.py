"""`veiviser whatsapp check` and `templates`: what is wrong, and what to do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner

from bot.channels.whatsapp.checking import Finding, check, template_finding
from bot.channels.whatsapp.templates import template_languages
from bot.channels.whatsapp.webhook import PATH, WhatsAppWebhook
from bot.command_line import whatsapp as command
from bot.conversations.traffic.inbox import Inbox
from bot.settings import ROOT, Mode, Settings
from bot.storage.sealing import Seal
from tests.fake_messengers.whatsapp import FakeGraph

FIELDS = [{"name": name, "version": "v23.0"} for name in ("messages", "message_template_status_update", "account_update")]


@pytest.fixture
def running(settings: Settings, graph: FakeGraph, sessions: sessionmaker[Session], seal: Seal) -> Iterator[Settings]:
    """Everything as it should be: a gateway that runs, a webhook at Meta, an approved template."""
    address = {"object": "whatsapp_business_account", "callback_url": f"https://veiviser.example{PATH}", "active": True, "fields": FIELDS}
    graph.subscribed = address
    app = FastAPI()
    WhatsAppWebhook(settings, Inbox(sessions, seal)).mount(app)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield settings
        server.should_exit = True
        thread.join(10)


def wrong(findings: list[Finding]) -> set[str]:
    return {one.about for one in findings if one.state == "wrong"}


def test_all_is_well(running: Settings) -> None:
    findings = check(running)
    assert {one.about: one.state for one in findings} == dict.fromkeys(
        ["public address", "webhook here", "token", "number", "webhook at Meta", "template"], "ok"
    )
    assert "Veiviser Oslo" in " ".join(one.says for one in findings)


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"whatsapp_token": "another"}, {"token"}),
        ({"whatsapp_token": ""}, {"whatsapp_token"}),
        ({"whatsapp_number_id": "555"}, {"number"}),
        ({"whatsapp_app_secret": "another"}, {"webhook at Meta"}),
        ({"public_url": "http://veiviser.example"}, {"public address", "webhook at Meta"}),
        ({"public_url": "https://other.example"}, {"webhook at Meta"}),
        ({"public_url": "https://veiviser.example:99999"}, {"public address", "webhook at Meta"}),
        ({"public_url": "https://veiviser.example:0"}, {"public address", "webhook at Meta"}),
        ({"public_url": "https://"}, {"public address", "webhook at Meta"}),
        ({"public_url": "https://[veiviser"}, {"public address", "webhook at Meta"}),
        ({"whatsapp_token": "EAAGæøå"}, {"token"}),
        ({"whatsapp_token": "EAAG\n"}, {"token"}),
        ({"whatsapp_app_secret": "hemmelighet-æ"}, {"webhook at Meta"}),
        ({"whatsapp_template": "unknown"}, {"template"}),
        ({"whatsapp_template": "", "mode": Mode.PRODUCTION}, {"template"}),
    ],
)
def test_each_thing_that_is_wrong_is_named_with_what_to_do(running: Settings, change: dict[str, Any], about: set[str]) -> None:
    findings = check(running.model_copy(update=change))
    assert about <= wrong(findings) <= about | {"webhook here"}
    assert all(one.advice for one in findings if one.state != "ok")


def test_a_gateway_with_other_settings_is_found(running: Settings) -> None:
    before = running.model_copy()
    running.whatsapp_app_secret = "changed after the start"
    assert "webhook here" in wrong(check(before))


def test_what_does_not_answer_is_not_called_wrong(settings: Settings, graph: FakeGraph) -> None:
    silent = settings.model_copy(update={"port": 9, "whatsapp_api": "http://127.0.0.1:9/v23.0"})
    assert {one.about: one.state for one in check(silent)} == {"public address": "ok", "webhook here": "unknown", "token": "unknown"}


def test_a_webhook_without_fields_or_not_at_all(running: Settings, graph: FakeGraph) -> None:
    graph.subscribed = graph.subscribed | {"fields": FIELDS[:1]}
    (found,) = [one for one in check(running) if one.about == "webhook at Meta"]
    assert "account_update, message_template_status_update" in found.says
    graph.subscribed = {}
    assert "webhook at Meta" in wrong(check(running))


def test_a_template_nobody_falls_back_to_is_not_enough() -> None:
    languages = template_languages(ROOT / "data")
    told = [{"name": "knock", "language": "ar", "status": "APPROVED"}, {"name": "knock", "language": "en", "status": "PAUSED"}]
    assert template_finding("knock", told, languages).state == "wrong"
    found = template_finding("knock", [*told, {"name": "knock", "language": "nb", "status": "APPROVED"}], languages)
    assert found.state == "ok" and "en PAUSED" in found.says and "tr" in found.says


def test_the_command_ends_with_1_when_something_is_wrong(running: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "settings", lambda: running)
    fine = CliRunner().invoke(command.commands, ["check", "--json"])
    assert fine.exit_code == 0 and all(one["state"] == "ok" for one in json.loads(fine.output))
    running.whatsapp_number_id = ""
    ended = CliRunner().invoke(command.commands, ["check"])
    assert ended.exit_code == 1 and "phone number ID" in ended.output


def test_the_command_names_a_token_that_no_header_can_carry(running: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    running.whatsapp_token = "EAAG…"
    monkeypatch.setattr(command, "settings", lambda: running)
    ended = CliRunner().invoke(command.commands, ["check"])
    assert ended.exit_code == 1 and ended.exception.__class__ is SystemExit
    assert "VEIVISER_WHATSAPP_TOKEN" in ended.output and "EAAG" not in ended.output


def test_the_template_is_printed_in_every_language_meta_has(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "settings", lambda: settings)
    printed = CliRunner().invoke(command.commands, ["templates", "--json"])
    assert [(one["language"], one["code"]) for one in json.loads(printed.output)] == [("nb", "nb"), ("en", "en"), ("ar", "ar")]
    assert all(one["text"] for one in json.loads(printed.output))
