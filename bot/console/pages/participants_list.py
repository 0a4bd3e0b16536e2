"""The list of participants: searched, filtered and cut into pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.plans.parts import Appointment, Participant, Programme
from bot.plans.reading import appointment_from, participant_from, programme_from
from bot.storage import plan_tables as tables
from bot.storage.sealing import Seal

SIZE = 50
LONGEST_MEETING = dt.timedelta(days=1)


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    participant: Participant
    programme: Programme | None
    next_appointment: Appointment | None
    chats: int
    wishes: int


@dataclass(frozen=True)
class Page:
    """One page of the list; `number` begins at 1, `found` counts the lines of all pages."""

    lines: tuple[Listed, ...]
    number: int
    pages: int
    found: int


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `municipality` None: all of them; words are looked for in name and reference."""

    municipality: str | None = None
    words: str = ""
    language: str = ""
    page: int = 1


def listed(session: Session, seal: Seal, wanted: Wanted, now: dt.datetime) -> Page:
    """A page of participants by reference; the last page for a number beyond it. Raises SealError.

    Names are sealed, so a search opens every name of the municipality; without search words only those of the page are opened.
    """
    query = select(tables.Participant).order_by(tables.Participant.reference)
    if wanted.municipality is not None:
        query = query.where(tables.Participant.municipality == wanted.municipality)
    if wanted.language:
        query = query.where(tables.Participant.language == wanted.language)
    if wanted.words:
        matching = [one for row in session.scalars(query) if _fits(one := participant_from(row, seal), wanted.words)]
        found, (number, pages) = len(matching), _place(len(matching), wanted.page)
        people = matching[(number - 1) * SIZE : number * SIZE]
    else:
        found = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        number, pages = _place(found, wanted.page)
        people = [participant_from(row, seal) for row in session.scalars(query.offset((number - 1) * SIZE).limit(SIZE))]
    return Page(_lines(session, people, now), number, pages, found)


def languages_of(session: Session, municipality: str | None) -> list[str]:
    """The languages of the participants, to filter by."""
    query = select(tables.Participant.language).where(tables.Participant.language.is_not(None)).distinct()
    if municipality is not None:
        query = query.where(tables.Participant.municipality == municipality)
    return sorted(code for code in session.scalars(query) if code)


def _place(found: int, wanted: int) -> tuple[int, int]:
    pages = max(1, -(-found // SIZE))
    return min(max(1, wanted), pages), pages


def _fits(person: Participant, words: str) -> bool:
    """True when every word stands somewhere in the name or the reference."""
    text = f"{person.name} {person.reference}".casefold()
    return all(word in text for word in words.casefold().split())


def _lines(session: Session, people: Sequence[Participant], now: dt.datetime) -> tuple[Listed, ...]:
    ids = [person.id for person in people]
    programmes = {
        row.participant_id: programme_from(row)
        for row in session.scalars(select(tables.Programme).where(tables.Programme.participant_id.in_(ids)))
    }
    chats = _counted(session, tables.ChatLink, tables.ChatLink.ended_at.is_(None), ids)
    wishes = _counted(session, tables.Wish, tables.Wish.done_at.is_(None), ids)
    coming = _next_appointments(session, ids, now)
    return tuple(Listed(one, programmes.get(one.id), coming.get(one.id), chats.get(one.id, 0), wishes.get(one.id, 0)) for one in people)


def _counted(session: Session, table: type[tables.ChatLink] | type[tables.Wish], still_open: object, ids: list[int]) -> dict[int, int]:
    query = select(table.participant_id, func.count()).where(table.participant_id.in_(ids), still_open)  # type: ignore[arg-type]
    return {row[0]: row[1] for row in session.execute(query.group_by(table.participant_id)).all()}


def _next_appointments(session: Session, ids: list[int], now: dt.datetime) -> dict[int, Appointment]:
    query = (
        select(tables.Appointment)
        .where(
            tables.Appointment.participant_id.in_(ids),
            tables.Appointment.state == "planned",
            tables.Appointment.starts_at >= now - LONGEST_MEETING,
        )
        .order_by(tables.Appointment.starts_at, tables.Appointment.id)
    )
    coming: dict[int, Appointment] = {}
    for row in session.scalars(query):
        one = appointment_from(row)
        if one.ends_at >= now:
            coming.setdefault(row.participant_id, one)
    return coming
