"""What was heard in a voice message: kept sealed, shown back with yes and no, and handed on as words once the person said yes."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.content.lines import choice, line, words
from bot.conversations.assistant import Assistant, AssistantAway, SaidMessage
from bot.conversations.history import conversation_of
from bot.conversations.media import Brought, Kept
from bot.conversations.saying import composed, spoken
from bot.conversations.speech import LONGEST, LONGEST_WORDS, SURE, CannotHear, Heard, Listener
from bot.storage.desk_tables import Attachment
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Message

logger = logging.getLogger(__name__)
YES, NO = "/voice_yes", "/voice_no"
QUESTION = "voice_heard"
YES_NO = {"affirm": True, "deny": False}  # what the assistant understands in a yes and a no
SHORT = 3  # words of an answer that can be a yes


@dataclass(frozen=True)
class Answer:
    """A yes or no to what was heard in the message of a number."""

    yes: bool
    message_id: int


def pressed(text: str) -> Answer | None:
    """What a button of the question sends; None for anything else."""
    for button in (YES, NO):
        if not text.startswith(button + "{"):
            continue
        try:
            number = json.loads(text[len(button) :]).get("message")
        except (ValueError, AttributeError):
            return None
        return Answer(button == YES, number) if isinstance(number, int) and 0 < number < 2**63 else None
    return None


def question(library: Library, language: str, message_id: int, heard: str) -> SaidMessage:
    """ "I heard: ... Is that right?"."""
    about = json.dumps({"message": message_id})
    choices = (choice("choice_yes", YES + about), choice("choice_no", NO + about))
    return composed(library, QUESTION, language, [line(QUESTION, words=words(heard))], choices=choices)


def again(library: Library, language: str) -> SaidMessage:
    """It was not what the person said: again, in writing, or with a person."""
    return spoken(library, "voice_again", language, topics=("talk_to_human",))


@dataclass(frozen=True)
class Ear:
    """Listens to voice messages and knows what was heard in them. Without a listener it hears nothing, and every voice goes to a person."""

    sessions: sessionmaker[Session]
    seal: Seal
    library: Library
    listener: Listener | None = None

    def hear(self, message_id: int, brought: Brought, hint: str | None) -> Heard | None:
        """What a voice message says, where the machine is sure enough to ask about it; stored before anything is done with it.

        `hint`: the language the person chose or wrote. The same message again is not listened to again.
        """
        if self.listener is None or brought.kind != "voice" or len(brought.kept) != 1:
            return None
        with self.sessions() as session:
            before = _heard_before(session, self.seal, message_id)
        heard = before or self._listened(self.listener, brought.kept[0], hint)
        if heard is not None and before is None:
            with self.sessions.begin() as session:
                _keep(session, self.seal, message_id, heard)
        return heard

    def answer_in(self, incoming_text: str, channel: str, account: str, assistant: Assistant) -> Answer | None:
        """The yes or no a message is, by button, or in words right after the question."""
        if incoming_text.startswith("/"):
            return pressed(incoming_text)
        if self.listener is None or not 0 < len(incoming_text.split()) <= SHORT:
            return None
        with self.sessions() as session:
            conversation = conversation_of(session, channel, account)
            asked = _asked_last(session, conversation.id) if conversation else None
        if asked is None:
            return None
        try:
            read = assistant.read(incoming_text)
        except AssistantAway:
            return None  # to be stored and tried again like every message
        known = read.intent in YES_NO and read.confidence >= SURE
        return Answer(YES_NO[read.intent or ""], asked) if known else None

    def words_of(self, session: Session, conversation_id: int, message_id: int) -> str | None:
        """What was heard in a voice message of this chat; None for any other message, and where nothing was heard."""
        theirs = (Message.id == message_id, Message.conversation_id == conversation_id, Attachment.sealed_words.is_not(None))
        sealed = session.scalar(select(Attachment.sealed_words).join(Message, Message.id == Attachment.message_id).where(*theirs).limit(1))
        return self.seal.open(sealed) if sealed else None

    def _listened(self, listener: Listener, voice: Kept, hint: str | None) -> Heard | None:
        if voice.seconds is not None and voice.seconds > LONGEST:
            return None
        try:
            heard = listener.hear(voice.content, voice.content_type, hint)
        except CannotHear as why:
            logger.info("A voice message is left to a person (%s).", why)
            return None
        except Exception:
            logger.exception("The listener failed; the voice message is left to a person")
            return None
        usable = heard.text.strip() and len(heard.text) <= LONGEST_WORDS and heard.sure >= SURE and heard.language in self.library.languages
        return heard if usable else None


def _asked_last(session: Session, conversation_id: int) -> int | None:
    """The voice message that the newest message of a chat asks about; None when that is no such question."""
    # A yes that met an outage is stored already, and not yet answered, when it is tried again.
    settled = or_(Message.author != Author.PARTICIPANT, Message.answered_at.is_not(None))
    newest = select(Message.key, Message.answers_id, Message.author).where(Message.conversation_id == conversation_id, settled)
    row = session.execute(newest.order_by(Message.id.desc()).limit(1)).first()
    return row.answers_id if row and row.author is Author.ASSISTANT and row.key == QUESTION else None


def _keep(session: Session, seal: Seal, message_id: int, heard: Heard) -> None:
    words_there = update(Attachment).where(Attachment.message_id == message_id).values(sealed_words=seal.close(heard.text))
    session.execute(words_there, execution_options={"synchronize_session": False})
    message = session.get_one(Message, message_id)
    message.details = {**message.details, "heard": {"language": heard.language, "sure": round(heard.sure, 2)}}


def _heard_before(session: Session, seal: Seal, message_id: int) -> Heard | None:
    found = select(Attachment.sealed_words, Message.details).join(Message, Message.id == Attachment.message_id)
    row = session.execute(found.where(Message.id == message_id, Attachment.sealed_words.is_not(None)).limit(1)).first()
    if row is None:
        return None
    about = row.details.get("heard", {})
    return Heard(seal.open(row.sealed_words), about.get("language", ""), about.get("sure", 0.0))
