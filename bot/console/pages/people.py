"""Finds the participant a page is about, for those who may see them."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from bot.console.parts import Parts
from bot.desk.access import may, require
from bot.desk.colleagues import Colleague
from bot.desk.problems import NoSuchCase
from bot.plans.reading import find, plan_of
from bot.plans.rows import touch
from bot.plans.snapshot import PlanSnapshot

PEOPLE = "/console/participants"


class NoSuchPerson(NoSuchCase):
    """There is no participant with this reference, or not one in the municipality of who asks: nobody learns which of the two."""

    key = "no_such_participant"


def address_of(reference: str, *below: str) -> str:
    """The address of a participant's page, or of a page below it. A slash in a part is written as in JSON pointers (RFC 6901)."""
    return "/".join((PEOPLE, *(quote(part.replace("~", "~0").replace("/", "~1"), safe="~") for part in (reference, *below))))


def from_address(part: str) -> str:
    """The reference or key that a part of an address stands for."""
    return part.replace("~1", "/").replace("~0", "~").replace("\x00", "")


def person_of(
    session: Session, parts: Parts, who: Colleague, reference: str, action: str = "read", area: str = "participants"
) -> PlanSnapshot:
    """Everything about the participant of an address. Raises NotAllowed for a role without this right, NoSuchPerson."""
    require(who, area, action)
    plan = find(session, parts.seal, from_address(reference))
    if plan is None or not may(who, area, action, plan.participant.municipality):
        raise NoSuchPerson
    return plan


def held_person(session: Session, parts: Parts, who: Colleague, reference: str, area: str = "participants") -> PlanSnapshot:
    """The same for a change: other writers of this participant wait until the transaction ends. Raises NotAllowed, NoSuchPerson."""
    person = person_of(session, parts, who, reference, "change", area).participant
    touch(session, person.id, parts.now())
    session.expire_all()  # what was read before the wait may be old
    plan = plan_of(session, parts.seal, person.id)
    if plan is None or not may(who, area, "change", plan.participant.municipality):
        raise NoSuchPerson
    return plan


def back_to(reference: str, saved: str, *below: str) -> RedirectResponse:
    """After a change: the participant's page, at the part that was changed, with a word that it was saved."""
    return RedirectResponse(f"{address_of(reference, *below)}?saved={saved}#{saved}", status_code=303)
