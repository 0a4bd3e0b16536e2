"""run, train, new-key."""

from __future__ import annotations

import os
import subprocess
from typing import Annotated

import typer
from cryptography.fernet import Fernet

from bot.command_line.ending import fail, say
from bot.command_line.participants import demo_participants
from bot.processes import run as processes
from bot.processes import train as training
from bot.processes.environments import environment, rasa_python
from bot.settings import ROOT, Mode, settings


def run() -> None:
    """Train if needed, then serve until Ctrl-C: Rasa, the action server and the gateway."""
    given = settings()
    rasa_python()
    processes.check_ports(given)
    _train_if_needed()
    if given.mode is Mode.DEMO:
        demo_participants()
    raise typer.Exit(processes.run(given, say))


def train(
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Do nothing when the model is true to the data.")] = False,
) -> None:
    """Train the model on the examples of data/topics (about ten minutes on two cores the first time)."""
    if if_needed:
        _train_if_needed()
    else:
        say(f"Trained: {training.train(settings())}")


def encoder() -> None:
    """Teach the sentence encoder the examples of data/topics anew (about an hour on two cores), then train."""
    variables = environment(settings(), threads=os.cpu_count() or 1)
    ended = subprocess.run([str(rasa_python()), "-m", "bot.encoder.fine_tune"], cwd=ROOT, env=variables, check=False)
    if ended.returncode:
        fail(f"The teaching ended with {ended.returncode}; its words are above. The encoder is as it was.")
    say(f"Trained: {training.train(settings())}")


def new_key() -> None:
    """Print a new key for VEIVISER_TEXT_KEY. Whoever loses it loses the stored messages."""
    typer.echo(Fernet.generate_key().decode())


def _train_if_needed() -> None:
    if not training.is_trained(settings()):
        say("The model is missing or older than the examples; training it now. The first time takes about ten minutes.")
        say(f"Trained: {training.train(settings())}")
