"""What a message answers to a guide's question, and how far one is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.content import ContentError, Library, content_folder
from bot.content.guides import Guide, Question, read_guide
from bot.guidance.guides.progress import UNKNOWN, Progress
from bot.guidance.guides.understanding import Message, choices_of, says, understood

LIBRARY = Library(content_folder())
TODAY = dt.date(2026, 11, 24)


def heard(question: Question, text: str, language: str = "nb", **more: Any) -> Any:
    return understood(LIBRARY, question, Message(text, language, today=TODAY, **more))


PERMIT = Question("permit", "choice", of=("refugee", "collective_protection", "family", "work", "other"))
AGE = Question("age", "number", lowest=14, highest=99)
LEVEL = Question("oral", "level")
WORK = Question("has_work", "yes_no")
SINCE = Question("start", "month", optional=False)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Flyktning", "refugee"), ("flyktning!", "refugee"), ("jeg er ikke flyktning", None), ("3", "family"), ("9", None), ("hei", None)],
)
def test_a_choice_is_known_by_its_name_or_number(text: str, meant: str | None) -> None:
    assert heard(PERMIT, text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [("24", 24), ("jeg er 24 år", 24), ("٢٤", 24), ("۲۴", 24), ("9", None), ("24 eller 25", None), ("tjuefire", None)],
)
def test_a_number_is_read_in_every_scripts_digits_and_within_its_bounds(text: str, meant: int | None) -> None:
    assert heard(AGE, text) == meant


def test_not_knowing_is_an_answer_where_the_question_allows_it() -> None:
    assert heard(AGE, "vet ikke") == UNKNOWN
    assert heard(SINCE, "vet ikke") is None
    assert heard(AGE, "", pressed=UNKNOWN) == UNKNOWN
    assert heard(SINCE, "", pressed=UNKNOWN) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("03.2019", "2019-03"),
        ("2019-03", "2019-03"),
        ("3/2019", "2019-03"),
        ("mars 2019", "2019-03"),
        ("i 2019", "2019-01"),
        ("nå", "now"),
        ("13.2019", "2019-01"),  # no such month: the year is what is sure
        ("12.2026", None),  # still to come
        ("1850", None),
    ],
)
def test_a_month_is_read_as_people_write_it(text: str, meant: str | None) -> None:
    assert heard(SINCE, text) == meant


def test_months_are_known_in_the_persons_language() -> None:
    assert heard(SINCE, "مارس 2019", "ar") == "2019-03"
    assert heard(SINCE, "март 2019", "ru") == "2019-03"


def test_a_level_comes_from_the_entity_and_only_when_it_is_one() -> None:
    assert heard(LEVEL, "jeg har B1", entities=(("cefr_level", "B1"),)) == "B1"
    assert heard(LEVEL, "A2 eller B1", entities=(("cefr_level", "A2"), ("cefr_level", "B1"))) is None
    assert heard(LEVEL, "Ingen") == "none"


def test_yes_and_no_are_understood_by_their_topics() -> None:
    assert heard(WORK, "jepp", intent="affirm") == "yes"
    assert heard(WORK, "nope", intent="deny") == "no"


def test_a_day_can_be_said_or_written() -> None:
    question = Question("day", "day", of=("today", "tomorrow"))
    assert heard(question, "I morgen") == "2026-11-25"
    assert heard(question, "", pressed="today") == "2026-11-24"
    assert heard(question, "1.12.2026") == "2026-12-01"
    assert heard(question, "31.2.2027") is None


def test_a_pressed_button_of_another_question_is_no_answer() -> None:
    assert heard(PERMIT, "", pressed="yes") is None
    assert heard(AGE, "", pressed="200") is None
    assert heard(WORK, "", pressed="yes") == "yes"


def test_every_choice_of_every_guide_has_a_name_a_button_can_hold() -> None:
    for guide in LIBRARY.guides().values():
        for question in guide.questions:
            for code in choices_of(LIBRARY, question):
                if question.kind == "level" and code != "none" or code in LIBRARY.municipalities():
                    continue
                assert 0 < len(LIBRARY.phrase(f"choice_{code}", "nb")) <= 24, code


def test_words_at_the_beginning_count() -> None:
    assert says(LIBRARY, "words_no", Message("Nei, jeg mente 24", "nb"), begins=True)
    assert not says(LIBRARY, "words_no", Message("neida", "nb"), begins=True)
    assert not says(LIBRARY, "words_stop", Message("Stopp kurset mitt", "nb"))


GUIDE = Guide(
    "small",
    "route_finder",
    (
        AGE,
        WORK,
        Question("percent", "number", only_if={"has_work": ("yes",)}),
        Question("job", "words", group="jobs"),
        Question("more", "yes_no", group="jobs", again="jobs"),
    ),
)


def answered(*answers: tuple[str, Any]) -> Progress:
    progress = Progress()
    for name, value in answers:
        progress.answer(GUIDE, GUIDE.question(name), value)
    return progress


def next_of(progress: Progress) -> str | None:
    question = progress.next_question(GUIDE)
    return question.id if question else None


def test_a_question_is_asked_when_its_condition_holds() -> None:
    assert next_of(answered(("age", 24), ("has_work", "yes"))) == "percent"
    assert next_of(answered(("age", 24), ("has_work", "no"))) == "job"
    assert next_of(answered(("age", 24), ("has_work", UNKNOWN))) == "job"


def test_a_corrected_answer_takes_what_hung_on_it_along() -> None:
    progress = answered(("has_work", "yes"), ("percent", 50), ("has_work", "no"))
    assert "percent" not in progress.answers
    assert answered(("has_work", "yes"), ("percent", 50), ("has_work", "yes")).answers["percent"] == 50


def test_another_round_keeps_the_first() -> None:
    progress = answered(("job", "cook"), ("more", "yes"), ("job", "painter"), ("more", "no"))
    assert [one["job"] for one in progress.all_rounds("jobs", GUIDE)] == ["cook", "painter"]
    assert next_of(progress) == "age"


def test_progress_survives_the_tracker() -> None:
    progress = answered(("age", 24), ("job", "cook"), ("more", "yes"))
    again = Progress.from_plain(progress.plain())
    assert again == progress
    assert Progress.from_plain("broken") == Progress()


def test_a_guide_with_a_mistake_says_where(tmp_path: Any) -> None:
    file = tmp_path / "g.yml"
    file.write_text("topic: t\nquestions:\n- {id: a, kind: number, only_if: {b: [x]}}\n- {id: b, kind: words}\n")
    with pytest.raises(ContentError, match="depends on `b`"):
        read_guide(file)
    file.write_text("topic: t\nquestions:\n- {id: a, kind: nummer}\n")
    with pytest.raises(ContentError, match="kind: nummer"):
        read_guide(file)
    file.write_text("topic: t\nquestions:\n- {id: a, kind: number, higest: 3}\n")
    with pytest.raises(ContentError, match="highest"):
        read_guide(file)
