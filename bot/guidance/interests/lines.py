"""A profile and the occupations near it as lines of a message (bot/content/composed.py), for whoever tells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.content.lines import Line, line, text
from bot.guidance.interests.matching import Match
from bot.guidance.interests.profile import Profile

TYPES_SHOWN = 3


def shown_types(profile: Profile) -> tuple[str, ...]:
    """The types that are told, highest first; none for a profile that is incomplete or flat."""
    if not profile.complete or profile.flat:
        return ()
    return tuple(name for names in profile.ranking for name in names)[:TYPES_SHOWN]


def profile_lines(profile: Profile) -> Iterator[Line]:
    """What somebody likes, or why it cannot be said."""
    types = shown_types(profile)
    if not types:
        yield text("interests", "notices", "flat" if profile.complete else "not_enough")
        return
    yield line("interests_first")
    yield from map(type_line, types)
    if any(len(names) > 1 for names in profile.ranking[:TYPES_SHOWN]):
        yield text("interests", "notices", "tie")


def type_line(name: str) -> Line:
    """A type by its name, with its sentence."""
    return line("interests_type", name=text("interests", "types", name, "name"), says=text("interests", "types", name, "says"))


def occupation_lines(found: Sequence[Match]) -> Iterator[Line]:
    """Occupations, each with the way to it."""
    yield text("interests", "notices", "occupations")
    for match in found:
        yield line("interests_occupation", occupation={"occupation": match.occupation}, way=text("interests", "schooling", match.path))
