"""Long text in pieces that fit: cut after a line, else a sentence, else a word; inside an isolate or a letter only if it fits nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.channels.rendering.isolates import CLOSER, OPENERS
from bot.channels.rendering.letters import LOOKAHEAD, boundaries, units, visible

SENTENCE_END = re.compile(r"[.!?…؟۔።፧][»”\"')\]]*(?=\s)")
BLANK = re.compile(r"[^\S\u00a0\u202f]")  # not the blanks within a number


def pieces(text: str, limit: int) -> list[str]:
    """Balanced text in pieces of at most `limit` UTF-16 units (32 or more), without those in which nothing is to be seen."""
    return [piece for piece in _cut_up(text, limit) if visible(piece)]


def _cut_up(text: str, limit: int) -> Iterator[str]:
    while units(text) > limit:
        room, opened = _room(text, limit)
        end = _best_end(text, room, opened)
        still_open = opened[end]
        yield (text[:end].rstrip() + CLOSER * len(still_open)).strip()
        text = still_open + text[end:].lstrip()
    yield text.strip()


def _room(text: str, limit: int) -> tuple[int, list[str]]:
    """How many characters fit, with what closes their isolates; and what is open before each of them."""
    opened, used = [""], 0
    for index, letter in enumerate(text):
        used += 2 if ord(letter) > 0xFFFF else 1
        before = opened[-1]
        after = before + letter if letter in OPENERS else before[:-1] if letter == CLOSER else before
        if used + len(after) > limit:
            return index, opened
        opened.append(after)
    return len(text), opened


def _best_end(text: str, room: int, opened: list[str]) -> int:
    head = text[: room + 1]
    lines = [index for index, letter in enumerate(head) if letter == "\n"]
    sentences = [found.end() for found in SENTENCE_END.finditer(head)]
    words = [found.start() for found in BLANK.finditer(head)]
    for ends, least in ((lines, room // 2), (sentences, room // 2), (words, 1)):
        fitting = [end for end in ends if least <= end <= room and not opened[end] and visible(text[:end])]
        if fitting:
            return fitting[-1]
    return _end_within(text, room, words)


def _end_within(text: str, room: int, words: list[int]) -> int:
    """A word or an isolate longer than a whole piece: cut between words, else between letters, else wherever it must be."""
    first = next((index for index, letter in enumerate(text) if letter not in OPENERS), 0)  # a piece without any would not end
    for ends in ([end for end in words if end >= room // 2], boundaries(text[: room + LOOKAHEAD])):
        fitting = [end for end in ends if first < end <= room]
        if fitting:
            return fitting[-1]
    return room
