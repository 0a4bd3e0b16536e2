"""The logic of each guide, by the name of its file in data/guides."""

from __future__ import annotations

from actions.guides.interests import InterestsLogic
from actions.guides.logic import GuideLogic
from actions.guides.practice import PracticeLogic
from actions.guides.route import RouteLogic
from actions.guides.support import SupportLogic
from actions.guides.wishes import AbsenceLogic, MeetingLogic, PlanChangeLogic

LOGIC: dict[str, GuideLogic] = {
    "absence": AbsenceLogic(),
    "interests": InterestsLogic(),
    "meeting": MeetingLogic(),
    "plan_change": PlanChangeLogic(),
    "practice": PracticeLogic(),
    "route": RouteLogic(),
    "support": SupportLogic(),
}
