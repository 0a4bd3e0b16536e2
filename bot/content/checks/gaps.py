"""What is not written yet is listed in data/known_gaps.yml, and the list may only shrink."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError
from bot.content.library import Library
from bot.content.states import State, state_of
from bot.content.yaml_file import read_yaml


def check(library: Library) -> Iterator[ContentError]:
    """Gaps that are not listed, listed gaps that are filled, parts of an answer and phrases missing in a language."""
    file = library.data / "known_gaps.yml"
    listed = known_gaps(library)
    open_gaps = all_gaps(library)
    for topic_id, languages in sorted(open_gaps.items()):
        for language in sorted(languages - listed.get(topic_id, set())):
            where = library.data / "topics" / topic_id / f"{language}.yml"
            yield ContentError(where, None, "This answer is missing. Write it; the list of known gaps may only shrink.")
    for topic_id, languages in sorted(listed.items()):
        for language in sorted(languages - open_gaps.get(topic_id, set())):
            yield ContentError(file, None, f"{topic_id} in {language} is written now. Take it off the list.")
    yield from _missing_parts(library)
    yield from _missing_phrases(library)


def all_gaps(library: Library) -> dict[str, set[str]]:
    """Topics without a speakable answer, each with the offered languages that lack it."""
    source, gaps = library.languages.source.code, {}
    for topic in library.topics():
        original = library.wording(topic.id, source)
        states = {lang.code: state_of(library.wording(topic.id, lang.code), original) for lang in library.languages.offered}
        lacking = {code for code, state in states.items() if state in (State.MISSING, State.OUTDATED)}
        if lacking:
            gaps[topic.id] = lacking
    return gaps


def known_gaps(library: Library) -> dict[str, set[str]]:
    """The listed gaps: topic to languages; `all` stands for every offered language."""
    file = library.data / "known_gaps.yml"
    if not file.exists():
        return {}
    everyone = {language.code for language in library.languages.offered}
    gaps = read_yaml(file).get("gaps") or {}
    return {topic: everyone if rows == "all" else set(rows) for topic, rows in gaps.items()}


def _missing_parts(library: Library) -> Iterator[ContentError]:
    source = library.languages.source.code
    for topic, wording in all_wordings(library):
        original = library.wording(topic.id, source)
        if original is None or not original.answer or not wording.answer:
            continue
        for key, text in original.texts.items():
            if text and not wording.texts.get(key):
                yield ContentError(wording.file, None, f"`{key}` is missing; the source wording has one. Write it.")


def _missing_phrases(library: Library) -> Iterator[ContentError]:
    wanted = set(library.phrases(library.languages.source.code).texts)
    for language in library.languages.offered:
        file = library.data / "phrases" / f"{language.code}.yml"
        if not file.exists():
            yield ContentError(file, None, "This language has no phrases. Copy the keys of the source file and write them.")
            continue
        for key in sorted(wanted - set(library.phrases(language.code).texts)):
            yield ContentError(file, None, f"The phrase `{key}` is missing. Write it.")
