"""The messages of one turn, put in order for any channel: what is read, which files come with it, what can be chosen at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from bot.channels.rendering.isolates import isolated, isolated_title, without_isolates
from bot.channels.rendering.letters import clean, one_line, units, visible
from bot.channels.rendering.splitting import pieces
from bot.channels.rendering.words import Words
from bot.conversations.assistant import SaidMessage

SOURCES = "/source_question"  # the topic that shows where the last answer stands
COURSE = "course_"  # what comes from a course says itself that a teacher writes, who is no advisor
PARAGRAPH, LINE = "\n\n", "\n"


@dataclass(frozen=True)
class Block:
    """A paragraph. style: "", bold or italic; ending: what parts it from the next one."""

    text: str
    style: str = ""
    ending: str = PARAGRAPH


@dataclass(frozen=True)
class Choice:
    """A button: it sends its payload, or opens its address."""

    title: str
    payload: str = ""
    url: str = ""


@dataclass(frozen=True)
class Section:
    """What is sent together: paragraphs, and the files of one message."""

    blocks: tuple[Block, ...]
    files: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Turn:
    """All of it, never empty. `sources`: the button to where it stands, for an answer that has sources and no such button yet."""

    sections: tuple[Section, ...]
    choices: tuple[Choice, ...]
    sources: Choice | None


def gathered(messages: Sequence[SaidMessage], words: Words) -> Turn:
    """The turn of these messages: texts in order, choices and notes each once; `trouble` where there is nothing to see."""
    sections = tuple(_sections(messages, words)) or (Section((Block(clean(words.trouble)),)),)
    choices = tuple(_choices(messages, words))
    offered = any(message.sources for message in messages) and SOURCES not in (choice.payload for choice in choices)
    return Turn(sections, choices, Choice(isolated_title(one_line(words.sources), words.direction), SOURCES) if offered else None)


def packed(blocks: Iterable[Block], limit: int) -> list[tuple[Block, ...]]:
    """The blocks in as few texts of at most `limit` UTF-16 units as their order allows; a block that is longer is cut."""
    texts: list[list[Block]] = []
    used = 0
    for block in (replace(whole, text=piece) for whole in blocks for piece in pieces(whole.text, limit)):
        more = units(texts[-1][-1].ending) + units(block.text) if texts else 0
        if texts and used + more <= limit:
            texts[-1].append(block)
            used += more
        else:
            texts.append([block])
            used = units(block.text)
    return [tuple(text) for text in texts]


def joined(blocks: Sequence[Block]) -> str:
    """One text of them."""
    return "".join(block.text + block.ending for block in blocks[:-1]) + "".join(block.text for block in blocks[-1:])


def paragraphs(text: str, direction: str, style: str = "") -> tuple[Block, ...]:
    """The paragraphs of a text, cleaned, foreign runs in isolates, without those in which there is nothing to see."""
    cut = isolated(clean(text), direction).split(PARAGRAPH)
    return tuple(Block(paragraph, style) for paragraph in cut if visible(paragraph))


def addressed(choices: Sequence[Choice], words: Words) -> tuple[Block, ...]:
    """Addresses that are no buttons, as lines to read: "Title: address"."""
    lines = [isolated(f"{without_isolates(choice.title)}: {choice.url}", words.direction) for choice in choices]
    return (*(Block(line, ending=LINE) for line in lines[:-1]), *(Block(line) for line in lines[-1:]))


def _sections(messages: Sequence[SaidMessage], words: Words) -> Iterator[Section]:
    """A message with files is a section of its own, all between are together."""
    texts = [paragraphs(message.text, message.direction) for message in messages]
    said = [(message, text) for message, text in zip(messages, texts, strict=True) if text or message.files]
    whole = list(zip((message.files for message, _ in said), _with_names_and_notes(said, words), strict=True))
    for _, group in groupby(enumerate(whole), key=lambda entry: entry[0] if entry[1][0] else -1):
        rows = [row for _, row in group]
        yield Section(tuple(block for _, blocks in rows for block in blocks), rows[0][0])


def _with_names_and_notes(said: Sequence[tuple[SaidMessage, tuple[Block, ...]]], words: Words) -> Iterator[tuple[Block, ...]]:
    notes = [clean(message.note) for message, _ in said]
    writer = ""
    for index, (message, text) in enumerate(said):
        # The same notice below several answers is said once, below the last of them.
        note = () if notes[index] in notes[index + 1 :] else paragraphs(notes[index], message.direction, "italic")
        role = "" if message.key.startswith(COURSE) else words.advisor
        yield (*_heading(message.by if message.by != writer else "", role, words), *text, *note)
        writer = message.by


def _heading(writer: str, role: str, words: Words) -> tuple[Block, ...]:
    """Who writes, where it is a person."""
    name = one_line(writer)
    told = " · ".join(one for one in (name, one_line(role)) if one)
    return (Block(isolated(told, words.direction), "bold", LINE),) if visible(name) else ()


def _choices(messages: Sequence[SaidMessage], words: Words) -> Iterator[Choice]:
    known: set[tuple[str, str]] = set()
    for choice in (choice for message in messages for choice in message.choices):
        payload, url = choice.get("payload", ""), one_line(choice.get("url", ""))
        if (payload, url) in known or not (payload or url):
            continue
        known.add((payload, url))
        title = isolated_title(one_line(choice.get("title", "")), words.direction)
        yield Choice(title if visible(title) else url or words.choose, payload, "" if payload else url)
