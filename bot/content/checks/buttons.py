"""Every button has a title in every offered language, short enough for every channel."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError
from bot.content.library import Library
from bot.content.selection import title_of, unfilled

ISOLATES = "\u2068\u2069"
LONGEST_TITLE = 20  # WhatsApp reply buttons (Cloud API reference, interactive messages)


def check(library: Library) -> Iterator[ContentError]:
    """Titles that are missing or too long; two topics of a language under one title."""
    used: dict[tuple[str, str], str] = {}
    for topic, wording in all_wordings(library):
        if not wording.title:
            yield ContentError(wording.file, 1, "There is no `title`, so a button to this topic would have no text. Add one.")
        length = len(title_of(library, topic.id, wording.language).strip(ISOLATES)) if not unfilled(wording.title, topic) else 0
        if length > LONGEST_TITLE:
            problem = f"The title has {length} characters; a button takes {LONGEST_TITLE}. Shorten it."
            yield ContentError(wording.file, wording.line_of("title"), problem)
        other = used.setdefault((wording.language, wording.title.casefold()), topic.id)
        if wording.title and other != topic.id:
            yield ContentError(wording.file, wording.line_of("title"), f"{other} has the same title. A reader could not choose.")
