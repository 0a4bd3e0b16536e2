"""`make run`: Rasa, the action server and the gateway under one process manager."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable
from shlex import quote

import httpx
from honcho.manager import Manager

from bot.identification.from_model import newest_model
from bot.processes.environments import environment, rasa_python
from bot.settings import ROOT, Settings

STANDARD_ACTIONS = "http://127.0.0.1:5055/webhook"
STOPPED = (130, 143)  # by Ctrl-C, by a polite kill
SLOW = 60.0  # seconds until somebody is told which part is not there yet


class CannotStart(Exception):
    """Something stands in the way; the text says what and what to do."""


def run(settings: Settings, say: Callable[[str], None]) -> int:
    """Runs everything until Ctrl-C; returns the exit code. Raises CannotStart, NotSetUp, NoModel.

    A process that dies is started again (bot/processes/keep.py); one that cannot live ends all.
    """
    check_ports(settings)
    manager = Manager()
    for name, command in commands(settings).items():
        kept = f"exec {quote(sys.executable)} -m bot.processes.keep {command}"
        manager.add_process(name, kept, env=environment(settings), cwd=str(ROOT), quiet=False)
    stop = threading.Event()
    watcher = threading.Thread(target=_announce, args=(settings, say, stop), daemon=True)
    watcher.start()
    manager.loop()
    stop.set()
    if manager.returncode in STOPPED:
        return 0
    if manager.returncode:
        say(f"A process ended with exit code {manager.returncode}, so all were stopped. Its last words are above.")
    return int(manager.returncode or 0)


def commands(settings: Settings) -> dict[str, str]:
    """The command line of each process."""
    python = quote(sys.executable)
    rasa = f"{quote(str(rasa_python()))} -m bot.rasa_server --model {quote(str(newest_model(settings.models)))} --port {settings.rasa_port}"
    if settings.actions != STANDARD_ACTIONS:
        rasa += f" --endpoints {quote(_endpoints(settings))}"
    found = {
        "rasa": rasa,
        "actions": f"{python} -m rasa_sdk --actions actions --port {settings.actions_port}",
        "gateway": f"{python} -m bot.gateway",
    }
    if settings.telegram_token or settings.whatsapp_token:
        found["messengers"] = f"{python} -m bot.gateway.messengers"
    return found


def check_ports(settings: Settings) -> None:
    """Raises CannotStart for a port that somebody else has."""
    for name, port in (("PORT", settings.port), ("RASA_PORT", settings.rasa_port), ("ACTIONS_PORT", settings.actions_port)):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((settings.host if name == "PORT" else "127.0.0.1", port))
            except OSError as error:
                raise CannotStart(
                    f"Port {port} is taken ({error.strerror}). Stop what uses it, or choose another: VEIVISER_{name}={port + 1} make run"
                ) from error


def _endpoints(settings: Settings) -> str:
    file = settings.home / "endpoints.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    standard = (ROOT / "endpoints.yml").read_text()
    file.write_text(standard.replace(STANDARD_ACTIONS, settings.actions))
    return str(file)


def _announce(settings: Settings, say: Callable[[str], None], stop: threading.Event) -> None:
    """Waits until each part answers and prints the addresses; says which one keeps everybody waiting."""
    here = f"http://{settings.host}:{settings.port}"
    parts = {
        "Rasa": f"{settings.rasa}/",
        "the action server": settings.actions.removesuffix("/webhook") + "/health",
        "the gateway": f"{here}/ready",
    }
    began, told = time.monotonic(), False
    while parts and not stop.is_set():
        parts = {name: url for name, url in parts.items() if not _answers(url)}
        if parts and not told and time.monotonic() - began > SLOW:
            say(f"Still waiting for {' and '.join(parts)} after {SLOW:.0f} seconds; their words are above.")
            told = True
        stop.wait(0.2)
    if not stop.is_set():
        seconds = time.monotonic() - began
        say(f"Ready after {seconds:.1f} s. Web chat: {here}/   Console: {here}/console/   Interface: {here}/openapi.json   Stop: Ctrl-C")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
