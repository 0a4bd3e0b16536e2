"""What somebody said about themselves, told back as lists."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content import Library
from bot.content.lines import BLANK, Line, line, text
from bot.courses.self_assessment.parts import INTERESTS, SOME, YES, Answers, notice, statement, statements_of, title
from bot.guidance.interests import Profile, matches, profile_of, read_occupation_codes, read_questionnaire
from bot.guidance.interests.lines import occupation_lines, profile_lines

OCCUPATIONS = 6


def part_lines(library: Library, language: str, part: str, answers: Answers) -> list[Line]:
    """One part: its title, what is true, what is so in part."""
    told = _interests(library, answers) if part == INTERESTS else _said(library, language, part, answers.get(part, {}))
    return [title(library, language, part), *told]


def profile_in(library: Library, answers: Answers) -> Profile:
    """The interest profile of the answers to its statements."""
    return profile_of(read_questionnaire(library.data), answers.get(INTERESTS, {}))


def _said(library: Library, language: str, part: str, given: dict[str, str]) -> Iterator[Line]:
    for answer, begin in ((YES, "result_yes"), (SOME, "result_some")):
        names = [name for name in statements_of(library, part) if given.get(name) == answer]
        if names:
            yield notice(library, language, begin)
            yield from (line("self_listed", statement=statement(library, language, part, name)) for name in names)
        elif answer == YES:
            yield notice(library, language, "nothing")


def _interests(library: Library, answers: Answers) -> Iterator[Line]:
    profile, known = profile_in(library, answers), library.occupations.known
    yield from profile_lines(profile)
    found = matches(profile, read_occupation_codes(library.data, known), known, OCCUPATIONS)
    if found:
        yield BLANK
        yield from occupation_lines(found)
    yield BLANK
    yield text(INTERESTS, "notices", "start_for_talk")
