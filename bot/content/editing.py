"""Writes one text or one fact back into its YAML file; every other line stays byte for byte.

No YAML library writes a file again as somebody laid it out, so only the lines of the one key are made anew. Whatever a file looks like,
the result is read again before it is handed back: the key says what it should and nothing else has changed, or ContentError.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.content.errors import ContentError
from bot.content.yaml_file import LocatedDict, parse_yaml

LINE = re.compile(r"[^\n]*\n|[^\n]+")
LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
BLOCKS = frozenset({"answer", "simpler", "story", "examples"})
WORDING_ORDER = "language title status reviewed_by reviewed_on based_on answer simpler story local examples".split()
FACT_ORDER = "says value values formula round unit valid_from valid_to review_by source checked_on confidence rule scope note".split()
BLOCK_HEAD = re.compile(r"[ ]*\w+:[ ]+\|[-+]?[ ]*(#.*)?$")
SCALAR = re.compile(r"""(?P<head>[ ]*\w+:[ ]+)(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^#\n]*?)(?P<rest>[ ]+\#[^\r\n]*)?\r?\n?$""")
ROW = re.compile(r"(?P<head>[ ]*-[ ]+)\{[^{}]*\}(?P<rest>[ ]*(#[^\r\n]*)?)\r?\n?$")
BY_HAND = "This file is laid out in a way that cannot be changed here. Change it by hand."
Span = tuple[int, int]
Lines = list[str]


def clean(text: str) -> str:
    """A text as a file can hold it: line feeds only, no control characters, no blanks at the ends of lines or of the text."""
    lines = LINE_BREAKS.sub("\n", text).replace("\t", " ").split("\n")
    return "\n".join("".join(filter(_printable, line)).rstrip() for line in lines).strip()


def edited_wording(text: str, changes: Mapping[str, str | None], file: Path) -> str:
    """The text of a wording's file with some keys changed; None takes a key out. Raises ContentError when the file is laid out strangely.

    `answer`, `simpler`, `story` and `local.<place>` become blocks, other keys one quoted line. A key that is new stands in its usual place.
    """
    lines, before = LINE.findall(text), parse_yaml(text, file)
    for key, value in changes.items():
        if key.startswith("local."):
            _put_local(lines, key.removeprefix("local."), clean(value or ""))
            continue
        span = _span(lines, 0, len(lines), 0, key)
        if value is None:
            lines[slice(*(span or (0, 0)))] = []
            continue
        made = _block(lines, span, key, clean(value)) if key in BLOCKS else _scalar(lines, span, key, " ".join(clean(value).split()), 0)
        _put(lines, span, made, (0, len(lines)), 0, WORDING_ORDER, key)
    result = "".join(lines)
    if _flat(_read_again(result, file)) != _changed(_flat(before), changes):
        raise ContentError(file, before.lines.get(next(iter(changes), "")), BY_HAND)
    return result


def fact_entry(text: str, fact_id: str, file: Path) -> str:
    """The lines of one fact as they stand in its file. Raises ContentError."""
    lines = LINE.findall(text)
    return "".join(lines[slice(*_entry_span(lines, text, fact_id, file))])


def with_fact_entry(text: str, fact_id: str, entry: str, file: Path) -> str:
    """The file with the lines of one fact replaced; the other facts are as they were. Raises ContentError."""
    lines = LINE.findall(text)
    lines[slice(*_entry_span(lines, text, fact_id, file))] = LINE.findall(entry)
    result = "".join(lines)
    before, after = parse_yaml(text, file)["facts"], _read_again(result, file).get("facts") or {}
    if before.keys() != after.keys() or any(before[key] != after[key] for key in before if key != fact_id):
        raise ContentError(file, None, BY_HAND)
    return result


def edited_fact(text: str, fact_id: str, changes: Mapping[str, Any], file: Path) -> str:
    """The text of a facts file with some keys of one fact changed; None takes a key out. Raises ContentError.

    A value is what YAML reads (number, text, day, true or false); `values` is a list of rows {value, valid_from?, valid_to?}. Rows
    that stay keep their line. A `value` that becomes `values` changes its form where it stands.
    """
    lines = LINE.findall(text)
    first, last = _entry_span(lines, text, fact_id, file)
    before: LocatedDict = parse_yaml(text, file)["facts"][fact_id]
    entry = lines[first:last]
    indent = _indent(next((line for line in entry[1:] if line.strip() and not line.lstrip().startswith("#")), ""))
    if len(entry) < 2 or not indent:
        raise ContentError(file, first + 1, BY_HAND)
    for key, value in changes.items():
        span = _span(entry, 1, len(entry), indent, key)
        if key == "values" and value is not None:
            span = span or _span(entry, 1, len(entry), indent, "value")
            made = _rows(entry, span, value, before.get("values") or [], indent, file)
        elif value is not None:
            made = _scalar(entry, span, key, value, indent)
        else:
            # What `values` took the place of is gone already.
            entry[slice(*(span or (1, 1)))] = []
            continue
        _put(entry, span, made, (1, len(entry)), indent, FACT_ORDER, key)
    result = with_fact_entry(text, fact_id, "".join(entry), file)
    wanted = {key: value for key, value in {**before, **changes}.items() if value is not None}
    if _read_again(result, file)["facts"][fact_id] != wanted:
        raise ContentError(file, first + 1, BY_HAND)
    return result


def written(value: Any) -> str:
    """A value as YAML reads it back: text in double quotes, days and numbers bare."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return value.isoformat() if isinstance(value, dt.date) else json.dumps(value, ensure_ascii=False)


def _read_again(text: str, file: Path) -> LocatedDict:
    try:
        return parse_yaml(text, file)
    except ContentError as error:
        raise ContentError(file, error.line, BY_HAND) from error


def _printable(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category not in ("Cc", "Cs", "Cn", "Co") and letter != "\ufeff"


def _flat(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says, without the blanks around texts; local additions as local.<place>."""
    local = {f"local.{place}": text for place, text in (entry.get("local") or {}).items()}
    said = {**{key: value for key, value in entry.items() if key != "local"}, **local}
    return {key: str(value).strip() if isinstance(value, (str, dt.date)) else value for key, value in said.items()}


def _changed(before: Mapping[str, Any], changes: Mapping[str, str | None]) -> dict[str, Any]:
    block = (*BLOCKS, "local")
    new = {k: v if v is None else clean(v) if k.split(".")[0] in block else " ".join(clean(v).split()) for k, v in changes.items()}
    return {key: value for key, value in {**before, **new}.items() if value is not None}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _ending(lines: Sequence[str]) -> str:
    return "\r\n" if any(line.endswith("\r\n") for line in lines) else "\n"


def _span(lines: Lines, first: int, last: int, indent: int, key: str) -> Span | None:
    """From the line of a key to the last line of its value that is not blank; list rows may stand as far left as their key."""
    start = re.compile(rf"[ ]{{{indent}}}{re.escape(key)}[ ]*:(?:[ ]|\r?\n?$)")
    at = next((number for number in range(first, last) if start.match(lines[number])), None)
    if at is None:
        return None
    end = at + 1
    for number in range(at + 1, last):
        line = lines[number]
        row = _indent(line) == indent and line.lstrip().startswith("- ")
        if line.strip() and _indent(line) <= indent and not row:
            break
        end = number + 1 if line.strip() else end
    return at, end


def _entry_span(lines: Lines, text: str, fact_id: str, file: Path) -> Span:
    facts = parse_yaml(text, file).get("facts")
    if not isinstance(facts, LocatedDict) or fact_id not in facts:
        raise ContentError(file, None, f"There is no fact `{fact_id}` in this file any more.")
    at = facts.lines[fact_id] - 1
    span = _span(lines, at, len(lines), _indent(lines[at]), fact_id)
    if span is None:
        raise ContentError(file, at + 1, BY_HAND)
    return span


def _put_local(lines: Lines, place: str, text: str) -> None:
    """A municipality's addition, below `local:`."""
    around = _span(lines, 0, len(lines), 0, "local")
    if around is None:
        _put(lines, None, [f"local:{_ending(lines)}"], (0, len(lines)), 0, WORDING_ORDER, "local")
        around = _span(lines, 0, len(lines), 0, "local") or (0, 0)
    first, last = around[0] + 1, around[1]
    indent = next((_indent(line) for line in lines[first:last] if line.strip()), 2)
    span = _span(lines, first, last, indent, place)
    _put(lines, span or (last, last), _block(lines, span, place, text, indent), (first, last), indent, (), place)


def _block(lines: Lines, span: Span | None, key: str, text: str, outer: int = 0) -> Lines:
    ending, old = _ending(lines), lines[slice(*(span or (0, 0)))]
    head = old[0].rstrip("\r\n") if old and BLOCK_HEAD.match(old[0].rstrip("\r\n")) else f"{' ' * outer}{key}: |"
    indent = next((_indent(line) for line in old[1:] if line.strip()), 0) or outer + 2
    return [head + ending, *((f"{' ' * indent}{line}" if line else "") + ending for line in text.split("\n"))]


def _scalar(lines: Lines, span: Span | None, key: str, value: Any, indent: int) -> Lines:
    old = SCALAR.match(lines[span[0]]) if span else None
    head, rest = (old["head"], old["rest"] or "") if old else (f"{' ' * indent}{key}: ", "")
    # Codes stand bare, as everybody writes them by hand.
    bare = key in ("status", "confidence") or (key == "language" and value.isalpha())
    return [f"{head}{value if bare else written(value)}{rest}{_ending(lines)}"]


def _rows(entry: Lines, span: Span | None, rows: Sequence[Mapping[str, Any]], before: Sequence[Any], indent: int, file: Path) -> Lines:
    old = entry[slice(*span)] if span else []
    old_rows = [line for line in old[1:] if line.strip()] if before else []
    if before and (len(old_rows) != len(before) or not all(ROW.match(line) for line in old_rows)):
        raise ContentError(file, None, BY_HAND)
    head = (ROW.match(old_rows[0]) or {"head": ""})["head"] if old_rows else f"{' ' * indent}- "
    made = [old[0] if before else f"{' ' * indent}values:{_ending(entry)}"]
    for number, row in enumerate(rows):
        same = next((line for line, was in zip(old_rows, before) if was == row), None)  # noqa: B905 - Python 3.10 reads this too
        comment = ROW.match(old_rows[number])["rest"] if number < len(old_rows) else ""  # type: ignore[index]
        made.append(same or f"{head}{{{', '.join(f'{key}: {written(value)}' for key, value in row.items())}}}{comment}{_ending(entry)}")
    return made


def _put(lines: Lines, span: Span | None, made: Lines, within: Span, indent: int, order: Sequence[str], key: str) -> None:
    """Puts lines in place of others, or behind the last key that stands before theirs by custom."""
    if span is None:
        earlier = order[: order.index(key)] if key in order else order
        spans = [found for name in earlier if (found := _span(lines, *within, indent, name))]
        at = max((end for _, end in spans), default=within[0])
        span = (at, at)
    if span[0] and not lines[span[0] - 1].endswith("\n"):
        lines[span[0] - 1] += _ending(lines)
    lines[slice(*span)] = made
