"""Parts of a plan as lines of a composed message, wherever they are told."""

from __future__ import annotations

from bot.content.lines import Line, line, words
from bot.plans.parts import Appointment, Registration


def details(appointment: Appointment) -> Line:
    """What kind of meeting, where, with whom: as much of it as is written down."""
    values = {"kind": line(f"appointment_{appointment.kind}")}
    if appointment.place:
        values["place"] = words(appointment.place)
    if appointment.with_whom:
        values["whom"] = words(appointment.with_whom)
    return line("_".join(["meeting", *(key for key in ("place", "whom") if key in values)]), **values)


def test_and_part(registration: Registration) -> Line:
    """Which test, and which part of it where it has parts."""
    test = line(f"test_{registration.test}")
    if registration.part == "whole":
        return test
    return line("test_and_part", test=test, part=line(f"part_{registration.part}"))
