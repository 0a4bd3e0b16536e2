"""Text as messengers count and show it: cleaned, measured in UTF-16 units, never cut inside what a reader sees as one letter."""

from __future__ import annotations

import re
import unicodedata

from rich.cells import split_graphemes

from bot.channels.rendering.isolates import balanced, without_isolates

ELLIPSIS = "…"
LOOKAHEAD = 32  # letters past a limit that tell whether the last one before it is whole
# Control characters; embeddings and overrides (U+202A to U+202E), which Telegram takes out too and which would shift its entities;
# marks of byte order and no characters at all.
TAKEN_OUT = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), 0xFEFF, 0xFFFE, 0xFFFF)
UNWANTED: dict[int, str | None] = dict.fromkeys(TAKEN_OUT)
UNWANTED |= {ord("\n"): "\n", ord("\t"): " "}
LINE_END = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
BLANK_LINES = re.compile(r"\n{3,}")
BLANKS = re.compile(r"\s+")
# Characters that look like nothing although Unicode calls them letters or symbols.
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")
REGIONAL = range(0x1F1E6, 0x1F200)  # letters of flags


def units(text: str) -> int:
    """The length in UTF-16 units: what Telegram counts, and never less than the number of characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Text without control characters, lone surrogates and trailing blanks; each line's isolates closed; composed (NFC)."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    plain = unicodedata.normalize("NFC", LINE_END.sub("\n", whole).translate(UNWANTED))
    return BLANK_LINES.sub("\n\n", "\n".join(balanced(line).rstrip() for line in plain.split("\n"))).strip()


def one_line(text: str) -> str:
    """Text for a button: cleaned, in one line."""
    return BLANKS.sub(" ", clean(text))


def visible(text: str) -> bool:
    """True when there is something to see: a letter, digit, punctuation mark or symbol."""
    return any(unicodedata.category(letter)[0] in "LNPS" and letter not in FILLERS for letter in text)


def boundaries(text: str) -> list[int]:
    """Where what a reader sees as one letter begins, and the end: [0, ..., len(text)]."""
    kept, half = [], False
    for start, _, _ in split_graphemes(text, "latest")[0]:
        regional = ord(text[start]) in REGIONAL
        if not (regional and half):  # the second letter of a flag belongs to the first
            kept.append(start)
        half = regional and not half
    return [*kept, len(text)]


def shortened(title: str, limit: int) -> str:
    """A title of at most `limit` units: whole if it can be (then without isolates rather than cut), else ending with "…"."""
    if units(title) <= limit:
        return title
    plain = without_isolates(title)
    if units(plain) <= limit:
        return plain
    plain = plain[: limit + LOOKAHEAD]
    fitting = [end for end in boundaries(plain) if end and units(plain[:end]) < limit]
    kept = plain[: fitting[-1]] if fitting else plain[: (limit - 1) // 2]  # one letter with more marks than fit
    return kept.rstrip() + ELLIPSIS
