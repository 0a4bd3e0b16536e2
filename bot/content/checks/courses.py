"""Course groups: plans whose topics and polls are right, and every week, ready post and answer in every language."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.content.courses import CoursePlan, PlanWeek, WeekText, WeekTexts, course_plans, week_texts
from bot.content.errors import ContentError, did_you_mean
from bot.content.library import Library
from bot.content.yaml_file import LocatedDict, read_yaml

# Characters: of a poll in a Telegram group (Bot API, sendPoll), of a button, of what stands in one message with the rest.
LONGEST = {"title": 70, "aim": 220, "prompt": 220, "words": 140, "ask": 300, "option": 100, "because": 200}
BUTTON = 24
ONLY_SOURCE = "titles."  # of ready posts: for the teacher's list
OTHERS = ("courses/ready", "courses/relevance", "self_assessment")  # folders with the same texts in every language
BUTTONS_OF = {"self_assessment": ("parts.*.title", "answers.*")}


def check(library: Library) -> Iterator[ContentError]:
    """Unknown topics, polls without a right option, weeks, words, options, texts and {fields} that a language lacks, what is too long."""
    if not (library.data / "courses").exists():
        return
    plans, source = course_plans(library.data), library.languages.source.code
    for plan in plans.values():
        yield from _bad_plan(library, plan)
    weeks = {week.id: week for plan in plans.values() for week in plan.weeks.values()}
    for language in library.languages.offered:
        yield from _bad_weeks(library.data / "courses" / "weeks" / f"{language.code}.yml", week_texts(library.data, language.code), weeks)
    for folder in OTHERS:
        if not (library.data / folder).exists():
            continue
        wanted = _leaves(library.data / folder / f"{source}.yml")
        for language in library.languages.offered:
            yield from _bad_texts(library.data / folder / f"{language.code}.yml", wanted, BUTTONS_OF.get(folder, ()))


def _bad_plan(library: Library, plan: CoursePlan) -> Iterator[ContentError]:
    topics, seen = set(library.topic_ids()), dict[str, str]()
    for week in plan.weeks.values():
        for topic in week.topics:
            if topic not in topics:
                yield ContentError(plan.file, week.line, f"{week.id}: `{topic}` is no topic.{did_you_mean(topic, topics)}")
        for word in week.words:
            if seen.setdefault(word, week.id) != week.id or week.words.count(word) > 1:
                yield ContentError(plan.file, week.line, f"{week.id}: «{word}» is a word of {seen[word]} too. Choose another.")
        if week.poll.right is not None and not 0 <= week.poll.right < week.poll.options:
            yield ContentError(
                plan.file, week.line, f"{week.id}: the quiz has {week.poll.options} options, counted from 0; no such `right`."
            )
        if not 2 <= week.poll.options <= 5:
            yield ContentError(plan.file, week.line, f"{week.id}: a poll has 2 to 5 options.")


def _bad_weeks(file: Path, texts: WeekTexts | None, weeks: Mapping[str, PlanWeek]) -> Iterator[ContentError]:
    if texts is None:
        yield ContentError(file, None, "This language has no weeks of the course. Copy the source file and translate it.")
        return
    for missing in sorted(weeks.keys() - texts.weeks.keys()):
        yield ContentError(file, None, f"The week {missing} is missing. Write it.")
    for key, text in texts.weeks.items():
        if key not in weeks:
            yield ContentError(file, texts.lines[key], f"No plan has a week {key}.{did_you_mean(key, weeks)}")
            continue
        for problem in (*_unlike(weeks[key], text), *_too_long(text)):
            yield ContentError(file, texts.lines[key], f"{key}: {problem}")


def _unlike(week: PlanWeek, text: WeekText) -> Iterator[str]:
    """What a week of a language has otherwise than its plan."""
    for word in week.words:
        if not text.words.get(word):
            yield f"the word «{word}» is not explained. Write it, with the Norwegian word as the key."
    for word in text.words:
        if word not in week.words:
            yield f"«{word}» is no word of this week.{did_you_mean(word, week.words)}"
    if len(text.poll.options) != week.poll.options or not all(text.poll.options):
        yield f"the poll has {len(text.poll.options)} options here and {week.poll.options} in the plan."
    if len({option.casefold() for option in text.poll.options}) < len(text.poll.options):
        yield "two options of the poll are the same."
    if (week.poll.kind == "quiz") != bool(text.poll.because):
        yield "`because` belongs to every quiz and to no poll."


def _too_long(text: WeekText) -> Iterator[str]:
    told = {"title": [text.title], "aim": [text.aim], "prompt": [text.prompt], "words": [f"{w}: {says}" for w, says in text.words.items()]}
    told |= {"ask": [text.poll.ask], "option": list(text.poll.options), "because": [text.poll.because]}
    for name, texts in told.items():
        if any(len(one) > LONGEST[name] for one in texts):
            yield f"`{name}` is longer than {LONGEST[name]} characters. Say it shorter."


def _bad_texts(file: Path, wanted: Mapping[str, tuple[str, int]], buttons: tuple[str, ...]) -> Iterator[ContentError]:
    if not file.exists():
        yield ContentError(file, None, "This language has none of these texts. Copy the source file and translate it.")
        return
    found = _leaves(file)
    for key in sorted(wanted.keys() - found.keys()):
        if key.startswith(ONLY_SOURCE):
            continue
        yield ContentError(file, None, f"`{key}` is missing; the source file has it. Write it.")
    for key, (text, line) in found.items():
        if key not in wanted:
            yield ContentError(file, line, f"The source file has no `{key}`.{did_you_mean(key, wanted)}")
        elif _fields(text) != _fields(wanted[key][0]):
            yield ContentError(file, line, f"`{key}` must hold the fields {sorted(_fields(wanted[key][0])) or 'none'}, as its source does.")
        if any(Path(key.replace(".", "/")).match(button.replace(".", "/")) for button in buttons) and len(text) > BUTTON:
            yield ContentError(file, line, f"`{key}` has {len(text)} characters; a button takes {BUTTON}. Shorten it.")


def _leaves(file: Path) -> dict[str, tuple[str, int]]:
    """Every text of a file by its path, such as posts.lesson_tomorrow, with its line."""
    entry = read_yaml(file)
    found: dict[str, tuple[str, int]] = {}
    for key, row in entry.items():
        if isinstance(row, LocatedDict):
            found |= dict(_below(row, key))
    return found


def _below(row: LocatedDict, path: str) -> Iterator[tuple[str, tuple[str, int]]]:
    for key, value in row.items():
        if isinstance(value, LocatedDict):
            yield from _below(value, f"{path}.{key}")
        elif value is not None and str(value).strip():
            yield f"{path}.{key}", (str(value).strip(), row.lines[key])


def _fields(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:  # a brace that opens or closes nothing
        return {"a single { or }"}
