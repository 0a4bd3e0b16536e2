"""All that the classroom answers: each part of the courses brings its buttons, its words and what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.content import Library
from bot.courses import absences, catching_up, cheering, my_course, questions, relevance, talks, voting
from bot.courses.practice import handlers as practice
from bot.courses.self_assessment import handlers as self_assessment
from bot.courses.turn import Handler
from bot.storage.tables import Conversation


@dataclass(frozen=True)
class Beside:
    """A button below the assistant's answers to these topics. `members_only`: only for who is in a course; `first`: before the others."""

    topics: frozenset[str]
    phrase: str
    payload: str
    members_only: bool = False
    first: bool = False


Takes = Callable[[Session, Conversation, Library, str], bool]  # whether words are what was asked for; all others are for the assistant

# Name of a button -> what answers.
HANDLERS: dict[str, Handler] = {
    **my_course.HANDLERS,
    **catching_up.HANDLERS,
    **relevance.HANDLERS,
    **voting.HANDLERS,
    **cheering.HANDLERS,
    **questions.HANDLERS,
    **absences.HANDLERS,
    **talks.HANDLERS,
    **practice.HANDLERS,
    **self_assessment.HANDLERS,
}
# Key of our last answer -> what answers the words that follow, where they are what was asked for.
EXPECTS: dict[str, Handler] = {**questions.EXPECTS, **practice.EXPECTS}
TAKES: dict[str, Takes] = dict(practice.TAKES)
# Phrase with the words somebody may type -> the button they stand for.
WORDS: dict[str, str] = {
    **my_course.WORDS,
    **catching_up.WORDS,
    **relevance.WORDS,
    **voting.WORDS,
    **cheering.WORDS,
    **questions.WORDS,
    **absences.WORDS,
    **talks.WORDS,
    **practice.WORDS,
    **self_assessment.WORDS,
}
# Who is in no course means something else by the words of a class, and has the assistant for it.
FOR_EVERYBODY = frozenset({**practice.WORDS, **self_assessment.WORDS})
# Buttons that are answered in front of everybody.
IN_GROUP: frozenset[str] = my_course.IN_GROUP | cheering.IN_GROUP
ABOUT_THE_COURSE = frozenset({"utdanningsvalg_course", "utdanningsvalg_entry", "help_menu", "my_plan", "vgs_apply", "vgs_choose_programme"})
BESIDE: tuple[Beside, ...] = (
    *(Beside(*one, members_only=True, first=True) for one in absences.BESIDE),
    *(Beside(*one) for one in practice.BESIDE),
    *(Beside(*one) for one in self_assessment.BESIDE),
    Beside(ABOUT_THE_COURSE, "course_button_course", "/course", members_only=True),
)


def is_ours(name: str) -> bool:
    """True for a name that only the classroom uses."""
    return name.split("_")[0] in ("course", "practice", "self")
