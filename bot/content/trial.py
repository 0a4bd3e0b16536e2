"""A library with something changed that no file says yet: for previews, and for checks before anything is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bot.content.checks import CHECKS
from bot.content.checks.line_starts import FORBIDDEN
from bot.content.errors import ContentError
from bot.content.facts import Facts, Known
from bot.content.languages import Languages
from bot.content.library import Library
from bot.content.topics import Topic, Wording

T = TypeVar("T")
OF_A_WORDING = ("places", "digits", "script", "length", "gaps", "glossary")
AMONG_ALL = ("buttons", "readability")  # two topics under one title; the mean of a language
OF_A_FACT = ("places", "length", "buttons")
Found = tuple[str, str, str]  # name of the check, file, what is wrong


class _Remembered(Facts):
    """Facts that compute each formula once a day: a preview asks for the same few some thousand times."""

    def __init__(self, facts: Facts) -> None:
        self._facts = dict(facts)  # checked already
        self._known: dict[tuple[str, dt.date], Known] = {}

    def on(self, fact_id: str, day: dt.date) -> Known:
        """What the fact says on a day. Raises KeyError for an unknown id."""
        if (fact_id, day) not in self._known:
            self._known[fact_id, day] = super().on(fact_id, day)
        return self._known[fact_id, day]


class Trial(Library):
    """Shares what a library has read. Looks at each file once, so it also stands still while a page is made.

    `wordings` and `facts` stand instead of those in the files; `topics` and `languages` narrow it (the source language stays in).
    """

    def __init__(
        self,
        library: Library,
        *,
        wordings: Mapping[tuple[str, str], Wording] | None = None,
        facts: Facts | None = None,
        topics: Collection[str] | None = None,
        languages: Collection[str] | None = None,
    ) -> None:
        super().__init__(library.data)
        self._kept, self._broken = library._kept, library._broken
        self._wordings, self._facts = dict(wordings or {}), _Remembered(facts) if facts is not None else None
        self._only_topics, self._only_languages = topics, languages
        self._seen: dict[str, Any] = {}

    @property
    def facts(self) -> Facts:
        """The facts of the trial, else those of the files."""
        return self._facts if self._facts is not None else self._once("", lambda: _Remembered(super(Trial, self).facts))

    @property
    def languages(self) -> Languages:
        """The languages it is narrowed to."""
        return self._once(" languages", self._languages)

    def topic_ids(self) -> list[str]:
        """The topics it is narrowed to."""
        return self._once(" topics", self._topic_ids)

    def topic(self, topic_id: str) -> Topic:
        """One topic, of all. Raises ContentError when there is none."""
        return self._once(f"topic {topic_id}", lambda: super(Trial, self).topic(topic_id))

    def wording(self, topic_id: str, language: str) -> Wording | None:
        """The wording of the trial, else that of the file."""
        if (topic_id, language) in self._wordings:
            return self._wordings[topic_id, language]
        return self._once(f"{topic_id} {language}", lambda: super(Trial, self).wording(topic_id, language))

    def _languages(self) -> Languages:
        found = super().languages
        only = self._only_languages
        return found if only is None else Languages({c: language for c, language in found.items() if language.source or c in only})

    def _topic_ids(self) -> list[str]:
        only = self._only_topics
        return [topic for topic in super().topic_ids() if only is None or topic in only]

    def _once(self, name: str, read: Callable[[], T]) -> T:
        if name not in self._seen:
            self._seen[name] = read()
        return self._seen[name]


def wording_problems(library: Library, topic: str, language: str, changed: Wording | None = None) -> list[Found]:
    """What the content checks say of a topic's text in a language, as it stands or as it would with `changed`."""
    wordings = {(topic, language): changed} if changed else {}
    near = Trial(library, wordings=wordings, languages=(language,), topics=(topic,))
    wide = Trial(library, wordings=wordings, languages=(language,))
    found = [(name, error) for name in OF_A_WORDING for error in CHECKS[name](near)]
    found += [(name, error) for name in AMONG_ALL for error in CHECKS[name](wide)]
    found += [("line_starts", error) for error in _line_starts(near.wording(topic, language))]
    # A changed source wording leaves its translations behind; that is shown before, and is no mistake of this text.
    return sorted({(name, str(error.file), error.problem) for name, error in found if Path(error.file).stem in (language, "topics")})


def fact_problems(library: Library, topics: Collection[str], changed: Facts | None = None) -> list[Found]:
    """What the content checks say of the topics a fact is used in, in all languages, as it stands or with `changed` facts."""
    trial = Trial(library, facts=changed, topics=topics)
    return sorted({(name, str(error.file), error.problem) for name in OF_A_FACT for error in CHECKS[name](trial)})


def new_problems(before: Collection[Found], after: Collection[Found]) -> list[Found]:
    """What is wrong after and was not before."""
    return [found for found in after if found not in before]


def _line_starts(wording: Wording | None) -> Iterator[ContentError]:
    for key, text in wording.texts.items() if wording else ():
        for found in FORBIDDEN.finditer(text):
            yield ContentError(wording.file, None, f"`{key}`: a line must not start with `{found.group(1)}:`. Put another word first.")  # type: ignore[union-attr]
