"""All wordings of a library, for the checks that look at each of them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.library import Library
from bot.content.topics import Topic, Wording


def all_wordings(library: Library) -> Iterator[tuple[Topic, Wording]]:
    """Each topic with each wording of it that exists, topic by topic in the order of the languages."""
    for topic in library.topics():
        for language in library.languages:
            wording = library.wording(topic.id, language)
            if wording is not None:
                yield topic, wording
