"""Municipalities by the names people write."""

from __future__ import annotations

import difflib

from bot.content import Library

# The municipalities of local routes: a slip in one of these names would close a route that is there. Every other name is taken as it is.
LOCAL = ("oslo", "baerum", "lorenskog")
NEAR = 0.75  # "Olso" and "Lørenskogen", but not Bardu, Hole or Sola
ENDINGS = (" kommune", " municipality")


def municipality_id(library: Library, words: str | None) -> tuple[str | None, str]:
    """The id for a name of data/municipalities, the name itself for another municipality, and a problem where it looks like a slip."""
    if words is None:
        return None, ""
    name, places = _plain(words), library.municipalities()
    for place in places.values():
        if name in map(_plain, (place.id, place.name, *place.also_called)):
            return place.id, ""
    local = {_plain(written): places[key].name for key in LOCAL if key in places for written in (key, places[key].name)}
    near = difflib.get_close_matches(name, list(local), n=1, cutoff=NEAR)
    if near:
        return None, f"`municipality`: {words!r} is not known. Did you mean {local[near[0]]}? Write the name of the municipality."
    return name, ""


def _plain(words: str) -> str:
    name = " ".join(words.casefold().split())
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name
