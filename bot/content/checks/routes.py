"""The rules of the route finder name facts that exist and codes that have a text, and every language has the same texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.content.checks.digits import digits_in
from bot.content.errors import ContentError, did_you_mean
from bot.content.library import Library
from bot.content.placeholders import places_in
from bot.content.yaml_file import LocatedDict, read_yaml

FACT_LISTS = ("facts", "facts_if_not", "always")
FACT_NAMES = ("fact", "years", "full_time", "longest", "extension")
CODES = {"next_step": "next_steps", "ask": "next_steps", "because": "because", "missing": "missing", "decides": "decides"}
BLOCKS = ("routes", "verdicts", "meanings", "decides", "because", "missing", "next_steps", "table")


def check(library: Library) -> Iterator[ContentError]:
    """Broken files, unknown facts, codes and routes without text; texts with digits; languages that differ from the source."""
    folder = library.data / "routes"
    if not folder.is_dir():
        return
    try:
        texts = read_yaml(folder / "texts" / f"{library.languages.source.code}.yml")
        for file in (*sorted(folder.glob("*.yml")), *sorted((folder / "shared").glob("*.yml"))):
            yield from _names(read_yaml(file), file, library, texts)
            if file.parent == folder and file.stem not in texts.get("routes", ()):
                yield ContentError(
                    file, None, f"The route has no name and sentence below `routes:` in texts/{library.languages.source.code}.yml."
                )
        for file in sorted((folder / "texts").glob("*.yml")):
            yield from _language(read_yaml(file), file, texts, library)
    except ContentError as error:
        yield error


def _names(entry: Any, file: Path, library: Library, texts: Mapping[str, Any], line: int | None = None) -> Iterator[ContentError]:
    for key, value in entry.items():
        where = entry.lines.get(key, line) if isinstance(entry, LocatedDict) else line
        named = value if key in FACT_LISTS else [value] if key in FACT_NAMES else []
        for fact in named:
            if isinstance(fact, str) and fact not in library.facts:
                yield ContentError(file, where, f"`{fact}` is no fact.{did_you_mean(fact, library.facts)}")
        block = CODES.get(key)
        if block and isinstance(value, str) and value not in texts.get(block, ()):
            yield ContentError(file, where, f"`{value}` has no text below `{block}:`.{did_you_mean(value, texts.get(block, ()))}")
        if key == "unsure" and isinstance(value, dict):
            value = {answer: {"missing": code} for answer, code in value.items()}
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from _names(part, file, library, texts, where)


def _language(entry: LocatedDict, file: Path, source: LocatedDict, library: Library) -> Iterator[ContentError]:
    if entry.get("language") != file.stem or file.stem not in library.languages:
        yield ContentError(file, 1, f"The file needs `language: {file.stem}`, one of data/languages.yml.")
    for block in BLOCKS:
        here, there = _flat(entry.get(block)), _flat(source.get(block))
        for code in sorted(there.keys() - here.keys()):
            yield ContentError(file, entry.lines.get(block), f"`{block}` lacks `{code}`. Write it.")
        for code, text in here.items():
            line = getattr(entry.get(block), "lines", {}).get(code.split("/")[0])
            if code not in there:
                yield ContentError(file, line, f"`{code}` is not known below `{block}`.{did_you_mean(code, there)}")
            elif sorted(places_in(text)) != sorted(places_in(there[code])):
                yield ContentError(file, line, f"`{code}` needs the places {', '.join(places_in(there[code])) or 'none'} of the source.")
            if digits := digits_in(text, ()):
                yield ContentError(file, line, f"`{code}` has the digits {', '.join(digits)}. A number comes from a {{place}}.")


def _flat(block: Any) -> dict[str, str]:
    texts: dict[str, str] = {}
    for code, value in (block or {}).items():
        if isinstance(value, Mapping):
            texts |= {f"{code}/{part}": str(text or "") for part, text in value.items()}
        else:
            texts[code] = str(value or "")
    return {code: text for code, text in texts.items() if text.strip()}
