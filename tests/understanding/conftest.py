"""The trained model: read through a child process, or served for whole conversations. In CI a missing one is a failure."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.identification.from_model import NoModel, newest_model
from bot.processes import run
from bot.processes.environments import NotSetUp, environment, rasa_python
from bot.processes.reader import Reader, reader
from bot.settings import ROOT, Settings
from tests.conftest import missing
from tests.processes.test_processes import free_ports


@pytest.fixture(scope="session")
def model() -> Path:
    """The newest trained model."""
    try:
        rasa_python()
        return newest_model(ROOT / "models")
    except (NotSetUp, NoModel) as error:
        missing(str(error))
        raise


@pytest.fixture(scope="session")
def reads(model: Path) -> Iterator[Reader]:
    """Reads sentences through the trained model."""
    with reader(Settings()) as made:
        yield made


@pytest.fixture(scope="session")
def servers_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Rasa and the action server print while the tests talk to them."""
    return tmp_path_factory.mktemp("log") / "servers.log"


@pytest.fixture(scope="session")
def rasa_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the servers under test, with a home of their own."""
    rasa_port, actions_port, port = free_ports(3)
    return Settings(home=tmp_path_factory.mktemp("home"), port=port, rasa_port=rasa_port, actions_port=actions_port)


@pytest.fixture(scope="session")
def rasa(model: Path, servers_log: Path, rasa_settings: Settings) -> Iterator[str]:
    """Rasa and the action server, running; the address of Rasa."""
    settings = rasa_settings
    commands = run.commands(settings)
    log = servers_log.open("wb")
    children = [
        subprocess.Popen(commands[name].split(), cwd=ROOT, env=environment(settings), stdout=log, stderr=subprocess.STDOUT)
        for name in ("rasa", "actions")
    ]
    try:
        _wait_for(f"{settings.rasa}/status", children[0])
        _wait_for(f"http://127.0.0.1:{settings.actions_port}/health", children[1])
        yield settings.rasa
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)
        log.close()


def _wait_for(url: str, child: subprocess.Popen[bytes], patience: float = 90.0) -> None:
    began = time.monotonic()
    while time.monotonic() - began < patience:
        assert child.poll() is None, f"{child.args!r} ended with {child.returncode}"
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")
