"""Rasa's own commands work in its environment as a Rasa user expects."""

from __future__ import annotations

import subprocess

import pytest

from bot.processes.environments import environment, rasa_python
from bot.settings import ROOT, Settings

pytestmark = pytest.mark.model


def test_the_data_validate_without_a_warning(model: object) -> None:
    ended = subprocess.run(
        [str(rasa_python()), "-m", "rasa", "data", "validate", "--fail-on-warnings"],
        cwd=ROOT,
        env=environment(Settings()),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
