"""Cuts a text into the pieces of the encoder's vocabulary, as its engine does (unigram, best sum of scores)."""

from __future__ import annotations

import re
from typing import Dict, List, Tuple

from bot.encoder.packed_file import PackedEncoder

SPACE = "\u2581"
SPACES = re.compile("  +")
UNKNOWN_COSTS = 10.0  # below the rarest piece, as in SentencePiece
QUESTION = "query: "  # e5 wants to know that a text is a question


class Pieces:
    """The cutter of one model."""

    def __init__(self, model: PackedEncoder) -> None:
        names = model.pieces()
        self._numbers: Dict[str, Tuple[int, float]] = {name: (n, float(model.scores[n])) for n, name in enumerate(names) if name}
        self._longest = max(map(len, names))
        self._letters = str.maketrans({chr(letter): text for letter, text in model.replacements().items()})
        self._begin, self._end, self._unknown = model.begin, model.end, model.unknown
        self._numbers.pop(names[model.unknown], None)
        self._unknown_score = float(model.scores.min()) - UNKNOWN_COSTS
        self._most = model.positions - 2

    def cut(self, text: str) -> List[int]:
        """Numbers of the pieces of a question, with the marks of beginning and end."""
        spaced = SPACES.sub(" ", (QUESTION + text).translate(self._letters))
        inside = self._best(spaced.replace(" ", SPACE) if spaced.startswith(" ") else SPACE + spaced.replace(" ", SPACE))
        return [self._begin, *inside[: self._most], self._end]

    def _best(self, text: str) -> List[int]:
        best: List[Tuple[float, int, int]] = [(0.0, 0, 0)] + [(float("-inf"), 0, 0)] * len(text)
        for start in range(len(text)):
            so_far = best[start][0]
            for end in range(start + 1, min(len(text), start + self._longest) + 1):
                found = self._numbers.get(text[start:end])
                if found and so_far + found[1] > best[end][0]:
                    best[end] = (so_far + found[1], found[0], start)
            if so_far + self._unknown_score > best[start + 1][0]:
                best[start + 1] = (so_far + self._unknown_score, self._unknown, start)
        numbers, end = [], len(text)
        while end:
            numbers.append(best[end][1])
            end = best[end][2]
        return numbers[::-1]
