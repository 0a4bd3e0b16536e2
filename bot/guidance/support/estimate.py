"""The introduction benefit of one month, line by line (integreringsloven chapter 5, §§ 20-23). Always an estimate, before tax."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from bot.content.facts import Facts
from bot.guidance.answers import Flag, rounded
from bot.guidance.facts_on_day import FactsOnDay
from bot.guidance.support.deductions import Deduction, absence_deductions, benefit_flags, shown, work_deduction
from bot.guidance.support.shares import MUNICIPALITY, MonthPart, month_parts
from bot.guidance.support.situation import Situation

ORE = 100
MONTHS_IN_A_YEAR = 12
ALWAYS = (
    Flag("estimate", ("support_law",), MUNICIPALITY),
    Flag("before_tax", ("support_taxable",)),
    Flag("paid_in_arrears", ("support_paid_on_attendance",)),
)


@dataclass(frozen=True)
class Line:
    """One line of the reckoning: its amount in øre (deductions negative), how it came about, and what it rests on.

    `values` are the numbers a sentence about the line needs, such as hours or share.
    """

    code: str
    ore: int
    reckoning: str
    legal_basis: str
    fact_ids: tuple[str, ...]
    values: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def kroner(self) -> Decimal:
        """The amount in kroner with its øre."""
        return Decimal(self.ore) / ORE


@dataclass(frozen=True)
class Estimate:
    """A month's benefit: the lines add up to the total exactly. `fact_ids`: every fact that was reckoned with."""

    month: dt.date
    lines: tuple[Line, ...]
    flags: tuple[Flag, ...]
    fact_ids: tuple[str, ...]

    @property
    def total_ore(self) -> int:
        """The total in øre, never negative."""
        return sum(line.ore for line in self.lines)

    @property
    def total(self) -> Decimal:
        """The total in kroner with its øre."""
        return Decimal(self.total_ore) / ORE

    @property
    def total_kroner(self) -> int:
        """The total as one says it: in whole kroner, halves up."""
        return rounded(Fraction(self.total_ore, ORE))

    @property
    def ask(self) -> tuple[Flag, ...]:
        """The flags with which somebody must be asked."""
        return tuple(flag for flag in self.flags if flag.ask)


def support_estimate(situation: Situation, facts: Facts) -> Estimate:
    """The benefit of the situation's month by the rules and G of its first day (G changes on 1 May only, so a month has one G).

    Everything is exact until a line is written; each line is rounded to whole øre, halves up, and the total is the sum of the lines.
    Raises MissingAnswer where an unknown decides the amount, FactNotKnown for a month whose numbers are not known.
    """
    reader = FactsOnDay(facts, situation.first_day)
    full_month = reader.number("support_g_multiple") * reader.number("g") / MONTHS_IN_A_YEAR
    parts, flags = month_parts(situation, reader)
    lines = [_benefit_line(part, full_month, reader) for part in parts]
    own_year = _own_month(parts, full_month) * MONTHS_IN_A_YEAR
    for deductions, more in (absence_deductions(situation, own_year, reader), work_deduction(situation, own_year, reader)):
        flags += more
        for deduction in deductions:
            left = sum(line.ore for line in lines)
            lines.append(_deduction_line(deduction, left, reader))
            if -lines[-1].ore < rounded(deduction.kroner * ORE):
                flags.append(Flag("nothing_left", deduction.fact_ids))
    flags += benefit_flags(situation)
    fact_ids = tuple(dict.fromkeys(fact_id for line in lines for fact_id in line.fact_ids))
    if unsure := reader.unsure(fact_ids):
        flags.append(Flag("not_confirmed", unsure, MUNICIPALITY))
    return Estimate(situation.first_day, tuple(lines), (*ALWAYS, *dict.fromkeys(flags)), fact_ids)


def _benefit_line(part: MonthPart, full_month: Fraction, reader: FactsOnDay) -> Line:
    whole = reader.number("support_day_parts")
    kroner = full_month * part.share * part.thirtieths / whole
    multiple, g = reader.number("support_g_multiple"), reader.number("g")
    reckoning = f"{shown(multiple)} × {shown(g)} / {MONTHS_IN_A_YEAR}"
    fact_ids = ("g", "support_g_multiple", *part.fact_ids)
    if part.share != 1:
        reckoning += f" × {part.share}"
    if part.thirtieths != whole:
        reckoning += f" × {part.thirtieths}/{whole}"
        fact_ids += ("support_day_parts",)
    values = {"g": g, "share": part.share, "thirtieths": Fraction(part.thirtieths)}
    return Line(part.code, rounded(kroner * ORE), reckoning, reader.legal_basis(fact_ids[1:]), fact_ids, values)


def _deduction_line(deduction: Deduction, left: int, reader: FactsOnDay) -> Line:
    # More cannot be taken off than is there: the benefit of a month is never negative.
    ore = min(rounded(deduction.kroner * ORE), left)
    basis = reader.legal_basis(deduction.fact_ids[:1])
    return Line(deduction.code, -ore, deduction.reckoning, basis, deduction.fact_ids, deduction.values)


def _own_month(parts: list[MonthPart], full_month: Fraction) -> Fraction:
    """The whole month at the participant's own share; in a birthday month the shares weigh by their thirtieths."""
    thirtieths = sum(part.thirtieths for part in parts)
    if not thirtieths:
        return Fraction(0)
    return full_month * sum((part.share * part.thirtieths for part in parts), Fraction(0)) / thirtieths
