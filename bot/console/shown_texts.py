"""A topic's texts as a participant would see them today, beside what stands in the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.content import Library, Reader, Said, answer
from bot.content.checks.readability import MEASURED, lix
from bot.content.facts import Known
from bot.content.placeholders import show_value
from bot.content.selection import LONGEST_ANSWER, Part, title_of
from bot.content.topics import Wording
from bot.content.trial import Found, Trial
from bot.desk.wording_changes import problems_of, source_of, trial_wording

PARTS: Mapping[str, Part] = {"answer": "answer", "simpler": "simpler", "story": "story"}


@dataclass(frozen=True)
class ShownText:
    """One part of a topic in one language: as written, and as said today (None for a title, which is said on buttons)."""

    part: str
    written: str
    said: Said | None


@dataclass(frozen=True)
class Checked:
    """What the checks say of texts that are not stored yet, how they would look, how long and how easy to read they are."""

    problems: list[Found]
    shown: list[ShownText]
    title: str
    length: int
    longest: int
    lix: float | None


def shown_texts(library: Library, topic: str, language: str, today: dt.date) -> list[ShownText]:
    """Answer, simpler answer, story and local additions of a topic, those that are written."""
    wording = library.wording(topic, language)
    texts = {part: (wording.texts.get(part, "") if wording else "") for part in ("answer", "simpler", "story")}
    shown = [
        ShownText(part, text, answer(library, topic, Reader(language), today, PARTS[part]))
        for part, text in texts.items()
        if text or part == "answer"
    ]
    for place, text in (wording.local if wording else {}).items():
        shown.append(ShownText(f"local.{place}", text, answer(library, topic, Reader(language, place), today)))
    return shown


def checked(library: Library, topic: str, language: str, texts: Mapping[str, str], today: dt.date) -> Checked:
    """New texts under the content checks, and as a participant would see them if they were published."""
    source = source_of(library, topic)
    changed = trial_wording(library, topic, language, texts)
    # For the preview the text counts as made from the Norwegian one of today, else it would hide behind a note.
    fresh = replace(changed, based_on=source.fingerprint if source and source.language != language else changed.based_on)
    trial = Trial(library, wordings={(topic, language): fresh})
    shown = [one for one in shown_texts(trial, topic, language, today) if not one.part.startswith("local.")]
    whole = len(shown[0].said.text) if shown[0].said else len(changed.answer)
    easy = lix(changed.answer) if language in MEASURED else None
    return Checked(problems_of(library, topic, language, texts), shown, title_of(trial, topic, language), whole, LONGEST_ANSWER, easy)


def shown_value(library: Library, known: Known, language: str) -> str:
    """A fact's value as a language writes it; a true or false stays for the page to say."""
    if known.value is None or isinstance(known.value, bool):
        return ""
    return show_value(known.value, known.fact.unit, library.languages[language])


def written_texts(wording: Wording | None) -> Mapping[str, str]:
    """The texts of a wording, or none."""
    return wording.texts if wording else {}
