"""Half connected messengers are refused with what is missing; connected ones tell where people find them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from bot.content.library import Library
from bot.conversations.reception import Reception
from bot.conversations.traffic.addresses import addresses
from bot.gateway import invitations
from bot.gateway.channels import channels_from, mount_webhooks
from bot.gateway.invitations import Invitations
from bot.processes.run import commands
from bot.settings import Messages, Settings, SettingsError
from bot.storage.sealing import Seal
from tests.fake_messengers.telegram import NAME, FakeTelegram
from tests.fake_messengers.whatsapp import FakeGraph
from tests.fakes import SmallIdentifier, StubAssistant

WHATSAPP = {"whatsapp_token": "t", "whatsapp_number_id": "1", "whatsapp_app_secret": "s", "whatsapp_verify_token": "v"}


@pytest.fixture
def reception(sessions: sessionmaker[Session], seal: Seal, library: Library) -> Reception:
    return Reception(sessions, seal, library, SmallIdentifier(), StubAssistant(), "nb")  # type: ignore[arg-type]


def test_without_settings_there_is_no_messenger_and_no_process_for_one(reception: Reception, tmp_path: Path) -> None:
    assert channels_from(Settings(), reception) == {}
    app = FastAPI()
    mount_webhooks(app, Settings(), reception)
    client = TestClient(app)
    assert client.post("/telegram/webhook", content=b"{}").status_code == client.get("/webhook/whatsapp").status_code == 404


@pytest.mark.parametrize("name", ["whatsapp_number_id", "whatsapp_app_secret", "whatsapp_verify_token"])
def test_half_a_whatsapp_number_says_what_is_missing(reception: Reception, name: str) -> None:
    with pytest.raises(SettingsError, match=f"VEIVISER_{name.upper()} not set"):
        channels_from(Settings(**{**WHATSAPP, name: ""}), reception)  # type: ignore[arg-type]


def test_a_telegram_webhook_needs_a_secret(reception: Reception) -> None:
    given = Settings(telegram_token="1:x", telegram_mode=Messages.WEBHOOK)
    with pytest.raises(SettingsError, match="veiviser telegram webhook set"):
        channels_from(given, reception)
    with pytest.raises(SettingsError, match="VEIVISER_TELEGRAM_SECRET"):
        mount_webhooks(FastAPI(), given, reception)


def test_each_messenger_tells_where_people_find_it(reception: Reception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "AGAIN", 0.05)
    with FakeTelegram() as telegram, FakeGraph() as graph:
        more = {
            "telegram_token": telegram.token,
            "telegram_api": telegram.url,
            "whatsapp_api": graph.api,
            "whatsapp_number_id": graph.number_id,
        }
        channels = channels_from(Settings(**{**WHATSAPP, **more, "whatsapp_token": graph.token}), reception)  # type: ignore[arg-type]

        class Later:
            """Answers the second time."""

            name, asked = "web", 0

            def invitation(self) -> str:
                self.asked += 1
                if self.asked == 1:
                    raise OSError
                return "https://later.example/?code="

        thread = Invitations(reception.sessions, [*channels.values(), Later()])  # type: ignore[list-item]
        thread.start()
        thread.join(20)
        assert not thread.is_alive()
    with reception.sessions() as session:
        assert addresses(session, "ABCD-1234") == {
            "telegram": f"https://t.me/{NAME}?start=ABCD-1234",
            "web": "https://later.example/?code=ABCD-1234",
            "whatsapp": "https://wa.me/4721000000?text=ABCD-1234",
        }


def test_the_process_of_the_messengers_runs_only_where_one_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.processes.run.newest_model", lambda models: Path("model.tar.gz"))
    monkeypatch.setattr("bot.processes.run.rasa_python", lambda: Path("python"))
    assert "messengers" not in commands(Settings())
    assert "bot.gateway.messengers" in commands(Settings(telegram_token="1:x"))["messengers"]
