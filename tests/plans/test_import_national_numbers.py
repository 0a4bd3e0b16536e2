"""National identity numbers are found in any text, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plans.importing.texts import NATIONAL_NUMBER, is_national_number, shown
from bot.plans.national_numbers import FIRST_WEIGHTS, SECOND_WEIGHTS, holds_national_number

# The first is a published example of the calculation; the others are made for this test by the same rule.
KINDS = {
    "fødselsnummer": "31129956715",
    "leap day": "29028812343",
    "D-number": "41019012474",
    "H-number": "01419012463",
    "invented": "01819012446",
    "FH-number": "81234567802",
}


@pytest.mark.parametrize("number", KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_number_is_found(number: str) -> None:
    assert holds_national_number(number)
    assert holds_national_number(f"Fødselsnummer: {number}, ring etter lunsj")


@pytest.mark.parametrize(
    "text",
    [
        "311299 56715",
        "31.12.99 56715",
        "311299-56715",
        "31 12 99 567 15",
        "311299\u00a056715",
        "٣١١٢٩٩٥٦٧١٥",
        "３１１２９９５６７１５",
        "x31129956715y",
    ],
)
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    assert holds_national_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31129956716",  # the last digit is wrong
        "31129956725",  # the first check digit is wrong
        "32019012432",  # right check digits, but no 32nd day
        "01139012409",  # right check digits, but no 13th month
        "311299567151",  # twelve digits
        "9311299567150",
        "3112995671",
        "+31129956715",  # a telephone number from the Netherlands
        "2026-0147",
        "22 33 44 55",
        "00 00 00 00",
        "31.12.1999 56715",
    ],
)
def test_nothing_else_is_taken_for_one(text: str) -> None:
    assert not holds_national_number(text)


@given(st.dates(), st.integers(0, 999), st.sampled_from([0, 40]))
def test_one_wrong_digit_is_never_a_national_number(day: object, individual: int, more: int) -> None:
    digits = [int(digit) for digit in f"{day.day + more:02}{day.month:02}{day.year % 100:02}{individual:03}"]  # type: ignore[attr-defined]
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        digits.append(-sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11)
    if 10 in digits:
        return  # such a number is never given to anybody
    number = "".join(map(str, digits))
    assert holds_national_number(number)
    for place in range(11):
        other = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert not holds_national_number(other)


def test_a_number_whose_nought_a_spreadsheet_took_away_is_found_in_a_cell() -> None:
    assert is_national_number("1019012480") and not is_national_number("4790123456")


def test_a_report_never_shows_one() -> None:
    assert shown("Selam 010190 12480") == shown(1019012480) == NATIONAL_NUMBER
    assert shown("x" * 100) == "x" * 60 + " ..."
