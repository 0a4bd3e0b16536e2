"""Practising in the chat: questions, answers that count once, progress that belongs to the person."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.content.practice import LEVELS, SKILLS
from bot.courses.practice.handlers import BESIDE, EXPECTS, HANDLERS, WORDS
from bot.courses.practice.keeping import read_memory
from bot.courses.practice.rules import ROUND
from bot.courses.practice.sharing import progress_for_teacher
from bot.storage.course_tables import CourseMember, PracticeAnswer, PracticeCard
from tests.courses.common import Classroom, Clock, add_chat, payloads, texts, values_of
from tests.courses.practising import ITEMS, Practising, bare, choice_of, item_of, linked, with_stand_ins


@pytest.fixture
def person(classroom: Classroom) -> Practising:
    return Practising(classroom)


def counted(room: Classroom) -> int:
    with room.sessions() as session:
        return session.scalar(select(func.count()).select_from(PracticeAnswer)) or 0


# --- the menu


def test_menu_says_what_there_is(person: Practising) -> None:
    (said,) = person.do("practice")
    assert "0 av 70 sitter" in said.text and "Matematikk" in said.text
    assert payloads([said]) == [f'/practice_subject{{"subject": "{subject}"}}' for subject in LEVELS]


def test_practice_is_for_everybody(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        turn = classroom.turn(session, None)
        assert turn.member is None
        assert HANDLERS["practice"](turn)[0].key == "practice"


def test_menu_goes_on_where_it_was(person: Practising) -> None:
    question = person.ask("english")
    (menu,) = person.do("practice")
    again = person.press(payloads([menu])[0])
    assert menu.choices[0]["title"] == "Fortsett" and again[0].choices == question.choices
    person.answer(question, True)
    (menu,) = person.do("practice")
    assert payloads([menu])[0] == '/practice_next{"subject": "english"}' and payloads([menu])[-1] == "/practice_progress"


# --- questions and answers


def test_question_has_text_question_and_four_choices(person: Practising) -> None:
    question = person.ask()
    item = ITEMS[item_of(question)]
    assert item.skill == "reading" and "Norsk, spørsmål 1 av 10" in question.text
    assert all(line in question.text for line in [*item.text.split("\n"), item.ask])
    assert sorted(choice["title"] for choice in question.choices) == sorted((item.right, *item.wrong))


@pytest.mark.parametrize("right", [True, False])
def test_answer_tells_kindly_and_explains(person: Practising, right: bool) -> None:
    question = person.ask()
    item = ITEMS[item_of(question)]
    (said,) = person.answer(question, right)
    assert said.text.startswith("Ja, det er riktig!" if right else "Ikke helt, men nå lærer du det.")
    explained = person.room.courses.library.texts("practice/points", "nb")["points"][item.point]
    assert f"Riktig svar: {item.right}" in said.text and explained["says"] in said.text and item.because.split("\n")[0] in said.text
    assert [payload.split("{")[0] for payload in payloads([said])] == ["/practice_next", "/practice_relevant", "/practice_stop"]
    assert said.choices[1]["title"] == "Er dette på prøven?"


def test_button_counts_once(person: Practising) -> None:
    question = person.ask()
    person.answer(question, True)
    for again in (True, False, True):
        (said,) = person.answer(question, again)
        assert said.key == "practice_counted" and payloads([said]) == ['/practice_next{"subject": "norwegian"}']
    assert counted(person.room) == 1
    with person.room.sessions() as session:
        (card,) = session.scalars(select(PracticeCard))
        assert (card.right, card.wrong) == (1, 0)


def test_left_question_counts_when_it_is_answered_later(person: Practising) -> None:
    left = person.ask("norwegian")
    other = person.ask("english")
    assert values_of(payloads([left])[0])["asked"] == 1 and values_of(payloads([other])[0])["asked"] == 2
    assert person.answer(left, True)[0].key == "practice_right"
    assert person.answer(other, False)[0].key == "practice_not_yet"
    assert counted(person.room) == 2


def test_item_that_was_asked_anew_counts_once(person: Practising) -> None:
    left = person.ask("norwegian")
    person.answer(person.ask("english"), True)
    anew = person.ask("norwegian")
    assert item_of(anew) == item_of(left) and payloads([anew]) != payloads([left])
    assert person.answer(left, True)[0].key == "practice_right"
    assert person.answer(anew, False)[0].key == "practice_counted"
    assert person.answer(left, False)[0].key == "practice_counted"
    assert counted(person.room) == 2


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"item": "no_001", "choice": 0, "asked": 99},
        {"item": "no_001", "choice": 0, "asked": -1},
        {"item": "nothing", "choice": 0, "asked": 1},
        {"item": 7, "choice": "first", "asked": None},
        {"item": "no_001", "choice": 2**40, "asked": True},
    ],
)
def test_strange_buttons_get_a_sentence_and_count_nothing(person: Practising, values: dict[str, Any]) -> None:
    person.ask()
    (said,) = person.do("practice_answer", **values)
    assert said.key in ("practice_question", "practice") and said.choices and counted(person.room) == 0


def test_choice_that_is_not_there_counts_nothing(person: Practising) -> None:
    question = person.ask()
    values = values_of(payloads([question])[0])
    (said,) = person.do("practice_answer", **{**values, "choice": 4})
    assert "Det spørsmålet er ikke her lenger" in said.text and said.choices == question.choices and counted(person.room) == 0
    person.do("practice_answer", **{**values, "item": next(one for one in ITEMS if one != values["item"])})
    assert counted(person.room) == 0


@pytest.mark.parametrize("name", ["practice_subject", "practice_next", "practice_relevant"])
@pytest.mark.parametrize("values", [{}, {"subject": "chess"}, {"subject": ["norwegian"]}, {"subject": "english", "skill": "fractions"}])
def test_strange_subjects_lead_somewhere(person: Practising, name: str, values: dict[str, Any]) -> None:
    assert person.do(name, **values)[0].choices


def test_asking_twice_at_once_is_one_question(person: Practising) -> None:
    assert person.ask().choices == person.ask().choices == person.do("practice_next", subject="norwegian")[0].choices


def test_nothing_is_asked_twice_in_a_row_over_days(person: Practising, clock: Clock) -> None:
    last = ""
    for place in range(25):
        question = person.ask("english")
        assert item_of(question) != last
        last = item_of(question)
        person.answer(question, place % 3 > 0)
        clock.forward(minutes=2 if place % 5 else 3000)
    assert counted(person.room) == 25


# --- typed words


def test_typed_words_after_a_question(person: Practising) -> None:
    (typed,) = EXPECTS.values()
    question = person.ask("mathematics")
    assert list(EXPECTS) == [question.key]
    assert person.do(typed, text="Hva er innføringsloven?") == []  # for the assistant
    assert counted(person.room) == 0
    (said,) = person.do(typed, text=ITEMS[item_of(question)].right)
    assert said.key == "practice_right"
    assert person.do(typed, text="b") == [] and counted(person.room) == 1  # nothing waits


def test_typed_letter_is_the_choice_at_that_place(person: Practising) -> None:
    question = person.ask("norwegian")
    place = next(n for n, choice in enumerate(question.choices) if choice["title"] == ITEMS[item_of(question)].right)
    (said,) = person.do(EXPECTS["practice_question"], text="abcd"[place].upper())
    assert said.key == "practice_right"


# --- rounds and levels


def test_round_ends_with_a_summary(person: Practising, clock: Clock) -> None:
    for number in range(1, ROUND):
        assert len(person.answer(person.ask("mathematics"), number != 3)) == 1
        clock.forward(seconds=20)
    said = person.answer(person.ask("mathematics"), True)
    assert [one.key for one in said] == ["practice_right", "practice_round_done"]
    assert "9 av 10" in said[1].text and "Dette gikk bra: tall" in said[1].text and "igjen" in said[1].text
    assert said[1].choices[0]["title"] == "En runde til"
    assert "spørsmål 1 av 10" in person.press(payloads(said)[1])[0].text


def test_level_moves_and_is_told(person: Practising, clock: Clock) -> None:
    told = ""
    for _ in range(40):
        told += texts(person.answer(person.ask("english"), True))
        clock.forward(days=1)
    assert told.count("nivå A2") == 1


# --- relevance


def test_relevance_of_every_skill(person: Practising) -> None:
    said_of = person.room.courses.library.texts("courses/relevance", "nb")["says"]
    for subject, skills in SKILLS.items():
        for skill in skills:
            (said,) = person.do("practice_relevant", subject=subject, skill=skill)
            assert said_of[f"practice_{subject}_{skill}"] in said.text and said_of["check"] in said.text


# --- one memory over a person's chats


def test_a_person_has_one_memory_over_their_chats(person: Practising, classroom: Classroom, clock: Clock) -> None:
    with classroom.sessions.begin() as session:
        classroom.chats["elsewhere"] = add_chat(session)
    elsewhere = Practising(classroom, "elsewhere", "nb")
    person.answer(person.ask(), True)
    assert "0 av 70 sitter, 0 prøvd" in elsewhere.do("practice")[0].text
    linked(classroom, "nb", "elsewhere")
    assert "Norsk: 0 av 70 sitter, 1 prøvd" in elsewhere.do("practice")[0].text
    question = elsewhere.ask()
    assert "spørsmål 2 av 10" in question.text
    elsewhere.answer(question, False)
    clock.forward(days=30)
    person.answer(person.ask(), True)  # the first one: what was answered last never comes at once, whichever chat it was in
    again = person.ask()
    assert item_of(again) == item_of(question), "missed in the other chat, due in this one"
    person.answer(again, True)
    with classroom.sessions() as session:
        own, other = (classroom.chats[who] for who in ("nb", "elsewhere"))
        rows = {row.conversation_id: row for row in session.scalars(select(PracticeCard).where(PracticeCard.item == item_of(again)))}
        assert (rows[own].right, rows[own].wrong) == (1, 1), "counted on from the other chat's row"
        assert (rows[other].right, rows[other].wrong) == (0, 1)
        assert read_memory(session, (own, other)).known[item_of(again)].right == 1


def test_two_answers_at_once_count_once(person: Practising) -> None:
    question = person.ask()
    payload, keys = choice_of(question, True), []

    def press() -> None:
        keys.append(person.press(payload)[0].key)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(person.room) == 1 and sorted(keys) == ["practice_counted", "practice_right"]


# --- progress and consent


def test_progress_is_the_persons_own(person: Practising, classroom: Classroom) -> None:
    assert "ikke øvd på noe ennå" in person.do("practice_progress")[0].text
    for right in (True, False, True):
        person.answer(person.ask(), right)
    (said,) = person.do("practice_progress")
    assert "Av de siste 3 svarene var 2 riktige" in said.text and "Nivå nå: A2" in said.text and "Bare du ser dette" in said.text
    assert "• grammatikk: 0 av 24 sitter, 1 prøvd" in said.text and "Matematikk" not in said.text
    assert "ikke øvd" in Practising(classroom, "ti", "nb").do("practice_progress")[0].text


def test_teacher_sees_only_with_consent(person: Practising, classroom: Classroom) -> None:
    person.answer(person.ask(), True)

    def seen() -> Any:
        with classroom.sessions() as session:
            return progress_for_teacher(classroom.courses, session, session.get_one(CourseMember, classroom.members["nb"]))

    assert seen() is None
    (asked,) = person.do("practice_share")
    assert "Læreren ser ikke hva du svarte" in asked.text and seen() is None
    (told,) = person.press(payloads([asked])[0])
    assert told.key == "practice_share_on" and "Læreren ser dette for hvert fag" in told.text
    (shown,) = seen()
    assert (shown.subject, shown.items.seen, shown.answered, shown.right) == ("norwegian", 1, 1, 1)
    (progress,) = person.do("practice_progress")
    assert "Læreren din ser også dette" in progress.text
    (ended,) = person.press(payloads([progress])[-1])
    assert ended.key == "practice_share_off" and seen() is None
    with classroom.sessions() as session:
        others = [session.get_one(CourseMember, number).shares_progress_at for number in classroom.members.values()]
        assert others == [None] * len(others)


@pytest.mark.parametrize("on", [None, "yes", 1, 0, [], {}])
def test_only_yes_is_consent(person: Practising, classroom: Classroom, on: Any) -> None:
    person.do("practice_share", on=on)
    with classroom.sessions() as session:
        assert session.get_one(CourseMember, classroom.members["nb"]).shares_progress_at is None


def test_who_left_shares_nothing(person: Practising, classroom: Classroom) -> None:
    person.do("practice_share", on=True)
    with classroom.sessions.begin() as session:
        member = session.get_one(CourseMember, classroom.members["nb"])
        assert progress_for_teacher(classroom.courses, session, member) == []
        member.left_on = dt.date(2026, 11, 24)
        assert progress_for_teacher(classroom.courses, session, member) is None


def test_sharing_without_a_course_is_explained(classroom: Classroom) -> None:
    with classroom.sessions.begin() as session:
        (said,) = HANDLERS["practice_share"](classroom.turn(session, None, values={"on": True}))
    assert said.key == "course_none"


# --- right to left


def is_whole(line: str) -> bool:
    """True when one isolate holds the whole line, so that nothing around it can turn its parts round."""
    depths = list(itertools.accumulate({"\u2068": 1, "\u2069": -1}.get(sign, 0) for sign in line))
    return depths[-1] == 0 and all(depth > 0 for depth in depths[:-1])


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_latin_lines_stay_whole_in_texts_from_right_to_left(classroom: Classroom, tmp_path: Path, language: str) -> None:
    classroom.courses = replace(classroom.courses, library=with_stand_ins(tmp_path / "data", language))
    person = Practising(classroom, "ar", language)
    for subject in LEVELS:
        for _ in range(8):
            question = person.ask(subject)
            item = ITEMS[item_of(question)]
            lines = question.text.split("\n")
            for latin in [one for one in [*item.text.split("\n"), item.ask] if one]:
                assert any(bare(one) == latin and one.startswith("\u200f") and is_whole(one[1:]) for one in lines), latin
            assert question.direction == "rtl"
            assert sorted(choice["title"] for choice in question.choices) == sorted(
                f"\u2068{one}\u2069" for one in (item.right, *item.wrong)
            )
            said = person.answer(question, True)[0]
            assert all(one in bare(said.text) for one in [item.right, *item.because.split("\n")])
            assert said.text.count("\u2068") == said.text.count("\u2069") and f"Riktig svar: {item.right}" in bare(said.norwegian)


# --- what reception is offered


def test_what_is_offered_is_there(classroom: Classroom) -> None:
    library = classroom.courses.library
    phrases = library.phrases("nb").texts
    for topics, title, payload in BESIDE:
        assert all(library.has_topic(topic) for topic in topics) and len(phrases[title]) <= 24
        assert payload[1:].split("{")[0] in HANDLERS
    for key, payload in WORDS.items():
        assert phrases[key].split("|") and payload[1:] in HANDLERS
    buttons = [key for key in phrases if key.startswith("practice_to_") or key.startswith("practice_share_") and key[15:] in ("yes", "no")]
    assert all(len(phrases[key]) <= 24 for key in buttons)
    assert all(json.loads(json.dumps(values_of(payload))) for payload in payloads(classroom.say(HANDLERS["practice"])))
