"""The route finder: which ways are open to a person, by rules that are data (data/routes). See ../README.md."""

from bot.guidance.routes.definitions import ROUTES, Condition, RouteRules, read_route_rules
from bot.guidance.routes.engine import VERDICTS, RouteAnswer, find_routes, is_field
from bot.guidance.routes.persona import NORWAY, UNLISTED, Experience, Persona, Programme, Work
from bot.guidance.routes.persona_errors import PersonaUnreadable
from bot.guidance.routes.persona_file import PersonaReader
from bot.guidance.routes.programme_time import ProgrammeTime, programme_time
from bot.guidance.routes.truth import Missing
from bot.guidance.routes.words import RouteWords

__all__ = [
    "NORWAY",
    "ROUTES",
    "UNLISTED",
    "VERDICTS",
    "Condition",
    "Experience",
    "Missing",
    "Persona",
    "PersonaReader",
    "PersonaUnreadable",
    "Programme",
    "ProgrammeTime",
    "RouteAnswer",
    "RouteRules",
    "RouteWords",
    "Work",
    "find_routes",
    "is_field",
    "programme_time",
    "read_route_rules",
]
