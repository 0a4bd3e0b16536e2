"""Trains Rasa's model, or finds that the newest one is still true to the data."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

from bot.identification.from_model import NoModel, newest_model
from bot.processes.environments import environment, rasa_python
from bot.settings import ROOT, Settings

# What a model is made of. Answers and facts are not among it: they are spoken as they stand, without training.
CODE = (
    "bot/understanding/*.py",
    "bot/encoder/pa*.py",
    "bot/identification/[pst]*.py",
    "bot/speaking/topic_importer.py",
    "data/guides/*.yml",
)
FILES = ("models/encoder.npz", "config.yml", "domain.yml", "data/conversation/rules.yml", "environments/rasa.txt")


class TrainingFailed(Exception):
    """`rasa train` ended with an error; the text says where its words are."""


def fingerprint(settings: Settings) -> str:
    """Sixteen hex digits over everything a model is trained from."""
    digest = hashlib.sha256()
    for file in (*(ROOT / name for name in FILES), *(f for pattern in CODE for f in sorted(ROOT.glob(pattern)))):
        digest.update(file.read_bytes() if file.exists() else b"")
    for file in sorted((settings.data / "topics").glob("*/*.yml")):
        text = file.read_text(encoding="utf-8")
        _, _, examples = text.partition("\nexamples:")
        digest.update(f"{file.parent.name}/{file.name}\n{examples}".encode())
    return digest.hexdigest()[:16]


def is_trained(settings: Settings) -> bool:
    """True when the newest model was trained from the data as it is now."""
    try:
        note = newest_model(settings.models).with_suffix("").with_suffix(".json")
    except NoModel:
        return False
    return note.exists() and json.loads(note.read_text())["fingerprint"] == fingerprint(settings)


def train(settings: Settings) -> Path:
    """Runs `rasa train` and notes what the model was made from. Raises NotSetUp or TrainingFailed."""
    made_from = fingerprint(settings)
    log = settings.home / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    cores = os.cpu_count() or 1
    variables = {**environment(settings, threads=cores), "VEIVISER_VECTORS": str(settings.models / "vectors.npz")}
    # Rasa's cache knows a component by its own file; a change in a module behind it would bring back what the old code wrote.
    command = [str(rasa_python()), "-m", "rasa", "train", "--force", "--out", str(settings.models)]
    with log.open("w") as words:
        ended = subprocess.run(command, cwd=ROOT, env=variables, stdout=words, stderr=None, check=False)
    if ended.returncode:
        raise TrainingFailed(f"`rasa train` ended with {ended.returncode}. Its words are above and in {log}.")
    model = newest_model(settings.models)
    note = model.with_suffix("").with_suffix(".json")
    note.write_text(json.dumps({"fingerprint": made_from}))
    for old in sorted(settings.models.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)[:-2]:
        old.unlink()
        old.with_suffix("").with_suffix(".json").unlink(missing_ok=True)
    return model
