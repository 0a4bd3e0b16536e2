"""The one door for a participant's message: store, decide the language, ask the assistant, store what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.about_language import CHOOSE, about_language, unknown_language
from bot.conversations.about_media import SaidSoFar, about_media, with_files
from bot.conversations.assistant import Asked, Assistant, AssistantAway, SaidMessage, Understood
from bot.conversations.classroom import Classroom, InClass
from bot.conversations.handing_over import HandOver, WhileTalking
from bot.conversations.history import (
    answers_to,
    is_new,
    language_state,
    now,
    open_conversation,
    remember_language,
    store_answers,
    store_incoming,
)
from bot.conversations.in_class import WITHHELD, ClassDoor
from bot.conversations.in_group import in_private, language_of_question, with_norwegian_line
from bot.conversations.language_policy import Decision, Heard, LanguageState, choose, decide
from bot.conversations.linking import Linking
from bot.conversations.media import NEVER_STORED, Brought, MediaIn, keep, sorted_out
from bot.conversations.saying import spoken
from bot.conversations.speech import SURE, Listener
from bot.conversations.titles import payload_of_title, says_no_words, title_of_payload
from bot.conversations.turns import Turns
from bot.conversations.voice import Answer, Ear, again
from bot.conversations.voice import question as question_of
from bot.identification import Identifier
from bot.identification.prepare import only_terms, without_terms
from bot.plans.rows import hold_conversation
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation, ConversationState, Message

# What a button of a guide's question sends.
ANSWER = "answer"
# "/topic" or "/topic{...}": what remains without slash and values is the topic's id.
BUTTON = re.compile(r"^/|\{[^{}]*\}$")
NOTHING_READ = Understood(())
NOT_UNDERSTOOD = "nlu_fallback"  # the intent of what the assistant does not understand
# An advisor reads the new words of an edited message, and sees that a sticker came; there is nothing to explain.
REACHES_A_HUMAN = ("edited", "sticker")
IN_CLASS = "classroom"  # the key of words that answer the classroom


@dataclass(frozen=True)
class Incoming:
    """A message as a channel hands it over. `chosen`: a language just picked in the channel's own menu; `group`: others read along.

    `place`: where in the chat the answer belongs, for the channel alone to understand. `kind`: text, voice, photo, document, location,
    contact, sticker, edited or other; `text` is the caption of what is no text, the new words of an edited message. `media`: the files.
    """

    channel: str
    account: str
    text: str
    external_id: str | None = None
    chosen: str | None = None
    hint: str | None = None
    group: bool = False
    place: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[MediaIn, ...] = ()
    kind: str = "text"


@dataclass(frozen=True)
class Reply:
    """What the channel sends back, and how the message was understood (None when this very message was answered before)."""

    messages: tuple[SaidMessage, ...]
    language: str
    intent: str | None = None
    confidence: float | None = None


class Reception:
    """Receives messages of all channels. One message at a time per conversation, in order."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        seal: Seal,
        library: Library,
        identifier: Identifier,
        assistant: Assistant,
        default: str,
        linking: Linking | None = None,
        desk: HandOver | None = None,
        listener: Listener | None = None,
        classroom: Classroom | None = None,
    ) -> None:
        self.sessions, self.seal, self.library, self.desk, self.classroom = sessions, seal, library, desk, classroom
        self._ear = Ear(sessions, seal, library, listener)
        self._identifier, self._assistant, self._default, self._linking = identifier, assistant, default, linking
        self._class = ClassDoor(sessions, assistant, self._is_danger, classroom)
        self._turns = Turns()

    def receive(self, incoming: Incoming) -> Reply:
        """Answers a message; the same one again gets the same answer.

        Raises AssistantAway when the assistant does not answer: the message is stored then, unanswered, and the same message
        sent again is answered. Raises NotStored, and database errors as they are, when nothing was stored.
        """
        with self._turns.of(f"{incoming.channel}:{incoming.account}"):
            brought = sorted_out(incoming.kind, incoming.media, incoming.group)
            if brought.kind in NEVER_STORED:
                incoming = replace(incoming, text="")
            incoming = self._typed_title(incoming)
            said, withheld = incoming.text, self._withheld(incoming)
            if withheld is not None:
                # A voice or a picture is not kept either; the box asks for words then.
                said, brought = said if incoming.kind == "text" else "", Brought()
                incoming = replace(incoming, text="", kind=WITHHELD, media=())
            answer = self._ear.answer_in(incoming.text, incoming.channel, incoming.account, self._assistant)
            stored = self._store(incoming, brought, answer)
            if stored.before is not None:
                return stored.before
            if stored.words is not None:
                incoming = replace(incoming, text=stored.words)
            decision = self._decide(replace(incoming, text=said) if withheld else incoming, stored.state, stored.first)
            if self._linking and self._linking.concerns(incoming.text):
                return self._link(self._linking, incoming, stored, decision)
            if self.classroom and (withheld is not None or self._for_class(incoming, stored)):
                heard = InClass(said, decision.language, incoming.group, withheld, self.heard(said).code or "")
                return self._in_class(self.classroom, stored, decision, heard)
            if brought.kind != "text" and not incoming.text.strip():
                return self._without_words(incoming, stored, decision)
            if self.desk and not incoming.group:
                taken = self._desk_takes(self.desk, incoming, stored, decision)
                if taken is not None:
                    return taken
            if answer is not None and stored.words is None:
                return self._say(stored, decision, "voice_no", [again(self.library, decision.language)], incoming.group)
            if brought.kind == "edited" and not self._is_danger(self._assistant.read(incoming.text)):
                return self._say(stored, decision, brought.kind, [], incoming.group)
            # Asked in any case: a cry for help may be recognised where the language is not.
            private = in_private(self.library, self._read(incoming.text, must=True), decision.language) if incoming.group else None
            understood = private or self._ask(incoming, stored, decision.language)
            if says_no_words(incoming.text) and self._is_about_safety(understood) and not understood.safety_net:
                understood = self._not_understood(stored, decision.language, incoming.group)
            if decision.unknown and not self._is_about_safety(understood):
                understood = Understood((unknown_language(self.library, decision.language),))
            return self._answer(stored, decision, understood, incoming.group)

    def heard(self, text: str) -> Heard:
        """What language a text is in, as the language policy wants to know it."""
        if text.startswith("/") or not text.strip():
            return Heard(None, 0.0, 0)
        found = self._identifier.identify(text)
        words = 0 if only_terms(text) else len(without_terms(text).split())
        return Heard(found.code if found.code in self.library.languages else None, found.confidence, words)

    def _store(self, incoming: Incoming, brought: Brought, answer: Answer | None) -> _Stored:
        with self.sessions.begin() as session:
            conversation = open_conversation(session, incoming.channel, incoming.account)
            first = is_new(session, conversation)
            if incoming.chosen in self.library.languages and incoming.chosen:
                remember_language(conversation, choose(incoming.chosen))
            details: dict[str, Any] = {"place": dict(incoming.place)} if incoming.place else {}
            kind = incoming.kind if incoming.kind == WITHHELD else brought.kind
            if kind != "text":
                details["kind"] = kind
            message = store_incoming(session, self.seal, conversation, incoming.text, incoming.external_id, details)
            keep(session, self.seal, message, brought.kept)
            words, message = self._confirmed(session, conversation, message, answer)
            before = self._answered_before(session, conversation, message) if message.answered_at else None
            state, who = language_state(conversation), conversation.state
            about_language = incoming.text.startswith(CHOOSE)
            return _Stored(
                conversation.id, message.id, conversation.municipality, state, who, first, before, about_language, brought, words
            )

    def _confirmed(
        self, session: Session, conversation: Conversation, message: Message, answer: Answer | None
    ) -> tuple[str | None, Message]:
        """After a yes to what was heard, those words as a message of their own, once however often it comes; else the message itself."""
        number = message.details.get("voice") or (answer.message_id if answer and answer.yes else None)
        words = self._ear.words_of(session, conversation.id, number) if number else None
        if words is None:
            return None, message
        message.details = {**message.details, "voice": number}  # the same yes again is known, whatever was said meanwhile
        message.answered_at = message.answered_at or now()
        details = {**message.details, "kind": "spoken"}
        return words, store_incoming(session, self.seal, conversation, words, f"voice:{number}", details)

    def _answered_before(self, session: Session, conversation: Conversation, message: Message) -> Reply:
        said, state = answers_to(session, self.seal, message), language_state(conversation)
        language = said[-1].language if said else state.chosen or state.settled or self._default
        return Reply(tuple(said), language, message.key, message.confidence)

    def _decide(self, incoming: Incoming, state: LanguageState, first: bool) -> Decision:
        hint = incoming.hint if incoming.hint in self.library.languages else None
        heard = self.heard(incoming.text)
        decision = decide(state, heard, hint, self._default, first)
        return language_of_question(decision, heard) if incoming.group else decision

    def _withheld(self, incoming: Incoming) -> Understood | None:
        if incoming.group or incoming.kind == "edited":
            return None
        return self._class.withheld(incoming.channel, incoming.account, incoming.text)

    def _for_class(self, incoming: Incoming, stored: _Stored) -> bool:
        human = stored.who is ConversationState.HUMAN
        return incoming.kind == "text" and self._class.concerns(stored.conversation_id, incoming.text, incoming.group, human)

    def _in_class(self, classroom: Classroom, stored: _Stored, decision: Decision, said: InClass) -> Reply:
        with self._question(stored) as (session, conversation, question):
            question.confidence, question.language = 1.0, decision.language
            question.key = WITHHELD if said.withheld else BUTTON.sub("", said.text)[:60] if said.text.startswith("/") else IN_CLASS
            if said.text.startswith("/") and (title := title_of_payload(session, conversation.id, said.text)):
                question.details = {**question.details, "title": title}
            messages = classroom.answer(session, conversation, question, said)
            store_answers(session, self.seal, question, messages)
            if not said.group:
                remember_language(conversation, decision.state)
        return Reply(tuple(messages), decision.language, question.key, 1.0)

    def _ask(self, incoming: Incoming, stored: _Stored, language: str) -> Understood:
        text = self._without_commands(incoming.text)
        asked = Asked(f"c{stored.conversation_id}", text, language, stored.municipality, str(stored.message_id), incoming.group)
        understood = self._assistant.ask(asked)
        if understood.messages:
            return understood
        # An action that failed inside the assistant says nothing; a person must never get silence.
        return replace(understood, messages=(spoken(self.library, "trouble", language, topics=("talk_to_human",)),))

    def _not_understood(self, stored: _Stored, language: str, group: bool) -> Understood:
        """What is said to figures or signs alone that nothing asked for; they are no cry for help."""
        text = f"/{NOT_UNDERSTOOD}"
        return self._assistant.ask(
            Asked(f"c{stored.conversation_id}", text, language, stored.municipality, f"{stored.message_id}-signs", group)
        )

    def _typed_title(self, incoming: Incoming) -> Incoming:
        """Somebody who types what stands on a button means the button."""
        if incoming.kind != "text" or incoming.text.startswith("/"):
            return incoming
        with self.sessions() as session:
            payload = payload_of_title(session, incoming.channel, incoming.account, incoming.text)
        return incoming if payload is None else replace(incoming, text=payload)

    def _link(self, linking: Linking, incoming: Incoming, stored: _Stored, decision: Decision) -> Reply:
        where = (stored.conversation_id, incoming.text, decision.language, incoming.group)
        said = self._class.code(*where) or linking.answer(*where)
        with self._question(stored) as (session, _, question):
            question.key, question.confidence, question.language = "link_account", 1.0, said.language
            messages = self._with_files(session, question, stored, SaidSoFar((said,), said.language, incoming.group))
            store_answers(session, self.seal, question, messages)
        return Reply(tuple(messages), said.language, "link_account", 1.0)

    def _without_words(self, incoming: Incoming, stored: _Stored, decision: Decision) -> Reply:
        """What is no text: a voice the machine understood is asked about, everything else goes to a person or is explained."""
        heard = self._ear.hear(stored.message_id, stored.brought, decision.state.chosen or decision.state.settled)
        if heard is None:
            return self._say(stored, decision, stored.brought.kind, [], incoming.group)
        decision = replace(decision, language=decision.state.chosen or decision.state.settled or heard.language)
        taken = stored.who is ConversationState.HUMAN
        reading = self._read(heard.text) if taken else self._assistant.read(heard.text)
        if self._is_danger(reading) and not taken:
            # A cry for help does not wait for a button.
            return self._answer(stored, decision, self._ask(replace(incoming, text=heard.text), stored, decision.language), incoming.group)
        asked = question_of(self.library, decision.language, stored.message_id, heard.text)
        return self._say(stored, decision, stored.brought.kind, [asked], incoming.group, reading)

    def _say(
        self,
        stored: _Stored,
        decision: Decision,
        key: str,
        said: list[SaidMessage],
        group: bool,
        reading: Understood = NOTHING_READ,
    ) -> Reply:
        """Says this and no more, or what there is to say about what came; a human who has the conversation gets it instead."""
        with self._question(stored) as (session, conversation, question):
            if self.desk and not group and conversation.state is ConversationState.HUMAN:
                return self._to_human(session, conversation, question, reading, decision, self.desk, stored.brought)
            question.key, question.confidence, question.language = key, None, decision.language
            if not said:
                said = self._with_files(session, question, stored, SaidSoFar((), decision.language, group))
            messages, state = self._messages(decision, Understood(tuple(said)))
            store_answers(session, self.seal, question, messages)
            remember_language(conversation, state)
        return Reply(tuple(messages), state.chosen or decision.language, key)

    def _with_files(self, session: Session, question: Message, stored: _Stored, so_far: SaidSoFar) -> list[SaidMessage]:
        return with_files(self.library, self.desk, session, question, stored.brought, so_far)

    def _desk_takes(self, desk: HandOver, incoming: Incoming, stored: _Stored, decision: Decision) -> Reply | None:
        """What needs no assistant: taking a question back, and every word while a human has the conversation."""
        if incoming.text == desk.withdraw_payload:
            with self._question(stored) as (session, conversation, question):
                messages = desk.withdraw(session, conversation, decision.language)
                question.key, question.confidence, question.language = "handover_withdraw", 1.0, decision.language
                store_answers(session, self.seal, question, messages)
            return Reply(tuple(messages), decision.language, "handover_withdraw", 1.0)
        if stored.who is not ConversationState.HUMAN or incoming.text.startswith(CHOOSE):
            return None
        reading = self._read(incoming.text)
        with self._question(stored) as (session, conversation, question):
            if conversation.state is not ConversationState.HUMAN:
                return None  # given back while we read
            return self._to_human(session, conversation, question, reading, decision, desk, stored.brought)

    def _to_human(
        self,
        session: Session,
        conversation: Conversation,
        question: Message,
        reading: Understood,
        decision: Decision,
        desk: HandOver,
        brought: Brought,
    ) -> Reply:
        """The advisor gets it and will answer; the person hears at once only what did not reach the advisor."""
        question.key, question.confidence = reading.intent, reading.confidence
        question.language = self.heard(self.seal.open(question.sealed_text)).code or decision.language
        messages = desk.hears(session, conversation, question, reading, decision.language)
        if brought.kind not in REACHES_A_HUMAN:
            messages += about_media(self.library, decision.language, brought)
        store_answers(session, self.seal, question, messages)
        return Reply(tuple(messages), decision.state.chosen or decision.language, reading.intent, reading.confidence)

    def _read(self, text: str, must: bool = False) -> Understood:
        """The advisor gets the message whether or not the assistant can read it; where it `must`, AssistantAway comes through."""
        if text.startswith("/"):
            return Understood((), BUTTON.sub("", text), 1.0)
        try:
            return self._assistant.read(text)
        except AssistantAway:
            if must:
                raise
            return Understood(())

    @contextmanager
    def _question(self, stored: _Stored) -> Iterator[tuple[Session, Conversation, Message]]:
        """The conversation, held until the transaction ends and as it is now, and the message to answer."""
        with self.sessions.begin() as session:
            hold_conversation(session, stored.conversation_id)
            conversation = session.get_one(Conversation, stored.conversation_id, populate_existing=True)
            question = session.get_one(Message, stored.message_id)
            if question.answered_at is not None:  # by another process, which took over while this one thought
                raise AssistantAway("answered meanwhile")  # the same message again gets that answer
            if self.desk and conversation.state is ConversationState.HUMAN:
                self.desk.settle(session, conversation.id)  # its link may have ended since; then the assistant answers
            yield session, conversation, question

    def _without_commands(self, text: str) -> str:
        """Words as they are; a slash means a button only where it names a topic or answers a guide, never one of Rasa's own commands."""
        named = BUTTON.sub("", text)
        if not text.startswith("/") or named == ANSWER or self.library.has_topic(named):
            return text
        return text.lstrip("/ ") or "?"

    def _answer(self, stored: _Stored, decision: Decision, understood: Understood, group: bool) -> Reply:
        desk = None if group else self.desk
        with self._question(stored) as (session, conversation, question):
            for_human = not (self._is_about_safety(understood) or stored.about_language)
            if desk and conversation.state is ConversationState.HUMAN and for_human:
                # An advisor took the conversation while the assistant was thinking: the person hears one of them, not both.
                return self._to_human(session, conversation, question, understood, decision, desk, stored.brought)
            question.key, question.confidence = understood.intent, understood.confidence
            question.language = self.heard(self.seal.open(question.sealed_text)).code or decision.language
            conversation.municipality = understood.municipality or conversation.municipality
            messages, state = self._messages(decision, understood)
            if desk:
                messages = desk.after(
                    session, conversation, question, WhileTalking(understood, tuple(messages), decision.language, decision.unknown)
                )
            if group:
                messages = with_norwegian_line(self.library, messages)
            elif self.classroom and not self._is_about_safety(understood):
                messages = self.classroom.beside(session, conversation, messages)
            messages = self._with_files(session, question, stored, SaidSoFar(tuple(messages), decision.language, group))
            store_answers(session, self.seal, question, messages)
            remember_language(conversation, state)
        return Reply(tuple(messages), state.chosen or decision.language, understood.intent, understood.confidence)

    def _messages(self, decision: Decision, understood: Understood) -> tuple[list[SaidMessage], LanguageState]:
        """What is said, with a word about the language where one is due, and what is remembered of the language."""
        for message in understood.messages:
            if message.key == "language_changed":
                return list(understood.messages), choose(message.language)
        about = () if self._is_about_safety(understood) else about_language(self.library, decision)
        return [*understood.messages, *about], decision.state

    def _is_danger(self, reading: Understood) -> bool:
        """Whether words not answered yet are a cry for help; the safety net is believed at once, the classifier when it is sure."""
        topic = reading.intent or ""
        sure = reading.safety_net or reading.confidence >= SURE
        return sure and self.library.has_topic(topic) and self.library.topic(topic).kind == "safety"

    def _is_about_safety(self, understood: Understood) -> bool:
        """After an answer to somebody in danger nothing else is said."""
        topics = (message.key for message in understood.messages if self.library.has_topic(message.key))
        return any(self.library.topic(topic).kind == "safety" for topic in topics)


@dataclass(frozen=True)
class _Stored:
    conversation_id: int
    message_id: int
    municipality: str
    state: LanguageState
    who: ConversationState
    first: bool
    before: Reply | None
    about_language: bool  # the button of a language is answered by the assistant, whoever has the conversation
    brought: Brought = Brought()
    words: str | None = None  # what was heard in a voice message, once the person said that it is right
