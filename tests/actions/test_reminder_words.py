"""Who writes that reminders shall stop does not turn them on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from actions.action_reminder_set import _says_stop


@pytest.mark.parametrize(
    ("text", "language", "stops"),
    [
        ("stopp påminnelser", "nb", True),
        ("Stopp å minne meg på ting", "nb", True),
        ("avslutt", "ti", True),
        ("стоп, не надо напоминаний", "ru", True),
        ("minn meg på møter", "nb", False),
        ("ذكرني بمواعيدي", "ar", False),
        ("remind me", "xx", False),
    ],
)
def test_a_word_for_stopping_stops(text: str, language: str, stops: bool) -> None:
    tracker = SimpleNamespace(latest_message={"text": text, "metadata": {"language": language}})
    assert _says_stop(tracker) is stops  # type: ignore[arg-type]
