"""What is typed as it stands on a button that was just shown is what the button sends: people copy what they see."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations.history import conversation_of
from bot.storage.tables import Author, Message

MINUS = re.compile(r"(?<!\w)[-\u2212\u2010-\u2013](?=\d)")
LATELY = 30  # messages
EMERGENCY_NUMBERS = frozenset({"110", "112", "113", "116111", "116117", "116123"})  # of Norway; who writes one may mean it


def payload_of_title(session: Session, channel: str, account: str, text: str) -> str | None:
    """The payload of the button with this title in the newest turn of a chat; None when there is no such button, or two."""
    wanted = _plain(text)
    conversation = conversation_of(session, channel, account)
    if conversation is None or not wanted:
        return None
    theirs = (Message.conversation_id == conversation.id, Message.author == Author.PARTICIPANT, Message.answered_at.is_not(None))
    last = select(func.coalesce(func.max(Message.id), 0)).where(*theirs).scalar_subquery()
    ours = (Message.conversation_id == conversation.id, Message.author != Author.PARTICIPANT, Message.id > last)
    details = session.scalars(select(Message.details).where(*ours).order_by(Message.id)).all()
    choices = [choice for entry in details for choice in entry.get("choices", ())]
    found = {choice["payload"] for choice in choices if choice.get("payload") and _plain(choice.get("title", "")) == wanted}
    return found.pop() if len(found) == 1 else None


def title_of_payload(session: Session, conversation_id: int, payload: str) -> str:
    """The title under which a button was shown last in a conversation; empty when it was not lately."""
    ours = (Message.conversation_id == conversation_id, Message.author != Author.PARTICIPANT)
    lately = session.scalars(select(Message.details).where(*ours).order_by(Message.id.desc()).limit(LATELY))
    choices = (choice for details in lately for choice in details.get("choices", ()))
    return next((str(choice.get("title", "")) for choice in choices if choice.get("payload") == payload), "")


def says_no_words(text: str) -> bool:
    """True for figures and signs alone, which cannot tell of danger; a Norwegian emergency number can."""
    signs = "".join(text.split())
    return not any(sign.isalpha() for sign in signs) and signs not in EMERGENCY_NUMBERS


def _plain(text: str) -> str:
    """Letters, figures and single spaces, without case, invisible marks, signs around them and symbols; −6 is not 6."""
    whole = MINUS.sub("minus", unicodedata.normalize("NFKC", text).casefold())
    kept = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in whole)
    return " ".join("".join(kept).split())
