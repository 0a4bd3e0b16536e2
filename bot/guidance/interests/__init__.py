"""The interest profile: statements, profile, occupations near it, points for a talk; see ARITHMETIC.md beside this folder."""

from bot.guidance.interests.matching import Match, matches, nearness, read_occupation_codes
from bot.guidance.interests.profile import Profile, profile_of
from bot.guidance.interests.questionnaire import TYPES, Questionnaire, UnknownAnswer, UnknownStatement, read_questionnaire
from bot.guidance.interests.talking_points import TalkingPoint, talking_points
from bot.guidance.interests.words import InterestWords, read_interest_words

__all__ = [
    "TYPES",
    "InterestWords",
    "Match",
    "Profile",
    "Questionnaire",
    "TalkingPoint",
    "UnknownAnswer",
    "UnknownStatement",
    "matches",
    "nearness",
    "profile_of",
    "read_interest_words",
    "read_occupation_codes",
    "read_questionnaire",
    "talking_points",
]
