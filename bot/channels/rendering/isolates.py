"""Text of both directions in one line: each foreign run in isolates (U+2068 ... U+2069, UAX 9), always balanced."""

from __future__ import annotations

import re
from collections.abc import Iterator

OPENERS, CLOSER = "\u2066\u2067\u2068", "\u2069"
ISOLATE = "\u2068"
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
DEEPEST = 4  # isolates within isolates; more is nobody's sentence

RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"  # blocks that run from right to left
LEFT_LETTER = rf"(?:(?![{RIGHT}])[^\W_])"
JOINING = rf"[^{RIGHT}\u200f\u2066-\u2069\n()«»\"“”„•…،؛؟]"
# From a letter or digit to the last one before the script changes, with a sign that belongs to it and brackets that close again.
LEFT_RUN = re.compile(
    rf"(?:(?<![^\s(])[+\-−](?=\d)|§+\s?(?=\d)|[@#](?={LEFT_LETTER}))?{LEFT_LETTER}"
    rf"(?:(?:{JOINING}|\({JOINING}+\))*(?:{LEFT_LETTER}|[%/]|\({JOINING}+\)))?"
)
RIGHT_RUN = re.compile(rf"[{RIGHT}](?:[{RIGHT}\u200c\u200d \u00a0.,'’/\-–]*[{RIGHT}])?")
RIGHT_LETTER = re.compile(rf"(?!\d)[{RIGHT}]")
LEFT_WORD = re.compile(rf"(?!\d){LEFT_LETTER}")
# What isolates of single runs break: an address cut at its signs, a bracket that closes outside.
CUT_ADDRESS = re.compile("(?<=[A-Za-z0-9%])\u2069([/?=_#~&;]+)\u2068(?=[A-Za-z0-9%])")
CUT_SLASH = re.compile("(https?://[^\\s\u2066-\u2069]*)\u2069/")
CUT_BRACKET = re.compile("(\u2068[^\u2066-\u2069()]*\\([^\u2066-\u2069()]*)\u2069\\)")
EMPTY = re.compile("[\u2066-\u2068]\u2069")
ANY = re.compile("[\u2066-\u2069]")


def balanced(line: str) -> str:
    """A line in which every isolate opened is closed and none is empty."""
    opened: list[bool] = []

    def kept(found: re.Match[str]) -> str:
        if found.group() == CLOSER:
            return CLOSER if opened and opened.pop() else ""
        opened.append(len(opened) < DEEPEST)
        return found.group() if opened[-1] else ""

    text = ANY.sub(kept, line)
    text += CLOSER * sum(opened)
    while EMPTY.search(text):
        text = EMPTY.sub("", text)
    return text


def without_isolates(text: str) -> str:
    """The text alone, without blanks around it."""
    return ANY.sub("", text).strip()


def isolated(text: str, direction: str) -> str:
    """Text for a reader of this direction (rtl or ltr): in each line, the runs of the other one in isolates where they are not yet."""
    return "\n".join(_line(balanced(line), direction == "rtl") for line in text.split("\n"))


def isolated_title(title: str, direction: str) -> str:
    """A button's text: isolates only where both directions meet in it; a button's direction is that of its first letter."""
    plain = without_isolates(title)
    return isolated(title, direction) if RIGHT_LETTER.search(plain) and LEFT_RUN.search(plain) else plain


def led(start: str, title: str, direction: str) -> str:
    """A line of a list such as "1. Title", which runs in this direction whatever the title's own is."""
    own, mark = (RIGHT_LETTER, RIGHT_TO_LEFT_MARK) if direction == "rtl" else (LEFT_WORD, LEFT_TO_RIGHT_MARK)
    if own.search("".join(_outside(title))):
        return start + title
    return f"{mark}{start}{ISOLATE}{without_isolates(title)}{CLOSER}"


def _line(line: str, right_to_left: bool) -> str:
    line = CUT_BRACKET.sub(f"\\1){CLOSER}", CUT_SLASH.sub(f"\\1/{CLOSER}", CUT_ADDRESS.sub(r"\1", line))) if CLOSER in line else line
    outside = "".join(_outside(line))
    right, left = len(RIGHT_LETTER.findall(outside)), len(LEFT_WORD.findall(outside))
    if right and (right_to_left or right > left):
        return _wrapped(line, LEFT_RUN)
    if left or not right_to_left:
        return _wrapped(line, RIGHT_RUN) if right else line
    # Nothing but numbers and isolates: only a mark makes such a line begin at the right.
    wrapped = _wrapped(line, LEFT_RUN)
    return wrapped if ISOLATE not in wrapped or wrapped.startswith(RIGHT_TO_LEFT_MARK) else RIGHT_TO_LEFT_MARK + wrapped


def _wrapped(line: str, run: re.Pattern[str]) -> str:
    return "".join(
        run.sub(lambda found: f"{ISOLATE}{found.group()}{CLOSER}", text) if outside else text for outside, text in _segments(line)
    )


def _outside(line: str) -> Iterator[str]:
    return (text for outside, text in _segments(line) if outside)


def _segments(line: str) -> Iterator[tuple[bool, str]]:
    """The line in order, each stretch with whether it stands outside all isolates."""
    depth = start = 0
    for found in ANY.finditer(line):
        opens = found.group() != CLOSER
        if opens and depth == 0:
            yield True, line[start : found.start()]
            start = found.start()
        depth += 1 if opens else -1
        if depth == 0:
            yield False, line[start : found.end()]
            start = found.end()
    yield depth == 0, line[start:]
