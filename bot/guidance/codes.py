"""The code words of a person's situation and plan, as files, tables and rules write them. What each means stands in data/README.md."""

from __future__ import annotations

PERMITS = ("refugee", "collective_protection", "family", "work", "other")
SCHOOLING = ("none", "primary", "primary_undocumented", "upper_secondary", "upper_secondary_unrecognised", "higher")
FINAL_GOALS = ("work", "part_vgo", "full_vgo", "fagbrev", "higher_education")
LEVELS = ("none", "A1", "A2", "B1", "B2", "C1")
SKILLS = ("reading", "listening", "writing", "oral")
LIVING = ("alone", "with_parents", "with_partner", "other")

GOAL_KINDS = ("final", "long_term", "part")
GOAL_STATES = ("open", "reached", "dropped")
MEASURE_KINDS = (
    "norwegian",
    "social_studies",
    "life_skills",
    "parental_guidance",
    "work_practice",
    "work",
    "fov",
    "vgo",
    "course",
    "career_guidance",
    "health",
    "other",
)
MEASURE_STATES = ("planned", "ongoing", "done", "stopped")
RESPONSIBLE = ("participant", "advisor", "school", "nav", "county", "employer", "other")
TESTS = ("norskprove", "social_studies_test", "citizenship_test", "intake_test")
PARTS = {
    "norskprove": SKILLS,
    "social_studies_test": ("whole",),
    "citizenship_test": ("whole",),
    "intake_test": ("norwegian", "english", "mathematics"),
}
RESULTS = {"norskprove": ("below_A1", "A1", "A2", "B1", "B2", "C1"), "other": ("passed", "not_passed")}
ABSENCE_KINDS = ("own_illness", "child_illness", "welfare", "permitted", "without_permission", "reported")
APPOINTMENT_KINDS = ("plan_talk", "course", "test", "nav", "health", "practice", "career_guidance", "other")
APPOINTMENT_STATES = ("planned", "held", "cancelled", "missed")
DOCUMENT_KINDS = ("school_certificate", "diploma", "trade_certificate", "work_reference", "identity", "driving_licence", "other")
DOCUMENT_STATES = ("missing", "found", "sent_for_translation", "translated", "sent_for_recognition", "recognised", "refused")
CONTACT_ROLES = ("advisor", "teacher", "nav", "career_guide", "employer", "interpreter", "other")
WISH_KINDS = ("plan_change", "absence", "meeting")
