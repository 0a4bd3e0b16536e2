"""Decides what may be said: the one policy between the files in data/ and a participant."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.facts import Confidence, Fact, FactState, Known
from bot.content.languages import Language
from bot.content.library import Library
from bot.content.placeholders import fill, isolate, places_in, show_value
from bot.content.states import State, may_be_spoken, state_of
from bot.content.topics import Topic, Wording

PERSON = "talk_to_human"
LONGEST_ANSWER = 900  # characters: fits one message of every channel
Part = Literal["answer", "simpler", "story"]
# A source without a section leaves a blank before the comma that follows, whichever comma the language has.
BEFORE_COMMA = re.compile(r"\s+([,،፣፡])")


@dataclass(frozen=True)
class Choice:
    """A button: what it says and what it sends when pressed."""

    title: str
    payload: str


@dataclass(frozen=True)
class ShownSource:
    """A source as a participant sees it."""

    title: str
    section: str
    url: str
    checked_on: dt.date
    confidence: Confidence


@dataclass(frozen=True)
class Said:
    """One message of the assistant: text in a language, with everything a channel or an advisor needs to show it."""

    key: str
    language: str
    direction: str
    text: str
    choices: tuple[Choice, ...] = ()
    sources: tuple[ShownSource, ...] = ()
    note: str = ""
    state: str = ""


@dataclass(frozen=True)
class Reader:
    """Who reads: language, and the municipality if it is known (its id, such as oslo)."""

    language: str
    municipality: str = ""


def answer(library: Library, topic_id: str, reader: Reader, today: dt.date, part: Part = "answer") -> Said:
    """The answer to a topic for a reader today, or the honest note why there is none. Never falls back to another language.

    `part`: the whole answer, its core in a sentence or two, or the story of how one place does it; a part not written is the answer.
    """
    topic, language = library.topic(topic_id), library.languages[reader.language]
    wording, source = library.wording(topic_id, reader.language), library.wording(topic_id, library.languages.source.code)
    state = state_of(wording, source)
    known = [library.facts.on(fact_id, today) for fact_id in topic.facts if fact_id in library.facts]
    if wording is None or not may_be_spoken(state, language) or _has_a_hole(wording, known):
        return _not_yet(library, topic, reader, state, source)
    # A help number that is due for review is still the best number a person in danger can get.
    if topic.kind != "safety" and any(k.state is not FactState.VALID for k in known):
        return _expired(library, topic, reader, known)
    text = wording.texts.get(part) if part != "answer" else ""
    return Said(
        key=topic_id,
        language=language.code,
        direction=language.direction,
        text=fill(text or _whole_answer(wording, reader), known, language),
        choices=(*choices_for(library, topic.buttons, language), *_story_choice(library, wording, part)),
        sources=sources_of(known),
        note="" if state is State.UP_TO_DATE or topic.kind in ("service", "safety") else library.phrase("draft_note", language.code),
        state=state.value,
    )


def phrase(library: Library, key: str, language_code: str, *, topics: tuple[str, ...] = (), **values: object) -> Said:
    """A fixed phrase as a message, with topics offered below it as buttons."""
    language = library.languages[language_code]
    text = library.phrase(key, language_code, **values)
    return Said(
        key=key,
        language=language_code,
        direction=language.direction,
        text=isolate(text) if language.right_to_left else text,
        choices=choices_for(library, topics, language),
    )


def choices_for(library: Library, topic_ids: tuple[str, ...], language: Language) -> tuple[Choice, ...]:
    """Buttons for topics, titled in the language; a topic without a title there gets no button."""
    return tuple(Choice(title, f"/{topic_id}") for topic_id in topic_ids if (title := title_of(library, topic_id, language.code)))


def title_of(library: Library, topic_id: str, language: str) -> str:
    """A topic's name in a language, its numbers filled in, or an empty text."""
    wording = library.wording(topic_id, language)
    if wording is None or "{" not in wording.title:
        return wording.title if wording else ""
    places = places_in(wording.title)
    if any(place not in library.facts for place in places):
        return ""
    known = [library.facts.on(fact_id, dt.date.today()) for fact_id in places]
    return fill(wording.title, known, library.languages[language])


def sources_of(known: list[Known]) -> tuple[ShownSource, ...]:
    """The sources behind facts: each section once, with its oldest check date and its worst confidence."""
    shown: dict[tuple[str, str, str], ShownSource] = {}
    for fact in (fact for k in known for fact in k.rests_on):
        key = (fact.source.title, fact.source.section, fact.source.url)
        shown[key] = _worse(shown.get(key), fact)
    return tuple(shown.values())


def show_sources(library: Library, said: Said) -> Said:
    """The answer to "where do you know that from?": each source with its date, and how sure it is."""
    language = library.languages[said.language]
    if not said.sources:
        return phrase(library, "source_none", said.language)
    lines = [library.phrase("source_intro", said.language)]
    for source in said.sources:
        date = show_value(source.checked_on, "date", language)
        lines.append("• " + library.phrase("source_line", said.language, title=source.title, section=source.section, date=date))
    worst = max((source.confidence for source in said.sources), key=list(Confidence).index)
    if worst is not Confidence.CONFIRMED:
        lines.append(library.phrase(f"source_{worst.value}", said.language))
    text = "\n".join(BEFORE_COMMA.sub(r"\1", line) for line in lines)
    return replace(said, key="source_question", text=isolate(text) if language.right_to_left else text, choices=(), note="")


def _has_a_hole(wording: Wording, known: list[Known]) -> bool:
    """True when a text names a fact that is not there: better no answer than one with braces in it."""
    there = {k.fact.id for k in known}
    return any(place not in there for text in wording.texts.values() for place in places_in(text))


def _story_choice(library: Library, wording: Wording, part: Part) -> tuple[Choice, ...]:
    if part == "story" or not wording.story:
        return ()
    return (Choice(library.phrase("story_button", wording.language), f'/{wording.topic}{{"part": "story"}}'),)


def _whole_answer(wording: Wording, reader: Reader) -> str:
    local = wording.local.get(reader.municipality, "")
    return f"{wording.answer}\n\n{local}" if local else wording.answer


def _not_yet(library: Library, topic: Topic, reader: Reader, state: State, source: Wording | None) -> Said:
    readable = state in (State.MISSING, State.OUTDATED) and source is not None and source.answer and reader.language != source.language
    key = "only_in_norwegian" if readable else "being_written"
    title = title_of(library, topic.id, reader.language) or title_of(library, topic.id, library.languages.source.code) or topic.id
    said = phrase(library, key, reader.language, topics=(PERSON,), title=title)
    if readable and source is not None:
        norwegian = Choice(library.languages.source.name, f'/{topic.id}{{"read_in": "{source.language}"}}')
        said = replace(said, choices=(norwegian, *said.choices))
    return replace(said, key=topic.id, state=state.value)


def _expired(library: Library, topic: Topic, reader: Reader, known: list[Known]) -> Said:
    old = [fact for k in known if k.state is not FactState.VALID for fact in k.rests_on if not fact.formula] or [known[0].fact]
    url = next((fact.source.url for fact in old if fact.source.url), old[0].source.title)
    title = title_of(library, topic.id, reader.language) or topic.id
    said = phrase(library, "fact_expired", reader.language, topics=(PERSON,), title=title, source=url)
    return replace(said, key=topic.id, state="expired", sources=sources_of(known))


def _worse(shown: ShownSource | None, fact: Fact) -> ShownSource:
    new = ShownSource(fact.source.title, fact.source.section, fact.source.url, fact.checked_on, fact.confidence)
    if shown is None:
        return new
    order = list(Confidence)
    worst = max(shown.confidence, fact.confidence, key=order.index)
    return replace(shown, checked_on=min(shown.checked_on, fact.checked_on), confidence=worst)


def unfilled(text: str, topic: Topic) -> tuple[str, ...]:
    """Places in a text for which the topic names no fact."""
    return tuple(place for place in places_in(text) if place not in topic.facts)
