"""How a long work shows how far it has come, without knowing who looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Track(Protocol):
    """Hands items on and may show how far the work has come."""

    def __call__(self, items: Sequence[T], doing: str, /) -> Iterable[T]:
        """The items, one after the other."""
        ...


def quietly(items: Sequence[T], doing: str, /) -> Iterable[T]:
    """Shows nothing."""
    return items
