"""Reviewed phrases with fields, as an advisor sends them: data/replies.yml says which, data/phrases how each language says them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.content import ContentError, Library
from bot.content.lines import Line, day, line, moment, words
from bot.content.yaml_file import read_yaml
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.desk.problems import FieldMissing, TextTooLong
from bot.plans.checks import check_no_national_number
from bot.plans.moments import NORWAY

Given = Mapping[str, str]
KINDS = ("day", "moment", "words", "language")
LONGEST_FIELD = 200


@dataclass(frozen=True)
class Reply:
    """One phrase: its key, its group, and the kind of each field; `own` fields are filled in by themselves."""

    key: str
    group: str
    fields: Mapping[str, str]
    own: Mapping[str, str]


def replies(library: Library) -> dict[str, Reply]:
    """All phrases advisors can send, in the order of the file. Raises ContentError."""
    file = library.data / "replies.yml"
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(file: Path, changed: int) -> dict[str, Reply]:
    found: dict[str, Reply] = {}
    for group, phrases in read_yaml(file)["groups"].items():
        for key, fields in phrases.items():
            own = {name: kind[1:] for name, kind in fields.items() if kind.startswith("=")}
            asked = {name: kind for name, kind in fields.items() if name not in own}
            for name, kind in asked.items():
                if kind not in KINDS:
                    raise ContentError(file, 1, f"`{kind}` of {key}.{name} is no kind of field; there are {', '.join(KINDS)}.")
            found[key] = Reply(key, group, asked, own)
    return found


def reply_message(library: Library, key: str, language: str, given: Given, own: Given, by: str) -> SaidMessage:
    """A phrase with its fields filled in, in a language and in Norwegian.

    `own`: the advisor's name and municipality. Raises FieldMissing with the field's name, TextTooLong, or HoldsNationalNumber.
    """
    reply = replies(library).get(key)
    if reply is None:
        raise FieldMissing(field="reply")
    values = {name: _value(library, name, kind, given.get(name, "").strip()) for name, kind in reply.fields.items()}
    values |= {name: _own(library, name, source, own) for name, source in reply.own.items()}
    said = composed(library, key, language, [line(key, **values)])
    return SaidMessage(said.text, said.language, said.direction, key, norwegian=said.norwegian, author="advisor", by=by)


def _value(library: Library, name: str, kind: str, given: str) -> Any:
    if not given:
        raise FieldMissing(field=name)
    try:
        if kind == "day":
            return day(dt.date.fromisoformat(given))
        if kind == "moment":
            when = dt.datetime.fromisoformat(given)
            return moment(when if when.tzinfo else when.replace(tzinfo=NORWAY))
    except ValueError:
        raise FieldMissing(field=name) from None
    if kind == "language":
        if given not in library.languages:
            raise FieldMissing(field=name)
        return words(library.languages[given].name)
    return _words(name, given)


def _words(name: str, given: str) -> Line:
    if len(given) > LONGEST_FIELD:
        raise TextTooLong(limit=str(LONGEST_FIELD))
    check_no_national_number(name, given)
    return words(given)


def _own(library: Library, name: str, source: str, own: Given) -> Line:
    kind, _, fact = source.partition(" ")
    if kind == "fact":
        return {"fact": fact}
    if not own.get(kind):
        raise FieldMissing(field=name)
    return words(own[kind])
