"""The practice calculator: what counts, what is missing, and the day it is reached if the person goes on as now."""

from __future__ import annotations

import calendar
import datetime as dt
import logging
from collections.abc import Iterator
from fractions import Fraction

from actions.composed import BLANK, Composed, Line, day, line
from actions.guides.logic import GuideLogic, Situation
from bot.content.guides import Guide
from bot.guidance.answers import ImpossibleAnswer
from bot.guidance.facts_on_day import FactNotKnown
from bot.guidance.guides.progress import UNKNOWN, Answers, Progress
from bot.guidance.practice import Period, Practice, PracticeTime, praksiskandidat_time
from bot.guidance.practice.requirement import NoTradeCertificate, UnknownOccupation

logger = logging.getLogger(__name__)
TOPICS = ("praksiskandidat", "praksiskandidat_register", "fagbrev_pa_jobb")
GROUP = "jobs"


class PracticeLogic(GuideLogic):
    """One round per job."""

    def result(self, guide: Guide, progress: Progress, situation: Situation) -> list[Composed]:
        """The time counted and missing, or why it cannot be reckoned."""
        try:
            time = praksiskandidat_time(practice_of(guide, progress, situation), situation.library)
        except NoTradeCertificate:
            return [_plain("practice_no_trade", ("occupation_path", "fagbrev_routes"))]
        except (ImpossibleAnswer, UnknownOccupation, FactNotKnown) as problem:
            logger.info("No practice time: %s", type(problem).__name__)
            return [_plain("practice_not_possible", ("praksiskandidat_calculator", *TOPICS))]
        return [Composed("practice_result", tuple(_lines(time, situation.today)), TOPICS, topic=False)]


def practice_of(guide: Guide, progress: Progress, situation: Situation) -> Practice:
    """The answers as the reckoning wants them. Raises ImpossibleAnswer."""
    trade = progress.answers.get("trade")
    years = progress.answers.get("school_years", 0)
    return Practice(
        today=situation.today,
        periods=tuple(_period(one, situation.today) for one in progress.all_rounds(GROUP, guide) if "start" in one),
        occupation=None if trade in (None, UNKNOWN) else str(trade),
        municipality=situation.municipality or None,
        school_years=0 if years == UNKNOWN else int(years),
        school_approved=True,
    )


def _period(answers: Answers, today: dt.date) -> Period:
    percent = answers.get("percent")
    end = str(answers["end"])
    return Period(
        start=dt.date.fromisoformat(f"{answers['start']}-01"),
        end=None if end == "now" else min(_last_day(end), today),
        percent=None if percent in (None, UNKNOWN) else int(str(percent)),
        country="NO" if answers.get("where") == "in_norway" else None,
        documented={"yes": True, "no": False}.get(str(answers.get("documented"))),
    )


def _last_day(month: str) -> dt.date:
    year, number = map(int, month.split("-"))
    return dt.date(year, number, calendar.monthrange(year, number)[1])


def _lines(time: PracticeTime, today: dt.date) -> Iterator[Line]:
    yield line("practice_needed", time=duration(time.requirement.months))
    yield line("practice_sure", time=duration(time.counted.sure))
    unsure = time.counted.all - time.counted.sure
    if unsure:
        yield line("practice_unsure", time=duration(unsure))
    yield BLANK
    yield from _outlook(time, today)
    if time.requirement.differs:
        yield line("practice_longer", time=duration(time.requirement.longest))
    if any(flag.code == "percent_unknown" for flag in time.flags):
        yield line("practice_percent_unknown")
    yield BLANK
    yield line("practice_notice")


def _outlook(time: PracticeTime, today: dt.date) -> Iterator[Line]:
    if not time.missing:
        yield line("practice_enough")
        return
    yield line("practice_missing", time=duration(time.missing))
    if time.counted.all != time.counted.sure and not time.missing_with_all:
        yield line("practice_enough_if_accepted")
    if time.met_on.with_sure and time.met_on.with_sure > today:
        yield line("practice_reached_on", day=day(time.met_on.with_sure))
    elif time.met_on.with_sure is None:
        yield line("practice_not_by_going_on")


def duration(months: Fraction) -> Line:
    """Full-time months, a begun half month rounded."""
    return {"duration": int(months + Fraction(1, 2))}


def _plain(phrase: str, topics: tuple[str, ...]) -> Composed:
    return Composed(phrase, (line(phrase),), topics, topic=False)
