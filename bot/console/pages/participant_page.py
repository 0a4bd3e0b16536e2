"""The page of one participant: everything that is known, and the forms to add to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.labels import Labels
from bot.console.pages.fields import word
from bot.console.pages.participant_fields import entry_fields
from bot.console.pages.people import address_of, person_of
from bot.console.pages.refusals import Refused
from bot.console.rendering import LOCALES, day, render
from bot.console.visits import Visit, parts_of
from bot.desk.access import may
from bot.desk.audit import record
from bot.desk.colleagues import Colleague
from bot.plans.linking import links_of
from bot.plans.moments import day_in_norway, in_utc
from bot.plans.reading import plan_versions
from bot.plans.wishes import Wish, wishes
from bot.storage.desk_tables import Case
from bot.storage.plan_tables import ChatLink


@dataclass(frozen=True)
class Shown:
    """What a page shows beside the participant: a form that was refused, or the part that was saved."""

    refused: Refused = field(default_factory=Refused)
    saved: str = ""
    status: int = 200


def participant_page(request: Request, visit: Visit, reference: str, shown: Shown | None = None) -> HTMLResponse:
    """The page. Raises NotAllowed, NoSuchPerson."""
    parts, shown = parts_of(request), shown or Shown()
    with parts.transaction() as session:
        plan = person_of(session, parts, visit.who, reference)
        person, now = plan.participant, parts.now()
        record(session, visit.who, "read", "participant", person.reference)
        values = {
            "wishes": wishes(session, parts.seal, done=True, participant_id=person.id),
            "links": links_of(session, person.id, ended=True),
            "cases": cases_of(session, visit.who, person.id),
            "versions": len(plan_versions(session, parts.seal, person.id)),
        }
    today = day_in_norway(now)
    language = parts.library.languages.get(person.language or "")
    known = parts.library.municipalities()
    return render(
        request,
        visit,
        "participant.html",
        status=shown.status,
        plan=plan,
        person=person,
        language=language,
        place=known[person.municipality].name if person.municipality in known else person.municipality,
        today=today,
        step=plan.next_step(today, now),
        standings=plan.missing_to_goal(),
        forms=entry_fields(visit.t),
        refused=shown.refused,
        saved=shown.saved if f"participant_part_{shown.saved}" in visit.t else "",
        word=lambda code: word(visit.t, code),
        told_in=lambda wish: _told_in(visit.t, wish, visit.t.language),
        at=lambda *below: address_of(person.reference, *below),
        changing=may(visit.who, "participants", "change", person.municipality),
        **values,
    )


def _told_in(t: Labels, wish: Wish, language: str) -> list[tuple[str, str]]:
    """The codes and days of a wish, each with its words."""
    told = []
    for name, value in wish.details.items():
        label = f"participant_wish_{name}"
        try:
            said = day(dt.date.fromisoformat(str(value)), LOCALES[language])
        except ValueError:
            said = word(t, str(value))
        told.append((t(label) if label in t else name, said))
    return told


def cases_of(session: Session, who: Colleague, participant_id: int) -> list[Case]:
    """The cases of the participant's chats that this colleague may read, the newest first.

    A chat can have belonged to another participant before or after. A case belongs to whom the chat was linked to when it was opened;
    one that is older than every link, to the first who linked the chat.
    """
    chats = select(ChatLink.conversation_id).where(ChatLink.participant_id == participant_id)
    links = list(session.scalars(select(ChatLink).where(ChatLink.conversation_id.in_(chats)).order_by(ChatLink.id)))
    found = session.scalars(select(Case).where(Case.conversation_id.in_(chats)).order_by(Case.id.desc()))
    return [
        case
        for case in found
        if _owner(case, [link for link in links if link.conversation_id == case.conversation_id]) == participant_id
        and may(who, "case", "read", case.municipality)
    ]


def _owner(case: Case, links: list[ChatLink]) -> int | None:
    opened = in_utc(case.opened_at)
    last: dt.datetime = dt.datetime.max.replace(tzinfo=dt.UTC)
    for link in links:
        if opened <= (in_utc(link.ended_at) if link.ended_at else last):
            return link.participant_id
    return links[-1].participant_id if not links[-1].ended_at else None
