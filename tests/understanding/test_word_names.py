"""Names are found whole, with their endings and prefixes, and nowhere else."""

from __future__ import annotations

import pytest

from bot.understanding.word_names import NameMatcher

NAMES = NameMatcher(
    [
        ("nurse", "sykepleier"),
        ("nurse", "infirmi*"),
        ("nurse", "*ممرض*"),
        ("child_worker", "barne- og ungdomsarbeider"),
        ("teacher", "lærer"),
        ("mother_tongue_teacher", "lærer i morsmål"),
        ("doctor", "طبيب"),
    ]
)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Hvordan blir jeg SYKEPLEIER?", ["nurse"]),
        ("je veux être infirmière", ["nurse"]),
        ("كيف أصبح كممرضة في النرويج", ["nurse"]),
        ("jeg er barne- og ungdomsarbeider", ["child_worker"]),
        ("barne og ungdomsarbeider", ["child_worker"]),
        ("kan en larer bli lærer i morsmål", ["teacher", "mother_tongue_teacher"]),
        ("أنا طَبِيب", ["doctor"]),
        ("sykepleierne", []),
        ("", []),
        ("barne", []),
    ],
)
def test_names_are_found(text: str, labels: list[str]) -> None:
    assert [label for label, _, _ in NAMES.found(text)] == labels


def test_places_are_those_in_the_text_as_written() -> None:
    text = "Jeg vil bli Infirmière nå"
    ((label, start, end),) = NAMES.found(text)
    assert (label, text[start:end]) == ("nurse", "Infirmière")
