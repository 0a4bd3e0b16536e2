"""Reads sentences through the trained model: in a child process, or through a running Rasa server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

import httpx

from bot.identification.from_model import newest_model
from bot.processes.environments import environment, memory_mb, rasa_python
from bot.settings import ROOT, Settings


class ReaderFailed(Exception):
    """The model could not be loaded, or the server did not answer."""


class Reader(Protocol):
    """Understands one sentence after another."""

    def read(self, text: str) -> dict[str, Any]:
        """Intent, ranking, language, entities and safety_net of a sentence. Raises ReaderFailed."""


class InProcess:
    """A child in the Rasa environment that has the model open."""

    def __init__(self, child: subprocess.Popen[str], words_in: IO[str], words_out: IO[str]) -> None:
        self._child, self._in, self._out = child, words_in, words_out
        self._answer()

    def read(self, text: str) -> dict[str, Any]:
        """One sentence."""
        self._in.write(json.dumps({"text": text}) + "\n")
        self._in.flush()
        return self._answer()

    def memory_mb(self) -> float:
        """Resident memory of the child, in MB."""
        return memory_mb(self._child.pid)

    def _answer(self) -> dict[str, Any]:
        for line in self._out:
            if line.startswith("{"):
                return dict(json.loads(line))
        raise ReaderFailed(f"The model could not be used (exit code {self._child.wait()}). Run `make train`.")


class FromServer:
    """A running Rasa server's /model/parse."""

    def __init__(self, url: str, token: str = "") -> None:
        self._client = httpx.Client(base_url=url, params={"token": token} if token else {}, timeout=30, trust_env=False)

    def read(self, text: str) -> dict[str, Any]:
        """One sentence."""
        try:
            parsed = self._client.post("/model/parse", json={"text": text}).raise_for_status().json()
        except httpx.HTTPError as error:
            raise ReaderFailed(f"Rasa did not answer at {self._client.base_url}: {error}. Is `make run` running?") from error
        return {**parsed, "ranking": parsed.get("intent_ranking", [])[:5], "safety_net": bool(parsed.get("safety_net"))}


@contextmanager
def reader(settings: Settings, server: str | None = None) -> Iterator[Reader]:
    """A reader for the life of the block. Raises NotSetUp, NoModel or ReaderFailed."""
    if server:
        yield FromServer(server, settings.rasa_token)
        return
    with open_model(settings, newest_model(settings.models)) as child:
        yield child


@contextmanager
def open_model(settings: Settings, model: Path, *, with_tensorflow: bool = False) -> Iterator[InProcess]:
    """A child process that reads with one model. Raises NotSetUp or ReaderFailed."""
    command = [str(rasa_python()), "-m", "bot.understanding.parse_lines", str(model), *["--with-tensorflow"] * with_tensorflow]
    with subprocess.Popen(command, cwd=ROOT, env=environment(settings), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin and child.stdout
        try:
            yield InProcess(child, child.stdin, child.stdout)
        finally:
            child.stdin.close()
