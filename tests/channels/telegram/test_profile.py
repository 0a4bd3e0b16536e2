"""The bot's menu and description, and `veiviser telegram`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.channels.telegram.client import Client
from bot.channels.telegram.commands import SHOWN
from bot.channels.telegram.profile import Introduction, wishes_of
from bot.command_line import telegram as command
from bot.settings import ROOT, settings
from tests.channels.telegram.setting import SECRET, WithNewWords
from tests.fake_messengers.telegram import TOKEN, FakeTelegram, Trouble

RUNNER = CliRunner()


@pytest.fixture
def client(telegram: FakeTelegram) -> Iterator[Client]:
    made = Client(TOKEN, telegram.url)
    yield made
    made.close()


def introduction(client: Client, home: Path) -> Introduction:
    return Introduction(client, WithNewWords(ROOT / "data"), home, "4242")


def test_every_language_has_its_menu(telegram: FakeTelegram, client: Client, tmp_path: Path) -> None:
    assert introduction(client, tmp_path).introduce() > 0
    codes = {code for what, code in telegram.profile if what == "commands"}
    assert codes == {"", "nb", "no", "nn", "en", "ar", "fa", "ps", "ku", "tr", "ti", "am", "so", "sw", "rw", "uk", "ru", "fr", "es"}
    assert telegram.profile["commands", ""] == telegram.profile["commands", "en"]
    assert telegram.profile["commands", "no"] == telegram.profile["commands", "nb"]
    assert [one["command"] for one in telegram.profile["commands", "ar"]] == list(SHOWN)
    assert telegram.profile["description", "ar"] == WithNewWords(ROOT / "data").phrase("web_welcome", "ar")


def test_set_only_where_it_has_changed(telegram: FakeTelegram, client: Client, tmp_path: Path) -> None:
    introduction(client, tmp_path).introduce()
    telegram.calls.clear()
    assert introduction(client, tmp_path).introduce() == 0
    assert telegram.calls == []  # nothing has changed here, so nobody is asked
    telegram.profile["commands", "so"] = []
    assert introduction(client, tmp_path / "another").introduce() == 1
    assert [body["language_code"] for body in telegram.called("setMyCommands")] == ["so"]


def test_a_refusal_costs_nothing(telegram: FakeTelegram, client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    telegram.trouble("getMyCommands", Trouble(429, "Too Many Requests", {"retry_after": 900}))
    thread = introduction(client, tmp_path)
    thread.start()
    thread.join(10)
    assert "were not set (RetryAfter)" in caplog.text
    assert introduction(client, tmp_path).introduce() > 0  # at the next start


def test_what_does_not_fit_is_cut(data: Path) -> None:
    class Long(WithNewWords):
        def phrase(self, key: str, code: str, /, **values: object) -> str:
            return "x" * 5000

    limits = {"description": 512, "short_description": 120}
    for _, _, wish in wishes_of(Long(data)):
        assert all(len(command["description"]) == 256 for command in wish.get("commands", []))
        assert all(len(value) == limits[name] for name, value in wish.items() if name in limits)


@pytest.fixture
def environment(telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    for name, value in {"TOKEN": TOKEN, "API": telegram.url}.items():
        monkeypatch.setenv(f"VEIVISER_TELEGRAM_{name}", value)
    monkeypatch.setenv("VEIVISER_HOME", str(tmp_path))
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def checked() -> tuple[int, dict[str, dict]]:
    settings.cache_clear()
    done = RUNNER.invoke(command.commands, ["check", "--json"])
    return done.exit_code, {row["what"]: row for row in json.loads(done.stdout)}


def test_all_is_well(environment: pytest.MonkeyPatch) -> None:
    code, found = checked()
    assert code == 0
    assert found["token"]["found"] == "@VeiviserTestBot (4242)"
    assert all(row["well"] for row in found.values())
    assert RUNNER.invoke(command.commands, ["check"]).exit_code == 0


def test_polling_while_a_webhook_is_set(environment: pytest.MonkeyPatch, telegram: FakeTelegram) -> None:
    telegram.webhook = {"url": "https://elsewhere.example/hook"}
    code, found = checked()
    assert (code, found["webhook"]["well"]) == (1, False)
    assert RUNNER.invoke(command.commands, ["webhook", "delete"]).exit_code == 0
    assert checked()[0] == 0


def test_settings_of_the_bot(environment: pytest.MonkeyPatch, telegram: FakeTelegram) -> None:
    telegram.me |= {"can_join_groups": False, "can_read_all_group_messages": True}
    code, found = checked()
    assert code == 1
    assert {what for what, row in found.items() if not row["well"]} == {"groups", "privacy mode"}


@pytest.mark.parametrize(
    ("address", "secret", "wrong"),
    [
        ("http://veiviser.example", SECRET, "public address"),
        ("https://veiviser.example:9000", SECRET, "public address"),
        ("https://veiviser.example", "", "secret"),
        ("https://veiviser.example", "with blank", "secret"),
    ],
)
def test_a_webhook_that_cannot_work(environment: pytest.MonkeyPatch, telegram: FakeTelegram, address: str, secret: str, wrong: str) -> None:
    for name, value in {"PUBLIC_URL": address, "TELEGRAM_MODE": "webhook", "TELEGRAM_SECRET": secret}.items():
        environment.setenv(f"VEIVISER_{name}", value)
    code, found = checked()
    assert code == 1
    assert {what for what, row in found.items() if not row["well"]} == {wrong, "webhook"}
    refused = RUNNER.invoke(command.commands, ["webhook", "set"])
    assert refused.exit_code == 1
    assert telegram.called("setWebhook") == []


def test_a_webhook_that_is_set(environment: pytest.MonkeyPatch, telegram: FakeTelegram) -> None:
    for name, value in {"PUBLIC_URL": "https://veiviser.example/", "TELEGRAM_MODE": "webhook", "TELEGRAM_SECRET": SECRET}.items():
        environment.setenv(f"VEIVISER_{name}", value)
    settings.cache_clear()
    assert RUNNER.invoke(command.commands, ["webhook", "set"]).exit_code == 0
    assert telegram.webhook == {"url": "https://veiviser.example/telegram/webhook", "secret_token": SECRET}
    code, found = checked()
    assert (code, found["webhook"]["found"]) == (0, "https://veiviser.example/telegram/webhook")


def test_a_wrong_token_or_none(environment: pytest.MonkeyPatch, telegram: FakeTelegram) -> None:
    environment.setenv("VEIVISER_TELEGRAM_TOKEN", "1:wrong")
    code, found = checked()
    assert (code, found["token"]["found"]) == (1, "refused")
    assert RUNNER.invoke(command.commands, ["webhook", "delete"]).exit_code == 1
    environment.setenv("VEIVISER_TELEGRAM_TOKEN", "")
    settings.cache_clear()
    assert RUNNER.invoke(command.commands, ["check"]).exit_code == 1


def test_telegram_does_not_answer(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("VEIVISER_TELEGRAM_API", "http://127.0.0.1:9")
    code, found = checked()
    assert (code, found["Telegram"]["well"]) == (1, False)
