"""How much practice in a trade is sure, and how much it can be at most when everything that nobody told turns out well.

Work counts for sure when its occupation, years and position are told and there are papers on it (opplæringslova §§ 7-1, 23-2: the county
approves documented practice). Occupations with the same certificate are one trade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from bot.guidance.routes.persona import Experience
from bot.guidance.routes.situation import Situation
from bot.guidance.routes.truth import Missing, Truth

TRADE_CERTIFICATES = ("fagbrev", "svennebrev")
SEVERAL = "for eksempel"  # a certificate that is only one of several
FULL = 100
LIFE = Fraction(100)  # more years than anybody works: the most that untold years can be
Share = Callable[[Fraction], Fraction]


@dataclass(frozen=True)
class Trade:
    """Whether an occupation ends with a trade certificate (unknown for one no list knows), and which."""

    is_one: Truth
    certificate: str = ""


@dataclass(frozen=True)
class Span:
    """Full-time years in one trade: at least, at most, and what would make the difference."""

    least: Fraction
    most: Fraction
    unclear: tuple[Missing, ...] = ()
    occupation: str | None = None


def trade_of(situation: Situation, occupation_id: str | None) -> Trade:
    """The trade of an occupation. Higher education is none; licences and other ways may have one that the list does not tell."""
    row = situation.occupation(occupation_id)
    if row is None:
        return Trade(Truth.UNKNOWN)
    if row.certificate.startswith(TRADE_CERTIFICATES) and SEVERAL not in row.certificate:
        return Trade(Truth.YES, row.certificate)
    return Trade(Truth.NO if row.path == "higher" else Truth.UNKNOWN)


def proportional(percent: Fraction) -> Fraction:
    """Part-time counts as its part."""
    return percent / FULL


def spans(situation: Situation, share: Share = proportional) -> list[Span]:
    """One span per trade the person has worked in. What cannot be told apart may belong to any of them.

    There is always at least one span, so that the best of them can be asked for. Call it only where `experience` is told.
    """
    trades: dict[str, list[Experience]] = {}
    loose: list[Experience] = []
    for row in situation.persona.experience or ():
        trade = trade_of(situation, row.occupation)
        if trade.is_one is Truth.YES:
            trades.setdefault(trade.certificate, []).append(row)
        elif trade.is_one is Truth.UNKNOWN:
            loose.append(row)
    return [_span(rows, loose, share) for rows in trades.values()] or [_span([], loose, share)]


def span_in(situation: Situation, certificate: str, share: Share = proportional) -> Span:
    """The span of one trade."""
    rows, loose = [], []
    for row in situation.persona.experience or ():
        trade = trade_of(situation, row.occupation)
        if trade.is_one is Truth.YES and trade.certificate == certificate:
            rows.append(row)
        elif trade.is_one is Truth.UNKNOWN:
            loose.append(row)
    return _span(rows, loose, share)


def _span(rows: list[Experience], loose: list[Experience], share: Share) -> Span:
    least = sum((_most(row, share) for row in rows if not list(_unclear(row))), Fraction(0))
    most = sum((_most(row, share) for row in (*rows, *loose)), Fraction(0))
    unclear = dict.fromkeys(code for row in rows if _most(row, share) for code in _unclear(row))
    unclear |= dict.fromkeys(code for row in loose if _most(row, share) for code in (_untold_trade(row), *_unclear(row)))
    return Span(least, most, tuple(map(Missing, unclear)), rows[0].occupation if rows else None)


def _most(row: Experience, share: Share) -> Fraction:
    years = LIFE if row.years is None else row.years
    return years * (Fraction(1) if row.percent is None else share(row.percent))


def _unclear(row: Experience) -> Iterable[str]:
    if row.years is None:
        yield "experience.years"
    if row.percent is None:
        yield "experience.percent"
    if row.documented is None:
        yield "experience.documented"
    elif not row.documented:
        yield "practice_documents"


def _untold_trade(row: Experience) -> str:
    return "experience.occupation" if row.occupation is None else "trade_certificate"
