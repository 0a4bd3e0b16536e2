"""The topics that are answered by an action from the person's own plan."""

from __future__ import annotations

from actions.action_my_appointments import MyAppointments
from actions.action_my_next_step import MyNextStep
from actions.action_my_norskprove import MyNorskprove
from actions.action_my_plan import MyPlan
from actions.personal import PersonalAction

PERSONAL: dict[str, type[PersonalAction]] = {action.topic: action for action in (MyPlan, MyNextStep, MyAppointments, MyNorskprove)}
