"""The chats of a participant and what was asked for in them: ends links, marks wishes as done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from bot.console.pages.people import NoSuchPerson, back_to, held_person
from bot.console.pages.typed import Typed, typed
from bot.console.visits import Visit, changing_visit, parts_of
from bot.desk.audit import record
from bot.plans.linking import links_of, revoke, unlink
from bot.plans.rows import hold_conversation
from bot.plans.wishes import mark_done, wishes

router = APIRouter()
WHY = "advisor"


@router.post("/participants/{reference}/link-end")
def end_link(
    request: Request, visit: Annotated[Visit, Depends(changing_visit)], typed: Annotated[Typed, Depends(typed)], reference: str
) -> Response:
    """Ends the link of one chat. One that has ended stays ended since when it was. Raises NoSuchPerson."""
    parts, wanted = parts_of(request), typed.text("chat")
    with parts.transaction() as session:
        person = held_person(session, parts, visit.who, reference).participant
        chats = {str(link.conversation_id): link.conversation_id for link in links_of(session, person.id, ended=True)}
        if wanted not in chats:
            raise NoSuchPerson
        hold_conversation(session, chats[wanted])  # else it could be linked to somebody else before the next line
        if chats[wanted] in {link.conversation_id for link in links_of(session, person.id)}:
            unlink(session, chats[wanted], WHY, parts.now())
            record(session, visit.who, "unlinked", "participant", person.reference, chats=1)
    return back_to(person.reference, "chats")


@router.post("/participants/{reference}/link-end-all")
def end_all_links(request: Request, visit: Annotated[Visit, Depends(changing_visit)], reference: str) -> Response:
    """Ends all links and makes unused codes worthless, such as when a phone is lost."""
    parts = parts_of(request)
    with parts.transaction() as session:
        person = held_person(session, parts, visit.who, reference).participant
        ended = revoke(session, person.id, parts.now(), WHY)
        record(session, visit.who, "unlinked", "participant", person.reference, chats=ended, codes="revoked")
    return back_to(person.reference, "chats")


@router.post("/participants/{reference}/wish-done")
def wish_done(
    request: Request, visit: Annotated[Visit, Depends(changing_visit)], typed: Annotated[Typed, Depends(typed)], reference: str
) -> Response:
    """Marks a wish as done. Raises NoSuchPerson for a wish of somebody else."""
    parts = parts_of(request)
    with parts.transaction() as session:
        person = held_person(session, parts, visit.who, reference).participant
        wish = next(
            (one for one in wishes(session, parts.seal, done=True, participant_id=person.id) if str(one.id) == typed.text("wish")), None
        )
        if wish is None:
            raise NoSuchPerson
        if wish.done_at is None:
            mark_done(session, wish.id, parts.now())
            record(session, visit.who, "done", "participant", person.reference, part="wishes", wish=wish.id)
    return back_to(person.reference, "wishes")
