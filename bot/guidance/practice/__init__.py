"""Counts practice for praksiskandidat and fagbrev på jobb; see ARITHMETIC.md beside this folder."""

from bot.guidance.practice.fagbrev_pa_jobb import Remaining, WorkAndLearn, fagbrev_pa_jobb_time
from bot.guidance.practice.periods import KINDS, Period, Practice
from bot.guidance.practice.praksiskandidat import praksiskandidat_time
from bot.guidance.practice.requirement import NoTradeCertificate, Requirement, UnknownOccupation
from bot.guidance.practice.results import Counted, PracticeTime, Reached

__all__ = [
    "KINDS",
    "Counted",
    "NoTradeCertificate",
    "Period",
    "Practice",
    "PracticeTime",
    "Reached",
    "Remaining",
    "Requirement",
    "UnknownOccupation",
    "WorkAndLearn",
    "fagbrev_pa_jobb_time",
    "praksiskandidat_time",
]
