"""Finds names of several words in a text, also with the endings and prefixes a language glues to them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Dict, Iterable, Iterator, List, Tuple

from bot.understanding.text import bare

# Vowel marks belong to the word they stand on, although Python does not count them as letters.
WORD = re.compile(r"[\w\u0300-\u036f\u064b-\u065f\u0670]+")
OPEN = "*"


@dataclass(frozen=True)
class _Piece:
    """One word of a name: its bare stem, and whether anything may stand before or after it."""

    stem: str
    open_before: bool
    open_after: bool

    def fits(self, word: str) -> bool:
        if self.open_before:
            position = word.find(self.stem)
            return position >= 0 and (self.open_after or word.endswith(self.stem))
        return word.startswith(self.stem) if self.open_after else word == self.stem


Name = Tuple[str, Tuple[_Piece, ...]]


class NameMatcher:
    """Finds labels by their names. Only names whose first word stands in the text are tried."""

    def __init__(self, names: Iterable[Tuple[str, str]]) -> None:
        """Takes (label, name) pairs; in a name `word*` has any ending and `*word` any beginning."""
        self._whole: Dict[str, List[Name]] = defaultdict(list)
        self._stems: Dict[str, List[Name]] = defaultdict(list)
        self._ends: List[Name] = []
        for label, name in names:
            pieces = tuple(_pieces(name))
            if pieces:
                self._shelf(pieces[0]).append((label, pieces))

    def found(self, text: str) -> Iterator[Tuple[str, int, int]]:
        """(label, start, end) of each name in a text, from left to right; where two overlap, the longer one."""
        words = [(bare(match.group()), match.start(), match.end()) for match in WORD.finditer(text)]
        position = 0
        while position < len(words):
            label, length = self._longest([word for word, _, _ in words[position:]])
            if length:
                yield label, words[position][1], words[position + length - 1][2]
            position += max(length, 1)

    def _shelf(self, piece: _Piece) -> List[Name]:
        if piece.open_before:
            return self._ends
        return self._stems[piece.stem] if piece.open_after else self._whole[piece.stem]

    def _longest(self, words: List[str]) -> Tuple[str, int]:
        best, length, letters = "", 0, 0
        for label, pieces in self._starting_with(words[0]):
            size = sum(len(piece.stem) for piece in pieces)
            if (len(pieces), size) > (length, letters) and len(pieces) <= len(words) and all(p.fits(w) for p, w in zip(pieces, words)):
                best, length, letters = label, len(pieces), size
        return best, length

    def _starting_with(self, word: str) -> Iterator[Name]:
        yield from self._whole.get(word, ())
        for end in range(1, len(word) + 1):
            yield from self._stems.get(word[:end], ())
        yield from self._ends


def _pieces(name: str) -> Iterator[_Piece]:
    for part in name.split():
        inside = [bare(word) for word in WORD.findall(part.replace(OPEN, ""))]
        for number, stem in enumerate(inside):
            first, last = number == 0, number == len(inside) - 1
            yield _Piece(stem, first and part.startswith(OPEN), last and part.endswith(OPEN))
