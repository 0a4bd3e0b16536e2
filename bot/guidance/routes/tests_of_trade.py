"""The tests a rule can name about practice and trades."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bot.guidance.practice.requirement import requirement
from bot.guidance.routes.countries import codes_of_norwegian_names
from bot.guidance.routes.persona import NORWAY, Experience, Work
from bot.guidance.routes.practice_span import FULL, Share, Span, Trade, span_in, spans, trade_of
from bot.guidance.routes.situation import Situation
from bot.guidance.routes.tests_of_persona import months_short
from bot.guidance.routes.truth import NO, YES, Found, Missing, Truth, any_of, unknown


def practice_as_candidate(situation: Situation) -> Found:
    """Whether some trade has the practice a praksiskandidat needs, by data/practice_time.yml; part-time counts as its part."""
    if situation.persona.experience is None:
        return unknown("experience")
    found = [_as_candidate(situation, span) for span in spans(situation)]
    return _nearest(any_of(found))


def practice_in_job(situation: Situation, years: str, full_time: str) -> Found:
    """Whether the person has practised so long in the trade of the present job; `full_time` percent and more count as full.

    Without a job in a known trade, whether any trade has it.
    """
    needed, enough = situation.number(years), situation.number(full_time)
    if situation.persona.experience is None:
        return unknown("experience")
    share = _full_from(enough)
    trade = _trade_of_job(situation)
    if trade.is_one is Truth.YES:
        return _compared(span_in(situation, trade.certificate, share), needed)
    best = _nearest(any_of([_compared(span, needed) for span in spans(situation, share)]))
    if trade.is_one is Truth.UNKNOWN and best.truth is Truth.YES:
        work = situation.persona.work
        return unknown("work" if work is None else _untold(work))
    return best


def job_in_trade(situation: Situation) -> Found:
    """Whether the present job is in a trade that ends with fagbrev or svennebrev."""
    work = situation.persona.work
    if work is None:
        return unknown("work")
    if work.percent == 0:
        return NO
    trade = trade_of(situation, work.occupation)
    return unknown(_untold(work)) if trade.is_one is Truth.UNKNOWN else Found(trade.is_one)


def years_of_work(situation: Situation, fact: str) -> Found:
    """Whether the person has worked so many full-time years in all. Schooling may count too, so fewer years of work leave it open."""
    needed = situation.number(fact)
    if situation.persona.experience is None:
        return unknown("experience")
    told = [row for row in situation.persona.experience if row.years is not None and row.percent is not None]
    worked = sum((row.years * row.percent / FULL for row in told if row.years and row.percent), Fraction(0))
    return YES if worked >= needed else unknown("years_of_work_or_school")


def wish_in_modules(situation: Situation, unsure: Sequence[str]) -> Found:
    """Whether the wished occupation belongs to the trades with modules. `unsure`: occupations of several trades, some with modules."""
    wish = situation.persona.wish
    row = situation.occupation(wish)
    if row is None or wish in unsure:
        return unknown("wish" if wish is None else "trade_certificate")
    return Found(Truth.YES if row.modules else Truth.NO)


def trained_in_country(situation: Situation, fact: str) -> Found:
    """Whether the person has documented work in a trade from a country of the fact's list (the training is taken to be from there).

    No when all foreign work is from other countries; unknown when no foreign country is told.
    """
    covered = codes_of_norwegian_names(situation.word(fact))
    rows = situation.persona.experience
    if rows is None:
        return unknown("experience")
    abroad = [row for row in rows if row.country != NORWAY]
    if not abroad:
        return unknown("education_country")
    return any_of([_trained(situation, row, covered) for row in abroad])


def worked_in_country(situation: Situation, fact: str) -> Found:
    """Whether the person has worked in a country of the fact's list, in whatever occupation."""
    covered = codes_of_norwegian_names(situation.word(fact))
    if situation.persona.experience is None:
        return unknown("experience")
    countries = {row.country for row in situation.persona.experience}
    if countries & covered:
        return YES
    return unknown("experience.country") if None in countries else NO


def _trained(situation: Situation, row: Experience, covered: frozenset[str]) -> Found:
    if row.country is None:
        return unknown("experience.country")
    if row.country not in covered:
        return NO
    trade = trade_of(situation, row.occupation)
    if trade.is_one is not Truth.YES:
        return unknown("trade_certificate")
    if row.documented is None:
        return unknown("experience.documented")
    return YES if row.documented else unknown("practice_documents")


def _as_candidate(situation: Situation, span: Span) -> Found:
    needed = requirement(situation.library, situation.facts, span.occupation, situation.persona.municipality)
    least, most = needed.months / 12, needed.longest / 12
    if span.least >= most:
        return Found(Truth.YES, facts=needed.fact_ids)
    if span.most < least:
        return _short(span, least, needed.fact_ids)
    place = (Missing("county_practice_time"),) if span.most >= least and needed.differs else ()
    return Found(Truth.UNKNOWN, (*span.unclear, *place), facts=needed.fact_ids)


def _compared(span: Span, needed: Fraction) -> Found:
    if span.least >= needed:
        return YES
    return _short(span, needed) if span.most < needed else Found(Truth.UNKNOWN, span.unclear)


def _short(span: Span, needed: Fraction, facts: tuple[str, ...] = ()) -> Found:
    return Found(Truth.NO, (Missing("practice_months", {"months": months_short(needed, span.most)}),), facts=facts)


def _nearest(found: Found) -> Found:
    """When no trade has enough, only the shortest way is missing, not the ways of all trades."""
    if found.truth is not Truth.NO:
        return found
    nearest = min(found.missing, key=lambda one: int(one.values["months"]))
    return Found(found.truth, (nearest,), facts=found.facts)


def _trade_of_job(situation: Situation) -> Trade:
    work = situation.persona.work
    if work is None or work.percent is None and work.occupation is None:
        return Trade(Truth.UNKNOWN)
    return Trade(Truth.NO) if work.percent == 0 else trade_of(situation, work.occupation)


def _untold(work: Work) -> str:
    return "work.occupation" if work.occupation is None else "trade_certificate"


def _full_from(enough: Fraction) -> Share:
    return lambda percent: Fraction(1) if percent >= enough else percent / FULL
