"""A turn as WhatsApp's Cloud API takes it: reply buttons, else a list, else numbered text; documents and images with captions.

Limits, the stricter where sources differ: text 4096, body of an interactive message 1024, caption 1024; up to 3 buttons with titles of 20
characters and ids of 256; up to 10 rows with titles of 24, descriptions of 72 and ids of 200. All counted in UTF-16 units, which are
never fewer than characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.channels.rendering.isolates import isolated, led, without_isolates
from bot.channels.rendering.keys import key_of
from bot.channels.rendering.letters import one_line, shortened, units, visible
from bot.channels.rendering.turn import LINE, Block, Choice, Section, Turn, addressed, gathered, joined, packed
from bot.channels.rendering.words import Words
from bot.conversations.assistant import SaidMessage
from bot.conversations.channel import Part

LONGEST_TEXT, LONGEST_BODY, LONGEST_CAPTION = 4096, 1024, 1024
MOST_BUTTONS, LONGEST_BUTTON = 3, 20
MOST_ROWS, LONGEST_ROW, LONGEST_DESCRIPTION = 10, 24, 72
LONGEST_LINE = 300  # a title in numbered text
LARGEST_IMAGE = 5_000_000  # bytes; more goes as a document
IMAGES = frozenset({"image/jpeg", "image/png"})
MARKS = {"bold": "*", "italic": "_"}


def render(messages: Sequence[SaidMessage], words: Words) -> tuple[Part, ...]:
    """The parts of a turn, in order: one, unless its length or its files need more. Choices are on the last."""
    turn = gathered(messages, words)
    choices = [choice for choice in turn.choices if choice.payload]
    addresses = addressed([choice for choice in turn.choices if not choice.payload], words)
    *before, last = _sections(turn, addresses, bool(choices), words)
    parts = [part for section in before for part in _plain(section)]
    if last.files:
        return (*parts, *_plain(last))
    *texts, asking = packed(last.blocks, LONGEST_TEXT)
    return (*parts, *(_text(joined(blocks)) for blocks in texts), *_asking(asking, choices, turn.sources, words))


def _sections(turn: Turn, addresses: tuple[Block, ...], asks: bool, words: Words) -> tuple[Section, ...]:
    """The turn's sections, marked up; the last one without files where something follows, since a file has no place for choices."""
    *before, last = (Section(tuple(map(_marked, section.blocks)), section.files) for section in turn.sections)
    if not (asks or addresses):
        return (*before, last)
    closing = (*last.blocks, *addresses) or (Block(words.choose),)
    return (*before, *([Section((), last.files)] if last.files else []), Section(closing))


def _marked(block: Block) -> Block:
    """WhatsApp's own marks, where the words cannot be mistaken for them."""
    mark = MARKS.get(block.style, "")
    if not mark or mark in block.text or "\n" in block.text or units(block.text) > LONGEST_BODY - 2:
        return block
    return replace(block, text=f"{mark}{block.text}{mark}") if visible(block.text[0]) and visible(block.text[-1]) else block


def _plain(section: Section) -> Iterator[Part]:
    captions = packed(section.blocks, LONGEST_CAPTION)
    caption = joined(captions[0]) if len(captions) == 1 and section.files else ""
    if not caption:
        yield from (_text(joined(blocks)) for blocks in packed(section.blocks, LONGEST_TEXT))
    for index, file in enumerate(section.files):
        yield _file(file, caption if index == 0 else "")


def _file(file: dict[str, Any], caption: str) -> Part:
    with_caption = {"caption": caption} if caption else {}
    if file.get("type") in IMAGES and int(file.get("size") or 0) <= LARGEST_IMAGE:
        return Part("image", {"type": "image", "image": with_caption}, file=str(file["token"]))
    name = one_line(str(file.get("name") or "")) or str(file["token"])
    return Part("document", {"type": "document", "document": {**with_caption, "filename": name}}, file=str(file["token"]))


def _text(text: str, numbered: tuple[str, ...] = ()) -> Part:
    return Part("text", {"type": "text", "text": {"body": text, "preview_url": False}}, numbered=numbered)


def _asking(blocks: tuple[Block, ...], choices: list[Choice], sources: Choice | None, words: Words) -> tuple[Part, ...]:
    """The last text with its choices. The button to the sources is added only where the form stays what it is without it."""
    parts = _form(blocks, choices, words)
    if sources is None:
        return parts
    more = _form(blocks, [*choices, sources], words)
    same = _kind(more) == _kind(parts)
    return more if same or (not choices and _kind(more) == "button") else parts


def _kind(parts: tuple[Part, ...]) -> str:
    """button, list, numbered text or text."""
    return str(parts[-1].body.get("interactive", {}).get("type") or ("numbered" if parts[-1].numbered else "text"))


def _form(blocks: tuple[Block, ...], choices: list[Choice], words: Words) -> tuple[Part, ...]:
    text = joined(blocks)
    if not choices:
        return (_text(text),)
    if units(text) <= LONGEST_BODY:
        if len(choices) <= MOST_BUTTONS and _told_apart(choices, LONGEST_BUTTON):
            return (_interactive("button", text, {"buttons": [_button(choice) for choice in choices]}, choices),)
        if len(choices) <= MOST_ROWS and _told_apart(choices, LONGEST_ROW):
            action = {"button": shortened(words.choose, LONGEST_BUTTON), "sections": [{"rows": [_row(choice) for choice in choices]}]}
            return (_interactive("list", text, action, choices),)
    return _numbered(blocks, choices, words)


def _told_apart(choices: Sequence[Choice], longest: int) -> bool:
    return len({without_isolates(shortened(choice.title, longest)).casefold() for choice in choices}) == len(choices)


def _interactive(kind: str, text: str, action: dict[str, Any], choices: Sequence[Choice]) -> Part:
    body = {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}
    return Part("interactive", body, {key_of(choice.payload): choice.payload for choice in choices})


def _button(choice: Choice) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": key_of(choice.payload), "title": shortened(choice.title, LONGEST_BUTTON)}}


def _row(choice: Choice) -> dict[str, str]:
    row = {"id": key_of(choice.payload), "title": shortened(choice.title, LONGEST_ROW)}
    whole = without_isolates(row["title"]) == without_isolates(choice.title)
    return row if whole else row | {"description": shortened(choice.title, LONGEST_DESCRIPTION)}


def _numbered(blocks: tuple[Block, ...], choices: list[Choice], words: Words) -> tuple[Part, ...]:
    """The choices as numbered lines and how to answer: below the text if there is room, else after it."""
    titles = (shortened(choice.title, LONGEST_LINE) for choice in choices)
    lines = [Block(led(f"{number}. ", title, words.direction), ending=LINE) for number, title in enumerate(titles, 1)]
    lines[-1] = Block(lines[-1].text)
    question = (*lines, Block(isolated(words.answer_with_number, words.direction)))
    texts = packed((*blocks, *question), LONGEST_TEXT)
    if len(texts) > 1:
        texts = [blocks, *packed(question, LONGEST_TEXT)]
    payloads = tuple(choice.payload for choice in choices)
    return (*(_text(joined(text)) for text in texts[:-1]), _text(joined(texts[-1]), payloads))
