"""Numbers about people that may be shown: none from one to four can be read, or computed from a total or from the other numbers."""

from __future__ import annotations

from collections.abc import Mapping

SMALL = range(1, 5)
Shown = int | None  # None: hidden, because it is small or because a small one could be computed from it


def shown(count: int) -> Shown:
    """A number that stands alone."""
    return None if count in SMALL else count


def share_of(count: int, total: int) -> Shown:
    """How many of a total that is shown beside it: hidden too where the rest is small."""
    return None if count in SMALL or total - count in SMALL or total in SMALL else count


def part_within(part: int, whole: int, total: int) -> Shown:
    """How many of those who are counted in `whole`, itself of a total: hidden too where the difference is small."""
    return None if whole - part in SMALL else share_of(part, total)


def partition(counts: Mapping[str, int]) -> dict[str, Shown] | None:
    """The parts of a total that is shown beside them; None where not even the names of the parts may stand there.

    Small parts are hidden, and with them as many of the smallest others as it takes: the hidden ones are then at least two, are
    five or more together, and are not all known to be one. All hidden parts look alike, so that none is known to be a small one.
    """
    left = sorted(((count, name) for name, count in counts.items() if count), reverse=True)
    hidden = [(count, name) for count, name in left if count in SMALL]
    left = [one for one in left if one not in hidden]
    while hidden and not _safe([count for count, _ in hidden]):
        if not left:
            return None
        hidden.append(left.pop())  # the smallest of the others
    secret = {name for _, name in hidden}
    return {name: None if name in secret else count for name, count in counts.items()}


def _safe(hidden: list[int]) -> bool:
    """True where the sum of the hidden, which anybody can compute, tells no small number."""
    together = sum(hidden)
    return len(hidden) > 1 and together not in SMALL and together > len(hidden)
