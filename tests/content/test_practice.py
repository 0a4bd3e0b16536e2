"""The item bank is read with file, line and what to do; its check finds what a learner would stumble over."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from bot.content.checks import practice as check_practice
from bot.content.errors import ContentError
from bot.content.library import Library
from bot.content.practice import practice_items, practice_points

ITEM = """
    - id: no_001
      level: A2
      skill: grammar
      kind: fill_in
      point: no_verb_second
      ask: "I morgen ___ jeg til legen."
      right: "skal"
      wrong: ["jeg skal", "skulle", "å skal"]
      because: "I morgen skal jeg til legen."
"""


def written(data: Path, items: str = ITEM, says: str = "Verbet kommer først.") -> Library:
    folder = data / "practice" / "points"
    folder.mkdir(parents=True, exist_ok=True)
    (data / "practice" / "norwegian.yml").write_text("subject: norwegian\nitems:" + textwrap.dedent(items), encoding="utf-8")
    for language in ("nb", "en", "ar"):
        text = f'language: {language}\npoints:\n  no_verb_second: {{title: "Verbet", says: "{says}"}}\n'
        (folder / f"{language}.yml").write_text(text, encoding="utf-8")
    return Library(data)


def problems(library: Library) -> list[str]:
    return [str(problem) for problem in check_practice.check(library) if "are needed" not in str(problem)]


def test_an_item_is_read_with_its_explanation(data: Path) -> None:
    library = written(data)
    item = practice_items(data)["no_001"]
    assert (item.subject, item.right, len(item.wrong)) == ("norwegian", "skal", 3)
    points = practice_points(data, "ar")
    assert points is not None and points.points[item.point].says == "Verbet kommer først."
    assert practice_points(data, "ti") is None
    assert problems(library) == []
    assert sum("are needed" in str(problem) for problem in check_practice.check(library)) == 3


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("level: A2", "level: C2", "`C2` is no level here; there are A2, B1"),
        ("because:", "becuse:", "Did you mean because"),
        ('right: "skal"', 'right: ""', "needs `right`"),
        ('["jeg skal", "skulle", "å skal"]', '["jeg skal"]', "three answers"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(data: Path, before: str, after: str, says: str) -> None:
    written(data, ITEM.replace(before, after))
    with pytest.raises(ContentError, match=says.replace("?", r"\?")) as error:
        practice_items(data)
    assert error.value.line is not None


@pytest.mark.parametrize(
    ("items", "says"),
    [
        (ITEM.replace('"skulle"', '"skal"'), "two answers that are the same"),
        (ITEM.replace("___", "skal"), "a gap"),
        (ITEM.replace("fill_in", "read").replace("___", "ikke"), "there is none"),
        (ITEM.replace('"I morgen skal', '"' + 50 * "lang " + "I morgen skal"), "longer than 200"),
        (ITEM.replace("no_verb_second", "no_other"), "`no_other` is not explained"),
    ],
)
def test_what_a_learner_would_stumble_over_is_found(data: Path, items: str, says: str) -> None:
    assert any(says in problem for problem in problems(written(data, items)))


def test_two_items_with_one_id_are_refused(data: Path) -> None:
    written(data, ITEM + ITEM)
    with pytest.raises(ContentError, match="another item no_001"):
        practice_items(data)
