"""My meetings."""

from __future__ import annotations

import datetime as dt

from actions.composed import Composed, Line, line, moment
from actions.personal import PersonalAction
from bot.plans.parts import Appointment
from bot.plans.said import details
from bot.plans.snapshot import PlanSnapshot

SHOWN = 4


class MyAppointments(PersonalAction):
    """The next meetings with day, time, place and whom one meets."""

    topic = "my_appointments"

    def told(self, plan: PlanSnapshot, moment: dt.datetime) -> Composed:
        """Up to four meetings, or that none is written down."""
        coming = plan.upcoming_appointments(moment)
        if not coming:
            return Composed(self.topic, (line("appointments_none"),), ("meeting_request", "my_next_step", "talk_to_human"))
        lines = [line("appointments_intro"), *map(_line, coming[:SHOWN])]
        if len(coming) > SHOWN:
            lines.append(line("plan_more", count=len(coming) - SHOWN))
        return Composed(self.topic, tuple(lines), ("reminder_set", "meeting_request", "my_plan"))


def _line(appointment: Appointment) -> Line:
    return line("appointment_line", when=moment(appointment.starts_at), what=details(appointment))
