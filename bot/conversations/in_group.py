"""What is different where others read along: nobody's own affairs, the language of the question, and a line in Norwegian for the rest."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.content import Library, Reader, answer
from bot.conversations.assistant import SaidMessage, Understood
from bot.conversations.language_policy import CONFIDENT, Decision, Heard
from bot.conversations.saying import as_message, spoken

EMERGENCY = "emergency"  # the one answer about danger that everybody may read
LONGEST_LINE = 220  # characters of the Norwegian line
SENTENCE = re.compile(r"(?<=[.!?])\s+")


def is_personal(library: Library, key: str) -> bool:
    """True for a topic that is answered from the person's plan, or that asks the person about themselves."""
    if not library.has_topic(key):
        return False
    topic = library.topic(key)
    return topic.kind in ("case", "guide") or (topic.group == "personal" and topic.kind == "service")


def is_danger(library: Library, key: str) -> bool:
    """True for a topic about somebody's safety that is not said in front of others."""
    return key != EMERGENCY and library.has_topic(key) and library.topic(key).kind == "safety"


def language_of_question(decision: Decision, heard: Heard) -> Decision:
    """In a group each question is answered in its own language, whatever its writer chose before; languages are not offered there."""
    quiet = replace(decision, offer_languages=False, ask_to_continue_in=None)
    return replace(quiet, language=heard.code) if heard.code and heard.confidence >= CONFIDENT and heard.words else quiet


def in_private(library: Library, reading: Understood, language: str) -> Understood | None:
    """What is said instead of an answer that is nobody else's business; None where everybody may read it.

    The messages carry the topic as their key: the channel puts the way into the person's own chat below them.
    """
    topic = reading.intent or ""
    if is_danger(library, topic):
        return replace(reading, messages=(_numbers(library, language), replace(spoken(library, "group_danger", language), key=topic)))
    if is_personal(library, topic):
        return replace(reading, messages=(replace(spoken(library, "group_private", language), key=topic),))
    return None


def with_norwegian_line(library: Library, messages: Sequence[SaidMessage]) -> list[SaidMessage]:
    """The messages, and in short what they say in Norwegian, where they are in another language."""
    source = library.languages.source.code
    first = next((message for message in messages if message.language != source and message.norwegian), None)
    if first is None:
        return list(messages)
    said = spoken(library, "group_in_norwegian", source, words=_short(library, first))
    return [*messages, said]


def _short(library: Library, message: SaidMessage) -> str:
    """The core of an answer in Norwegian: its simpler wording, else its first sentences."""
    source = library.languages.source.code
    # What is said instead of an answer has the topic as its key, and is not the answer.
    stands_in = is_personal(library, message.key) or is_danger(library, message.key)
    wording = library.wording(message.key, source) if library.has_topic(message.key) and not stands_in else None
    if wording is not None and wording.texts.get("simpler"):
        return answer(library, message.key, Reader(source), dt.date.today(), "simpler").text
    short = ""
    for sentence in SENTENCE.split(" ".join(message.norwegian.split())):
        if short and len(short) + len(sentence) >= LONGEST_LINE:
            break
        short = f"{short} {sentence}".strip()
    return short if len(short) <= LONGEST_LINE else short[:LONGEST_LINE].rsplit(" ", 1)[0] + " …"


def _numbers(library: Library, language: str) -> SaidMessage:
    today, source = dt.date.today(), library.languages.source.code
    told = answer(library, EMERGENCY, Reader(source), today, "simpler").text if language != source else ""
    return as_message(replace(answer(library, EMERGENCY, Reader(language), today, "simpler"), choices=()), told)
