"""Who may do what where: one table of areas, roles and actions, and the rule about municipalities."""

from __future__ import annotations

from bot.desk.colleagues import Colleague, Role
from bot.desk.problems import NotAllowed

ACTIONS = ("read", "change", "propose", "publish")
NONE: frozenset[str] = frozenset()
LOOK = frozenset({"read"})
WORK = frozenset({"read", "change"})
PROPOSE = frozenset({"read", "propose"})
PUBLISH = frozenset({"read", "propose", "publish"})  # what somebody else proposed; the texts see to that
ALL = frozenset(ACTIONS)

COLUMNS = (Role.ADVISOR, Role.TEACHER, Role.EDITOR, Role.ADMINISTRATOR)
MATRIX = {
    "queue": (WORK, NONE, NONE, WORK),
    "case": (WORK, NONE, NONE, WORK),
    "participants": (WORK, NONE, NONE, WORK),
    "plan": (WORK, NONE, NONE, WORK),
    "texts": (PROPOSE, NONE, PUBLISH, ALL),
    "facts": (PROPOSE, NONE, PUBLISH, ALL),
    "audit": (NONE, NONE, NONE, LOOK),  # nobody changes the log
    "accounts": (NONE, NONE, NONE, WORK),
    "courses": (NONE, WORK, NONE, WORK),  # a teacher's own; whose a course is, the courses know
}
AREAS = tuple(MATRIX)
BEFORE_A_PLACE = frozenset({"queue", "case"})  # a chat may ask for a person before anybody knows its municipality
FOR_ALL = frozenset({"texts", "facts"})  # one library, whatever municipality a text is about


def may(who: Colleague, area: str, action: str = "read", municipality: str | None = None) -> bool:
    """Whether somebody may do this. Without a municipality: whether they may somewhere; "" is what belongs to none yet.

    Raises ValueError for an area or action that does not exist, so that a slip of the pen never lets anybody in.
    """
    if area not in MATRIX or action not in ACTIONS:
        raise ValueError(f"there is no {action!r} in {area!r}")
    allowed = action in MATRIX[area][COLUMNS.index(who.role)]
    return allowed and (municipality is None or _reaches(who, area, municipality))


def require(who: Colleague, area: str, action: str = "read", municipality: str | None = None) -> None:
    """Raises NotAllowed where `may` says no."""
    if not may(who, area, action, municipality):
        raise NotAllowed


def everywhere(who: Colleague) -> bool:
    """Whether somebody works for all municipalities: an administrator without one."""
    return who.role is Role.ADMINISTRATOR and not who.municipality


def home_of(who: Colleague) -> str:
    """The page somebody's day begins with: the queue, the texts, or their own account."""
    if may(who, "queue"):
        return "/console/"
    return "/console/texts" if may(who, "texts") else "/console/me"


def _reaches(who: Colleague, area: str, municipality: str) -> bool:
    if area in FOR_ALL or everywhere(who):
        return True
    if not municipality:
        return area in BEFORE_A_PLACE
    return municipality == who.municipality
