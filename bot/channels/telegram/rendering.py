"""A turn as Telegram takes it: text with entities, buttons with short keys, documents with captions.

Limits of the Bot API 10.0: text 4096 and caption 1024 UTF-16 units, 100 entities, 100 buttons, callback_data 64 bytes; a keyboard's JSON
of more than 10 kB is refused. Text never goes through a parse mode, so nothing in it can be taken for markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from rich.cells import cell_len

from bot.channels.rendering.isolates import without_isolates
from bot.channels.rendering.keys import key_of
from bot.channels.rendering.letters import shortened, units
from bot.channels.rendering.turn import Block, Choice, Section, addressed, gathered, joined, packed
from bot.channels.rendering.words import Words
from bot.conversations.assistant import SaidMessage
from bot.conversations.channel import Part

LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024  # UTF-16 units
MOST_ENTITIES, MOST_BUTTONS = 100, 100
LARGEST_KEYBOARD = 9_500  # bytes of JSON
LONGEST_TITLE = 64  # UTF-16 units; no phone shows more
WIDTHS = {3: 10, 2: 17}  # buttons in a row -> columns of a fixed-width font that each may take
MANY = 6  # buttons of one kind, such as languages, that stand in even columns
HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]{1,59}|[a-z]{2,63})", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[\w.~:/?#@!$&'()*+,;=%-]{1,2000}", re.IGNORECASE | re.ASCII)
Rows = list[list[Choice]]


def render(messages: Sequence[SaidMessage], words: Words) -> tuple[Part, ...]:
    """The parts of a turn, in order: one, unless its length, its files or the size of its keyboard need more. Choices are on the last."""
    turn = gathered(messages, words)
    choices = [*turn.choices, *([turn.sources] if turn.sources else [])]
    sections = _with_lines(turn.sections, addressed([choice for choice in choices if not _is_button(choice)], words))
    bodies = [body for section in sections for body in _bodies(section)]
    keyboards = _keyboards([choice for choice in choices if _is_button(choice)])
    bodies += [_message((Block(words.choose),)) for _ in keyboards[1:]]
    plain = len(bodies) - len(keyboards)
    return (*bodies[:plain], *(_with_keyboard(part, rows) for part, rows in zip(bodies[plain:], keyboards, strict=True)))


def _with_lines(sections: tuple[Section, ...], lines: tuple[Block, ...]) -> tuple[Section, ...]:
    if not lines:
        return sections
    *before, last = sections
    return (*sections, Section(lines)) if last.files else (*before, Section((*last.blocks, *lines)))


def _is_button(choice: Choice) -> bool:
    """One address that Telegram does not take would have the whole message refused; such a one is a line to read."""
    if choice.payload or not ADDRESS.fullmatch(choice.url):
        return bool(choice.payload)
    try:
        parts = urlsplit(choice.url)
        return bool(HOST.fullmatch(parts.hostname or "")) and "@" not in parts.netloc and (parts.port or 443) > 0
    except ValueError:
        return False


def _bodies(section: Section) -> Iterator[Part]:
    if not section.files:
        yield from (_message(blocks) for blocks in packed(section.blocks, LONGEST_TEXT))
        return
    captions = packed(section.blocks, LONGEST_CAPTION)
    if len(captions) > 1:
        yield from (_message(blocks) for blocks in packed(section.blocks, LONGEST_TEXT))
    first = captions[0] if len(captions) == 1 else ()
    for index, file in enumerate(section.files):
        yield _document(first if index == 0 else (), str(file["token"]))


def _message(blocks: Sequence[Block]) -> Part:
    body: dict[str, Any] = {"text": joined(blocks), "link_preview_options": {"is_disabled": True}}
    return Part("sendMessage", body | _named("entities", _entities(blocks)))


def _document(blocks: Sequence[Block], token: str) -> Part:
    body = _named("caption", joined(blocks)) | _named("caption_entities", _entities(blocks))
    return Part("sendDocument", body, file=token)


def _named(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value else {}


def _entities(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    entities, offset = [], 0
    for block in blocks:
        length = units(block.text)
        if block.style:
            entities.append({"type": block.style, "offset": offset, "length": length})
        offset += length + units(block.ending)
    return entities[:MOST_ENTITIES]


def _with_keyboard(part: Part, rows: Rows) -> Part:
    keys = {key_of(choice.payload): choice.payload for row in rows for choice in row if choice.payload}
    return Part(part.method, {**part.body, "reply_markup": _markup(rows)}, keys, file=part.file)


def _keyboards(choices: Sequence[Choice]) -> list[Rows]:
    """The buttons in rows, in as many keyboards as Telegram's limits ask for; most often one or none."""
    keyboards: list[Rows] = []
    for row in _rows(choices):
        if keyboards and _fits([*keyboards[-1], row]):
            keyboards[-1].append(row)
        else:
            keyboards.append([row])
    return keyboards


def _fits(rows: Rows) -> bool:
    return sum(map(len, rows)) <= MOST_BUTTONS and len(json.dumps(_markup(rows))) <= LARGEST_KEYBOARD


def _markup(rows: Rows) -> dict[str, Any]:
    return {"inline_keyboard": [[_button(choice) for choice in row] for row in rows]}


def _button(choice: Choice) -> dict[str, str]:
    text = shortened(choice.title, LONGEST_TITLE)
    return {"text": text, "callback_data": key_of(choice.payload)} if choice.payload else {"text": text, "url": choice.url}


def _rows(choices: Sequence[Choice]) -> Rows:
    """Short titles share a row; many of one kind stand in even columns."""
    rows: Rows = []
    for _, group in groupby(choices, key=lambda choice: choice.payload.partition("{")[0] or choice.url):
        kind = list(group)
        if len(kind) >= MANY:
            rows += _in_columns(kind, _most_columns(kind))
        else:
            rows += [[choice] for choice in kind]
    return _closed_up(rows)


def _closed_up(rows: Rows) -> Rows:
    """Rows of one button brought together where their titles are short."""
    closed: Rows = []
    waiting: list[Choice] = []
    for row in rows:
        if len(row) == 1:
            waiting += row
        else:
            closed += [*_greedily(waiting), row]
            waiting = []
    return [*closed, *_greedily(waiting)]


def _greedily(choices: list[Choice]) -> Rows:
    rows: Rows = []
    while choices:
        count = next((count for count in WIDTHS if len(choices) >= count and _most_columns(choices[:count]) >= count), 1)
        rows.append(choices[:count])
        choices = choices[count:]
    return rows


def _in_columns(choices: list[Choice], columns: int) -> Rows:
    return [choices[start : start + columns] for start in range(0, len(choices), columns)]


def _most_columns(choices: Sequence[Choice]) -> int:
    widest = max(cell_len(without_isolates(shortened(choice.title, LONGEST_TITLE)), "latest") for choice in choices)
    return next((columns for columns, width in WIDTHS.items() if widest <= width), 1)
