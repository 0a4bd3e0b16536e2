"""The one door for a participant's message: store, decide the language, ask the assistant, store what it says."""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session, sessionmaker

from bot.content import Choice, Library, Said, phrase
from bot.conversations.assistant import Asked, Assistant, AssistantAway, SaidMessage, Understood
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
from bot.identification import Identifier
from bot.identification.prepare import only_terms, without_terms
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation, Message

LONGEST_WAIT = 30.0  # seconds for a turn of one's own
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
    ) -> None:
        self.sessions, self.seal, self.library = sessions, seal, library
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
            # Asked in any case: a cry for help may be recognised where the language is not.
            understood = self._ask(incoming, stored, decision.language)
            if decision.unknown and not self._is_about_safety(understood):
                understood = Understood((self._unknown_language(decision.language),))
            return self._answer(stored, decision, understood)

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
            before = self._answered_before(session, message) if message.answered_at else None
            return _Stored(conversation.id, message.id, conversation.municipality, language_state(conversation), first, before)

    def _answered_before(self, session: Session, message: Message) -> Reply:
        said = answers_to(session, self.seal, message)
        return Reply(tuple(said), said[-1].language if said else self._default, message.key, message.confidence)

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
        return replace(understood, messages=(as_message(phrase(self.library, "trouble", language, topics=("talk_to_human",))),))

    def _link(self, linking: Linking, incoming: Incoming, stored: _Stored, decision: Decision) -> Reply:
        said = linking.answer(stored.conversation_id, incoming.text, decision.language, incoming.group)
        with self.sessions.begin() as session:
            question = session.get_one(Message, stored.message_id)
            question.key, question.confidence, question.language = "link_account", 1.0, said.language
            store_answers(session, self.seal, question, [as_message(said)])
        return Reply((as_message(said),), said.language, "link_account", 1.0)

    def _without_commands(self, text: str) -> str:
        """Words as they are; a slash means a button only where it names a topic or answers a guide, never one of Rasa's own commands."""
        named = BUTTON.sub("", text)
        if not text.startswith("/") or named == ANSWER or self.library.has_topic(named):
            return text
        return text.lstrip("/ ") or "?"

    def _answer(self, stored: _Stored, decision: Decision, understood: Understood) -> Reply:
        messages = list(understood.messages)
        if not self._is_about_safety(understood):
            messages += self._about_language(decision)
        state = decision.state
        for message in understood.messages:
            if message.key == "language_changed":
                state, messages = choose(message.language), list(understood.messages)
        with self.sessions.begin() as session:
            conversation = session.get_one(Conversation, stored.conversation_id)
            question = session.get_one(Message, stored.message_id)
            question.key, question.confidence = understood.intent, understood.confidence
            question.language = self.heard(self.seal.open(question.sealed_text)).code or decision.language
            store_answers(session, self.seal, question, messages)
            remember_language(conversation, state)
            conversation.municipality = understood.municipality or conversation.municipality
        return Reply(tuple(messages), state.chosen or decision.language, understood.intent, understood.confidence)

    def _is_about_safety(self, understood: Understood) -> bool:
        """After an answer to somebody in danger nothing else is said."""
        topics = (message.key for message in understood.messages if self.library.has_topic(message.key))
        return any(self.library.topic(topic).kind == "safety" for topic in topics)

    def _about_language(self, decision: Decision) -> Iterator[SaidMessage]:
        if decision.ask_to_continue_in:
            yield self._continue_in(decision.language, decision.ask_to_continue_in)
        elif decision.offer_languages:
            yield as_message(self._with_languages(phrase(self.library, "offer_languages", decision.language), but=decision.language))

    def _continue_in(self, current: str, other: str) -> SaidMessage:
        languages = self.library.languages
        texts = [self.library.phrase("continue_in", code, language=languages[other].name) for code in (other, current)]
        stay = Choice(self.library.phrase("stay", current), choice_of_language(current))
        change = Choice(languages[other].name, choice_of_language(other))
        said = phrase(self.library, "continue_in", current, language=languages[other].name)
        return as_message(replace(said, text="\n".join(texts), choices=(change, stay)))

    def _unknown_language(self, language: str) -> SaidMessage:
        return as_message(self._with_languages(phrase(self.library, "unknown_language", language, topics=("talk_to_human",))))

    def _with_languages(self, said: Said, but: str = "") -> Said:
        names = [Choice(offered.name, choice_of_language(offered.code)) for offered in self.library.languages.offered]
        return replace(said, choices=(*(n for n in names if n.payload != choice_of_language(but)), *said.choices))


@dataclass(frozen=True)
class _Stored:
    conversation_id: int
    message_id: int
    municipality: str
    state: LanguageState
    first: bool
    before: Reply | None


class Turns:
    """One worker at a time per conversation in this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: defaultdict[str, list] = defaultdict(lambda: [threading.Lock(), 0])

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Waits for the turn of a conversation; the lock is forgotten when nobody waits any more."""
        with self._guard:
            entry = self._locks[name]
            entry[1] += 1
        try:
            # Somebody who sends much while the assistant hangs must not hold every thread there is.
            if not entry[0].acquire(timeout=LONGEST_WAIT):
                raise AssistantAway("busy")
            try:
                yield
            finally:
                entry[0].release()
        finally:
            with self._guard:
                entry[1] -= 1
                if entry[1] == 0:
                    del self._locks[name]


def choice_of_language(code: str) -> str:
    """What the button of a language sends."""
    return "/choose_language" + json.dumps({"language": code})


def as_message(said: Said) -> SaidMessage:
    """A phrase in the assistant's own message form."""
    choices = tuple({"title": choice.title, "payload": choice.payload} for choice in said.choices)
    return SaidMessage(said.text, said.language, said.direction, said.key, choices)
