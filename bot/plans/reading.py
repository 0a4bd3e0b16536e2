"""Reads participants with their plans from the tables and opens what is sealed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.guidance.codes import SKILLS
from bot.plans.moments import in_utc
from bot.plans.parts import (
    Absence,
    Appointment,
    Contact,
    Document,
    Goal,
    Measure,
    Participant,
    Plan,
    Programme,
    Registration,
    Result,
)
from bot.plans.snapshot import PlanSnapshot
from bot.storage import plan_tables as tables
from bot.storage.sealing import Seal


@dataclass(frozen=True)
class Overview:
    """A participant in a list: who, which programme, how many chats are linked."""

    participant: Participant
    programme: Programme | None
    chats: int


def plan_of_conversation(session: Session, seal: Seal, conversation_id: int) -> PlanSnapshot | None:
    """The plan a chat is linked to; None for a chat without an open link. Raises SealError for another key."""
    link = (
        select(tables.ChatLink.participant_id)
        .where(tables.ChatLink.conversation_id == conversation_id, tables.ChatLink.ended_at.is_(None))
        .order_by(tables.ChatLink.id.desc())
        .limit(1)
    )
    participant_id = session.scalar(link)
    return None if participant_id is None else plan_of(session, seal, participant_id)


def plan_of(session: Session, seal: Seal, participant_id: int) -> PlanSnapshot | None:
    """Everything about a participant, with the plan version in force; None when there is no such participant. Raises SealError."""
    row = session.get(tables.Participant, participant_id)
    if row is None:
        return None
    version = session.scalar(
        select(tables.PlanVersion).where(tables.PlanVersion.participant_id == row.id).order_by(tables.PlanVersion.number.desc()).limit(1)
    )
    return PlanSnapshot(
        participant=participant_from(row, seal),
        programme=programme_from(row.programme) if row.programme else None,
        plan=plan_from(version, seal) if version else None,
        results=tuple(Result(one.test, one.part, one.result, one.taken_on) for one in row.results),
        registrations=tuple(Registration(one.test, one.part, one.test_on) for one in row.registrations),
        absences=tuple(_absence(one) for one in row.absences),
        appointments=tuple(appointment_from(one) for one in row.appointments),
        documents=tuple(Document(one.key, one.kind, one.state, one.changed_on) for one in row.documents),
        contacts=tuple(Contact(one.key, one.role, one.name, one.phone, one.email) for one in row.contacts),
    )


def find(session: Session, seal: Seal, reference: str) -> PlanSnapshot | None:
    """Everything about the participant with a reference; None when nobody has it. Raises SealError."""
    participant_id = session.scalar(select(tables.Participant.id).where(tables.Participant.reference == reference.strip()))
    return None if participant_id is None else plan_of(session, seal, participant_id)


def participants(session: Session, seal: Seal, municipality: str | None = None) -> list[Participant]:
    """All participants, or those of a municipality (its id), by reference. Raises SealError."""
    query = select(tables.Participant).order_by(tables.Participant.reference)
    if municipality is not None:
        query = query.where(tables.Participant.municipality == municipality)
    return [participant_from(row, seal) for row in session.scalars(query)]


def overview(session: Session, seal: Seal, municipality: str | None = None) -> list[Overview]:
    """All participants, or those of a municipality, with programme and number of linked chats, by reference. Raises SealError."""
    everyone = participants(session, seal, municipality)
    programmes = {row.participant_id: programme_from(row) for row in session.scalars(select(tables.Programme))}
    open_links = select(tables.ChatLink.participant_id, func.count()).where(tables.ChatLink.ended_at.is_(None))
    chats = {row[0]: row[1] for row in session.execute(open_links.group_by(tables.ChatLink.participant_id)).all()}
    return [Overview(one, programmes.get(one.id), chats.get(one.id, 0)) for one in everyone]


def plan_versions(session: Session, seal: Seal, participant_id: int) -> list[Plan]:
    """All versions of a participant's plan, the oldest first; the last one is in force. Raises SealError."""
    query = select(tables.PlanVersion).where(tables.PlanVersion.participant_id == participant_id).order_by(tables.PlanVersion.number)
    return [plan_from(row, seal) for row in session.scalars(query)]


def participant_from(row: tables.Participant, seal: Seal) -> Participant:
    """A participant's row with the name opened."""
    return Participant(
        id=row.id,
        reference=row.reference,
        name=seal.open(row.sealed_name),
        municipality=row.municipality,
        birth_date=row.birth_date,
        language=row.language,
        permit=row.permit,
        schooling=row.schooling,
        living=row.living,
        partner_in_programme=row.partner_in_programme,
        children=row.children,
        english=row.english,
        settled_on=row.settled_on,
        demo=row.demo,
    )


def programme_from(row: tables.Programme) -> Programme:
    """A programme's row."""
    return Programme(row.offered_on, row.starts_on, row.final_goal, row.planned_end, row.extended_to, row.ended_on)


def plan_from(row: tables.PlanVersion, seal: Seal) -> Plan:
    """A plan version's row with goals and measures, their texts opened."""
    return Plan(
        id=row.id,
        number=row.number,
        from_day=row.from_day,
        made_by=row.made_by,
        norwegian={skill: getattr(row, f"norwegian_{skill}") for skill in SKILLS},
        goals=tuple(Goal(one.key, one.kind, seal.open(one.sealed_text), one.due_on, one.state) for one in row.goals),
        measures=tuple(_measure(one, seal) for one in row.measures),
    )


def appointment_from(row: tables.Appointment) -> Appointment:
    """An appointment's row, its moment in UTC."""
    return Appointment(row.id, row.key, row.kind, in_utc(row.starts_at), row.minutes, row.place, row.with_whom, row.state)


def _measure(row: tables.Measure, seal: Seal) -> Measure:
    return Measure(
        row.key, row.kind, seal.open(row.sealed_text), row.responsible, row.starts_on, row.ends_on, row.hours_per_week, row.state
    )


def _absence(row: tables.Absence) -> Absence:
    return Absence(row.key, row.kind, row.first_day, row.last_day, row.hours, row.reported_by)
