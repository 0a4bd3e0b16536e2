"""The one door for a participant's message: store, decide the language, ask the assistant, store what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.about_language import CHOOSE, about_language, unknown_language
from bot.conversations.assistant import Asked, Assistant, AssistantAway, SaidMessage, Understood
from bot.conversations.handing_over import HandOver, WhileTalking
from bot.conversations.history import (
    answers_to,
    is_new,
    language_state,
    open_conversation,
    remember_language,
    store_answers,
    store_incoming,
)
from bot.conversations.language_policy import Decision, Heard, LanguageState, choose, decide
from bot.conversations.linking import Linking
from bot.conversations.saying import spoken
from bot.conversations.turns import Turns
from bot.identification import Identifier
from bot.identification.prepare import only_terms, without_terms
from bot.plans.rows import hold_conversation
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation, ConversationState, Message

# What a button of a guide's question sends.
ANSWER = "answer"
# "/topic" or "/topic{...}": what remains without slash and values is the topic's id.
BUTTON = re.compile(r"^/|\{[^{}]*\}$")


@dataclass(frozen=True)
class Incoming:
    """A message as a channel hands it over. `chosen`: a language just picked in the channel's own menu; `group`: others read along."""

    channel: str
    account: str
    text: str
    external_id: str | None = None
    chosen: str | None = None
    hint: str | None = None
    group: bool = False


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
    ) -> None:
        self.sessions, self.seal, self.library, self.desk = sessions, seal, library, desk
        self._identifier, self._assistant, self._default, self._linking = identifier, assistant, default, linking
        self._turns = Turns()

    def receive(self, incoming: Incoming) -> Reply:
        """Answers a message; the same one again gets the same answer.

        Raises AssistantAway when the assistant does not answer: the message is stored then, unanswered, and the same message
        sent again is answered. Database errors come through as they are: then nothing was stored.
        """
        with self._turns.of(f"{incoming.channel}:{incoming.account}"):
            stored = self._store(incoming)
            if stored.before is not None:
                return stored.before
            decision = self._decide(incoming, stored.state, stored.first)
            if self._linking and self._linking.concerns(incoming.text):
                return self._link(self._linking, incoming, stored, decision)
            if self.desk and not incoming.group:
                taken = self._desk_takes(self.desk, incoming, stored, decision)
                if taken is not None:
                    return taken
            # Asked in any case: a cry for help may be recognised where the language is not.
            understood = self._ask(incoming, stored, decision.language)
            if decision.unknown and not self._is_about_safety(understood):
                understood = Understood((unknown_language(self.library, decision.language),))
            return self._answer(stored, decision, understood, incoming.group)

    def heard(self, text: str) -> Heard:
        """What language a text is in, as the language policy wants to know it."""
        if text.startswith("/"):
            return Heard(None, 0.0, 0)
        found = self._identifier.identify(text)
        words = 0 if only_terms(text) else len(without_terms(text).split())
        return Heard(found.code if found.code in self.library.languages else None, found.confidence, words)

    def _store(self, incoming: Incoming) -> _Stored:
        with self.sessions.begin() as session:
            conversation = open_conversation(session, incoming.channel, incoming.account)
            first = is_new(session, conversation)
            if incoming.chosen in self.library.languages and incoming.chosen:
                remember_language(conversation, choose(incoming.chosen))
            message = store_incoming(session, self.seal, conversation, incoming.text, incoming.external_id)
            before = self._answered_before(session, conversation, message) if message.answered_at else None
            state, who = language_state(conversation), conversation.state
            about_language = incoming.text.startswith(CHOOSE)
            return _Stored(conversation.id, message.id, conversation.municipality, state, who, first, before, about_language)

    def _answered_before(self, session: Session, conversation: Conversation, message: Message) -> Reply:
        said, state = answers_to(session, self.seal, message), language_state(conversation)
        language = said[-1].language if said else state.chosen or state.settled or self._default
        return Reply(tuple(said), language, message.key, message.confidence)

    def _decide(self, incoming: Incoming, state: LanguageState, first: bool) -> Decision:
        hint = incoming.hint if incoming.hint in self.library.languages else None
        return decide(state, self.heard(incoming.text), hint, self._default, first)

    def _ask(self, incoming: Incoming, stored: _Stored, language: str) -> Understood:
        text = self._without_commands(incoming.text)
        asked = Asked(f"c{stored.conversation_id}", text, language, stored.municipality, str(stored.message_id), incoming.group)
        understood = self._assistant.ask(asked)
        if understood.messages:
            return understood
        # An action that failed inside the assistant says nothing; a person must never get silence.
        return replace(understood, messages=(spoken(self.library, "trouble", language, topics=("talk_to_human",)),))

    def _link(self, linking: Linking, incoming: Incoming, stored: _Stored, decision: Decision) -> Reply:
        said = linking.answer(stored.conversation_id, incoming.text, decision.language, incoming.group)
        with self.sessions.begin() as session:
            question = session.get_one(Message, stored.message_id)
            question.key, question.confidence, question.language = "link_account", 1.0, said.language
            store_answers(session, self.seal, question, [said])
        return Reply((said,), said.language, "link_account", 1.0)

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
            return self._to_human(session, conversation, question, reading, decision, desk)

    def _to_human(
        self, session: Session, conversation: Conversation, question: Message, reading: Understood, decision: Decision, desk: HandOver
    ) -> Reply:
        question.key, question.confidence = reading.intent, reading.confidence
        question.language = self.heard(self.seal.open(question.sealed_text)).code or decision.language
        messages = desk.hears(session, conversation, question, reading, decision.language)
        store_answers(session, self.seal, question, messages)
        return Reply(tuple(messages), decision.state.chosen or decision.language, reading.intent, reading.confidence)

    def _read(self, text: str) -> Understood:
        """The advisor gets the message whether or not the assistant can read it."""
        if text.startswith("/"):
            return Understood((), BUTTON.sub("", text), 1.0)
        try:
            return self._assistant.read(text)
        except AssistantAway:
            return Understood(())

    @contextmanager
    def _question(self, stored: _Stored) -> Iterator[tuple[Session, Conversation, Message]]:
        """The conversation, held until the transaction ends and as it is now, and the message to answer."""
        with self.sessions.begin() as session:
            hold_conversation(session, stored.conversation_id)
            conversation = session.get_one(Conversation, stored.conversation_id, populate_existing=True)
            yield session, conversation, session.get_one(Message, stored.message_id)

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
                return self._to_human(session, conversation, question, understood, decision, desk)
            question.key, question.confidence = understood.intent, understood.confidence
            question.language = self.heard(self.seal.open(question.sealed_text)).code or decision.language
            conversation.municipality = understood.municipality or conversation.municipality
            messages, state = self._messages(decision, understood)
            if desk:
                messages = desk.after(
                    session, conversation, question, WhileTalking(understood, tuple(messages), decision.language, decision.unknown)
                )
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
