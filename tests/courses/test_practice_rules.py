"""The published rules of practice hold for whatever somebody answers (bot/courses/practice/RULES.md)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.practice import LEVELS, Item, practice_items
from bot.courses.practice.memory import Answered, Bank, Known, Memory, bank_of
from bot.courses.practice.progress import progress_of
from bot.courses.practice.rules import (
    DOWN,
    LAST,
    MOST_NEW,
    REPEATED,
    ROUND,
    UP,
    level_of,
    new_in_round,
    next_item,
    repeated,
    round_is_done,
    round_of,
    shuffled,
)
from bot.courses.practice.spacing import LASTING, due_at, reviewed, stability
from bot.courses.practice.typed import chosen
from bot.settings import ROOT

ITEMS = practice_items(ROOT / "data")
BANKS = {subject: bank_of(subject, ITEMS.values()) for subject in LEVELS}
BEGIN = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
subjects = st.sampled_from(sorted(BANKS))
seeds = st.integers(0, 10**6).map(str)


class Learner:
    """Answers what the rules ask, and remembers as the database would."""

    def __init__(self, bank: Bank, seed: str = "1") -> None:
        self.bank, self.seed, self.now = bank, seed, BEGIN
        self.cards: dict[str, dict] = {}
        self.answers: list[Answered] = []

    @property
    def memory(self) -> Memory:
        known = {item: Known(item, due_at(card), stability(card), 0, 0) for item, card in self.cards.items()}
        return Memory(known, tuple(self.answers))

    def asked(self) -> Item:
        item = next_item(self.bank, self.memory, self.now, self.seed)
        assert item is not None
        return item

    def answer(self, right: bool | Callable[[Item], bool], seconds: float = 30) -> Item:
        item = self.asked()
        was_right = right if isinstance(right, bool) else right(item)
        self.cards[item.id] = reviewed(self.cards.get(item.id), was_right, self.now)
        self.answers.append(Answered(item.id, was_right))
        self.now += dt.timedelta(seconds=seconds)
        return item

    @property
    def level(self) -> str:
        return level_of(self.bank, self.memory)


def firsts(*rights: tuple[str, Iterable[bool]]) -> Memory:
    """First answers to items of a level, in this order."""
    fresh = {level: iter([item.id for item in BANKS["norwegian"].items.values() if item.level == level]) for level in ("A2", "B1")}
    answers = [Answered(next(fresh[level]), right) for level, several in rights for right in several]
    return Memory({one.item: Known(one.item, BEGIN, 1.0, 0, 0) for one in answers}, tuple(answers))


# --- which item comes


@settings(max_examples=60, deadline=None)
@given(subjects, seeds, st.lists(st.tuples(st.booleans(), st.sampled_from((5, 90, 700, 90_000, 900_000))), max_size=60))
def test_rules_of_every_single_question(subject: str, seed: str, given_answers: list[tuple[bool, int]]) -> None:
    learner = Learner(BANKS[subject], seed)
    for right, seconds in given_answers:
        memory, now = learner.memory, learner.now
        due = {card.item for card in memory.known.values() if card.due_at <= now and card.item != memory.last}
        began_with, in_a_row = new_in_round(memory), repeated(memory)
        item = learner.asked()
        assert item == next_item(learner.bank, memory, now, seed), "the same state, the same question"
        assert item.id != memory.last, "never twice in a row"
        if due and (in_a_row < REPEATED or began_with == MOST_NEW or len(memory.known) == len(learner.bank.items)):
            longest = min((memory.known[one].due_at, one) for one in due)
            assert item.id == longest[1], "what is due longest comes first"
        elif item.id not in memory.known:
            assert began_with < MOST_NEW
        else:
            assert began_with == MOST_NEW or all(one in memory.known for one in learner.bank.items)
        assert learner.answer(right, seconds) == item


@settings(max_examples=25, deadline=None)
@given(subjects, seeds, st.lists(st.booleans(), min_size=1, max_size=40))
def test_every_due_card_comes(subject: str, seed: str, rights: list[bool]) -> None:
    learner = Learner(BANKS[subject], seed)
    for right in rights:
        learner.answer(right)
    learner.now += dt.timedelta(days=400)
    due = set(learner.cards)
    came = {learner.answer(True, 0).id for _ in range(len(due) * 5 // 4 + 2)}
    assert due <= came


@settings(max_examples=20, deadline=None)
@given(subjects, st.floats(0, 1), st.integers(), st.sampled_from((1, 60, 4_000)))
def test_everybody_sees_everything(subject: str, misses: float, chance: int, seconds: float) -> None:
    learner, lots = Learner(BANKS[subject]), random.Random(chance)
    for _ in range(len(learner.bank.items) * ROUND // 2):
        learner.answer(lots.random() >= misses, seconds)
        if len(learner.cards) == len(learner.bank.items):
            break
    assert learner.cards.keys() == learner.bank.items.keys()


def test_new_items_take_turns_by_skill_and_begin_low() -> None:
    learner = Learner(BANKS["norwegian"])
    asked = [learner.answer(False, 0.1) for _ in range(MOST_NEW)]
    assert [item.skill for item in asked] == ["reading", "grammar", "words"] * 2
    assert {item.level for item in asked} == {"A2"}


def test_another_person_gets_another_order() -> None:
    orders = {tuple(learner.answer(True).id for _ in range(6)) for learner in (Learner(BANKS["english"], str(n)) for n in range(8))}
    assert len(orders) > 4


def test_wrong_comes_again_within_the_round_and_right_on_another_day() -> None:
    learner = Learner(BANKS["mathematics"])
    missed = learner.answer(False)
    others = [learner.answer(True).id for _ in range(4)]
    assert missed.id in others
    learner.now += dt.timedelta(minutes=20)
    for _ in range(len(learner.cards)):
        learner.answer(True)
    soonest = min(card.due_at for card in learner.memory.known.values())
    assert soonest - learner.now > dt.timedelta(hours=12)


def test_known_needs_weeks_not_repeating() -> None:
    card = reviewed(None, True, BEGIN)
    for _ in range(20):
        card = reviewed(card, True, BEGIN + dt.timedelta(seconds=5))
    assert stability(card) < LASTING
    moment, card = BEGIN, reviewed(None, True, BEGIN)
    for _ in range(6):
        moment = max(due_at(card), moment)
        card = reviewed(card, True, moment)
    assert stability(card) >= LASTING
    assert stability(reviewed(card, False, moment + dt.timedelta(days=30))) < LASTING


def test_a_clock_that_was_set_back_breaks_nothing() -> None:
    card = reviewed(None, True, BEGIN)
    assert due_at(reviewed(card, True, BEGIN - dt.timedelta(days=3))) >= BEGIN


# --- rounds


@settings(max_examples=30, deadline=None)
@given(subjects, st.lists(st.booleans(), max_size=45))
def test_a_round_is_ten_questions(subject: str, rights: list[bool]) -> None:
    learner = Learner(BANKS[subject])
    for place, right in enumerate(rights, 1):
        learner.answer(right)
        memory = learner.memory
        assert round_is_done(memory) == (place % ROUND == 0)
        assert len(round_of(memory)) == (place - 1) % ROUND + 1
        assert new_in_round(memory) <= MOST_NEW
    assert round_of(Memory({})) == () and not round_is_done(Memory({}))


# --- levels


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ((), "A2"),
        ((("A2", [True] * (LAST - 1)),), "A2"),
        ((("A2", [True] * LAST),), "B1"),
        ((("A2", [False, False] + [True] * UP),), "B1"),
        ((("A2", [False] * 3 + [True] * (LAST - 3)),), "A2"),
        ((("A2", [False] * 20),), "A2"),  # there is nothing below
        ((("A2", [True] * LAST), ("B1", [True] * LAST)), "B1"),  # nor above
        ((("A2", [True] * LAST), ("B1", [True] * (DOWN - 1) + [False] * (LAST - DOWN + 1))), "A2"),
        ((("A2", [True] * LAST), ("B1", [True] * DOWN + [False] * (LAST - DOWN))), "B1"),
        ((("A2", [True] * LAST), ("B1", [False] * (LAST - 1))), "B1"),  # ten new ones after each step
        ((("A2", [False] * LAST + [True] * UP),), "B1"),  # the last ten, not the first
        ((("A2", [False] * 5 + [True] * 5), ("B1", [True] * LAST)), "B1"),  # the own level has no new ones left
    ],
)
def test_levels_move_as_told(answers: tuple, level: str) -> None:
    assert level_of(BANKS["norwegian"], firsts(*answers)) == level


def test_only_first_answers_move_the_level() -> None:
    memory = firsts(("A2", [False] * 5))
    again = tuple(Answered(memory.answers[0].item, True) for _ in range(30))
    assert level_of(BANKS["norwegian"], replace(memory, answers=(*memory.answers, *again))) == "A2"


def test_strong_and_weak_learners_end_where_they_belong() -> None:
    for subject in ("norwegian", "english"):
        strong, weak, between = (Learner(BANKS[subject]) for _ in range(3))
        low, high = LEVELS[subject]
        for _ in range(60):
            strong.answer(True)
            weak.answer(False)
            between.answer(lambda item, low=low: item.level == low)
        assert (strong.level, weak.level) == (high, low)
        assert {item.level for item in (strong.bank.items[one] for one in strong.cards)} == {low, high}


def test_nobody_is_ranked() -> None:
    """Progress is reckoned from one person's memory alone: there is no way in for anybody else's."""
    learner = Learner(BANKS["english"])
    for right in (True, False, True):
        learner.answer(right, 0.1)
    shown = progress_of(learner.bank, learner.memory)
    assert (shown.items.seen, shown.items.all, shown.items.known) == (3, 70, 0)
    assert (shown.answered, shown.right, shown.level) == (3, 2, "A1")
    assert sum(part.seen for part in shown.skills.values()) == 3 and sum(part.all for part in shown.skills.values()) == 70
    assert progress_of(BANKS["norwegian"], learner.memory).items.seen == 0


def test_an_item_that_was_taken_out_is_forgotten() -> None:
    learner = Learner(BANKS["english"])
    gone = learner.answer(True)
    bank = Bank("english", {key: item for key, item in learner.bank.items.items() if key != gone.id})
    own = bank.part_of(learner.memory)
    assert own.known == {} and own.answers == () and next_item(bank, own, BEGIN, "1") is not None
    alone = Bank("english", {gone.id: gone})
    assert next_item(alone, learner.memory, learner.now + dt.timedelta(days=9), "1") is None


# --- choices


@given(st.sampled_from(sorted(ITEMS)), st.integers(1, 50))
def test_choices_are_shuffled_by_the_asking_alone(item: str, asked: int) -> None:
    choices = shuffled(ITEMS[item], asked)
    assert sorted(choices) == sorted((ITEMS[item].right, *ITEMS[item].wrong)) and choices == shuffled(ITEMS[item], asked)


def test_the_right_answer_stands_in_every_place() -> None:
    places = [shuffled(item, asked).index(item.right) for item in ITEMS.values() for asked in range(1, 6)]
    assert all(0.2 < places.count(place) / len(places) < 0.3 for place in range(4))


@settings(max_examples=200)
@given(st.sampled_from(sorted(ITEMS)), st.integers(1, 9))
def test_a_typed_choice_is_that_choice(item: str, asked: int) -> None:
    choices = shuffled(ITEMS[item], asked)
    for place, choice in enumerate(choices):
        assert chosen(choice, choices) == place
        assert chosen(f"  {choice} ", choices) == place


@pytest.mark.parametrize(
    ("text", "choices", "place"),
    [
        ("b", ("tok", "tar", "tatt", "ta"), 1),
        ("2.", ("tok", "tar", "tatt", "ta"), 1),
        ("٣", ("tok", "tar", "tatt", "ta"), 2),
        ("D)", ("tok", "tar", "tatt", "ta"), 3),
        ("TOK", ("tok", "tar", "tatt", "ta"), 0),
        ("5", ("tok", "tar", "tatt", "ta"), None),
        ("e", ("tok", "tar", "tatt", "ta"), None),
        ("tok ikke", ("tok", "tar", "tatt", "ta"), None),
        ("", ("tok", "tar", "tatt", "ta"), None),
        ("-2", ("10", "−2", "2", "−10"), 1),
        ("2", ("10", "−2", "2", "−10"), 2),
        ("4", ("3", "15", "3,75", "5"), None),  # a result that is none of them, not the fourth
        ("d", ("3", "15", "3,75", "5"), 3),
        ("4", ("a", "an", "the", "-"), 3),
        ("b", ("a", "an", "the", "-"), None),
        ("a", ("an", "a", "the", "-"), 1),
        ("He works.", ("he works.", "He works.", "He work.", "He working."), 1),
        ("HE WORKS", ("he works.", "He works.", "He work.", "He working."), None),
    ],
)
def test_typed_words(text: str, choices: tuple[str, ...], place: int | None) -> None:
    assert chosen(text, choices) == place
