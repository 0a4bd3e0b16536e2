"""The forms about a participant: which fields each has, and what stands in them."""

from __future__ import annotations

from bot.console.labels import Labels
from bot.console.pages.fields import Field, choice, options, test_parts
from bot.content import Library
from bot.guidance import codes
from bot.plans.parts import NORWAY, Appointment, Participant, Programme

PROGRAMME_DAYS = ("offered_on", "starts_on", "planned_end", "extended_to", "ended_on")


def about_fields(t: Labels, library: Library, places: tuple[str, ...], new: bool) -> tuple[Field, ...]:
    """Who it is. `places` are the municipalities to choose from; with one or none there is nothing to choose."""
    known = library.municipalities()
    named = tuple((place, known[place].name if place in known else place) for place in places)
    languages = tuple((one.code, f"{one.norwegian_name} ({one.name})") for one in library.languages.offered)
    return (
        *((Field("reference", needed=True, longest=40, hint="participant_hint_reference"),) if new else ()),
        Field("name", needed=True, longest=120),
        *((Field("municipality", "choice", True, options=named),) if len(named) > 1 else ()),
        Field("language", "choice", options=languages, hint="participant_hint_language"),
        Field("birth_date", "date"),
        choice(t, "permit", codes.PERMITS),
        Field("settled_on", "date"),
        choice(t, "schooling", codes.SCHOOLING),
        choice(t, "english", codes.LEVELS),
        choice(t, "living", codes.LIVING),
        Field("partner_in_programme", "choice", options=(("yes", t("yes")), ("no", t("no")))),
        Field("children", "number"),
    )


def about_values(person: Participant) -> dict[str, str]:
    """What stands in the form about a participant."""
    partner = {True: "yes", False: "no", None: ""}[person.partner_in_programme]
    plain = ("name", "municipality", "language", "birth_date", "permit", "settled_on", "schooling", "english", "living", "children")
    return {**{name: _shown(getattr(person, name)) for name in plain}, "partner_in_programme": partner}


def programme_fields(t: Labels) -> tuple[Field, ...]:
    """The days and the goal of a programme."""
    return (*(Field(name, "date") for name in PROGRAMME_DAYS), choice(t, "final_goal", codes.FINAL_GOALS))


def programme_values(programme: Programme | None) -> dict[str, str]:
    """What stands in the form about a programme."""
    return {name: _shown(getattr(programme or Programme(), name)) for name in (*PROGRAMME_DAYS, "final_goal")}


def appointment_fields(t: Labels) -> tuple[Field, ...]:
    """A meeting; its time is the time in Norway."""
    return (
        choice(t, "kind", codes.APPOINTMENT_KINDS, needed=True),
        Field("day", "date", needed=True),
        Field("time", "time", needed=True),
        Field("minutes", "number"),
        Field("place", longest=120),
        Field("with_whom", longest=80),
    )


def appointment_values(one: Appointment) -> dict[str, str]:
    """What stands in the form that moves a meeting."""
    local = one.starts_at.astimezone(NORWAY)
    told = {"kind": one.kind, "place": one.place, "with_whom": one.with_whom, "minutes": _shown(one.minutes)}
    return {**told, "day": local.date().isoformat(), "time": f"{local:%H:%M}", "state": one.state}


def entry_fields(t: Labels) -> dict[str, tuple[Field, ...]]:
    """The forms that add something to a participant's page, by the part of the page they stand in."""
    results = tuple((t(f"participant_results_of_{test}"), options(t, known)) for test, known in codes.RESULTS.items())
    return {
        "appointments": appointment_fields(t),
        "results": (test_parts(t), Field("result", "choice", True, groups=results), Field("taken_on", "date", needed=True)),
        "registrations": (test_parts(t), Field("test_on", "date", needed=True)),
        "absences": (
            choice(t, "kind", codes.ABSENCE_KINDS, needed=True),
            Field("first_day", "date", needed=True),
            Field("last_day", "date", needed=True),
            Field("hours", "number", hint="participant_hint_hours"),
            choice(t, "reported_by", codes.RESPONSIBLE, needed=True),
        ),
        "documents": (
            choice(t, "kind", codes.DOCUMENT_KINDS, needed=True),
            choice(t, "state", codes.DOCUMENT_STATES, needed=True),
            Field("changed_on", "date", needed=True),
        ),
        "contacts": (
            choice(t, "role", codes.CONTACT_ROLES, needed=True),
            Field("name", needed=True, longest=80),
            Field("phone", "tel", longest=40),
            Field("email", "email", longest=120),
        ),
    }


def _shown(value: object) -> str:
    return "" if value is None else str(value)
