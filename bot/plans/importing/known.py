"""What the values of an import are measured against: the day, and the names of municipalities and languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.content.library import Library


@dataclass(frozen=True)
class Known:
    """The day of the import; the ids of municipalities and offered languages by all names they go by, in small letters."""

    today: dt.date
    municipalities: Mapping[str, str]
    languages: Mapping[str, str]


def known_from(library: Library, today: dt.date) -> Known:
    """What is known on a day. Raises ContentError when data/ cannot be read."""
    places = library.municipalities().values()
    tongues = library.languages.offered
    return Known(
        today,
        _by_name((place.id, (place.id, place.name, *place.also_called)) for place in places),
        _by_name((one.code, (one.code, one.name, one.norwegian_name, one.english_name, *one.also_called)) for one in tongues),
    )


def _by_name(named: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    """Ids by name; a name of two of them (kurdisk) names neither."""
    found: dict[str, set[str]] = {}
    for id_, names in named:
        for name in names:
            found.setdefault(name.casefold(), set()).add(id_)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}
