"""The interest profile: statements, sums, ties and flat profiles, occupations by their codes, points for the talk, and the words."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import ContentError, Library, content_folder
from bot.content.checks.readability import lix
from bot.content.occupations import PATHS
from bot.guidance.interests import (
    TYPES,
    Match,
    Profile,
    UnknownAnswer,
    UnknownStatement,
    matches,
    nearness,
    profile_of,
    read_interest_words,
    read_occupation_codes,
    read_questionnaire,
    talking_points,
)
from bot.guidance.interests.profile import ONE_STEP
from bot.guidance.interests.talking_points import CODES
from tests.guidance.common import steady

DATA = content_folder()
QUESTIONNAIRE = read_questionnaire(DATA)
OCCUPATIONS = Library(DATA).occupations.known
OCCUPATION_CODES = read_occupation_codes(DATA, OCCUPATIONS)
WORDS = read_interest_words(DATA, "nb", QUESTIONNAIRE)
STEPS = sorted(QUESTIONNAIRE.points, key=QUESTIONNAIRE.points.__getitem__)
EVERY_CODE = list(itertools.permutations(TYPES, 3))


def answers(**levels: int | list[int]) -> dict[str, str]:
    """Answers by type: one level (0 to 4) for all five statements or a level for each of the first ones; types not named get 2."""
    told = {}
    for name in TYPES:
        level = levels.get(name, 2)
        each = [level] * 5 if isinstance(level, int) else level
        of_type = [statement for statement, its in QUESTIONNAIRE.types.items() if its == name]
        told.update({statement: STEPS[points] for statement, points in zip(of_type, each, strict=False)})
    return told


def profile(**levels: int | list[int]) -> Profile:
    return profile_of(QUESTIONNAIRE, answers(**levels))


def points_for(found: Profile, occupations: list[Match] | None = None) -> list[str]:
    return [point.code for point in talking_points(found, occupations or [])]


def test_there_are_five_statements_of_each_type_and_the_types_go_round() -> None:
    assert len(QUESTIONNAIRE.types) == 30
    for start in range(0, 30, 6):
        assert list(QUESTIONNAIRE.types.values())[start : start + 6] == list(TYPES)
    assert STEPS == ["dislike_very_much", "dislike", "neither", "like", "like_very_much"]
    assert QUESTIONNAIRE.most_points == 20


def test_a_person_can_stop_and_go_on_with_the_first_statement_left() -> None:
    told: dict[str, str] = {}
    asked = []
    while (statement := QUESTIONNAIRE.next_statement(told)) is not None:
        asked.append(statement)
        told[statement] = "like"
    assert asked == list(QUESTIONNAIRE.types)


def test_each_type_is_the_sum_of_its_answers() -> None:
    found = profile(realistic=[4, 4, 3, 0, 1], social=4, conventional=0)
    assert found.points == {"realistic": 12, "investigative": 10, "artistic": 10, "social": 20, "enterprising": 10, "conventional": 0}
    assert found.ranking == (("social",), ("realistic",), ("investigative", "artistic", "enterprising"), ("conventional",))
    assert found.codes == (
        ("social", "realistic", "investigative"),
        ("social", "realistic", "artistic"),
        ("social", "realistic", "enterprising"),
    )


def test_three_answers_are_enough_and_count_as_five() -> None:
    assert profile(realistic=[4, 4, 1]).points["realistic"] == 15
    assert profile(realistic=[4, 4, 1, 1]).points["realistic"] == Fraction(50, 4)


def test_two_answers_are_not_enough_and_nothing_is_matched() -> None:
    found = profile(realistic=[4, 4], artistic=[], social=4)
    assert found.still_needed == {"realistic": 1, "artistic": 3}
    assert "realistic" not in found.points
    assert (found.complete, found.flat, found.codes) == (False, False, ())
    assert matches(found, OCCUPATION_CODES, OCCUPATIONS) == []
    points = talking_points(found)
    assert [point.code for point in points] == ["not_enough", "not_a_test"]
    assert points[0].types == ("realistic", "artistic")


def test_no_answers_at_all_are_no_profile() -> None:
    found = profile_of(QUESTIONNAIRE, {})
    assert (found.points, found.ranking, found.first, found.spread) == ({}, (), (), 0)
    assert found.still_needed == dict.fromkeys(TYPES, 3)
    assert not found.flat


@pytest.mark.parametrize(("level", "code"), [(4, "flat_high"), (3, "flat_high"), (2, "flat_middle"), (1, "flat_low"), (0, "flat_low")])
def test_all_alike_is_said_and_no_occupation_is_named(level: int, code: str) -> None:
    found = profile(**dict.fromkeys(TYPES, level))
    assert found.flat
    assert matches(found, OCCUPATION_CODES, OCCUPATIONS) == []
    assert points_for(found) == [code, "not_a_test"]


def test_less_than_a_step_between_highest_and_lowest_is_flat() -> None:
    assert profile(realistic=[3, 3, 3, 3, 2]).flat
    assert not profile(realistic=3).flat


@pytest.mark.parametrize(
    ("levels", "code", "types"),
    [
        ({"artistic": 4}, "clear_first", ("artistic",)),
        ({"artistic": 4, "social": [4, 4, 4, 4, 3]}, "close_first", ("artistic", "social")),
        ({"artistic": 4, "social": 4}, "tie_first", ("artistic", "social")),
    ],
)
def test_what_comes_first_is_said_as_clearly_as_it_is(levels: dict[str, int], code: str, types: tuple[str, ...]) -> None:
    point = talking_points(profile(**levels))[0]
    assert (point.code, point.types) == (code, types)


def test_opposites_at_the_top_are_worth_a_talk() -> None:
    assert "opposite" in points_for(profile(realistic=4, social=3))
    assert "opposite" in points_for(profile(realistic=4, social=4))
    assert "opposite" not in points_for(profile(realistic=4, investigative=3))
    # Two types tie for the second place, so nobody knows which two are the highest.
    assert "opposite" not in points_for(profile(realistic=4, social=3, artistic=3))


def test_answers_to_nothing_and_unknown_answers_are_refused() -> None:
    with pytest.raises(UnknownStatement, match="Did you mean repair_bicycle"):
        profile_of(QUESTIONNAIRE, {"repair_bicycl": "like"})
    with pytest.raises(UnknownAnswer, match="like_very_much, like, neither"):
        profile_of(QUESTIONNAIRE, {"repair_bicycle": "love"})


def test_nearness_is_28_for_equal_codes_and_nothing_without_a_common_letter() -> None:
    one = ("realistic", "investigative", "artistic")
    assert nearness(one, one) == 28
    assert nearness(one, ("social", "enterprising", "conventional")) == 0
    # Iachan: first letters 22, second 5, third 1; first and second swapped 10 each, and so on.
    assert nearness(one, ("realistic", "social", "conventional")) == 22
    assert nearness(one, ("investigative", "realistic", "artistic")) == 21
    assert nearness(one, ("artistic", "investigative", "realistic")) == 13
    assert nearness(one, ("realistic", "artistic", "investigative")) == 26


@steady
@given(st.sampled_from(EVERY_CODE), st.sampled_from(EVERY_CODE))
def test_nearness_goes_both_ways_and_stays_within_its_ends(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert nearness(one, other) == nearness(other, one)
    assert 0 <= nearness(one, other) <= 28
    assert (nearness(one, other) == 28) == (one == other)


def test_occupations_of_the_same_code_come_first_and_all_ways_are_shown() -> None:
    found = matches(profile(realistic=4, conventional=3, enterprising=[3, 3, 3, 3, 2]), OCCUPATION_CODES, OCCUPATIONS)
    assert len(found) == 10
    assert found[0].nearness == 28
    assert found[0].code == ("realistic", "conventional", "enterprising")
    assert [match.nearness for match in found] == sorted((match.nearness for match in found), reverse=True)
    assert {match.path for match in found[:3]} == {"trade", "open_trade", "course"}
    assert points_for(profile(realistic=4), found)[-2:] == ["schooling_differs", "not_a_test"]


def test_only_wanted_ways_are_shown() -> None:
    found = matches(profile(social=4), OCCUPATION_CODES, OCCUPATIONS, count=99, paths=["higher"])
    assert found
    assert {match.path for match in found} == {"higher"}
    assert points_for(profile(social=4), found) == ["clear_first", "not_a_test"]


def test_with_ties_the_nearness_is_the_mean_over_what_they_allow() -> None:
    tied = profile(social=4, realistic=4, conventional=3)
    assert tied.codes == (("realistic", "social", "conventional"), ("social", "realistic", "conventional"))
    worker = next(m for m in matches(tied, OCCUPATION_CODES, OCCUPATIONS, count=99) if m.occupation == "health_worker")
    assert worker.code == tied.codes[1]
    assert (nearness(tied.codes[0], worker.code), worker.nearness) == (21, Fraction(21 + 28, 2))


levels = st.fixed_dictionaries({name: st.lists(st.integers(0, 4), min_size=3, max_size=5) for name in TYPES})


def test_swapped_letters_are_near_too_and_what_is_far_is_not_named() -> None:
    found = matches(profile(investigative=4, social=3, realistic=[3, 3, 3, 2, 2]), OCCUPATION_CODES, OCCUPATIONS, count=99)
    named = {match.occupation: match.nearness for match in found}
    assert named["doctor"] == 28
    assert named["nurse"] == 20
    assert not {"bus_driver", "shop_assistant"} & set(named)


@steady
@given(st.sampled_from(EVERY_CODE))
def test_every_clear_profile_finds_an_occupation(code: tuple[str, ...]) -> None:
    first, second, third = code
    levels = {**dict.fromkeys(TYPES, 0), first: 4, second: 3, third: 2}
    assert matches(profile(**levels), OCCUPATION_CODES, OCCUPATIONS)


@steady
@given(levels)
def test_points_stay_within_their_ends_and_the_ranking_holds_every_type_once(told: dict[str, list[int]]) -> None:
    found = profile(**told)  # type: ignore[arg-type]
    assert found.complete
    assert all(0 <= points <= 20 for points in found.points.values())
    assert sorted(name for names in found.ranking for name in names) == sorted(TYPES)
    assert all(len({found.points[name] for name in names}) == 1 for names in found.ranking)
    assert set(found.ranking[0]) <= set(found.first)
    assert found.flat == (found.spread < ONE_STEP) == (found.codes == ())
    assert all(len(set(code)) == 3 for code in found.codes)


@steady
@given(levels, st.sampled_from(TYPES))
def test_liking_more_never_lowers_a_type(told: dict[str, list[int]], name: str) -> None:
    better = {**told, name: [min(level + 1, 4) for level in told[name]]}
    before, after = profile(**told), profile(**better)  # type: ignore[arg-type]
    assert after.points[name] >= before.points[name]
    assert all(after.points[other] == before.points[other] for other in TYPES if other != name)


@steady
@given(levels, st.randoms())
def test_the_order_of_answering_changes_nothing(told: dict[str, list[int]], chance: object) -> None:
    given_answers = list(answers(**told).items())  # type: ignore[arg-type]
    chance.shuffle(given_answers)  # type: ignore[attr-defined]
    assert profile_of(QUESTIONNAIRE, dict(given_answers)) == profile(**told)  # type: ignore[arg-type]


@steady
@given(levels, st.integers(1, 99))
def test_a_shorter_list_is_the_beginning_of_a_longer(told: dict[str, list[int]], count: int) -> None:
    found = profile(**told)  # type: ignore[arg-type]
    everything = matches(found, OCCUPATION_CODES, OCCUPATIONS, count=99)
    assert matches(found, OCCUPATION_CODES, OCCUPATIONS, count=count) == everything[:count]
    assert len({match.occupation for match in everything}) == len(everything)
    assert all(14 <= match.nearness <= 28 for match in everything)
    assert found.codes or not everything


@steady
@given(levels)
def test_the_points_for_the_talk_are_known_and_end_with_the_warning(told: dict[str, list[int]]) -> None:
    codes = points_for(profile(**told))  # type: ignore[arg-type]
    assert set(codes) <= set(CODES)
    assert codes[-1] == "not_a_test"
    assert sum(code.endswith("_first") or code.startswith("flat") for code in codes) == 1


def test_every_occupation_has_a_code_and_every_type_leads_some() -> None:
    assert set(OCCUPATION_CODES) == set(OCCUPATIONS)
    assert {code[0] for code in OCCUPATION_CODES.values()} == set(TYPES)


def test_the_words_in_bokmal_are_short_plain_and_all_different() -> None:
    assert WORDS is not None
    statements = list(WORDS.statements.values())
    assert len({text.casefold() for text in statements}) == 30
    for text in statements:
        assert text.startswith("Å ")
        assert len(text) <= 50
        assert not re.search(r"\d|\b(han|hun|hans|hennes|mann|kvinne)\b", text)
    said = [*WORDS.notices.values(), *(words.says for words in WORDS.types.values()), *WORDS.talking_points.values()]
    assert lix(". ".join(statements)) < 30
    assert all(lix(text) <= 40 for text in said)
    assert set(WORDS.schooling) == set(PATHS)
    for text in WORDS.talking_points.values():
        assert re.findall(r"{(\w*)}", text) in ([], ["types"])


def test_a_language_nobody_has_written_falls_back_to_nothing() -> None:
    assert read_interest_words(DATA, "xx", QUESTIONNAIRE) is None


@pytest.mark.parametrize(
    ("file", "right", "wrong", "words"),
    [
        ("statements.yml", "draw: artistic", "draw: artist", "Did you mean artistic"),
        ("statements.yml", "draw: artistic", "draw: social", "artistic has 4 statements"),
        ("statements.yml", "like: 3", "like: much", "whole number"),
        ("statements.yml", "statements:", "sentences:", "needs `statements:`"),
        ("nb.yml", "  draw: Å tegne eller male bilder\n", "", "`statements` has no `draw`"),
        ("nb.yml", "  draw: Å", "  darw: Å", "`statements` has no `draw`"),
        ("nb.yml", "  flat_low: ", "  flat_lower: x\n  flat_low: ", "Did you mean flat_low"),
        ("nb.yml", "language: nb", "language: nn", "needs `language: nb`"),
        ("nb.yml", "like: Liker", "like: 3", "must be text"),
        ("nb.yml", "social: {name: Sosial, ", "social: {named: Sosial, ", "Write social as"),
        ("occupation_codes.yml", "  plumber: RCI\n", "", "`plumber` has no code"),
        ("occupation_codes.yml", "  plumber: RCI", "  plumber: RCX", "Write three different letters of RIASEC"),
        ("occupation_codes.yml", "  plumber: RCI", "  plumber: RCR", "three different letters"),
        ("occupation_codes.yml", "  plumber: RCI", "  plumber: RCI\n  plumbers: RCI", "Did you mean plumber"),
    ],
)
def test_a_broken_file_says_where_and_what_to_do(tmp_path: Path, file: str, right: str, wrong: str, words: str) -> None:
    folder = tmp_path / "interests"
    folder.mkdir()
    for each in (DATA / "interests").iterdir():
        text = each.read_text(encoding="utf-8")
        assert each.name != file or right in text
        (folder / each.name).write_text(text.replace(right, wrong, 1) if each.name == file else text, encoding="utf-8")
    with pytest.raises(ContentError, match=re.escape(words)) as error:
        questionnaire = read_questionnaire(tmp_path)
        read_occupation_codes(tmp_path, OCCUPATIONS)
        read_interest_words(tmp_path, "nb", questionnaire)
    assert file in str(error.value)
