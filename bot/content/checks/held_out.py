"""No training example is also a held-out sentence, or the measure would flatter."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.content.checks.examples import plain
from bot.content.errors import ContentError
from bot.content.library import Library


def check(library: Library) -> Iterator[ContentError]:
    """Rows of tests/sentences/<lang>/*.jsonl that stand among the examples of that language.

    One-word rows of the conversation itself ("ja", "takk") are left out: there are only so many ways to say yes.
    """
    folder = library.data.parent / "tests" / "sentences"
    for language in library.languages:
        examples = {plain(e): t for t in library.topic_ids() if (w := library.wording(t, language)) for e in w.examples}
        for file in sorted((folder / language).glob("*.jsonl")):
            for number, row in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                sentence = plain(json.loads(row)["text"]) if row.strip() else ""
                if sentence in examples and len(sentence.split()) > 2:
                    yield ContentError(file, number, f"This sentence is an example of {examples[sentence]}. Take it out here.")
