"""The whole installation of a test: everything `make run` starts, with a home and ports of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.identification.from_model import NoModel, newest_model
from bot.processes.environments import environment
from bot.settings import ROOT, Settings
from tests.conftest import missing
from tests.processes.test_processes import free_ports

PROCESSES = {"gateway": "bot.gateway", "messengers": "bot.gateway.messengers", "rasa": "bot.rasa_server", "actions": "rasa_sdk"}


@dataclass
class Installation:
    """Everything `make run` starts, with a home of its own."""

    settings: Settings
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def kill(self, name: str) -> None:
        """Kills one process without warning and waits until all is ready again."""
        listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
        module = re.compile(rf"-m {re.escape(PROCESSES[name])}(\s|$)")
        children = [line.split()[0] for line in listed.splitlines() if module.search(line) and "processes.keep" not in line]
        ours = [int(pid) for pid in children if _environment_has(pid, f"VEIVISER_PORT={self.settings.port}")]
        assert len(ours) == 1, (name, children)
        os.kill(ours[0], signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        """Until a message would be answered."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the installation ended"
            try:
                actions = httpx.get(f"http://127.0.0.1:{self.settings.actions_port}/health", timeout=2, trust_env=False)
                if httpx.get(f"{self.url}/ready", timeout=5, trust_env=False).status_code == actions.status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        pytest.fail("the installation was not ready in two minutes")


def _environment_has(pid: str, entry: str) -> bool:
    try:
        return entry.encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


@contextmanager
def running(home: Path, **more: str) -> Iterator[Installation]:
    """An installation while the block runs. `more`: settings of their own, as environment variables."""
    try:
        newest_model(ROOT / "models")
    except NoModel as error:
        missing(str(error))
    port, rasa_port, actions_port = free_ports(3)
    settings = Settings(home=home, port=port, rasa_port=rasa_port, actions_port=actions_port)
    given = {"VEIVISER_HOME": str(home), "VEIVISER_PORT": str(port), **more}
    given |= {"VEIVISER_RASA_PORT": str(rasa_port), "VEIVISER_ACTIONS_PORT": str(actions_port)}
    with (home / "run.log").open("wb") as log:
        command = [sys.executable, "-m", "bot.command_line", "run"]
        process = subprocess.Popen(command, cwd=ROOT, env={**environment(settings), **given}, stdout=log, stderr=log)
        made = Installation(settings, process)
        try:
            made.wait()
            yield made
        finally:
            process.terminate()
            process.wait(30)


def command(installation: Installation, *arguments: str) -> str:
    """What a command of the program prints over this installation's database."""
    given: Mapping[str, str] = {**environment(installation.settings), "VEIVISER_HOME": str(installation.settings.home)}
    words = [sys.executable, "-m", "bot.command_line", *arguments]
    return subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True, check=True).stdout
