"""Who may do what: the whole table once more, written out by hand, and the rule about municipalities."""

from __future__ import annotations

import itertools

import pytest

from bot.desk.access import ACTIONS, AREAS, everywhere, home_of, may, require
from bot.desk.colleagues import Colleague, Role
from bot.desk.problems import NotAllowed

# role, area -> actions: r read, c change, p propose, u publish. What is not here is forbidden.
ALLOWED = """
    advisor        queue         r c
    advisor        case          r c
    advisor        participants  r c
    advisor        plan          r c
    advisor        texts         r p
    advisor        facts         r p
    teacher        courses       r c
    editor         texts         r p u
    editor         facts         r p u
    administrator  queue         r c
    administrator  case          r c
    administrator  participants  r c
    administrator  plan          r c
    administrator  texts         r c p u
    administrator  facts         r c p u
    administrator  audit         r
    administrator  accounts      r c
    administrator  courses       r c
"""
LETTERS = {"r": "read", "c": "change", "p": "propose", "u": "publish"}
EXPECTED = {(row[0], row[1], LETTERS[letter]) for row in map(str.split, ALLOWED.strip().splitlines()) for letter in row[2:]}
PERSONAL = ("queue", "case", "participants", "plan", "audit", "accounts", "courses")


def somebody(role: str, municipality: str = "oslo") -> Colleague:
    return Colleague(1, "Somebody", Role(role), municipality)


@pytest.mark.parametrize(("role", "area", "action"), list(itertools.product([one.value for one in Role], AREAS, ACTIONS)))
def test_every_role_in_every_area_with_every_action(role: str, area: str, action: str) -> None:
    who, expected = somebody(role), (role, area, action) in EXPECTED
    assert may(who, area, action) is expected
    assert may(who, area, action, "oslo") is expected
    if expected:
        require(who, area, action, "oslo")
    else:
        with pytest.raises(NotAllowed):
            require(who, area, action, "oslo")


def test_the_table_names_every_area_and_action() -> None:
    assert set(AREAS) == {"queue", "case", "participants", "plan", "texts", "facts", "audit", "accounts", "courses"}
    assert set(ACTIONS) == set(LETTERS.values())


@pytest.mark.parametrize(("role", "area", "action"), sorted(EXPECTED))
def test_nobody_reaches_into_another_municipality(role: str, area: str, action: str) -> None:
    assert may(somebody(role), area, action, "baerum") is (area not in PERSONAL)


@pytest.mark.parametrize("area", PERSONAL)
def test_an_administrator_without_a_municipality_reaches_everywhere(area: str) -> None:
    central = somebody("administrator", "")
    assert everywhere(central) and may(central, area, "read", "baerum") and may(central, area, "read", "")
    assert not everywhere(somebody("administrator")) and not everywhere(somebody("advisor", ""))


@pytest.mark.parametrize("role", ["advisor", "administrator"])
def test_a_case_without_a_municipality_is_everybodys_but_a_person_is_not(role: str) -> None:
    assert may(somebody(role), "case", "change", "") and may(somebody(role), "queue", "read", "")
    assert not may(somebody(role), "participants", "read", "") and not may(somebody(role), "plan", "read", "")


def test_an_advisor_without_a_municipality_sees_no_municipality() -> None:
    lost = somebody("advisor", "")
    assert not may(lost, "case", "read", "oslo") and not may(lost, "plan", "read", "") and may(lost, "case", "read", "")


@pytest.mark.parametrize(("area", "action"), [("cases", "read"), ("case", "write"), ("", ""), ("case", "")])
def test_a_slip_of_the_pen_lets_nobody_in(area: str, action: str) -> None:
    with pytest.raises(ValueError):
        may(somebody("administrator", ""), area, action)


def test_everybody_begins_at_a_page_they_may_see() -> None:
    assert [home_of(somebody(one.value)) for one in Role] == ["/console/", "/console/me", "/console/texts", "/console/"]
