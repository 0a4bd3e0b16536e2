"""Every file can be read, and every name in it exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.content.errors import ContentError, did_you_mean
from bot.content.library import Library
from bot.content.occupations import LIST


def check(library: Library) -> Iterator[ContentError]:
    """Broken files first; then facts, topics and municipalities that are named but do not exist."""
    broken = list(_broken_files(library))
    yield from broken
    if not broken:
        yield from _unknown_names(library)


def _broken_files(library: Library) -> Iterator[ContentError]:
    yield from _tried(lambda: library.facts)
    yield from _tried(lambda: library.languages)
    yield from _tried(library.municipalities)
    for file in sorted((library.data / "phrases").glob("*.yml")):
        yield from _tried(lambda file=file: library.phrases(file.stem))  # type: ignore[misc]
    for file in sorted((library.data / "glossary").glob("*.yml")):
        yield from _tried(lambda file=file: library.glossary(file.stem))  # type: ignore[misc]
    for file in sorted((library.data / "occupations").glob("*.yml")):
        yield from _tried(lambda file=file: _occupations(library, file.name))  # type: ignore[misc]
    for topic_id in library.topic_ids():
        yield from _tried(lambda topic_id=topic_id: library.topic(topic_id))  # type: ignore[misc]
        for file in sorted((library.data / "topics" / topic_id).glob("*.yml")):
            if file.stem != "topic":
                yield from _tried(lambda t=topic_id, f=file: library.wording(t, f.stem))  # type: ignore[misc]


def _tried(read: Callable[[], object]) -> Iterator[ContentError]:
    try:
        read()
    except ContentError as error:
        yield error


def _occupations(library: Library, name: str) -> object:
    return library.occupations if name == LIST else library.occupation_names(name.removesuffix(".yml"))


def _unknown_names(library: Library) -> Iterator[ContentError]:
    topics, facts, places = set(library.topic_ids()), set(library.facts), set(library.municipalities())
    for topic in library.topics():
        for fact in topic.facts:
            if fact not in facts:
                yield ContentError(topic.file, None, f"`{fact}` is no fact.{did_you_mean(fact, facts)}")
        for other in (*topic.buttons, *topic.related, *(f.topic for f in topic.follow_ups)):
            if other not in topics:
                yield ContentError(topic.file, None, f"`{other}` is no topic.{did_you_mean(other, topics)}")
        if topic.scope != "national" and topic.scope not in places:
            yield ContentError(topic.file, None, f"`{topic.scope}` is no municipality.{did_you_mean(topic.scope, places)}")
    for place in library.municipalities().values():
        for topic_id in place.topics:
            if topic_id not in topics:
                yield ContentError(place.file, None, f"`{topic_id}` is no topic.{did_you_mean(topic_id, topics)}")
