"""Starts the tests of what needs scikit-learn in Rasa's environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.processes.environments import environment, rasa_python
from bot.settings import ROOT, settings

FILES = sorted((Path(__file__).parent / "in_rasa").glob("check_*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_in_rasas_environment(file: Path) -> None:
    module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    ended = subprocess.run(
        [str(rasa_python()), "-m", "unittest", module], cwd=ROOT, env=environment(settings()), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "Ran 0 tests" not in ended.stderr
