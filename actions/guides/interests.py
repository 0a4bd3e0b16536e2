"""The interest profile: thirty statements, then what one likes, occupations that are like it, and points for a talk with the advisor."""

from __future__ import annotations

from actions.composed import BLANK, Composed, Line, line, listed, text
from actions.guides.logic import GuideLogic, Situation
from bot.content.guides import Guide, Question
from bot.guidance.guides.progress import UNKNOWN, Progress
from bot.guidance.interests import (
    TalkingPoint,
    matches,
    profile_of,
    read_occupation_codes,
    read_questionnaire,
    talking_points,
)
from bot.guidance.interests.lines import occupation_lines, profile_lines

TOPICS = ("occupation_path", "career_guidance", "route_finder")
SHOWN = 6
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
        lines = (*profile_lines(profile), BLANK, text("interests", "notices", "start_for_talk"))
        points = (line("interests_for_advisor"), *map(_point, talking_points(profile, found)))
        near = [Composed("interests_occupations", tuple(occupation_lines(found)), TOPICS, topic=False)] if found else []
        return [
            Composed("interests_result", lines, () if found else TOPICS, topic=False),
            *near,
            Composed("interests_for_advisor", points, ("meeting_request", "career_guidance"), topic=False),
        ]


def _point(point: TalkingPoint) -> Line:
    types = listed([{**text("interests", "types", name, "name"), "in": NORWEGIAN} for name in point.types])
    return line("interests_point", point={**text("interests", "talking_points", point.code, types=types), "in": NORWEGIAN})
