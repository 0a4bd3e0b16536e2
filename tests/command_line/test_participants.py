"""The commands about participants: what they print, what they store, how they end."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner

from bot.command_line.__main__ import app
from bot.plans.linking import Linked, Refused, link_key, use_code
from bot.plans.moments import this_moment
from bot.plans.reading import find
from bot.plans.wishes import store_wish
from bot.settings import settings
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from tests.plans.people import chat

RUN = CliRunner()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder with the invented participants in its database."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        _at(home, patch)
        assert RUN.invoke(app, ["demo-participants"]).exit_code == 0
    yield home
    settings.cache_clear()


@pytest.fixture
def installation(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation of the test's own, in demo mode, with the invented participants."""
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    _at(home, monkeypatch)
    yield home
    settings.cache_clear()


def _at(home: Path, patch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOME": str(home), "DATABASE_URL": "", "TEXT_KEY": "", "MODE": "demo"}.items():
        patch.setenv(f"VEIVISER_{name}", value)
    settings.cache_clear()


@pytest.fixture
def stored(installation: Path) -> Iterator[sessionmaker[Session]]:
    made = open_database(settings().database)
    yield made
    made.kw["bind"].dispose()


def seal() -> Seal:
    return Seal(settings().key("text_key"))


def key() -> bytes:
    return link_key(settings().key("text_key"))


def test_participants_are_listed_with_names_and_by_municipality(installation: Path) -> None:
    rows = json.loads(RUN.invoke(app, ["participants", "--json"]).stdout)
    assert len(rows) == 40
    first = next(row for row in rows if row["reference"] == "DEMO-2501")
    assert first == {
        "reference": "DEMO-2501",
        "name": "Rêbîn Karîm Salih",
        "municipality": "oslo",
        "language": "ckb",
        "birth_date": "1995-04-09",
        "final_goal": "fagbrev",
        "end_of_programme": "2030-03-31",
        "chats": 0,
        "demo": True,
    }
    by_name = RUN.invoke(app, ["participants", "--municipality", "Bærum", "--json"])
    assert {row["municipality"] for row in json.loads(by_name.stdout)} == {"baerum"}
    shown = RUN.invoke(app, ["participants"])
    assert "Rêbîn Karîm Salih" in shown.stdout and "40 participants" in shown.stderr


def test_loading_the_demo_twice_says_so(installation: Path) -> None:
    assert json.loads(RUN.invoke(app, ["demo-participants", "--json"]).stdout) == {"created": 0, "there": 40}


def test_invented_people_are_kept_out_of_production(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIVISER_MODE", "production")
    settings.cache_clear()
    result = RUN.invoke(app, ["demo-participants"])
    assert result.exit_code == 1 and "production" in result.output


def test_a_code_from_the_command_links_a_chat(stored: sessionmaker[Session], tmp_path: Path) -> None:
    file = tmp_path / "code.svg"
    arguments = ["link-code", "DEMO-2501", "--hours", "2", "--base-url", "https://veiviser.example.no", "--qr", str(file), "--json"]
    made = json.loads(RUN.invoke(app, arguments).stdout)
    assert made["address"] == f"https://veiviser.example.no/?code={made['code']}"
    left = dt.datetime.fromisoformat(made["expires_at"]) - this_moment()
    assert dt.timedelta(hours=1, minutes=59) < left <= dt.timedelta(hours=2)
    assert made["address"] in file.read_text()
    with stored.begin() as session:
        plan = find(session, seal(), "DEMO-2501")
        assert plan is not None
        assert use_code(session, chat(session), made["code"], this_moment(), key=key()) == Linked(plan.participant.id)
    rows = json.loads(RUN.invoke(app, ["participants", "--json"]).stdout)
    assert [row["reference"] for row in rows if row["chats"]] == ["DEMO-2501"]
    unlinked = RUN.invoke(app, ["unlink", "DEMO-2501"])
    assert unlinked.exit_code == 0 and "1 chat unlinked" in unlinked.output
    assert json.loads(RUN.invoke(app, ["unlink", "DEMO-2501", "--json"]).stdout)["chats"] == 0


def test_the_code_is_shown_with_name_deadline_address_and_qr(stored: sessionmaker[Session]) -> None:
    shown = RUN.invoke(app, ["link-code", "DEMO-2501"]).stdout
    assert "Rêbîn Karîm Salih" in shown and "until" in shown and "/?code=" in shown and "█▀" in shown
    code = shown.split("/?code=")[1][:9]
    assert RUN.invoke(app, ["unlink", "DEMO-2501"]).exit_code == 0
    with stored.begin() as session:
        assert use_code(session, chat(session), code, this_moment(), key=key()) == Refused("revoked")


def test_wishes_are_shown_and_done(stored: sessionmaker[Session]) -> None:
    with stored.begin() as session:
        plan = find(session, seal(), "DEMO-2501")
        assert plan is not None
        hostile = "[red]Jeg vil\nbytte\x1b[2J kurs[/red]"
        number = store_wish(session, seal(), plan.participant.id, None, "plan_change", hostile, {"goal": "work"})
    shown = RUN.invoke(app, ["wishes"])
    assert "[red]Jeg vil bytte[2J kurs[/red]" in shown.stdout and "Rêbîn" in shown.stdout and "1 open wish\n" in shown.stderr
    assert "\x1b[2J" not in shown.stdout
    row = json.loads(RUN.invoke(app, ["wishes", "--json"]).stdout)[0]
    assert (row["id"], row["kind"], row["details"], row["done"]) == (number, "plan_change", {"goal": "work"}, None)
    assert json.loads(RUN.invoke(app, ["wishes", "--municipality", "larvik", "--json"]).stdout) == []
    assert json.loads(RUN.invoke(app, ["wishes", "--done", str(number), "--json"]).stdout) == []
    assert json.loads(RUN.invoke(app, ["wishes", "--all", "--json"]).stdout)[0]["done"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["link-code", "OSL-404"], 1, "veiviser participants"),
        (["link-code", "DEMO-2501", "--base-url", "foo"], 1, "https://"),
        (["link-code", "DEMO-2501", "--hours", "0"], 2, "--hours"),
        (["link-code", "DEMO-2501", "--qr", "/no/such/folder/x.svg"], 1, "no code was made"),
        (["link-code"], 2, "Missing argument"),
        (["unlink", "OSL-404"], 1, "veiviser participants"),
        (["wishes", "--done", "404"], 1, "There is no wish 404"),
        (["participants", "--municipality", "olso"], 2, "Did you mean oslo?"),
    ],
)
def test_wrong_use_is_explained_and_stores_nothing(installation: Path, arguments: list[str], code: int, words: str) -> None:
    result = RUN.invoke(app, arguments)
    assert result.exit_code == code, result.output
    assert words in " ".join(result.output.replace("│", " ").split())


def test_a_database_that_is_away_is_said(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIVISER_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    settings.cache_clear()
    result = RUN.invoke(app, ["participants"])
    assert result.exit_code == 1 and "VEIVISER_DATABASE_URL" in result.output
