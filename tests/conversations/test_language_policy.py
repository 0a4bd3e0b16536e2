"""The language policy as a table (DESIGN section 4)."""

from __future__ import annotations

import pytest

from bot.conversations.language_policy import Decision, Heard, LanguageState, choose, decide

CLEAR_TI = Heard("ti", 0.97, 4)
CLEAR_UK = Heard("uk", 0.97, 5)
ONE_WORD = Heard("uk", 0.99, 1)
UNSURE = Heard("uk", 0.5, 5)
FOREIGN = Heard(None, 0.9, 5)
UNMISTAKABLE = Heard(None, 1.0, 5)
NEW = LanguageState()


@pytest.mark.parametrize(
    ("why", "state", "heard", "hint", "first", "expected"),
    [
        ("clear first message", NEW, CLEAR_TI, "en", True, Decision("ti", LanguageState(settled="ti"), offer_languages=True)),
        ("one word: the hint", NEW, ONE_WORD, "en", True, Decision("en", NEW, offer_languages=True)),
        ("one word, no hint: the default", NEW, ONE_WORD, None, True, Decision("nb", NEW, offer_languages=True)),
        ("unsure: the hint", NEW, UNSURE, "ar", True, Decision("ar", NEW, offer_languages=True)),
        ("later clear message settles", NEW, CLEAR_TI, "en", False, Decision("ti", LanguageState(settled="ti"))),
        ("chosen wins", LanguageState(chosen="ar"), CLEAR_UK, "en", False, Decision("ar", LanguageState("ar", None, "uk", 1))),
        (
            "one message never switches",
            LanguageState(settled="ti"),
            CLEAR_UK,
            None,
            False,
            Decision("ti", LanguageState(None, "ti", "uk", 1)),
        ),
        (
            "two clear messages bring the question",
            LanguageState(None, "ti", "uk", 1),
            CLEAR_UK,
            None,
            False,
            Decision("ti", LanguageState(settled="ti"), ask_to_continue_in="uk"),
        ),
        (
            "a third language starts counting anew",
            LanguageState(None, "ti", "ar", 1),
            CLEAR_UK,
            None,
            False,
            Decision("ti", LanguageState(None, "ti", "uk", 1)),
        ),
        (
            "own language again forgets the other",
            LanguageState(None, "ti", "uk", 1),
            CLEAR_TI,
            None,
            False,
            Decision("ti", LanguageState(settled="ti")),
        ),
        (
            "a short word in between does not",
            LanguageState(None, "ti", "uk", 1),
            ONE_WORD,
            None,
            False,
            Decision("ti", LanguageState(None, "ti", "uk", 1)),
        ),
        ("a language nobody speaks here", NEW, FOREIGN, "en", True, Decision("en", NEW, unknown=True)),
        (
            "misread text of a person we know",
            LanguageState(settled="ti"),
            FOREIGN,
            None,
            False,
            Decision("ti", LanguageState(settled="ti")),
        ),
        (
            "unmistakable other script",
            LanguageState(settled="ti"),
            UNMISTAKABLE,
            None,
            False,
            Decision("ti", LanguageState(settled="ti"), unknown=True),
        ),
        ("one foreign word", NEW, Heard(None, 1.0, 1), None, True, Decision("nb", NEW, offer_languages=True)),
    ],
)
def test_decide(why: str, state: LanguageState, heard: Heard, hint: str | None, first: bool, expected: Decision) -> None:
    assert decide(state, heard, hint, "nb", first) == expected, why


def test_a_choice_forgets_everything_else() -> None:
    assert choose("so") == LanguageState(chosen="so")
