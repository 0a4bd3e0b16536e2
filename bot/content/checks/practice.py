"""The item bank: enough of each subject, one right answer among four that differ, and every item explained in every language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.content.errors import ContentError, did_you_mean
from bot.content.library import Library
from bot.content.practice import GAP, LEVELS, Item, practice_items, practice_points

FEWEST = 60  # items of a subject
LONGEST = {"ask": 300, "answer": 60, "text": 900, "because": 200, "title": 80, "says": 420}  # characters; all of it fits one message


def check(library: Library) -> Iterator[ContentError]:
    """Too few items, answers that are the same, a gap that is missing, texts that are too long, explanations that are missing."""
    folder = library.data / "practice"
    if not folder.exists():
        return
    items = practice_items(library.data)
    counted = Counter(item.subject for item in items.values())
    for subject in LEVELS:
        if counted[subject] < FEWEST:
            yield ContentError(folder / f"{subject}.yml", None, f"There are {counted[subject]} items of {subject}; {FEWEST} are needed.")
    for item in items.values():
        yield from _bad_item(folder / f"{item.subject}.yml", item)
    used = {item.point for item in items.values()}
    for language in library.languages.offered:
        yield from _bad_points(library, folder, language.code, used)


def _bad_item(file: Path, item: Item) -> Iterator[ContentError]:
    answers = [item.right, *item.wrong]
    if len({answer.casefold() if item.kind == "meaning" else answer for answer in answers}) < len(answers):
        yield ContentError(file, None, f"{item.id} has two answers that are the same.")
    if (item.kind == "fill_in") != (GAP in item.ask):
        yield ContentError(file, None, f"{item.id}: a gap ({GAP}) belongs into every fill_in question and into no other.")
    if item.kind == "read" and not item.text:
        yield ContentError(file, None, f"{item.id} asks about a text, and there is none.")
    lengths = {"ask": [item.ask], "answer": answers, "text": [item.text], "because": [item.because]}
    for name, texts in lengths.items():
        if any(len(text) > LONGEST[name] for text in texts):
            yield ContentError(file, None, f"{item.id}: `{name}` is longer than {LONGEST[name]} characters. Say it shorter.")


def _bad_points(library: Library, folder: Path, language: str, used: set[str]) -> Iterator[ContentError]:
    points = practice_points(library.data, language)
    if points is None:
        file = folder / "points" / f"{language}.yml"
        yield ContentError(file, None, "This language has no explanations. Copy another language's and write them.")
        return
    for missing in sorted(used - points.points.keys()):
        yield ContentError(points.file, None, f"`{missing}` is not explained. Write its title and what it says.")
    for key, point in points.points.items():
        if key not in used:
            yield ContentError(points.file, points.lines[key], f"No item is about `{key}`.{did_you_mean(key, used)}")
        if len(point.title) > LONGEST["title"] or len(point.says) > LONGEST["says"]:
            limits = f"a title of {LONGEST['title']} and an explanation of {LONGEST['says']} characters fit"
            yield ContentError(points.file, points.lines[key], f"`{key}` is too long: {limits}.")
