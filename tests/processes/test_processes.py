"""Starting: what stands in the way is said before anything is started."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.identification.from_model import NoModel, newest_model
from bot.processes import environments, run, train
from bot.settings import ROOT, Settings


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for made in sockets:
        made.bind(("127.0.0.1", 0))
    ports = [made.getsockname()[1] for made in sockets]
    for made in sockets:
        made.close()
    return ports


def test_a_taken_port_is_named_with_the_variable_that_chooses_another() -> None:
    port, rasa, actions = free_ports(3)
    settings = Settings(port=port, rasa_port=rasa, actions_port=actions)
    run.check_ports(settings)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", rasa))
        taken.listen()
        with pytest.raises(run.CannotStart, match=f"Port {rasa} is taken.*VEIVISER_RASA_PORT={rasa + 1} make run"):
            run.check_ports(settings)


def test_a_missing_rasa_environment_says_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environments, "RASA_PYTHON", tmp_path / "python")
    with pytest.raises(environments.NotSetUp, match="make setup"):
        environments.rasa_python()


def test_without_a_model_training_is_needed(tmp_path: Path) -> None:
    settings = Settings(models=tmp_path, home=tmp_path)
    assert not train.is_trained(settings)
    with pytest.raises(NoModel, match="make train"):
        newest_model(tmp_path)


def test_a_model_is_true_until_examples_change_and_answers_do_not_count(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "data", tmp_path / "data")
    settings = Settings(models=tmp_path / "models", home=tmp_path, data=tmp_path / "data")
    settings.models.mkdir()
    (settings.models / "a.tar.gz").touch()
    (settings.models / "a.json").write_text(json.dumps({"fingerprint": train.fingerprint(settings)}))
    assert train.is_trained(settings)
    wording = tmp_path / "data" / "topics" / "stonad_amount" / "nb.yml"
    wording.write_text(wording.read_text().replace("Full introduksjonsstønad", "Hele introduksjonsstønaden"))
    assert train.is_trained(settings)
    wording.write_text(wording.read_text() + "  hva er stønaden nå\n")
    assert not train.is_trained(settings)


def test_a_child_process_is_told_to_be_quiet_and_given_its_keys(tmp_path: Path) -> None:
    variables = environments.environment(Settings(home=tmp_path))
    assert variables["RASA_TELEMETRY_ENABLED"] == "false"
    assert variables["OMP_NUM_THREADS"] == "1"
    assert variables["VEIVISER_TEXT_KEY"] and variables["VEIVISER_TRACKER_URL"].startswith("sqlite:///")


def test_setup_finds_only_a_python_3_10_that_runs(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "environments"))
    try:
        import setup
    finally:
        sys.path.pop(0)
    shim = tmp_path / "python3.10"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert not setup.is_3_10(str(shim))
    assert not setup.is_3_10(str(tmp_path / "nothing"))
    assert not setup.is_3_10(sys.executable)
    assert setup.is_3_10(str(environments.RASA_PYTHON)) == environments.RASA_PYTHON.exists()


def test_the_gateway_ends_with_a_sentence_when_there_is_no_model(tmp_path: Path) -> None:
    variables = {**environments.environment(Settings(home=tmp_path)), "VEIVISER_MODELS": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "bot.gateway"], cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "The gateway cannot start. There is no trained model" in ended.stderr
    assert "Traceback" not in ended.stderr
