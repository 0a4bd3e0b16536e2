"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

# A number is one word, with the blanks, commas and isolates its language puts into it.
NUMBER = r"\u2068?\d+(?:[.,\u00a0\u202f]\d+)*\u2069?"
MARKS = r".,:;!?()«»\"،؟؛፣።"
WORDS = re.compile(rf"{NUMBER}|\s+|[{MARKS}]|[^\s{MARKS}]+")
SAME, REMOVED, ADDED = "same", "removed", "added"


def differences(before: str, after: str) -> list[tuple[str, str]]:
    """Pieces in the order of reading, each same, removed or added; without the added ones they are the old text, and so on."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append((SAME, "".join(old[a:b])))
            continue
        if b > a:
            pieces.append((REMOVED, "".join(old[a:b])))
        if d > c:
            pieces.append((ADDED, "".join(new[c:d])))
    return pieces
