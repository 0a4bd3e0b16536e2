"""The ready plans of courses: data/courses/plans/<name>.yml, read by participants in data/courses/weeks/<lang>.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.content.errors import ContentError, did_you_mean
from bot.content.yaml_file import LocatedDict, read_yaml

AREAS = ("personal", "education", "work", "test")
SUBJECTS = ("norwegian", "english", "mathematics")
NORSKPROVE, INTAKE = ("reading", "listening", "writing", "oral"), SUBJECTS
TESTS = (*(f"norskprove_{part}" for part in NORSKPROVE), *(f"intake_{part}" for part in INTAKE))
POLL_KINDS = ("poll", "quiz")
LESSONS = 2  # lesson days of a week
WEEK_KEYS = ("id", "area", "aims", "lessons", "task", "notes", "topics", "practice", "tests", "words", "poll")
MAY_BE_EMPTY = ("practice", "tests")


@dataclass(frozen=True)
class PollShape:
    """A poll or quiz of a week: how many options, and which one is right (from 0; None in a poll)."""

    kind: str
    options: int
    right: int | None = None


@dataclass(frozen=True)
class PlanWeek:
    """One week of a plan. Aims, lessons, task and notes are the teacher's, in Bokmål; `words` are the Norwegian words, in order."""

    id: str
    area: str
    aims: tuple[str, ...]
    lessons: tuple[tuple[str, ...], ...]
    task: str
    notes: str
    topics: tuple[str, ...]
    practice: tuple[str, ...]
    tests: tuple[str, ...]
    words: tuple[str, ...]
    poll: PollShape
    line: int


@dataclass(frozen=True)
class CoursePlan:
    """A ready plan, its weeks in order."""

    name: str
    weeks: Mapping[str, PlanWeek]
    file: Path


@dataclass(frozen=True)
class PollText:
    """A poll in one language; `because` says why an answer of a quiz is right."""

    ask: str
    options: tuple[str, ...]
    because: str = ""


@dataclass(frozen=True)
class WeekText:
    """What participants read of a week. `words`: the Norwegian word and its explanation in the language."""

    title: str
    aim: str
    prompt: str
    words: Mapping[str, str]
    poll: PollText


@dataclass(frozen=True)
class WeekTexts:
    """All weeks in one language."""

    language: str
    status: str
    weeks: Mapping[str, WeekText]
    file: Path
    lines: Mapping[str, int] = field(default_factory=dict)


def course_plans(data: Path) -> dict[str, CoursePlan]:
    """All ready plans by name. Raises ContentError with file, line and what to do."""
    files = sorted((data / "courses" / "plans").glob("*.yml"))
    return {file.stem: _plan(file, file.stat().st_mtime_ns) for file in files}


def plan_week(data: Path, plan: str, week: str) -> PlanWeek | None:
    """A week of a plan; None where there is no such plan or week (any more). Raises ContentError."""
    found = course_plans(data).get(plan)
    return found.weeks.get(week) if found else None


def week_texts(data: Path, language: str) -> WeekTexts | None:
    """The weeks in a language; None where nobody has written them. Raises ContentError."""
    file = data / "courses" / "weeks" / f"{language}.yml"
    return _texts(file, file.stat().st_mtime_ns) if file.exists() else None


def week_text(data: Path, language: str, week: str) -> WeekText | None:
    """A week in a language; None where it is not written. Raises ContentError."""
    texts = week_texts(data, language)
    return texts.weeks.get(week) if texts else None


@lru_cache(maxsize=8)
def _plan(file: Path, changed: int) -> CoursePlan:
    entry = read_yaml(file)
    rows = entry.get("weeks")
    if entry.get("plan") != file.stem or not isinstance(rows, list) or not rows:
        raise ContentError(file, 1, f"The file needs `plan: {file.stem}` and `weeks:` with a list.")
    weeks: dict[str, PlanWeek] = {}
    for row in rows:
        week = _week(file, row)
        if week.id in weeks:
            raise ContentError(file, week.line, f"There is another week {week.id}. Give this one an id of its own.")
        weeks[week.id] = week
    return CoursePlan(file.stem, weeks, file)


def _week(file: Path, row: Any) -> PlanWeek:
    if not isinstance(row, LocatedDict) or not row.get("id"):
        raise ContentError(file, None, "Each week is a block that begins with `- id:`.")
    line = row.lines["id"]
    for key in row:
        if key not in WEEK_KEYS:
            raise ContentError(file, row.lines[key], f"`{key}` is not a key of a week.{did_you_mean(key, WEEK_KEYS)}")
    missing = [key for key in WEEK_KEYS if key not in row or (not row[key] and key not in MAY_BE_EMPTY)]
    if missing:
        raise ContentError(file, line, f"The week needs {', '.join(f'`{key}`' for key in missing)}.")
    for key, known in (("area", AREAS), ("practice", SUBJECTS), ("tests", TESTS)):
        for value in _strings(file, row, key) if key != "area" else (str(row[key]),):
            if value not in known:
                raise ContentError(file, row.lines[key], f"`{value}` is no {key} here; there are {', '.join(known)}.")
    lessons = row["lessons"]
    if not isinstance(lessons, list) or len(lessons) != LESSONS or not all(isinstance(one, list) and one for one in lessons):
        raise ContentError(file, row.lines["lessons"], f"`lessons` is a list of {LESSONS} lists, the activities of each lesson day.")
    return PlanWeek(
        id=str(row["id"]),
        area=str(row["area"]),
        aims=_strings(file, row, "aims"),
        lessons=tuple(tuple(str(activity).strip() for activity in lesson) for lesson in lessons),
        task=str(row["task"]).strip(),
        notes=str(row["notes"]).strip(),
        topics=_strings(file, row, "topics"),
        practice=_strings(file, row, "practice"),
        tests=_strings(file, row, "tests"),
        words=_strings(file, row, "words"),
        poll=_poll_shape(file, row),
        line=line,
    )


def _strings(file: Path, row: LocatedDict, key: str) -> tuple[str, ...]:
    if not isinstance(row[key], list):
        raise ContentError(file, row.lines[key], f"`{key}` is a list. Put its entries into [brackets].")
    return tuple(str(one).strip() for one in row[key])


def _poll_shape(file: Path, row: LocatedDict) -> PollShape:
    poll, line = row["poll"], row.lines["poll"]
    kind = poll.get("kind") if isinstance(poll, LocatedDict) else None
    if kind not in POLL_KINDS or not isinstance(poll.get("options"), int):
        raise ContentError(file, line, f"`poll` needs `kind` ({', '.join(POLL_KINDS)}) and `options`, how many there are.")
    right = poll.get("right")
    if (kind == "quiz") != isinstance(right, int):
        raise ContentError(file, line, "A quiz needs `right`, the number of the right option from 0; a poll has none.")
    return PollShape(kind, poll["options"], right)


@lru_cache(maxsize=32)
def _texts(file: Path, changed: int) -> WeekTexts:
    entry = read_yaml(file)
    rows = entry.get("weeks")
    if entry.get("language") != file.stem or not isinstance(rows, LocatedDict):
        raise ContentError(file, 1, f"The file needs `language: {file.stem}` and `weeks:` with one block per week.")
    weeks = {key: _week_text(file, rows.lines[key], key, row) for key, row in rows.items()}
    return WeekTexts(file.stem, str(entry.get("status", "draft")), weeks, file, rows.lines)


def _week_text(file: Path, line: int, key: str, row: Any) -> WeekText:
    given = row if isinstance(row, LocatedDict) else LocatedDict()
    title, aim, prompt = (str(given.get(name) or "").strip() for name in ("title", "aim", "prompt"))
    words, poll = given.get("words"), given.get("poll")
    if not (title and aim and prompt) or not isinstance(words, LocatedDict) or not isinstance(poll, LocatedDict):
        raise ContentError(file, line, f"{key} needs `title`, `aim`, `prompt`, `words` and `poll`.")
    if not poll.get("ask") or not isinstance(poll.get("options"), list):
        raise ContentError(file, given.lines["poll"], f"The poll of {key} needs `ask` and `options` with a list.")
    because = str(poll.get("because") or "").strip()
    told = PollText(str(poll["ask"]).strip(), tuple(str(one).strip() for one in poll["options"]), because)
    return WeekText(title, aim, prompt, {word: str(says or "").strip() for word, says in words.items()}, told)
