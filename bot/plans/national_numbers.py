"""Finds national identity numbers, so that no table, log or report ever holds one."""

from __future__ import annotations

import re

# Two digits each for day, month and year, three individual digits, two check digits; people put blanks, points or a hyphen
# between the groups. A number that begins with + is a telephone number from abroad. \d knows the digits of every script.
ELEVEN_DIGITS = re.compile(r"(?<![\d+])(\d\d)[ \u00a0./-]?(\d\d)[ \u00a0./-]?(\d\d)[ \u00a0-]?(\d{3})[ \u00a0]?(\d\d)(?!\d)")
FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
DAY_OFFSETS = (0, 40)  # 40 is added to the day in a D-number
MONTH_OFFSETS = (0, 40, 80)  # 40 is added to the month in an H-number, 80 in Skatteetaten's invented persons


def holds_national_number(text: str) -> bool:
    """True when a text holds a fødselsnummer, D-number, H-number or FH-number: eleven digits with both check digits right.

    The rule is Skatteetaten's: the digits times their weights leave nothing when divided by 11. (For numbers given from 2032
    on, the first check digit may also leave 1, 2 or 3; none of them exists yet, and to accept them would refuse four times as
    many harmless numbers.)
    """
    return any(_is_national("".join(found.groups())) for found in ELEVEN_DIGITS.finditer(text))


def _is_national(number: str) -> bool:
    digits = [int(digit) for digit in number]
    return _has_date(digits) and _divides(digits, FIRST_WEIGHTS) and _divides(digits, SECOND_WEIGHTS)


def _divides(digits: list[int], weights: tuple[int, ...]) -> bool:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11 == 0


def _has_date(digits: list[int]) -> bool:
    """An FH-number begins with 8 or 9 and holds no date; in all others day and month must be possible."""
    if digits[0] >= 8:
        return True
    day, month = digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]
    return any(1 <= day - more <= 31 for more in DAY_OFFSETS) and any(1 <= month - more <= 12 for more in MONTH_OFFSETS)
