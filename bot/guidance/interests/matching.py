"""Which occupations are near a profile, by Iachan's index of agreement.

R. Iachan: A measure of agreement for use with the Holland classification system, Journal of Vocational Behavior 24 (1984), 133-141. Every
letter that two codes share gives points by its places in both: the first letters most, swapped letters still something. Equal codes have
28, codes without a common letter 0; with ties the mean over the codes they allow (the same, 36, 1990, 176-180). The index of Brown and Gore
(1994) was tried too: it looks at each place alone, and so put bus drivers before nurses for people who like to find out and to help.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from bot.content.errors import ContentError, did_you_mean
from bot.content.occupations import PATHS, Occupation
from bot.content.yaml_file import LocatedDict, read_yaml
from bot.guidance.interests.profile import CODE_LENGTH, Code, Profile
from bot.guidance.interests.questionnaire import LETTERS

FILE = "occupation_codes.yml"
# Row: place of the letter in one code; column: its place in the other.
AGREEMENT = ((22, 10, 4), (10, 5, 2), (4, 2, 1))
# Our own line: below half of the most, an occupation is no longer like what somebody likes.
LEAST = 14
COUNT = 10


@dataclass(frozen=True)
class Match:
    """An occupation near a profile: nearness 14 to 28, its code, and the way to it (a path of data/occupations)."""

    occupation: str
    nearness: Fraction
    code: Code
    path: str


def nearness(one: Sequence[str], other: Sequence[str]) -> int:
    """Iachan's index of two codes of three types each, 0 to 28; the same whichever comes first."""
    return sum(AGREEMENT[place][other.index(name)] for place, name in enumerate(one) if name in other)


def matches(
    profile: Profile,
    codes: Mapping[str, Code],
    occupations: Mapping[str, Occupation],
    count: int = COUNT,
    paths: Iterable[str] = PATHS,
) -> list[Match]:
    """The occupations nearest to a profile, nearest first, at most `count`; none for a profile that is incomplete or flat.

    With ties in the profile the nearness is the mean over all orders the ties allow. Occupations that are equally near take turns by their
    paths, so that short and long ways both are shown. `paths` keeps only occupations with these ways.
    """
    if not profile.codes:
        return []
    wanted = frozenset(paths)
    found = [
        Match(occupation, _mean([nearness(own, code) for own in profile.codes]), code, occupations[occupation].path)
        for occupation, code in codes.items()
        if occupations[occupation].path in wanted
    ]
    found = sorted((match for match in found if match.nearness >= LEAST), key=lambda match: (-match.nearness, match.occupation))
    in_turns = (match for _, equal in groupby(found, key=lambda match: match.nearness) for match in _taking_turns(list(equal)))
    return list(in_turns)[:count]


def read_occupation_codes(data: Path, occupations: Mapping[str, Occupation]) -> dict[str, Code]:
    """The code of every occupation. Raises ContentError with file and line."""
    file = data / "interests" / FILE
    rows = read_yaml(file).get("codes")
    if not isinstance(rows, LocatedDict):
        raise ContentError(file, 1, "The file needs `codes:` with one line per occupation.")
    for occupation in occupations:
        if occupation not in rows:
            raise ContentError(file, None, f"`{occupation}` has no code. Add a line for it.")
    codes = {}
    for occupation, letters in rows.items():
        if occupation not in occupations:
            raise ContentError(file, rows.lines[occupation], f"`{occupation}` is no occupation.{did_you_mean(occupation, occupations)}")
        if len(set(letters)) != CODE_LENGTH or len(letters) != CODE_LENGTH or not set(letters) <= set(LETTERS):
            raise ContentError(
                file, rows.lines[occupation], f"`{letters}` is no code. Write three different letters of {''.join(LETTERS)}."
            )
        codes[occupation] = tuple(LETTERS[letter] for letter in letters)
    return codes


def _taking_turns(equal: list[Match]) -> list[Match]:
    turns: dict[str, int] = {}
    rounds = []
    for match in equal:
        turns[match.path] = turns.get(match.path, 0) + 1
        rounds.append((turns[match.path], PATHS.index(match.path), match))
    return [match for _, _, match in sorted(rounds, key=lambda row: row[:2])]


def _mean(numbers: list[int]) -> Fraction:
    return Fraction(sum(numbers), len(numbers))
