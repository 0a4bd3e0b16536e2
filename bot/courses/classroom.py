"""What the courses answer in a chat: finds who is meant and which part of the courses answers (bot/conversations/classroom.py)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Library
from bot.content.phrases import Phrases
from bot.conversations.assistant import SaidMessage
from bot.conversations.classroom import InClass
from bot.conversations.saying import spoken
from bot.courses import registered
from bot.courses.joining import use_course_code
from bot.courses.membership import course_of_group, member_of
from bot.courses.parts import Courses
from bot.courses.polls import group_totals, note_group_poll
from bot.courses.turn import Turn
from bot.courses.typed_choice import typed_choice
from bot.plans.link_codes import looks_like_code
from bot.storage.course_tables import Course, CourseMember
from bot.storage.tables import Author, Conversation, Message

BUTTON = re.compile(r"/([a-z_]{1,40})(\{.{0,500}\})?", re.DOTALL)
BY_ADVISOR = "desk:"  # how the ids of an advisor's own messages begin (bot/desk/acting.py)
QUESTION_BOX = "course_question_ask"  # the message whose answer is kept nowhere with the person
PRACTICE = "practice_question"
NOT_NOW = "/course"  # what "no" and "stop" stand for where the box asks for a question
CHANGED_MIND = ("words_stop", "words_no")


_TABLES: dict[str, tuple[Phrases, Mapping[str, str]]] = {}


@dataclass(frozen=True)
class CourseRoom:
    """The classroom of one installation. All handlers stand in bot/courses/registered.py."""

    courses: Courses

    def withholds(self, session: Session, conversation: Conversation, text: str) -> bool:
        """True when the last thing said asked for an anonymous question, and these words are one.

        Not so a code, a button typed, a change of mind, and what is said to an advisor who wrote since.
        """
        asked = _last_answer(session, conversation.id)
        if asked is None or asked.key != QUESTION_BOX or member_of(session, conversation.id) is None:
            return False
        return not (looks_like_code(text) or self._meant(session, conversation, text) or _advisor_wrote(session, conversation.id, asked.id))

    def code(self, session: Session, conversation: Conversation, text: str, language: str, group: bool) -> SaidMessage | None:
        """Uses a code of a course; None when it is none."""
        return use_course_code(self.courses, session, conversation, text, language, group)

    def concerns(self, session: Session, conversation: Conversation, text: str, group: bool, buttons_only: bool) -> bool:
        """True for a button of the classroom, a word for one, or words it waits for."""
        name, _ = button_in(text)
        if name:
            return name in registered.HANDLERS
        if buttons_only or text.startswith("/"):
            return False
        if group:
            return self._meant_in_group(session, conversation, text) in _group_payloads()
        return bool(self._meant(session, conversation, text)) or self._expects(session, conversation, text)

    def answer(self, session: Session, conversation: Conversation, question: Message, said: InClass) -> list[SaidMessage]:
        """What the handler says; in a group, what is done in private only has a door there instead."""
        text = said.text
        if not text.startswith("/") and said.withheld is None:
            text = (self._meant if not said.group else self._meant_in_group)(session, conversation, text) or text
        name, values = button_in(text) if said.withheld is None else ("", {})
        course = course_of_group(session, conversation.channel, conversation.account) if said.group else None
        member = None if said.group else member_of(session, conversation.id)
        turn = Turn(
            self.courses,
            session,
            conversation,
            question,
            said.language,
            said.group,
            course or (session.get(Course, member.course_id) if member else None),
            member,
            values,
            "" if name else said.text,
        )
        if said.group and name not in registered.IN_GROUP:
            return [replace(spoken(self.courses.library, "group_own_chat", said.language), key=f"door_{name}")]
        if name:
            question.key = name  # typed or pressed: by the key it is known whose affair it is (bot/conversations/in_class.py)
            return registered.HANDLERS[name](turn)
        if said.withheld is not None:
            return registered.EXPECTS[QUESTION_BOX](replace(turn, values={"topic": said.withheld.intent or "", "heard": said.heard}))
        asked = _asked_last(session, conversation.id)
        question.key = f"{asked}_answer"
        return registered.EXPECTS[asked](turn)

    def beside(self, session: Session, conversation: Conversation, messages: Sequence[SaidMessage]) -> list[SaidMessage]:
        """The assistant's messages, the last one with the buttons that fit its topic."""
        if not messages:
            return []
        last = messages[-1]
        fitting = [one for one in registered.BESIDE if last.key in one.topics]
        if any(one.members_only for one in fitting) and member_of(session, conversation.id) is None:
            fitting = [one for one in fitting if not one.members_only]
        known = {choice.get("payload") for choice in last.choices}
        back = all(one.payload != "/practice" for one in fitting) and _asked_last(session, conversation.id) == PRACTICE
        if back:  # something else was asked in between: the way back to the question
            fitting.append(registered.Beside(frozenset(), "practice_start", "/practice"))
        more = [one for one in fitting if one.payload not in known and last.language in self.courses.library.languages]
        first = tuple(self._button(one, last.language) for one in more if one.first)
        rest = tuple(self._button(one, last.language) for one in more if not one.first)
        return [*messages[:-1], replace(last, choices=(*first, *last.choices, *rest))]

    def _button(self, one: registered.Beside, language: str) -> dict[str, str]:
        return {"title": self.courses.library.phrase(one.phrase, language), "payload": one.payload}

    def group_poll(self, session: Session, poll: int, external_id: str) -> None:
        """Notes under which id a messenger shows a poll."""
        note_group_poll(session, poll, external_id, self.courses.clock())

    def group_totals(self, session: Session, external_id: str, counts: Sequence[int]) -> None:
        """Notes what a messenger counted."""
        group_totals(session, external_id, list(counts), self.courses.clock())

    def _expects(self, session: Session, conversation: Conversation, text: str) -> bool:
        """Whether words are what was asked for last; all others are for the assistant.

        Words that were not withheld though the question box waits are a cry for help, or of somebody who is in no course any more.
        """
        asked = _asked_last(session, conversation.id)
        if asked == QUESTION_BOX:
            return False
        takes = registered.TAKES.get(asked)
        return asked in registered.EXPECTS and (takes is None or takes(session, conversation, self.courses.library, text))

    def _meant(self, session: Session, conversation: Conversation, text: str) -> str:
        """The payload a word stands for in this chat; empty for all other words."""
        found = self._typed_word(session, conversation, text) or typed_choice(session, conversation.id, text)
        waits = not found and _asked_last(session, conversation.id) == QUESTION_BOX
        return NOT_NOW if waits and _changed_mind(self.courses.library, _language(conversation, self.courses), text) else found

    def _typed_word(self, session: Session, conversation: Conversation, text: str) -> str:
        """Words of a class are for its members; who they are is only asked where it matters."""
        member = None if conversation.chosen_language or conversation.spoken_language else member_of(session, conversation.id)
        phrase = _phrase_of(self.courses.library, _language(conversation, self.courses, member), text)
        if phrase not in registered.FOR_EVERYBODY and phrase and member is None:
            member = member_of(session, conversation.id)
        return registered.WORDS[phrase] if phrase in registered.FOR_EVERYBODY or (phrase and member is not None) else ""

    def _meant_in_group(self, session: Session, conversation: Conversation, text: str) -> str:
        phrase = _phrase_of(self.courses.library, _language(conversation, self.courses), text)
        bound = phrase and course_of_group(session, conversation.channel, conversation.account) is not None
        return registered.WORDS[phrase] if bound else ""


def button_in(text: str) -> tuple[str, Mapping[str, Any]]:
    """The name and the values of a button of the classroom; an empty name for anything else."""
    found = BUTTON.fullmatch(text.strip())
    if found is None or not registered.is_ours(found.group(1)):
        return "", {}
    try:
        values = json.loads(found.group(2) or "{}")
    except (ValueError, RecursionError):
        values = {}
    return found.group(1), values if isinstance(values, dict) else {}


def _last_answer(session: Session, conversation_id: int) -> Message | None:
    """The last answer given in a conversation; what came unasked since does not change what was asked."""
    answers = (Message.conversation_id == conversation_id, Message.author != Author.PARTICIPANT, Message.answers_id.is_not(None))
    return session.scalar(select(Message).where(*answers).order_by(Message.id.desc()).limit(1))


def _asked_last(session: Session, conversation_id: int) -> str:
    """The key of it."""
    found = _last_answer(session, conversation_id)
    return (found.key or "") if found is not None else ""


def _advisor_wrote(session: Session, conversation_id: int, since: int) -> bool:
    """Whether an advisor wrote to this person after a message; a teacher's words to the class are no such."""
    theirs = (Message.conversation_id == conversation_id, Message.id > since, Message.author == Author.ADVISOR)
    return session.scalar(select(Message.id).where(*theirs, Message.external_id.startswith(BY_ADVISOR)).limit(1)) is not None


def _language(conversation: Conversation, courses: Courses, member: CourseMember | None = None) -> str:
    known = conversation.chosen_language or conversation.spoken_language or (member.language if member else None)
    return known if known in courses.library.languages and known else courses.library.languages.source.code


def _phrase_of(library: Library, language: str, text: str) -> str:
    """The phrase that lists a whole message among its words, in the person's language or in Norwegian; empty for all others."""
    meant = plain(text)
    tables = (_words(library.phrases(code)) for code in dict.fromkeys((language, library.languages.source.code)))
    return next((table[meant] for table in tables if meant in table), "") if meant else ""


def _words(phrases: Phrases) -> Mapping[str, str]:
    """Each word of a language that stands for a button -> its phrase; made anew when the phrases were read anew."""
    kept = _TABLES.get(phrases.language)
    if kept is None or kept[0] is not phrases:
        listed = ((phrase, word) for phrase in registered.WORDS for word in phrases.texts.get(phrase, "").split("|"))
        kept = phrases, {known: phrase for phrase, word in listed if (known := plain(word))}
        _TABLES[phrases.language] = kept
    return kept[1]


def _changed_mind(library: Library, language: str, text: str) -> bool:
    """Whether a whole message says no or stop."""
    texts = [library.phrases(code).texts for code in (language, library.languages.source.code)]
    return plain(text) in {plain(word) for one in texts for phrase in CHANGED_MIND for word in one.get(phrase, "").split("|")} - {""}


@lru_cache(maxsize=1)
def _group_payloads() -> frozenset[str]:
    return frozenset(payload for payload in registered.WORDS.values() if button_in(payload)[0] in registered.IN_GROUP)


def plain(text: str) -> str:
    """Letters, figures and single spaces, without case and signs."""
    kept = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(kept).split())
