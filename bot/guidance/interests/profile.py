"""Sums the answers into a profile, and says honestly where they say little: too few answers, ties, all alike."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bot.guidance.interests.questionnaire import PER_TYPE, TYPES, Answers, Questionnaire

ENOUGH = 3
CODE_LENGTH = 3
# Five points are one step on the answers for each of the five statements of a type: less than that between two types is no difference to
# build on. Holland calls highest minus lowest the differentiation of a profile.
ONE_STEP = PER_TYPE
Code = tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """Points per type (only types with enough answers), and how many answers each other type still needs."""

    points: Mapping[str, Fraction]
    still_needed: Mapping[str, int]
    most_points: int

    @property
    def complete(self) -> bool:
        """True when every type has enough answers; before that nobody can say which comes first."""
        return not self.still_needed

    @property
    def ranking(self) -> tuple[tuple[str, ...], ...]:
        """The types with points, highest first; types with equal points stand together."""
        highest_first = sorted(set(self.points.values()), reverse=True)
        return tuple(tuple(name for name in TYPES if self.points.get(name) == points) for points in highest_first)

    @property
    def spread(self) -> Fraction:
        """Points between the highest and the lowest type."""
        return max(self.points.values()) - min(self.points.values()) if self.points else Fraction(0)

    @property
    def flat(self) -> bool:
        """True when all types are alike: highest and lowest are less than a step apart. Only a complete profile can be called flat."""
        return self.complete and self.spread < ONE_STEP

    @property
    def first(self) -> tuple[str, ...]:
        """The types at the top: all whose points are less than a step below the highest."""
        if not self.points:
            return ()
        highest = max(self.points.values())
        return tuple(name for names in self.ranking for name in names if highest - self.points[name] < ONE_STEP)

    @property
    def codes(self) -> tuple[Code, ...]:
        """Every three-type code the ranking allows: one without ties, more with them, none for an incomplete or flat profile."""
        if not self.complete or self.flat:
            return ()
        orders = itertools.product(*(itertools.permutations(names) for names in self.ranking))
        return tuple(dict.fromkeys(tuple(itertools.chain(*order))[:CODE_LENGTH] for order in orders))


def profile_of(questionnaire: Questionnaire, answers: Answers) -> Profile:
    """The profile of answers (statement id -> answer code).

    A type with at least 3 of 5 answers has its sum; where one or two are missing, the sum of the others scaled to five, as if the missing
    ones were like the mean of the given. Raises UnknownStatement, UnknownAnswer.
    """
    points, still_needed = {}, {}
    for name, given in questionnaire.points_of(answers).items():
        if len(given) < ENOUGH:
            still_needed[name] = ENOUGH - len(given)
        else:
            points[name] = Fraction(sum(given) * PER_TYPE, len(given))
    return Profile(points, still_needed, questionnaire.most_points)
