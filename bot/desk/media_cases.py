"""What participants sent that is no text, as the advisor of a case sees and opens it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.problems import NoSuchCase
from bot.desk.shown_chats import shown_messages
from bot.storage.desk_tables import Attachment, Case
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Message


@dataclass(frozen=True)
class ShownFile:
    """One file of a participant's message, without its bytes. `size` in bytes; `words`: what a machine heard in it."""

    id: int
    token: str
    name: str
    content_type: str
    size: int
    seconds: int | None
    words: str

    @property
    def is_sound(self) -> bool:
        """Whether a browser plays it."""
        return self.content_type.startswith("audio/")

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows it."""
        return self.content_type.startswith("image/")

    @property
    def length(self) -> str:
        """Minutes and seconds, such as 1:05; empty where nobody knows."""
        return f"{self.seconds // 60}:{self.seconds % 60:02}" if self.seconds else ""


@dataclass(frozen=True)
class Came:
    """What a message was: its kind (voice, photo, document, location, contact, sticker, edited, other, spoken) and its files.

    `language`: of what was heard.
    """

    kind: str
    files: tuple[ShownFile, ...] = ()
    language: str = ""


def media_of(session: Session, seal: Seal, case: Case) -> dict[int, Came]:
    """What came with the messages a case shows, by the message's number; plain words are not in it. Raises SealError."""
    theirs = (shown_messages(session, case), Message.author == Author.PARTICIPANT)
    columns = (Attachment.id, Attachment.token, Attachment.name, Attachment.content_type, Attachment.size, Attachment.seconds)
    found = select(*columns, Attachment.message_id, Attachment.sealed_words).join(Message, Message.id == Attachment.message_id)
    files: defaultdict[int, list[ShownFile]] = defaultdict(list)
    for row in session.execute(found.where(*theirs).order_by(Attachment.id)):
        words = seal.open(row.sealed_words) if row.sealed_words else ""
        files[row.message_id].append(ShownFile(row.id, row.token, row.name, row.content_type, row.size, row.seconds, words))
    came: dict[int, Came] = {}
    for number, details in session.execute(select(Message.id, Message.details).where(*theirs)):
        if kind := details.get("kind", ""):
            came[number] = Came(kind, tuple(files[number]), details.get("heard", {}).get("language", ""))
    return came


def media_file(session: Session, case: Case, token: str) -> Attachment:
    """A file that a participant sent, of the messages a case shows. Raises NoSuchCase for every other one."""
    found = select(Attachment).join(Message, Message.id == Attachment.message_id)
    theirs = (Attachment.token == token, shown_messages(session, case), Message.author == Author.PARTICIPANT)
    file = session.scalar(found.where(*theirs))
    if file is None:
        raise NoSuchCase
    return file
