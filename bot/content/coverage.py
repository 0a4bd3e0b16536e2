"""The coverage table: every topic in every language with its computed state."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.content.facts import FactState
from bot.content.library import Library
from bot.content.states import State, state_of


@dataclass(frozen=True)
class TopicCoverage:
    """One row: a topic, its states by language, how many examples each has, and until when its facts hold."""

    topic: str
    weight: str
    kind: str
    states: dict[str, State]
    examples: dict[str, int]
    facts: str


def coverage(library: Library, today: dt.date) -> list[TopicCoverage]:
    """All rows, required topics first, then by id."""
    source = library.languages.source.code
    rows = []
    for topic in library.topics():
        original = library.wording(topic.id, source)
        wordings = {language.code: library.wording(topic.id, language.code) for language in library.languages.offered}
        rows.append(
            TopicCoverage(
                topic=topic.id,
                weight=topic.weight,
                kind=topic.kind,
                states={code: state_of(wording, original) for code, wording in wordings.items()},
                examples={code: len(wording.examples) if wording else 0 for code, wording in wordings.items()},
                facts=_facts_until(library, topic.facts, today),
            )
        )
    return sorted(rows, key=lambda row: (row.weight != "required", row.topic))


def gaps(rows: list[TopicCoverage], weight: str) -> dict[str, int]:
    """How many topics of a weight each language still lacks."""
    lacking: dict[str, int] = {}
    for row in rows:
        for code, state in row.states.items():
            lacking[code] = lacking.get(code, 0) + (row.weight == weight and state in (State.MISSING, State.OUTDATED))
    return lacking


def _facts_until(library: Library, facts: tuple[str, ...], today: dt.date) -> str:
    known = [library.facts.on(fact, today) for fact in facts]
    if any(k.state is FactState.EXPIRED for k in known):
        return "expired"
    days = [k.expires_on for k in known if k.expires_on]
    return min(days).isoformat() if days else ""
