"""What a new value changes in the answers, as the templates show it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot.console.differences import differences
from bot.content import Library
from bot.content.effects import Effect, effects, topics_with
from bot.content.selection import title_of
from bot.desk.fact_changes import facts_with


def of_entry(library: Library, fact_id: str, entry: str, valid_from: str | None, today: dt.date) -> dict[str, Any]:
    """The effect of an entry on the first day it is told: today, or the later day from which its value holds."""
    changed = facts_with(library, fact_id, entry)
    day = max(today, dt.date.fromisoformat(valid_from)) if valid_from else today
    found = effects(library, changed, fact_id, today, day)
    by_language: dict[str, list[dict[str, Any]]] = {}
    for effect in found:
        by_language.setdefault(effect.language, []).append(_shown(library, effect))
    return {
        "day": day,
        "later": day > today,
        "languages": by_language,
        "texts": len(found),
        "topics": topics_with(library, fact_id),
        "known": changed.on(fact_id, day),
        "expired": any(effect.state == "expired" for effect in found),
    }


def _shown(library: Library, effect: Effect) -> dict[str, Any]:
    title = title_of(library, effect.topic, library.languages.source.code) or effect.topic
    part = effect.part.split(".")[0]
    return {
        "topic": effect.topic,
        "title": title,
        "part": part,
        "place": effect.part.partition(".")[2],
        "difference": differences(effect.before, effect.after),
        "expired": effect.state == "expired",
    }
