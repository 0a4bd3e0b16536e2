"""Estimates the introduction benefit (introduksjonsstønad) of one month; see ARITHMETIC.md beside this folder."""

from bot.guidance.support.estimate import Estimate, Line, support_estimate
from bot.guidance.support.situation import CUTTING_BENEFITS, KEPT_BENEFITS, Absence, PaidWork, Situation

__all__ = ["CUTTING_BENEFITS", "KEPT_BENEFITS", "Absence", "Estimate", "Line", "PaidWork", "Situation", "support_estimate"]
