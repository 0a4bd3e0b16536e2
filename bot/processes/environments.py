"""Where the two Python environments are, and what a process of each is given."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bot.settings import ROOT, Settings

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
# One thread per process: two processes that each use every core of a small machine collapse. Rasa tells nobody that it runs.
QUIET = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "SANIC_HOST": "127.0.0.1",  # rasa_sdk would listen to everybody
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


class NotSetUp(Exception):
    """An environment is missing; the text says what to run."""


def rasa_python() -> Path:
    """The Python of the Rasa environment. Raises NotSetUp."""
    if not RASA_PYTHON.exists():
        raise NotSetUp("The Rasa environment (.venv-rasa, Python 3.10) is missing. Run `make setup`; it says what it needs.")
    return RASA_PYTHON


def environment(settings: Settings, *, threads: int = 1) -> dict[str, str]:
    """The variables of a child process, with keys and addresses from the settings."""
    ours = {
        "VEIVISER_DATA": str(settings.data),
        "VEIVISER_MODELS": str(settings.models),
        "VEIVISER_TEXT_KEY": settings.key("text_key"),
        "VEIVISER_TRACKER_URL": settings.tracker,
        "VEIVISER_HOME": str(settings.home),
    }
    python_path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, **QUIET, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": python_path, **ours}


def memory_mb(pid: int) -> float:
    """Resident memory of a process, in MB (Linux's /proc, elsewhere ps)."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(said.stdout) / 1024
