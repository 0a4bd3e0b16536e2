"""Starts this assistant's Rasa and a stock one in turn, asks both the same things, and measures them from outside."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.content.library import Library
from bot.identification.from_model import newest_model
from bot.processes.environments import environment, memory_mb, rasa_python
from bot.settings import ROOT, Settings

SHORT, LONG, PEOPLE, TURNS_EACH = 10, 300, 32, 6
PATIENCE = 180.0
EARLY, LATE = slice(5, 15), slice(LONG - 10, LONG)
PERIODS = [number for number in range(5, LATE.start - EARLY.start) if (LATE.start - EARLY.start) % number == 0]


@dataclass(frozen=True)
class Subject:
    """One server to measure: its command, folder, environment, address of the door, and what to say to it."""

    name: str
    command: Sequence[str]
    folder: Path
    variables: dict[str, str]
    door: str
    sentences: Sequence[str]


def subjects(settings: Settings, say: Callable[[str], None]) -> dict[str, Subject]:
    """This assistant and the stock starter assistant (`rasa init`), which is trained first when it is not there."""
    stock = _stock(settings, say)
    variables = environment(settings)
    plain = {key: value for key, value in variables.items() if not key.startswith(("VEIVISER_", "OMP_"))}
    library = Library(settings.data)
    topics = [topic for topic in library.topics() if topic.kind == "fact"]
    wordings = (library.wording(topic.id, code) for topic in topics for code in ("nb", "ar", "ti", "uk"))
    ours = [wording.examples[0] for wording in wordings if wording and wording.examples]
    theirs = ["hi", "I am very sad", "great", "that helped, thanks", "are you a bot?", "bye", "no", "yes"]
    model = str(newest_model(settings.models))
    rasa = str(rasa_python())
    return {
        "veiviser": Subject(
            "veiviser", [rasa, "-m", "bot.rasa_server", "--model", model], ROOT, variables, "/webhooks/structured/webhook", ours
        ),
        "stock": Subject("stock", [rasa, "-m", "rasa", "run", "--enable-api"], stock, plain, "/webhooks/rest/webhook", theirs),
    }


def measure(chosen: dict[str, Subject], rounds: int, say: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    """The median of each figure over the rounds; the subjects take turns, so that both meet the same weather."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in chosen}
    for number in range(rounds):
        for name, subject in chosen.items():
            say(f"Round {number + 1} of {rounds}: {name}")
            found[name].append(_one_round(subject))
    return {name: {key: statistics.median(row[key] for row in rows) for key in rows[0]} for name, rows in found.items()}


def _one_round(subject: Subject) -> dict[str, float]:
    port = _free_port()
    began = time.perf_counter()
    with (
        _running(subject, port) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client,
    ):
        ready = _wait_until_ready(client, process, began)
        time.sleep(2)
        idle = memory_mb(process.pid)
        _converse(client, subject, "warm", max(PERIODS))
        short = [seconds for person in range(10) for seconds in _converse(client, subject, f"short{person}", SHORT)]
        long = _converse(client, subject, "long", LONG)
        early, late = statistics.median(long[EARLY]), statistics.median(long[LATE])
        return {
            "ready_seconds": ready,
            "idle_mb": idle,
            "turn_ms": 1000 * statistics.median(short),
            "turn_95_ms": 1000 * statistics.quantiles(short, n=20)[-1],
            "turn_at_10_ms": 1000 * early,
            "turn_at_300_ms": 1000 * late,
            "growth": late / early,
            "turns_per_second": _throughput(client, subject),
        }


def _converse(client: httpx.Client, subject: Subject, person: str, turns: int) -> list[float]:
    # The early and the late window of the long conversation say the same sentences: a sentence of another length takes another time.
    period = max(number for number in PERIODS if number <= len(subject.sentences))
    seconds = []
    for turn in range(turns):
        sentence = subject.sentences[turn % period]
        began = time.perf_counter()
        client.post(subject.door, json={"sender": f"bench-{person}", "message": sentence})
        seconds.append(time.perf_counter() - began)
    return seconds


def _throughput(client: httpx.Client, subject: Subject) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(PEOPLE) as people:
        list(people.map(lambda person: _converse(client, subject, f"crowd{person}", TURNS_EACH), range(PEOPLE)))
    return PEOPLE * TURNS_EACH / (time.perf_counter() - began)


@contextmanager
def _running(subject: Subject, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [*subject.command, "--port", str(port)]
    with subprocess.Popen(
        command, cwd=subject.folder, env=subject.variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes], began: float) -> float:
    while time.perf_counter() - began < PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            if client.get("/status").status_code == httpx.codes.OK:
                return time.perf_counter() - began
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} was not ready after {PATIENCE:.0f} s")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _stock(settings: Settings, say: Callable[[str], None]) -> Path:
    folder = settings.home / "stock"
    if list(folder.glob("models/*.tar.gz")):
        return folder
    say("Making and training the stock assistant of `rasa init` (a few minutes, once) ...")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    variables = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    ended = subprocess.run(
        [str(rasa_python()), "-m", "rasa", "init", "--no-prompt", "--init-dir", str(folder)],
        env=variables,
        stdout=sys.stderr,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError("`rasa init` failed; its words are above.")
    return folder
