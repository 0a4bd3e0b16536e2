"""The patterns of the second net: how a line of data/safety is read and found in a message."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from re import Pattern

from bot.content.yaml_file import read_yaml
from bot.understanding.text import bare

WORD = re.compile(r"\w+")
BETWEEN = "..."
Line = tuple[int, str, str]  # place in the files, topic, the line as it is written


class Nets:
    """All lines of all languages. Thousands of them, so a message is only tried against those whose first word it has."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self._count = 0
        self._whole: dict[str, list[Line]] = defaultdict(list)
        self._stems: dict[str, list[Line]] = defaultdict(list)
        self._always: list[Line] = []

    def __len__(self) -> int:
        return self._count

    def add(self, topic: str, line: str) -> None:
        """Adds one line of a safety file."""
        entry = (self._count, topic, line)
        self._count += 1
        self.topics.add(topic)
        first = next(word for word in line.split() if word != BETWEEN)
        key = WORD.match(bare(first.replace("*", "")))
        if key is None or first.startswith("*"):
            self._always.append(entry)
        elif first.endswith("*") or key.end() < len(bare(first)):
            self._stems[key.group()].append(entry)
        else:
            self._whole[key.group()].append(entry)

    def caught(self, text: str) -> str | None:
        """The topic of the first line found in a text, in the order of the files; None when none is."""
        plain = bare(text)
        for _, topic, line in sorted(self._candidates(plain), key=lambda entry: entry[0]):
            if pattern(line).search(plain):
                return topic
        return None

    def _candidates(self, plain: str) -> Iterator[Line]:
        yield from self._always
        for word in set(WORD.findall(plain)):
            yield from self._whole.get(word, ())
            for end in range(1, len(word) + 1):
                yield from self._stems.get(word[:end], ())


def read_nets(folder: Path) -> Nets:
    """Every line of every language's file. Raises ContentError for a file that cannot be read."""
    nets = Nets()
    for file in sorted(folder.glob("*.yml")):
        for topic, lines in (read_yaml(file).get("patterns") or {}).items():
            for line in filter(None, map(str.strip, lines.splitlines())):
                nets.add(topic, line)
    return nets


@cache
def pattern(line: str) -> Pattern[str]:
    """One line as a regular expression over bare text (see text.bare).

    Its words must follow each other; `word*` stands for any ending, `*word` for any beginning, `...` for up to four words between.
    Made when a message first has the line's first word: making all of them would cost the start more than a second.
    """
    words = []
    for word in line.split():
        if word == BETWEEN:
            words.append(r"(?:\S+\s+){0,4}?")
            continue
        beginning = r"\w*" if word.startswith("*") else ""
        ending = r"\w*" if word.endswith("*") else r"(?!\w)"
        words.append(beginning + re.escape(bare(word.replace("*", ""))) + ending + r"\W*")
    return re.compile(r"(?<!\w)" + "".join(words))
