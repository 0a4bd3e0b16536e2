"""The slips with one-time codes that a teacher prints and hands out, each in the member's language; and the way into a Telegram group."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy.orm import Session

from bot.console.pages.link_code import Way
from bot.content import Library
from bot.content.composed import shown
from bot.content.languages import Language
from bot.content.lines import moment
from bot.conversations.traffic.addresses import addresses
from bot.courses.in_language import NORWEGIAN
from bot.plans.qr import link_address, qr_svg

WORDS = ("title", "open", "write", "until", "secret", "help")
TELEGRAM, PRIVATE, GROUP = "telegram", "?start=", "?startgroup="


@dataclass(frozen=True)
class SlipWords:
    """The words of a slip in one language."""

    language: Language
    title: str
    open: str
    write: str
    until: str
    secret: str
    help: str


@dataclass(frozen=True)
class Slip:
    """One person's code."""

    name: str
    code: str
    ways: tuple[Way, ...]
    words: tuple[SlipWords, ...]


def slip(session: Session, library: Library, public: str, name: str, language: str, code: str, until: dt.datetime) -> Slip:
    """A slip with a way into every messenger that is connected. Raises NoAddress where nobody knows the address of this chat."""
    address = link_address(public, code)
    ways = (Way("web", address, image(address)), *(Way(one, where, image(where)) for one, where in addresses(session, code).items()))
    return Slip(name, code, ways, slip_words(library, language, until))


def slip_words(library: Library, language: str, until: dt.datetime) -> tuple[SlipWords, ...]:
    """In the member's language, where it is written, and in Norwegian, for who helps."""
    wanted = dict.fromkeys((language, library.languages.source.code))
    there = [code for code in wanted if code in library.languages and _is_written(library, code)]
    there = there[:1] if language in NORWEGIAN else there
    return tuple(_words(library, code, until) for code in there)


def group_way(session: Session, code: str) -> Way | None:
    """The address that puts the assistant into a Telegram group with the code; None where Telegram is not connected."""
    known = addresses(session, code).get(TELEGRAM)
    if known is None or PRIVATE not in known:
        return None
    address = known.replace(PRIVATE, GROUP)
    return Way(TELEGRAM, address, image(address))


def image(address: str) -> str:
    """An address as a picture."""
    return f"data:image/svg+xml;charset=utf-8,{quote(qr_svg(address), safe='')}"


def _is_written(library: Library, code: str) -> bool:
    texts = library.phrases(code).texts
    return all(f"course_slip_{name}" in texts for name in WORDS)


def _words(library: Library, code: str, until: dt.datetime) -> SlipWords:
    language = library.languages[code]
    values = {"until": {"until": shown(library, language, moment(until))}}
    return SlipWords(language, **{name: library.phrase(f"course_slip_{name}", code, **values.get(name, {})) for name in WORDS})
