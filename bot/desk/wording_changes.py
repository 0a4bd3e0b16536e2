"""A better wording: what it would look like, whether the checks pass, which translations it leaves behind, and what is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bot.content import Library
from bot.content.editing import clean, edited_wording
from bot.content.states import State, state_of
from bot.content.topics import Wording
from bot.content.trial import Found, new_problems, wording_problems
from bot.content.writing import Edit, edit_of, one_writer, text_of
from bot.desk.access import require
from bot.desk.audit import record
from bot.desk.colleagues import Colleague
from bot.desk.problems import FieldMissing
from bot.desk.proposals import (
    WORDING,
    Change,
    NoSuchText,
    NothingChanged,
    TextChanged,
    Transaction,
    files_readable,
    log_edit,
    write,
)
from bot.plans.checks import check_no_national_number
from bot.storage.desk_tables import TextProposal

KEYS = ("title", "answer", "simpler", "story")
NEEDED = ("title", "answer", "simpler")
UNREAD: dict[str, str | None] = {"status": "draft", "reviewed_by": None, "reviewed_on": None}


def source_of(library: Library, topic: str) -> Wording | None:
    """The Norwegian wording that translations are made from."""
    return library.wording(topic, library.languages.source.code)


def known_text(library: Library, topic: str, language: str) -> None:
    """Raises NoSuchText for a topic or a language there is not."""
    if not library.has_topic(topic) or language not in library.languages:
        raise NoSuchText


def text_now(library: Library, topic: str, language: str) -> dict[str, str]:
    """The texts of a wording that can be proposed anew; story and local additions where the source or the wording has them."""
    wording, source = library.wording(topic, language), source_of(library, topic)
    keys = [key for key in KEYS if key != "story" or any(one and one.story for one in (wording, source))]
    keys += [f"local.{place}" for place in dict.fromkeys((*(source.local if source else ()), *(wording.local if wording else ())))]
    return {key: (wording.texts.get(key, "") if wording else "") for key in keys}


def given_texts(now: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What a form says, as a file can hold it; a title on one line."""
    cleaned = {key: clean(given.get(key, text)) for key, text in now.items()}
    return {key: " ".join(text.split()) if key == "title" else text for key, text in cleaned.items()}


def trial_wording(library: Library, topic: str, language: str, texts: Mapping[str, str], *, based_on: str | None = None) -> Wording:
    """The wording as it would be; unread again, because what a reader read were other words."""
    wording = library.wording(topic, language) or _empty(library, topic, language)
    return replace(
        wording,
        title=texts.get("title", wording.title),
        answer=texts.get("answer", wording.answer),
        simpler=texts.get("simpler", wording.simpler),
        story=texts.get("story", wording.story),
        local={**wording.local, **{key.removeprefix("local."): text for key, text in texts.items() if key.startswith("local.") and text}},
        status="draft",
        reviewed_by="",
        based_on=wording.based_on if based_on is None else based_on,
    )


def problems_of(library: Library, topic: str, language: str, texts: Mapping[str, str]) -> list[Found]:
    """What the content checks would find in the new texts that they do not find today."""
    changed = trial_wording(library, topic, language, texts)
    return new_problems(wording_problems(library, topic, language), wording_problems(library, topic, language, changed))


def left_behind(library: Library, topic: str, language: str, texts: Mapping[str, str]) -> list[str]:
    """The languages whose text would count as outdated, because it is made from the Norwegian text as it stands now."""
    source = source_of(library, topic)
    if source is None or language != source.language:
        return []
    changed = trial_wording(library, topic, language, texts)
    if changed.fingerprint == source.fingerprint:
        return []
    others = ((other.code, library.wording(topic, other.code)) for other in library.languages.offered if other.code != language)
    return [code for code, wording in others if wording and wording.answer and wording.based_on == source.fingerprint]


def proposal_for(
    library: Library,
    who: Colleague,
    topic: str,
    language: str,
    texts: Mapping[str, str],
    why: str,
    now: dt.datetime,
    *,
    adapted: bool = False,
    same_meaning: bool = False,
) -> TextProposal:
    """A proposal of new texts, not stored yet. Raises NoSuchText, FieldMissing, NothingChanged, HoldsNationalNumber.

    `adapted`: a translation that says what the Norwegian text says now. `same_meaning`: a Norwegian text in other words, so that its
    translations still say the same.
    """
    known_text(library, topic, language)
    old = text_now(library, topic, language)
    new = given_texts(old, texts)
    for key, text in new.items():
        if not text and (key in NEEDED or old[key]):
            raise FieldMissing(field=f"text_{key.split('.')[0]}")
        check_no_national_number(key, text)
    changed = [key for key in new if new[key] != old[key]]
    source, wording = source_of(library, topic), library.wording(topic, language)
    is_source = source is not None and source.language == language
    stamp = source.fingerprint if source and not is_source and (adapted or wording is None or not wording.based_on) else ""
    if not changed and (not stamp or (wording and wording.based_on == stamp)):
        raise NothingChanged
    return TextProposal(
        kind=WORDING,
        name=topic,
        language=language,
        before={"texts": {key: old[key] for key in changed}, "fingerprint": source.fingerprint if source else ""},
        after={"texts": {key: new[key] for key in changed}, "based_on": stamp, "same_meaning": same_meaning and is_source},
        why=why,
        made_by=who.id,
        made_at=now,
    )


def conflict(library: Library, row: TextProposal) -> bool:
    """Whether the text was changed to something else since the proposal was made."""
    now = text_now(library, row.name, row.language) if library.has_topic(row.name) else {}
    before, after = row.before["texts"], row.after["texts"]
    return any(now.get(key) not in (before[key], after[key]) for key in after)


def change_of(library: Library, row: TextProposal) -> Change:
    """What publishing a proposal does to the files. Raises TextChanged, NoSuchText."""
    known_text(library, row.name, row.language)
    if conflict(library, row):
        raise TextChanged
    texts, based_on = row.after["texts"], row.after["based_on"]
    wording = library.wording(row.name, row.language)
    changes: dict[str, str | None] = {**texts, **({"based_on": based_on} if based_on else {})}
    if wording is None or (texts and (wording.status != "draft" or wording.reviewed_by)):
        changes = {**changes, **UNREAD}
    changed = trial_wording(library, row.name, row.language, texts, based_on=based_on or None)
    edits = [_edit(library, row.name, row.language, changes)]
    if row.after["same_meaning"]:
        edits += _stamps(library, row.name, row.before["fingerprint"], changed.fingerprint)

    def holds() -> bool:
        found = library.wording(row.name, row.language)
        said = found is not None and all(found.texts.get(key, "") == text for key, text in texts.items())
        return said and (not based_on or found is not None and found.based_on == based_on)

    return Change(
        tuple(edits),
        lambda: wording_problems(library, row.name, row.language, changed),
        lambda: wording_problems(library, row.name, row.language),
        holds,
    )


def mark_read(
    transaction: Transaction, library: Library, who: Colleague, topic: str, language: str, reader: str, words: str, now: dt.datetime
) -> None:
    """Notes that a native speaker has read a text. `words`: the fingerprint of what was read; other words by now are not marked.

    Raises TextChanged, FieldMissing, NoSuchText, NotAllowed.
    """
    require(who, "texts", "publish")
    known_text(library, topic, language)
    reader = " ".join(clean(reader).split())[:80]
    if not reader:
        raise FieldMissing(field="text_reader")
    check_no_national_number("text_reader", reader)
    with files_readable(), one_writer(library.data):
        wording = library.wording(topic, language)
        if (
            wording is None
            or state_of(wording, source_of(library, topic)) in (State.MISSING, State.OUTDATED)
            or wording.fingerprint != words
        ):
            raise TextChanged
        edit = _edit(library, topic, language, {"status": "reviewed", "reviewed_by": reader, "reviewed_on": now.date().isoformat()})
        entry = {"at": now.isoformat(timespec="seconds"), "kind": "read", "name": topic, "language": language, "words": words}
        log = log_edit(library, language, {**entry, "read_by": reader, "noted_by": who.name})

        def standing() -> list[Found]:
            return wording_problems(library, topic, language)

        def holds() -> bool:
            found = library.wording(topic, language)
            return found is not None and found.reviewed_by == reader and found.fingerprint == words

        def finish() -> None:
            with transaction() as session:
                record(session, who, "read_by_speaker", WORDING, f"{topic}/{language}", words=words)

        write(Change((edit,), standing, standing, holds), log, finish)


def _edit(library: Library, topic: str, language: str, changes: Mapping[str, str | None]) -> Edit:
    file: Path = library.data / "topics" / topic / f"{language}.yml"
    before = text_of(file) if file.exists() else None
    return edit_of(file, edited_wording(before or f"language: {language}\n", changes, file), before)


def _stamps(library: Library, topic: str, old: str, new: str) -> list[Edit]:
    """The translations made from the old Norwegian words are noted as made from the new ones, which mean the same."""
    wordings = (library.wording(topic, language.code) for language in library.languages.values() if not language.source)
    return [_edit(library, topic, one.language, {"based_on": new}) for one in wordings if one and one.answer and one.based_on == old]


def _empty(library: Library, topic: str, language: str) -> Wording:
    file = library.data / "topics" / topic / f"{language}.yml"
    return Wording(topic, language, "", "", "", "", {}, (), "", "draft", "", file)
