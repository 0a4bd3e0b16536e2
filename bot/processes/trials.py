"""Trains other pipelines on the same examples and measures them on the same held-out sentences, through Rasa itself."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.processes.environments import environment, rasa_python
from bot.processes.reader import open_model
from bot.processes.train import TrainingFailed
from bot.settings import ROOT, Settings

TRIALS = ROOT / "bot" / "understanding" / "trials"
Report = Callable[[list[tuple[Any, dict[str, Any]]]], dict[str, Any]]


def names() -> list[str]:
    """The trials there are: one pipeline file each."""
    return sorted(file.stem for file in TRIALS.glob("*.yml"))


def trial(settings: Settings, name: str, train_on: Sequence[str], rows: Sequence[Any], report: Report) -> dict[str, Any]:
    """Trains one pipeline on some languages and reads the rows with it.

    Returns the report with `training_seconds`, `parse_ms` (median) and `memory_mb` of the process that reads. Raises TrainingFailed.
    """
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        model = _train(settings, name, train_on, Path(folder))
        seconds = time.perf_counter() - began
        with open_model(settings, model, with_tensorflow=name == "diet") as reads:
            found, times = [], []
            for row in rows:
                start = time.perf_counter()
                found.append((row, reads.read(row.text)))
                times.append(time.perf_counter() - start)
            memory = reads.memory_mb()
    figures = {
        "training_seconds": round(seconds),
        "parse_ms": round(1000 * statistics.median(times), 1),
        "memory_mb": round(memory),
    }
    return {**report(found), **figures}


def _train(settings: Settings, name: str, train_on: Sequence[str], folder: Path) -> Path:
    vectors = folder / "vectors.npz"  # a copy: a training on some languages would forget the vectors of the others
    shutil.copy(settings.models / "vectors.npz", vectors)
    variables = {**environment(settings, threads=2), "VEIVISER_TRAIN_ON": " ".join(train_on), "VEIVISER_VECTORS": str(vectors)}
    command = [str(rasa_python()), "-m", "rasa", "train", "nlu", "--config", str(TRIALS / f"{name}.yml"), "--out", str(folder)]
    ended = subprocess.run(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        raise TrainingFailed(f"`rasa train nlu` of {name} ended with {ended.returncode}: {ended.stderr[-2000:]}")
    return next(folder.glob("*.tar.gz"))
