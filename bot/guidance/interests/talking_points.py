"""What an advisor can take up about a profile: codes whose words stand in data/interests/<lang>.yml under `talking_points`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.guidance.interests.matching import Match
from bot.guidance.interests.profile import Profile
from bot.guidance.interests.questionnaire import TYPES

CODES = (
    "not_enough",
    "flat_high",
    "flat_middle",
    "flat_low",
    "clear_first",
    "close_first",
    "tie_first",
    "opposite",
    "schooling_differs",
    "not_a_test",
)
# A flat profile is high or low when its mean lies more than half a step from the middle answer.
LOW, HIGH = Fraction(3, 8), Fraction(5, 8)


@dataclass(frozen=True)
class TalkingPoint:
    """One point: its code and the types it is about."""

    code: str
    types: tuple[str, ...] = ()


def talking_points(profile: Profile, found: Sequence[Match] = ()) -> list[TalkingPoint]:
    """The points of a profile in the order in which a talk would take them; the last always says that it is no test."""
    points = []
    if not profile.complete:
        points.append(TalkingPoint("not_enough", tuple(profile.still_needed)))
    elif profile.flat:
        points.append(TalkingPoint(_level(profile)))
    else:
        points += _about_the_first(profile)
    if len({match.path for match in found}) > 1:
        points.append(TalkingPoint("schooling_differs"))
    return [*points, TalkingPoint("not_a_test")]


def _about_the_first(profile: Profile) -> list[TalkingPoint]:
    first = profile.first
    top = profile.ranking[0]
    if len(top) > 1:
        points = [TalkingPoint("tie_first", top)]
    else:
        points = [TalkingPoint("close_first" if len(first) > 1 else "clear_first", first)]
    # Holland calls a profile consistent when its two highest types are neighbours; opposites at the top are worth a talk.
    two = [name for names in profile.ranking for name in names][:2]
    if _second_is_sure(profile) and _opposite(two[0], two[1]):
        points.append(TalkingPoint("opposite", tuple(two)))
    return points


def _opposite(one: str, other: str) -> bool:
    """True for types that face each other on the hexagon."""
    return abs(TYPES.index(one) - TYPES.index(other)) == len(TYPES) // 2


def _second_is_sure(profile: Profile) -> bool:
    """True when ties leave no doubt which two types are the highest."""
    return len({frozenset(code[:2]) for code in profile.codes}) == 1


def _level(profile: Profile) -> str:
    mean = sum(profile.points.values(), Fraction(0)) / len(profile.points) / profile.most_points
    if mean > HIGH:
        return "flat_high"
    return "flat_low" if mean < LOW else "flat_middle"
