"""What cells cannot show alone: whether the values of a row hold together, also with what is stored already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bot.guidance import codes
from bot.plans.importing.report import Problem, Report
from bot.plans.importing.rows import Row
from bot.plans.importing.texts import shown


def problems_of(row: Row, values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a row whose values, laid over the stored ones, are these."""
    return [*_spans(row, values), *_parts_of_tests(row, values), *_hours_of_days(row, values)]


def _spans(row: Row, values: Mapping[str, Any]) -> Iterable[Problem]:
    for start, end in row.kind.spans:
        first, last = values[start], values[end]
        if first is not None and last is not None and last < first:
            column = end if end in row.values or start not in row.values else start
            yield row.problem(column, f"{end} ({last}) lies before {start} ({first}). Correct one of the two.")


def _parts_of_tests(row: Row, values: Mapping[str, Any]) -> Iterable[Problem]:
    if "part" not in values:
        return
    test = values["test"]
    parts = codes.PARTS[test]
    if values["part"] not in parts:
        yield row.problem("part", f"{test} has no part {values['part']}; there {'is' if len(parts) == 1 else 'are'} {', '.join(parts)}.")
    results = codes.RESULTS.get(test, codes.RESULTS["other"])
    if "result" in values and values["result"] not in results:
        yield row.problem("result", f"{values['result']} is no result of {test}; it is one of {', '.join(results)}.")


def _hours_of_days(row: Row, values: Mapping[str, Any]) -> Iterable[Problem]:
    if values.get("hours") is None or values["last_day"] < values["first_day"]:
        return
    days = (values["last_day"] - values["first_day"]).days + 1
    if values["hours"] > 24 * days:
        yield row.problem("hours", f"{values['hours']:g} hours do not fit into {days} day{'s' * (days > 1)}.")


def refuse_unknown_participants(rows: Iterable[Row], known: Collection[str], report: Report) -> list[Row]:
    """The rows of participants that exist in the files or in the database; the others are refused in the report."""
    kept = []
    for row in rows:
        if row.reference in known:
            kept.append(row)
            continue
        words = f"There is no participant {shown(row.reference)}, neither in the files nor in the database. Add a row to participants."
        report.refuse(row.kind.name, [row.problem("reference", words)])
    return kept


def refuse_repeated(rows: Iterable[Row], report: Report) -> list[Row]:
    """The rows without those that repeat the key of an earlier one, in whatever file; these are refused."""
    first: dict[tuple[str, tuple[Any, ...]], Row] = {}
    kept = []
    for row in rows:
        earlier = first.setdefault((row.kind.name, row.key), row)
        if earlier is row:
            kept.append(row)
            continue
        key = ", ".join(f"{name} {shown(row.values[name])}" for name in row.kind.key)
        where = f"row {earlier.number}" if earlier.table is row.table else f"row {earlier.number} of {earlier.table.sheet.title}"
        report.refuse(row.kind.name, [row.problem(row.kind.key[-1], f"{key} stands in {where} already. Keep one of the two.")])
    return kept
