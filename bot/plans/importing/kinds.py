"""The table of all fields. Reading, checking, templates, the data dictionary and the export follow it."""

from __future__ import annotations

from bot.guidance import codes
from bot.plans.importing.specification import Field, Kind, Type

DATE, MOMENT, NUMBER, WHOLE, YES_NO, CODE = Type.DATE, Type.MOMENT, Type.NUMBER, Type.WHOLE, Type.YES_NO, Type.CODE
PARTS = tuple(dict.fromkeys(part for parts in codes.PARTS.values() for part in parts))
RESULTS = tuple(result for results in codes.RESULTS.values() for result in results)
LONGEST_TEXT = 2000

WHOSE = Field(
    "reference",
    "Whose row it is: the municipality's own number for the participant",
    "2026-0147",
    required=True,
    key=True,
    longest=40,
)


def _key(what: str, example: str) -> Field:
    meaning = f"The municipality's own name for the {what}; the same name is the same {what} in the next import"
    return Field("key", meaning, example, required=True, key=True, longest=40)


def _text(what: str, example: str) -> Field:
    return Field("text", f"The {what} as it is written in the plan", example, required=True, longest=LONGEST_TEXT, sealed=True)


def _norwegian(skill: str, norwegian: str) -> Field:
    return Field(
        f"norwegian_{skill}", f"The level to reach in {skill} ({norwegian}); a part of the norskmål", "B1", CODE, codes=codes.LEVELS[1:]
    )


PARTICIPANTS = Kind(
    "participants",
    "deltakere",
    "Who takes part. Never write a national identity number, in no column",
    (
        Field(
            "reference",
            "The municipality's own number for the participant; the same number is the same person in every file and import",
            "2026-0147",
            required=True,
            key=True,
            longest=40,
        ),
        Field("name", "The participant's name", "Selam Tesfay", required=True, longest=120, sealed=True),
        Field("birth_date", "The day of birth", "1996-02-29", DATE, past=True),
        Field(
            "municipality",
            "The municipality that answers for the programme, by its name or its id in data/municipalities",
            "oslo",
            Type.MUNICIPALITY,
            required=True,
        ),
        Field("language", "The language to begin with, by its code or its name in data/languages.yml", "ti", Type.LANGUAGE),
        Field("permit", "Why the participant may live in Norway", "refugee", CODE, codes=codes.PERMITS),
        Field("schooling", "The highest schooling, recognised in Norway or not", "primary", CODE, codes=codes.SCHOOLING),
        Field("living", "With whom the participant lives", "alone", CODE, codes=codes.LIVING),
        Field("partner_in_programme", "Whether the spouse or partner takes part in the programme too", "no", YES_NO),
        Field("children", "How many children the participant provides for", "2", WHOLE, most=20),
        Field("english", "The level of English", "A2", CODE, codes=codes.LEVELS),
        Field("settled_on", "The day of settlement (bosetting) in the municipality", "2026-03-02", DATE),
        Field("demo", "Whether the person is invented, for showing the program", "no", YES_NO, default=False),
    ),
    (("birth_date", "settled_on"),),
)
PROGRAMMES = Kind(
    "programmes",
    "programmer",
    "The introduction programme, one row per participant",
    (
        WHOSE,
        Field("offered_on", "The day of the decision; it says which durations of the law apply", "2026-03-16", DATE),
        Field("starts_on", "The first day", "2026-04-07", DATE),
        Field("final_goal", "What the programme shall end in (sluttmål)", "fagbrev", CODE, codes=codes.FINAL_GOALS),
        Field("planned_end", "The last day as planned", "2028-04-06", DATE),
        Field("extended_to", "The last day after an extension", "2028-10-06", DATE),
        Field("ended_on", "The day on which it ended in fact", "2028-10-06", DATE),
    ),
    (("starts_on", "planned_end"), ("starts_on", "extended_to"), ("planned_end", "extended_to"), ("starts_on", "ended_on")),
)
PLANS = Kind(
    "plans",
    "planer",
    "The integration plan (integreringsplan) in force, one row per participant. When the row, a goal or a measure differs from "
    "what is stored, the import makes a new version; the older ones stay",
    (
        WHOSE,
        Field("from_day", "The day from which this version counts", "2026-04-07", DATE, required=True),
        Field("made_by", "Who made it", "Kari Nordmann", default=""),
        _norwegian("reading", "lesing"),
        _norwegian("listening", "lytting"),
        _norwegian("writing", "skriving"),
        _norwegian("oral", "muntlig"),
    ),
)
GOALS = Kind(
    "goals",
    "mål",
    "The goals of the plan in force",
    (
        WHOSE,
        _key("goal", "final"),
        Field("kind", "What kind of goal: final (sluttmål), long-term, part (delmål)", "final", CODE, True, codes=codes.GOAL_KINDS),
        _text("goal", "Fagbrev som helsefagarbeider"),
        Field("due_on", "The day by which it shall be reached", "2028-06-30", DATE),
        Field("state", "How it stands", "open", CODE, codes=codes.GOAL_STATES, default="open"),
    ),
)
MEASURES = Kind(
    "measures",
    "tiltak",
    "The measures of the plan in force",
    (
        WHOSE,
        _key("measure", "norsk-1"),
        Field("kind", "What kind of measure", "norwegian", CODE, True, codes=codes.MEASURE_KINDS),
        _text("measure", "Norskkurs, spor 2, formiddag"),
        Field("responsible", "Who sees to it", "school", CODE, True, codes=codes.RESPONSIBLE),
        Field("starts_on", "The first day", "2026-04-07", DATE),
        Field("ends_on", "The last day", "2026-12-18", DATE),
        Field("hours_per_week", "Hours in a week", "22.5", NUMBER, most=60),
        Field("state", "How it stands", "ongoing", CODE, codes=codes.MEASURE_STATES, default="planned"),
    ),
    (("starts_on", "ends_on"),),
)
TEST = Field("test", "Which test", "norskprove", CODE, True, key=True, codes=codes.TESTS)
PART = Field(
    "part",
    "Which part; norskprove: reading, listening, writing, oral; social_studies_test, citizenship_test: whole; "
    "intake_test: norwegian, english, mathematics",
    "oral",
    CODE,
    True,
    key=True,
    codes=PARTS,
)
RESULTS_OF_TESTS = Kind(
    "results",
    "resultater",
    "Results of tests, one row per part",
    (
        WHOSE,
        TEST,
        PART,
        Field("result", "The level reached in norskprove; passed or not_passed in the other tests", "A2", CODE, True, codes=RESULTS),
        Field("taken_on", "The day of the test", "2026-09-15", DATE, True, key=True, past=True),
    ),
)
REGISTRATIONS = Kind(
    "registrations",
    "påmeldinger",
    "Registrations for tests, one row per part",
    (WHOSE, TEST, PART, Field("test_on", "The day of the test", "2026-12-01", DATE, True, key=True)),
)
ABSENCES = Kind(
    "absences",
    "fravær",
    "Days or hours away from the programme",
    (
        WHOSE,
        _key("absence", "2026-10-12"),
        Field("kind", "Why", "own_illness", CODE, True, codes=codes.ABSENCE_KINDS),
        Field("first_day", "The first day", "2026-10-12", DATE, True),
        Field("last_day", "The last day, the same for one day", "2026-10-13", DATE, True),
        Field("hours", "How many hours, when it was not whole days", "12", NUMBER, least=0.25, most=10000),
        Field("reported_by", "Who reported it", "participant", CODE, True, codes=codes.RESPONSIBLE),
    ),
    (("first_day", "last_day"),),
)
APPOINTMENTS = Kind(
    "appointments",
    "avtaler",
    "Meetings of the participant",
    (
        WHOSE,
        _key("appointment", "samtale-3"),
        Field("kind", "What it is about", "plan_talk", CODE, True, codes=codes.APPOINTMENT_KINDS),
        Field("starts_at", "Day and time of day in Norway", "2026-11-24 09:30", MOMENT, True),
        Field("minutes", "How long it lasts", "45", WHOLE, least=1, most=1440),
        Field("place", "Where", "Rådhuset, rom 214", longest=120, default=""),
        Field("with_whom", "With whom", "Kari Nordmann", default=""),
        Field("state", "How it stands", "planned", CODE, codes=codes.APPOINTMENT_STATES, default="planned"),
    ),
)
DOCUMENTS = Kind(
    "documents",
    "dokumenter",
    "Papers of the participant and how far each has come",
    (
        WHOSE,
        _key("paper", "vitnemål-1"),
        Field("kind", "What paper it is", "school_certificate", CODE, True, codes=codes.DOCUMENT_KINDS),
        Field("state", "How far it has come", "sent_for_translation", CODE, True, codes=codes.DOCUMENT_STATES),
        Field("changed_on", "Since which day", "2026-10-01", DATE),
    ),
)
CONTACTS = Kind(
    "contacts",
    "kontakter",
    "Who works with the participant",
    (
        WHOSE,
        _key("contact", "rådgiver"),
        Field("role", "As what", "advisor", CODE, True, codes=codes.CONTACT_ROLES),
        Field("name", "The name", "Kari Nordmann", required=True),
        Field("phone", "The telephone", "00 00 00 00", longest=40, default=""),
        Field("email", "The address for e-mail", "kari.nordmann@example.org", longest=120, default=""),
    ),
)
KINDS = {
    kind.name: kind
    for kind in (
        PARTICIPANTS,
        PROGRAMMES,
        PLANS,
        GOALS,
        MEASURES,
        RESULTS_OF_TESTS,
        REGISTRATIONS,
        ABSENCES,
        APPOINTMENTS,
        DOCUMENTS,
        CONTACTS,
    )
}
