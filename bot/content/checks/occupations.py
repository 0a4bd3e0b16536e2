"""Every occupation has names in every offered language, and no name means two occupations."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.errors import ContentError, did_you_mean
from bot.content.library import Library
from bot.content.occupations import OPEN_END, OccupationNames

SHORTEST_STEM = 3


def check(library: Library) -> Iterator[ContentError]:
    """Missing or unknown occupations, a first name with an open end, stems so short that they catch other words, double names."""
    if not library.occupations_file.exists():
        return
    known = library.occupations.known
    for language in library.languages.offered:
        file = library.data / "occupations" / f"{language.code}.yml"
        names = library.occupation_names(language.code)
        if names is None:
            yield ContentError(file, None, "This language has no names of occupations. Copy those of another language and write them.")
            continue
        for occupation in known:
            if not names.names.get(occupation):
                yield ContentError(file, names.lines.get(occupation), f"`{occupation}` has no name. Write at least one.")
        for occupation in names.names:
            if occupation not in known:
                problem = f"`{occupation}` is no occupation.{did_you_mean(occupation, known)}"
                yield ContentError(file, names.lines[occupation], problem)
        yield from _bad_names(names)


def _bad_names(names: OccupationNames) -> Iterator[ContentError]:
    owner: dict[str, str] = {}
    for occupation, listed in names.names.items():
        line = names.lines[occupation]
        if listed and OPEN_END in listed[0]:
            yield ContentError(names.file, line, f"The first name of {occupation} is said, so it must be a whole word, without {OPEN_END}.")
        for name in listed:
            if any(OPEN_END in word and len(word.replace(OPEN_END, "")) < SHORTEST_STEM for word in name.split()):
                yield ContentError(names.file, line, f"`{name}` is so short that it catches other words. Write more letters.")
            if owner.setdefault(name.casefold(), occupation) != occupation:
                yield ContentError(names.file, line, f"`{name}` is already a name of {owner[name.casefold()]}.")
