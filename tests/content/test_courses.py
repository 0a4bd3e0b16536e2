"""The ready plans of courses are read with file, line and what to do; their check finds what a class would stumble over."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.checks import courses as check_courses
from bot.content.courses import course_plans, plan_week, week_text, week_texts
from bot.content.errors import ContentError
from bot.content.library import Library
from bot.settings import ROOT

PLAN = """
plan: utdanningsvalg
weeks:
- id: w01_welcome
  area: personal
  aims: ["Deltakerne kjenner hverandre."]
  lessons:
  - ["Velkommen (60 min): timeplan."]
  - ["Mitt mål (90 min): fem setninger."]
  task: "Les målet ditt høyt."
  notes: "La alle velge."
  topics: [TOPIC]
  practice: [norwegian]
  tests: [norskprove_oral]
  words: ["et mål", "å velge"]
  poll: {kind: quiz, options: 2, right: 1}
"""
WEEKS = """
language: LANGUAGE
weeks:
  w01_welcome:
    title: "Velkommen"
    aim: "Du har et mål."
    prompt: "Hva vil du?"
    words: {"et mål": "noe du vil klare", "å velge": "å ta én ting"}
    poll: {ask: "Hva er et mål?", options: ["en ting", "noe du vil"], because: "Et mål er noe du vil."}
"""
READY = 'language: LANGUAGE\nposts:\n  tomorrow: "I morgen {time}."\ntitles:\n  tomorrow: "I morgen"\n'
SELF = 'language: LANGUAGE\nanswers:\n  yes: "Ja"\n'
OFFERED = ("nb", "en", "ar")


def written(data: Path, plan: str = PLAN, **changed: str) -> Library:
    """A data/ with a small plan in every language. `changed`: other weeks, ready or self texts of English."""
    topic = Library(data).topic_ids()[0]
    texts = {"courses/weeks": WEEKS, "courses/ready": READY, "courses/relevance": READY, "self_assessment": SELF}
    for folder, text in {"courses/plans": plan, **texts}.items():
        (data / folder).mkdir(parents=True, exist_ok=True)
        if folder == "courses/plans":
            (data / folder / "utdanningsvalg.yml").write_text(text.replace("TOPIC", topic), encoding="utf-8")
            continue
        for language in OFFERED:
            mine = changed.get(folder.split("/")[-1], text) if language == "en" else text
            (data / folder / f"{language}.yml").write_text(mine.replace("LANGUAGE", language), encoding="utf-8")
    return Library(data)


def problems(library: Library) -> list[str]:
    return [str(problem) for problem in check_courses.check(library)]


def test_a_plan_is_read_with_its_texts(data: Path) -> None:
    library = written(data)
    assert problems(library) == []
    week = plan_week(data, "utdanningsvalg", "w01_welcome")
    assert week is not None and week.words == ("et mål", "å velge") and week.poll.right == 1 and len(week.lessons) == 2
    text = week_text(data, "en", "w01_welcome")
    assert text is not None and text.words["et mål"] == "noe du vil klare" and text.poll.options[1] == "noe du vil"
    assert week_texts(data, "ti") is None and plan_week(data, "utdanningsvalg", "w99") is None and plan_week(data, "x", "y") is None


def test_the_plan_of_this_project_is_whole() -> None:
    plan = course_plans(ROOT / "data")["utdanningsvalg"]
    assert len(plan.weeks) == 22 and len({word for week in plan.weeks.values() for word in week.words}) == 110
    texts = week_texts(ROOT / "data", "nb")
    assert texts is not None and list(texts.weeks) == list(plan.weeks)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("plan: utdanningsvalg", "plan: other", "needs `plan: utdanningsvalg`"),
        ("area: personal", "area: persnal", "`persnal` is no area here"),
        ("practice: [norwegian]", "practice: [norsk]", "`norsk` is no practice here"),
        ("tests: [norskprove_oral]", "tests: norskprove_oral", r"`tests` is a list"),
        ("task:", "tsk:", "Did you mean task"),
        ('notes: "La alle velge."', 'notes: ""', "needs `notes`"),
        ('  - ["Mitt mål (90 min): fem setninger."]\n', "", "list of 2 lists"),
        (", right: 1", "", "A quiz needs `right`"),
        ("kind: quiz", "kind: question", "`poll` needs `kind`"),
    ],
)
def test_what_is_wrong_in_a_plan_is_said_with_its_line(data: Path, before: str, after: str, says: str) -> None:
    written(data, PLAN.replace(before, after))
    with pytest.raises(ContentError, match=says) as error:
        course_plans(data)
    assert error.value.line is not None


def test_a_week_that_stands_twice_is_refused(data: Path) -> None:
    written(data, PLAN + PLAN.split("weeks:")[1])
    with pytest.raises(ContentError, match="another week w01_welcome"):
        course_plans(data)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("aim:", "aims:", "needs `title`, `aim`"),
        ("options:", "option:", "needs `ask` and `options`"),
        ("language: LANGUAGE", "", "needs `language: en`"),
    ],
)
def test_what_is_wrong_in_the_weeks_is_said_with_its_line(data: Path, before: str, after: str, says: str) -> None:
    written(data, weeks=WEEKS.replace(before, after, 1))
    with pytest.raises(ContentError, match=says) as error:
        week_texts(data, "en")
    assert error.value.line is not None


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("[TOPIC]", "[no_such]", "`no_such` is no topic"),
        ("right: 1", "right: 2", "no such `right`"),
        ("options: 2", "options: 6", "2 to 5 options"),
        ('"å velge"]', '"et mål"]', "is a word of w01_welcome too"),
    ],
)
def test_the_check_looks_into_the_plan(data: Path, before: str, after: str, says: str) -> None:
    assert any(says in problem for problem in problems(written(data, PLAN.replace(before, after))))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("weeks", WEEKS.replace("w01_welcome:", "w02_other:"), "The week w01_welcome is missing"),
        ("weeks", WEEKS.replace("w01_welcome:", "w02_other:"), "No plan has a week w02_other"),
        ("weeks", WEEKS.replace('"et mål": "noe du vil klare"', '"et mål": ""'), "«et mål» is not explained"),
        ("weeks", WEEKS.replace('"et mål":', '"et maal":'), "«et maal» is no word of this week. Did you mean et mål"),
        ("weeks", WEEKS.replace('"noe du vil"]', '"noe du vil", "mer"]'), "has 3 options here and 2 in the plan"),
        ("weeks", WEEKS.replace('"noe du vil"]', '"En ting"]'), "are the same"),
        ("weeks", WEEKS.replace(', because: "Et mål er noe du vil."', ""), "`because` belongs to every quiz"),
        ("weeks", WEEKS.replace("Hva er et mål?", "Hva er det? " * 30), "`ask` is longer than 300"),
        ("weeks", WEEKS.replace('"en ting"', '"' + "lang " * 21 + '"'), "`option` is longer than 100"),
        ("ready", READY.replace("{time}", "{day}"), "must hold the fields ['time']"),
        ("ready", READY.replace("{time}", "{time"), "must hold the fields"),
        ("ready", READY.replace('  tomorrow: "I morgen {', '  today: "I morgen {'), "`posts.tomorrow` is missing"),
        ("ready", READY.replace('  tomorrow: "I morgen {', '  today: "I morgen {'), "has no `posts.today`"),
        ("self_assessment", SELF.replace("Ja", "Ja, det stemmer veldig godt for meg"), "a button takes 24"),
    ],
)
def test_the_check_compares_languages(data: Path, name: str, text: str, says: str) -> None:
    found = problems(written(data, **{name: text}))
    assert any(says in problem for problem in found), found


def test_titles_for_the_teacher_need_no_translation(data: Path) -> None:
    assert problems(written(data, ready=READY.split("titles")[0])) == []


@pytest.mark.parametrize("folder", ["courses/weeks", "courses/ready", "courses/relevance", "self_assessment"])
def test_a_language_without_its_file_is_a_gap(data: Path, folder: str) -> None:
    library = written(data)
    (data / folder / "ar.yml").unlink()
    assert [problem for problem in problems(library) if f"{folder}/ar.yml" in problem and "This language has no" in problem]
