"""A new value of a fact: what a form says, what the entry becomes, what people would read, and what is written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from bot.content import ContentError, Library
from bot.content.editing import clean, edited_fact, fact_entry, with_fact_entry
from bot.content.effects import topics_with
from bot.content.facts import Confidence, Fact, Facts, Value, fact_from
from bot.content.trial import Found, fact_problems, new_problems
from bot.content.writing import edit_of, text_of
from bot.content.yaml_file import LocatedDict, parse_yaml
from bot.desk.colleagues import Colleague
from bot.desk.problems import DeskProblem, FieldMissing, TextTooLong
from bot.desk.proposals import FACT, Change, ChecksFailed, NoSuchText, NothingChanged, TextChanged
from bot.plans.checks import check_no_national_number
from bot.storage.desk_tables import TextProposal

NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
BLANKS = re.compile(r"[\s\u00a0\u202f]")
LONGEST_VALUE = 200
A_DAY = dt.timedelta(days=1)


class DatesContradict(DeskProblem):
    """Days that cannot be together: `field` says which one."""

    key = "fact_dates"


@dataclass(frozen=True)
class NewValue:
    """What a form says about a fact. A formula has no value of its own (None) and no first or last day."""

    value: Value | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    review_by: dt.date | None
    checked_on: dt.date
    confidence: Confidence


def known_fact(library: Library, fact_id: str) -> Fact:
    """One fact. Raises NoSuchText."""
    if fact_id not in library.facts:
        raise NoSuchText
    return library.facts[fact_id]


def value_now(fact: Fact, today: dt.date) -> NewValue:
    """What the form begins with: the value that holds today, else the last one written."""
    row = next((dated for dated in fact.values if dated.holds_on(today)), fact.values[-1] if fact.values else None)
    value, first, last = (row.value, row.valid_from, row.valid_to) if row else (None, None, None)
    return NewValue(value, first, last, fact.review_by, fact.checked_on, fact.confidence)


def value_from(fact: Fact, given: Mapping[str, str], today: dt.date) -> NewValue:
    """What a form says. Raises FieldMissing with the field that is missing or cannot be read, and DatesContradict."""
    old = value_now(fact, today)
    value = old.value if fact.formula else _value(given.get("value", "").strip(), old.value)
    first, last, review = (_day(given, key) for key in ("valid_from", "valid_to", "review_by"))
    checked = _day(given, "checked_on")
    if checked is None:
        raise FieldMissing(field="fact_checked_on")
    if given.get("confidence") not in [one.value for one in Confidence]:
        raise FieldMissing(field="fact_confidence")
    if checked > today:
        raise DatesContradict(field="fact_checked_on")
    if first and last and last < first:
        raise DatesContradict(field="fact_valid_to")
    if review and review < checked:
        raise DatesContradict(field="fact_review_by")
    return NewValue(
        value, None if fact.formula else first, None if fact.formula else last, review, checked, Confidence(given["confidence"])
    )


def entry_with(library: Library, fact: Fact, new: NewValue, today: dt.date) -> str:
    """The lines of the fact's entry with the new value. Raises ContentError when the file is laid out strangely.

    A value that begins later stands beside the old one, which ends the day before; another value of the same first day replaces it.
    """
    text = text_of(fact.file)
    entry = _entry(text, fact)
    changes: dict[str, Any] = {"review_by": new.review_by, "checked_on": new.checked_on, "confidence": new.confidence.value}
    if "values" in entry:
        changes["values"] = _rows_with([dict(row) for row in entry["values"]], new)
    elif "value" in entry and _begins_later(entry, new):
        old = {key: entry[key] for key in ("value", "valid_from", "valid_to") if entry.get(key) is not None}
        changes |= {"values": _rows_with([old], new), "value": None, "valid_from": None, "valid_to": None}
    elif "value" in entry:
        changes |= {"value": new.value, "valid_from": new.valid_from, "valid_to": new.valid_to}
    changes = {key: value for key, value in changes.items() if value != entry.get(key)}
    return (
        fact_entry(edited_fact(text, fact.id, changes, fact.file), fact.id, fact.file) if changes else fact_entry(text, fact.id, fact.file)
    )


def facts_with(library: Library, fact_id: str, entry: str) -> Facts:
    """All facts as they would be with another entry, formulas included. Raises ContentError."""
    fact = known_fact(library, fact_id)
    text = with_fact_entry(text_of(fact.file), fact_id, entry, fact.file)
    changed = fact_from(fact_id, parse_yaml(text, fact.file)["facts"][fact_id], fact.file, fact.line)
    return Facts({**library.facts, fact_id: changed})


def problems_of(library: Library, fact_id: str, facts: Facts) -> list[Found]:
    """What the content checks would find in the texts that use the fact and do not find today."""
    topics = topics_with(library, fact_id)
    return new_problems(fact_problems(library, topics), fact_problems(library, topics, facts))


def proposal_for(library: Library, who: Colleague, fact: Fact, new: NewValue, why: str, now: dt.datetime, today: dt.date) -> TextProposal:
    """A proposal of a new value, not stored yet. Raises NothingChanged, ChecksFailed, ContentError."""
    before, after = fact_entry(text_of(fact.file), fact.id, fact.file), entry_with(library, fact, new, today)
    if before == after:
        raise NothingChanged
    if worse := problems_of(library, fact.id, facts_with(library, fact.id, after)):
        raise ChecksFailed(worse)
    old = value_now(fact, today)
    return TextProposal(
        kind=FACT,
        name=fact.id,
        language="",
        before={"entry": before, **_plain(old)},
        after={"entry": after, **_plain(new)},
        why=why,
        made_by=who.id,
        made_at=now,
    )


def conflict(library: Library, row: TextProposal) -> bool:
    """Whether the entry was changed to something else since the proposal was made."""
    if row.name not in library.facts:
        return True
    return entry_now(library, row.name) not in (row.before["entry"], row.after["entry"])


def entry_now(library: Library, fact_id: str) -> str:
    """The lines of the fact's entry as they stand. Raises NoSuchText, ContentError."""
    fact = known_fact(library, fact_id)
    return fact_entry(text_of(fact.file), fact_id, fact.file)


def change_of(library: Library, row: TextProposal) -> Change:
    """What publishing a proposal does to the file. Raises TextChanged, NoSuchText, ContentError."""
    fact = known_fact(library, row.name)
    if conflict(library, row):
        raise TextChanged
    text = text_of(fact.file)
    after = with_fact_entry(text, fact.id, row.after["entry"], fact.file)
    wanted, topics = facts_with(library, fact.id, row.after["entry"]), topics_with(library, fact.id)

    def holds() -> bool:
        return replace(library.facts[fact.id], line=0) == replace(wanted[fact.id], line=0)

    return Change(
        (edit_of(fact.file, after, text),),
        lambda: fact_problems(library, topics, wanted),
        lambda: fact_problems(library, topics),
        holds,
    )


def changed_fields(row: TextProposal) -> list[str]:
    """The names of what a proposal changes: value, valid_from, valid_to, review_by, checked_on, confidence."""
    return [name for name in (one.name for one in fields(NewValue)) if row.before.get(name) != row.after.get(name)]


def _plain(value: NewValue) -> dict[str, Any]:
    shown = {one.name: getattr(value, one.name) for one in fields(value)}
    return {
        name: each.isoformat() if isinstance(each, dt.date) else each.value if isinstance(each, Confidence) else each
        for name, each in shown.items()
    }


def _entry(text: str, fact: Fact) -> LocatedDict:
    entry = (parse_yaml(text, fact.file).get("facts") or {}).get(fact.id)
    if not isinstance(entry, LocatedDict):
        raise ContentError(fact.file, None, f"There is no fact `{fact.id}` in this file any more.")
    return entry


def _begins_later(entry: Mapping[str, Any], new: NewValue) -> bool:
    old = entry.get("valid_from")
    return new.valid_from is not None and new.value != entry["value"] and (old is None or new.valid_from > old)


def _rows_with(rows: list[dict[str, Any]], new: NewValue) -> list[dict[str, Any]]:
    """The rows with the new one in its place; the one before ends the day before, the new one ends before the next begins."""
    row = {"value": new.value, "valid_from": new.valid_from, "valid_to": new.valid_to}
    begins = new.valid_from or dt.date.min
    others = [one for one in rows if (one.get("valid_from") or dt.date.min) != begins]
    later = [one["valid_from"] for one in others if one.get("valid_from") and one["valid_from"] > begins]
    if later and (row["valid_to"] is None or row["valid_to"] >= min(later)):
        row["valid_to"] = min(later) - A_DAY
    for one in others:
        ends = one.get("valid_to")
        if (one.get("valid_from") or dt.date.min) < begins and (ends is None or ends >= begins):
            one["valid_to"] = begins - A_DAY
    all_rows = [*others, {key: value for key, value in row.items() if value is not None}]
    return sorted(all_rows, key=lambda one: one.get("valid_from") or dt.date.min)


def _value(given: str, like: Value | None) -> Value:
    """A value of the same kind as the one before; numbers as Norwegians write them. Raises FieldMissing, TextTooLong."""
    wrong = FieldMissing(field="fact_value")
    if isinstance(like, bool):
        if given not in ("yes", "no"):
            raise wrong
        return given == "yes"
    try:
        if isinstance(like, dt.date):
            return dt.date.fromisoformat(given)
        if isinstance(like, (int, float)):
            return _number(given)
        return _text(given, str(like or ""))
    except (ValueError, ZeroDivisionError):
        raise wrong from None


def _number(given: str) -> int | float:
    bare = BLANKS.sub("", given).replace(",", ".")
    if not NUMBER.fullmatch(bare):
        raise ValueError(given)
    return float(bare) if "." in bare else int(bare)


def _text(given: str, like: str) -> str:
    text = " ".join(clean(given).split())
    if not text:
        raise ValueError(given)
    if len(text) > LONGEST_VALUE:
        raise TextTooLong(limit=str(LONGEST_VALUE))
    if re.fullmatch(r"\d+/\d+", like):  # a share the rules reckon with
        Fraction(text)
    check_no_national_number("fact_value", text)
    return text


def _day(given: Mapping[str, str], key: str) -> dt.date | None:
    written = given.get(key, "").strip()
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError:
        raise FieldMissing(field=f"fact_{key}") from None
