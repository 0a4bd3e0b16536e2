"""Files of a web chat: found by their token, opened for the chat they were sent to only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select

from bot.conversations.file_names import content_disposition as content_disposition
from bot.conversations.file_names import safe_name as safe_name
from bot.conversations.reception import Reception
from bot.storage.desk_tables import Attachment
from bot.storage.tables import Conversation, Message

TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class FileOut:
    """A file as the person gets it."""

    name: str
    content_type: str
    content: bytes


def file_of(reception: Reception, channel: str, account: str, token: str) -> FileOut | None:
    """The attachment of a token; None when there is none in this account's chat. Raises SealError for another key."""
    if not TOKEN.fullmatch(token):
        return None
    theirs = (Attachment.token == token, Conversation.channel == channel, Conversation.account == account)
    with reception.sessions() as session:
        found = select(Attachment).join(Message, Message.id == Attachment.message_id)
        row = session.scalar(found.join(Conversation, Conversation.id == Message.conversation_id).where(*theirs))
    if row is None:
        return None
    kind = row.content_type if TYPE.fullmatch(row.content_type) else "application/octet-stream"
    return FileOut(row.name, kind, reception.seal.open_bytes(row.sealed_bytes))
