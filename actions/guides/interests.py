"""The interest profile: thirty statements, then what one likes, occupations that are like it, and points for a talk with the advisor."""

from __future__ import annotations

from collections.abc import Iterator

from actions.composed import BLANK, Composed, Line, line, listed, text
from actions.guides.logic import GuideLogic, Situation
from bot.content.guides import Guide, Question
from bot.guidance.guides.progress import UNKNOWN, Progress
from bot.guidance.interests import (
    Match,
    Profile,
    TalkingPoint,
    matches,
    profile_of,
    read_occupation_codes,
    read_questionnaire,
    talking_points,
)

TOPICS = ("occupation_path", "career_guidance", "route_finder")
SHOWN = 6
TYPES_SHOWN = 3
NORWEGIAN = "nb"  # what the advisor reads


class InterestsLogic(GuideLogic):
    """Asks each statement; "I do not know" is left out of the sum."""

    def asked(self, guide: Guide, question: Question, progress: Progress, situation: Situation) -> tuple[Line, ...]:
        """How far one is, and the statement."""
        number = [one.id for one in guide.questions].index(question.id) + 1
        return (line("ask_interests", number=number, count=len(guide.questions), statement=text("interests", "statements", question.id)),)

    def result(self, guide: Guide, progress: Progress, situation: Situation) -> list[Composed]:
        """The profile, and what the advisor can take up."""
        library = situation.library
        answers = {statement: str(answer) for statement, answer in progress.answers.items() if answer != UNKNOWN}
        profile = profile_of(read_questionnaire(library.data), answers)
        occupations = library.occupations.known
        found = matches(profile, read_occupation_codes(library.data, occupations), occupations, SHOWN)
        lines = (*_profile(profile), BLANK, text("interests", "notices", "start_for_talk"))
        points = (line("interests_for_advisor"), *map(_point, talking_points(profile, found)))
        near = [Composed("interests_occupations", tuple(_occupations(found)), TOPICS, topic=False)] if found else []
        return [
            Composed("interests_result", lines, () if found else TOPICS, topic=False),
            *near,
            Composed("interests_for_advisor", points, ("meeting_request", "career_guidance"), topic=False),
        ]


def _profile(profile: Profile) -> Iterator[Line]:
    if not profile.complete:
        yield text("interests", "notices", "not_enough")
        return
    if profile.flat:
        yield text("interests", "notices", "flat")
        return
    yield line("interests_first")
    first = [name for names in profile.ranking for name in names][:TYPES_SHOWN]
    for name in first:
        name_and_text = {"name": text("interests", "types", name, "name"), "says": text("interests", "types", name, "says")}
        yield line("interests_type", **name_and_text)
    if any(len(names) > 1 for names in profile.ranking[:TYPES_SHOWN]):
        yield text("interests", "notices", "tie")


def _occupations(found: list[Match]) -> Iterator[Line]:
    yield text("interests", "notices", "occupations")
    for match in found:
        yield line("interests_occupation", occupation={"occupation": match.occupation}, way=text("interests", "schooling", match.path))


def _point(point: TalkingPoint) -> Line:
    types = listed([{**text("interests", "types", name, "name"), "in": NORWEGIAN} for name in point.types])
    return line("interests_point", point={**text("interests", "talking_points", point.code, types=types), "in": NORWEGIAN})
