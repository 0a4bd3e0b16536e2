"""The parts of the self-assessment with their statements and answers: data/self_assessment and, for interests, data/interests."""

from __future__ import annotations

from bot.content import Library
from bot.content.lines import Line, line, text
from bot.courses.in_language import text_in
from bot.guidance.interests import read_questionnaire

FOLDER = "self_assessment"
INTERESTS = "interests"
YES, SOME = "yes", "some"
Answers = dict[str, dict[str, str]]  # part -> statement -> answer


def parts_of(library: Library) -> tuple[str, ...]:
    """The parts in the order in which they are offered."""
    return (*_source(library)["parts"], INTERESTS)


def statements_of(library: Library, part: str) -> tuple[str, ...]:
    """The statements of a part in order; none for a part that does not exist."""
    if part == INTERESTS:
        return tuple(read_questionnaire(library.data).types)
    return tuple(_source(library)["statements"].get(part, ()))


def answers_of(library: Library, part: str) -> tuple[str, ...]:
    """The answers to choose from in a part."""
    return tuple(read_questionnaire(library.data).points if part == INTERESTS else _source(library)["answers"])


def title(library: Library, language: str, part: str) -> Line:
    """What a part is called."""
    return line("self_part_interests") if part == INTERESTS else text_in(library, language, FOLDER, "parts", part, "title")


def begin(library: Library, language: str, part: str) -> Line:
    """What is said before its first statement."""
    return text(INTERESTS, "notices", "begin") if part == INTERESTS else text_in(library, language, FOLDER, "parts", part, "begin")


def statement(library: Library, language: str, part: str, name: str) -> Line:
    """A statement in words."""
    return text(INTERESTS, "statements", name) if part == INTERESTS else text_in(library, language, FOLDER, "statements", part, name)


def answer(library: Library, language: str, part: str, name: str) -> Line:
    """An answer in words."""
    return text(INTERESTS, "answers", name) if part == INTERESTS else text_in(library, language, FOLDER, "answers", name)


def notice(library: Library, language: str, name: str) -> Line:
    """One of the texts around it."""
    return text_in(library, language, FOLDER, "notices", name)


def next_statement(library: Library, part: str, given: Answers, after: str = "") -> str | None:
    """The first statement without an answer after this one, else the first of all; None when the part is done."""
    names = statements_of(library, part)
    begin = names.index(after) + 1 if after in names else 0
    return next((name for name in names[begin:] + names[:begin] if name not in given.get(part, {})), None)


def following(library: Library, part: str, after: str) -> str | None:
    """The next statement in order, answered or not: for going through a part once more. None after the last one."""
    names = statements_of(library, part)
    return next(iter(names[names.index(after) + 1 :]), None)


def valid(library: Library, given: object) -> Answers:
    """The answers that belong to statements there are; a statement that was taken out since is gone."""
    known: Answers = {}
    for part in parts_of(library):
        told = given.get(part) if isinstance(given, dict) else None
        names, answers = statements_of(library, part), answers_of(library, part)
        if isinstance(told, dict) and (kept := {name: told[name] for name in names if told.get(name) in answers}):
            known[part] = kept
    return known


def _source(library: Library) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = library.texts(FOLDER, library.languages.source.code)
    return found
