"""Enough held-out sentences, and none of them a training example, or the measure would flatter."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from bot.content.checks.examples import plain
from bot.content.errors import ContentError
from bot.content.library import Library

FEWEST = 3  # for each topic in each language


def check(library: Library) -> Iterator[ContentError]:
    """Rows of tests/sentences/<lang>/*.jsonl that stand among the examples of that language, and topics with too few rows.

    One-word rows of the conversation itself ("ja", "takk") are left out: there are only so many ways to say yes.
    """
    folder = library.data.parent / "tests" / "sentences"
    for language in library.languages:
        examples = {plain(e): t for t in library.topic_ids() if (w := library.wording(t, language)) for e in w.examples}
        rows: Counter[str] = Counter()
        for file in sorted((folder / language).glob("*.jsonl")):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                row = json.loads(line) if line.strip() else {"text": "", "topic": ""}
                sentence = plain(row["text"])
                rows[row["topic"]] += 1
                if sentence in examples and len(sentence.split()) > 2:
                    yield ContentError(file, number, f"This sentence is an example of {examples[sentence]}. Take it out here.")
        for topic in library.topic_ids() if rows else ():
            if rows[topic] < FEWEST:
                problem = f"{rows[topic]} held-out sentences for {topic}; {FEWEST} are needed, by somebody who has not seen the examples."
                yield ContentError(folder / language, None, problem)
