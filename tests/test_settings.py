"""Outside demo mode there are no default secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Mode, Settings, SettingsError


def test_demo_mode_makes_a_key_once_and_keeps_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert settings.key("text_key") == Settings(home=tmp_path).key("text_key")
    assert (tmp_path / "text_key.txt").stat().st_mode & 0o077 == 0


def test_production_refuses_to_start_without_keys(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="VEIVISER_TEXT_KEY is not set"):
        Settings(mode=Mode.PRODUCTION, home=tmp_path).key("text_key")
    assert Settings(mode=Mode.PRODUCTION, home=tmp_path, text_key="k").key("text_key") == "k"
