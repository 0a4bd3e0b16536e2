"""What the trained pipeline reads out of a sentence: language, entities, danger."""

from __future__ import annotations

import pytest

from bot.processes.reader import Reader

pytestmark = pytest.mark.model


def entities(reads: Reader, text: str) -> list[tuple[str, str]]:
    return [(entity["entity"], entity["value"]) for entity in reads.read(text)["entities"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "jeg har B1 muntlig og A2 skriftlig",
            [("cefr_level", "B1"), ("skill", "oral"), ("cefr_level", "A2"), ("skill", "writing")],
        ),
        ("у мене В1", [("cefr_level", "B1")]),
        ("jeg er 22 år og bor i Oslo", [("age", "22"), ("municipality", "oslo")]),
        ("أعيش في أوسلو وعمري 30", [("municipality", "oslo"), ("age", "30")]),
        ("jeg fikk 15 000 kroner", [("amount", "15000")]),
        ("jeg fikk 15000 kr", [("amount", "15000")]),
        ("speak Arabic please", [("language", "ar")]),
        ("може українською? Ukrainian", [("language", "uk")]),
        ("det var i 2024", [("number", "2024")]),
        ("100% stilling", []),
    ],
)
def test_entities(reads: Reader, text: str, expected: list[tuple[str, str]]) -> None:
    assert entities(reads, text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("متى أقدر أسجّل لامتحان اللغة؟", "ar"),
        ("ንሓደ ዓመት ክንደይ ገንዘብ እረክብ?", "ti"),
        ("Скільки разів можна здавати norskprøve?", "uk"),
        ("hvor mye får jeg hvis jeg er 22 år", "nb"),
        ("Ez dixwazim bi programrådgiver re biaxivim", "kmr"),
        ("Waxaan rabaa inaan la hadlo qof", "so"),
    ],
)
def test_the_language_is_recognised_beside_norwegian_terms(reads: Reader, text: str, code: str) -> None:
    found = reads.read(text)["language"]
    assert found["code"] == code and found["confidence"] > 0.8


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("متى أقدر أسجّل لامتحان اللغة؟", "norskprove_register"),
        ("ንሓደ ዓመት ክንደይ ገንዘብ እረክብ?", "stonad_amount"),
        ("Скільки разів можна здавати norskprøve?", "norskprove_retake"),
        ("hvor mye får jeg hvis jeg er 22 år", "stonad_under_25"),
    ],
)
def test_the_first_questions_are_understood(reads: Reader, text: str, topic: str) -> None:
    assert reads.read(text)["intent"]["name"] == topic


def test_buttons_are_taken_at_their_word(reads: Reader) -> None:
    assert reads.read("/stonad_amount")["intent"] == {"name": "stonad_amount", "confidence": 1.0}
