"""An answer fits one message of every channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError
from bot.content.facts import FactState
from bot.content.library import Library
from bot.content.placeholders import fill

LONGEST_ANSWER = 900
LONGEST_WITH_LOCAL = 1024  # body of a WhatsApp message with buttons (Cloud API reference)


def check(library: Library) -> Iterator[ContentError]:
    """Answers that are too long with their numbers filled in, alone or with a local addition."""
    today = dt.date.today()
    for topic, wording in all_wordings(library):
        known = [library.facts.on(fact, today) for fact in topic.facts]
        if any(k.state is not FactState.VALID for k in known):
            continue  # expired: nobody will read this text
        language = library.languages[wording.language]
        whole = len(fill(wording.answer, known, language))
        if whole > LONGEST_ANSWER:
            problem = f"The answer has {whole} characters; one message takes {LONGEST_ANSWER}. Shorten it."
            yield ContentError(wording.file, wording.line_of("answer"), problem)
        for place, text in wording.local.items():
            if whole + len(fill(text, known, language)) + 2 > LONGEST_WITH_LOCAL:
                yield ContentError(wording.file, wording.line_of("local"), f"Answer and addition for {place} are too long together.")
