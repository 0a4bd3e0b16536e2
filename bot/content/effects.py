"""What participants would read differently when facts change: every answer that rests on them, in every language, before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.facts import Facts
from bot.content.formula import names_in
from bot.content.library import Library
from bot.content.placeholders import places_in
from bot.content.selection import Part, Reader, Said, answer
from bot.content.topics import Wording
from bot.content.trial import Trial


@dataclass(frozen=True)
class Effect:
    """One text that changes: `part` is answer, simpler, story or local.<municipality>; `state` as `Said` has it after the change."""

    topic: str
    language: str
    part: str
    before: str
    after: str
    state: str


def resting_on(facts: Facts, fact_id: str) -> set[str]:
    """A fact and every fact computed from it, at any remove."""
    found, size = {fact_id}, 0
    while size != len(found):
        size = len(found)
        found |= {other for other, fact in facts.items() if found.intersection(names_in(fact.formula))}
    return found


def topics_with(library: Library, fact_id: str) -> list[str]:
    """The topics whose answers rest on a fact, directly or through a formula, sorted."""
    facts = resting_on(library.facts, fact_id)
    return [topic.id for topic in library.topics() if facts.intersection(topic.facts)]


def used_in(library: Library) -> dict[str, list[str]]:
    """Fact -> the topics whose answers rest on it, for all facts at once."""
    used: dict[str, list[str]] = {fact_id: [] for fact_id in library.facts}
    facts = library.facts
    inputs = {fact_id: _inputs(facts, fact_id) for fact_id in facts}
    for topic in library.topics():
        for fact_id in {name for fact in topic.facts if fact in facts for name in inputs[fact]}:
            used[fact_id].append(topic.id)
    return used


def effects(library: Library, changed: Facts, fact_id: str, today: dt.date, day: dt.date) -> list[Effect]:
    """The texts that read differently on `day` with the changed facts than today without them, language by language."""
    topics = topics_with(library, fact_id)
    now, then = Trial(library, topics=topics), Trial(library, facts=changed, topics=topics)
    places = resting_on(changed, fact_id)
    found = []
    for language in library.languages.offered:
        for topic in topics:
            for part, reader, which in _views(now.wording(topic, language.code), language.code, places):
                before, after = answer(now, topic, reader, today, which), answer(then, topic, reader, day, which)
                if before.text != after.text:
                    found.append(_effect(topic, language.code, part, before, after))
    return found


def _views(wording: Wording | None, language: str, places: set[str]) -> Iterator[tuple[str, Reader, Part]]:
    """The answer always, because it may expire; what else there is where it names the fact."""
    yield "answer", Reader(language), "answer"
    for key, text in wording.texts.items() if wording else ():
        if key in ("title", "answer") or not places.intersection(places_in(text)):
            continue
        if key.startswith("local."):
            yield key, Reader(language, key.removeprefix("local.")), "answer"
        else:
            yield key, Reader(language), "simpler" if key == "simpler" else "story"


def _effect(topic: str, language: str, part: str, before: Said, after: Said) -> Effect:
    return Effect(topic, language, part, before.text, after.text, after.state)


def _inputs(facts: Facts, fact_id: str) -> set[str]:
    return {fact_id}.union(*(_inputs(facts, name) for name in names_in(facts[fact_id].formula)))
