"""{Places} are the same in every language, and each stands for a fact of its topic or a value of its phrase."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError, did_you_mean
from bot.content.library import Library
from bot.content.placeholders import places_in

UNSPEAKABLE = "rule"


def check(library: Library) -> Iterator[ContentError]:
    """Unknown places in topics, places that print no value, and places that a language has more or fewer of than the source."""
    source = library.languages.source.code
    for topic, wording in all_wordings(library):
        original = library.wording(topic.id, source)
        for key, text in wording.texts.items():
            for place in places_in(text):
                if place not in topic.facts:
                    yield ContentError(
                        wording.file,
                        wording.line_of(key),
                        f"{{{place}}} is not among the facts of {topic.id}.{did_you_mean(place, topic.facts)}",
                    )
                elif place in library.facts and library.facts[place].unit == UNSPEAKABLE:
                    problem = f"{{{place}}} is a rule, true or false, and would print «True». Say it in words, or give the fact a value."
                    yield ContentError(wording.file, wording.line_of(key), problem)
            if original and text and original.texts.get(key) and key != "title":
                yield from _differences(wording.file, wording.line_of(key), key, text, original.texts[key])
    yield from _phrases(library, source)


def _differences(file: object, line: int | None, key: str, text: str, original: str) -> Iterator[ContentError]:
    here, there = set(places_in(text)), set(places_in(original))
    for place in sorted(there - here):
        yield ContentError(str(file), line, f"`{key}` lacks {{{place}}}, which the source wording has.")
    for place in sorted(here - there):
        yield ContentError(str(file), line, f"`{key}` has {{{place}}}, which the source wording has not.")


def _phrases(library: Library, source: str) -> Iterator[ContentError]:
    original = library.phrases(source)
    for language in library.languages.offered:
        file = library.data / "phrases" / f"{language.code}.yml"
        if not file.exists():
            continue  # a gap, which another check reports
        phrases = library.phrases(language.code)
        for key, text in phrases.texts.items():
            if key not in original.texts:
                hint = did_you_mean(key, original.texts)
                yield ContentError(file, phrases.lines[key], f"The source language has no phrase `{key}`.{hint}")
            else:
                yield from _differences(file, phrases.lines[key], key, text, original.texts[key])
