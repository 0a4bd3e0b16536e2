"""My next step or deadline."""

from __future__ import annotations

import datetime as dt
from typing import cast

from actions.action_my_plan import shortened
from actions.composed import Composed, Line, day, line, moment, words
from actions.personal import PersonalAction, today
from bot.plans.parts import Appointment, Document, Registration
from bot.plans.said import details, test_and_part
from bot.plans.snapshot import NextStep, PlanSnapshot

OFFERED = {
    "appointment": ("my_appointments", "my_plan", "reminder_set"),
    "test": ("my_norskprove", "norskprove_what", "reminder_set"),
    "document": ("competence_documentation", "documents_translation", "my_plan"),
    "programme_end": ("programme_extension", "meeting_request", "my_plan"),
}
STANDARD = ("my_plan", "my_appointments", "meeting_request")


class MyNextStep(PersonalAction):
    """The one most urgent thing of the plan."""

    topic = "my_next_step"

    def told(self, plan: PlanSnapshot, moment: dt.datetime) -> Composed:
        """The step, or that no date stands in the plan."""
        step = plan.next_step(today(moment), moment)
        if step is None:
            return Composed(self.topic, (line("step_none"),), STANDARD)
        return Composed(self.topic, (_line(step),), OFFERED.get(step.kind, STANDARD))


def _line(step: NextStep) -> Line:
    if step.kind == "appointment":
        appointment = cast(Appointment, step.about)
        return line("step_appointment", when=moment(appointment.starts_at), what=details(appointment))
    if step.kind == "document":
        document = cast(Document, step.about)
        return line(f"step_document_{document.state}", document=line(f"document_{document.kind}"))
    assert step.day is not None  # only a document has no day
    if step.kind == "test":
        registration = cast(Registration, step.about)
        return line("step_test", test=test_and_part(registration), day=day(step.day))
    if step.text:
        return line(f"step_{step.kind}", words=words(shortened(step.text)), day=day(step.day))
    return line(f"step_{step.kind}", day=day(step.day))
