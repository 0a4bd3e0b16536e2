"""An answer fits one message of every channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError
from bot.content.facts import FactState
from bot.content.library import Library
from bot.content.placeholders import fill
from bot.content.selection import LONGEST_ANSWER, unfilled

LONGEST_ADDITION = 330  # what a municipality may add; a channel with narrow messages can send it by itself


def check(library: Library) -> Iterator[ContentError]:
    """Answers that are too long with their numbers filled in, and local additions that are."""
    today = dt.date.today()
    for topic, wording in all_wordings(library):
        known = [library.facts.on(fact, today) for fact in topic.facts]
        if any(k.state is not FactState.VALID for k in known):
            continue  # expired: nobody will read this text
        if any(unfilled(text, topic) for text in wording.texts.values()):
            continue  # `places` says so
        language = library.languages[wording.language]
        whole = len(fill(wording.answer, known, language))
        if whole > LONGEST_ANSWER:
            problem = f"The answer has {whole} characters; one message takes {LONGEST_ANSWER}. Shorten it."
            yield ContentError(wording.file, wording.line_of("answer"), problem)
        if len(fill(wording.story, known, language)) > LONGEST_ANSWER:
            problem = f"The story has more than {LONGEST_ANSWER} characters. Shorten it."
            yield ContentError(wording.file, wording.line_of("story"), problem)
        for place, text in wording.local.items():
            length = len(fill(text, known, language))
            if length > LONGEST_ADDITION:
                problem = f"The addition for {place} has {length} characters; {LONGEST_ADDITION} are the most. Shorten it."
                yield ContentError(wording.file, wording.line_of("local"), problem)
