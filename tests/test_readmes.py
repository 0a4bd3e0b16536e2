"""Every folder explains itself, and what a README names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import ROOT

FOLDERS = [
    "bot",
    "bot/content",
    "bot/identification",
    "bot/understanding",
    "bot/speaking",
    "bot/conversations",
    "bot/channels",
    "bot/channels/telegram",
    "bot/channels/whatsapp",
    "bot/storage",
    "bot/console",
    "bot/courses",
    "bot/desk",
    "bot/encoder",
    "bot/guidance",
    "bot/plans",
    "bot/gateway",
    "bot/processes",
    "bot/command_line",
    "actions",
    "data",
    "models",
    "environments",
    "tests",
    ".",
]
# Products that would cost a stranger a quarter of an hour and an hour to make again (see DECISIONS.md).
KEPT_PRODUCTS = ("models/vectors.npz", "models/encoder.npz")
NAMED = re.compile(r"`((?:bot|data|actions|tests|environments|models)/[\w./-]*\w)/?`")


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_has_a_readme_and_all_it_names_exists(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    for name in NAMED.findall(text):
        assert "<" in name or (ROOT / name).exists(), f"{folder}/README.md names {name}, which does not exist"


def test_every_variable_of_the_settings_is_explained() -> None:
    from bot.settings import Settings

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"VEIVISER_{name.upper()}" in text, name


def test_nothing_generated_or_secret_is_in_git() -> None:
    import subprocess

    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in tracked:
        assert not re.search(r"\.(db|sqlite3?|tar\.gz|pem|key)$|(^|/)\.env$", name), name
        assert name in KEPT_PRODUCTS or Path(ROOT / name).stat().st_size < 2_000_000 if (ROOT / name).exists() else True, name
