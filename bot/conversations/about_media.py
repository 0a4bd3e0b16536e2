"""What is said about a message that is no text: what became of it, and what to do instead."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.handing_over import HandOver
from bot.conversations.media import KEPT, LARGEST, LONGEST_VOICE, MEGABYTE, NEVER_STORED, TOO_LARGE, TOO_LONG, WRONG_KIND, Brought
from bot.conversations.saying import spoken
from bot.storage.tables import Author, Conversation, Message

EDITED = "media_edited"
HELP = ("help_menu", "talk_to_human")
PERSON = ("talk_to_human",)
BY_KIND = {"location": PERSON, "contact": PERSON, "sticker": HELP, "other": HELP, "edited": ()}


@dataclass(frozen=True)
class SaidSoFar:
    """What is said in this turn already, in which language, and whether others read along."""

    said: tuple[SaidMessage, ...]
    language: str
    group: bool = False


def about_media(library: Library, language: str, brought: Brought, group: bool = False) -> list[SaidMessage]:
    """A sentence where the message could not be kept, or must not be; nothing where it was."""
    if group and brought.kind in {*KEPT, *NEVER_STORED}:
        return [spoken(library, "media_group", language)]
    if brought.kind in BY_KIND and not (group and brought.kind == "edited"):
        return [spoken(library, f"media_{brought.kind}", language, topics=BY_KIND[brought.kind])]
    return list({told.key: told for told in (_refused(library, language, *one) for one in brought.problems)}.values())


def with_files(
    library: Library, desk: HandOver | None, session: Session, question: Message, brought: Brought, so_far: SaidSoFar
) -> list[SaidMessage]:
    """What is said in a turn, and about what came with the message: what could not be kept, and the case the kept files go to."""
    about = about_media(library, so_far.language, brought, so_far.group)
    if brought.kind == "edited" and (so_far.said or _said_last(session, question.conversation_id) == EDITED):
        about = []  # once is enough, and where it was answered it is not true
    if brought.kept and desk is None:
        about.append(nobody_to_ask(library, so_far.language))
    elif brought.kept and desk is not None:
        conversation = session.get_one(Conversation, question.conversation_id)
        told = desk.brings(session, conversation, question, brought.kind, so_far.language)
        # Where the words have called a person already, that person gets the files too, and has been announced.
        if not any(message.key.startswith("handover_") for message in so_far.said):
            about += told
    return [*so_far.said, *about]


def _said_last(session: Session, conversation_id: int) -> str | None:
    ours = (Message.conversation_id == conversation_id, Message.author != Author.PARTICIPANT)
    return session.scalar(select(Message.key).where(*ours).order_by(Message.id.desc()).limit(1))


def nobody_to_ask(library: Library, language: str) -> SaidMessage:
    """There is no desk here that could take a file."""
    return spoken(library, "media_other", language, topics=HELP)


def _refused(library: Library, language: str, kind: str, problem: str) -> SaidMessage:
    if problem == TOO_LARGE:
        return spoken(library, "media_too_large", language, topics=PERSON, megabytes=LARGEST.get(kind, 0) // MEGABYTE)
    if problem == TOO_LONG:
        return spoken(library, "media_voice_too_long", language, topics=PERSON, minutes=LONGEST_VOICE // 60)
    if problem == WRONG_KIND:
        return spoken(library, "media_wrong_voice" if kind == "voice" else "media_wrong_kind", language, topics=PERSON)
    return spoken(library, "media_not_fetched", language, topics=PERSON)
