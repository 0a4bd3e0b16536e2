"""What commands ask for, in the payloads that buttons send too."""

from __future__ import annotations

import re

from bot.channels.telegram.reading import Command
from bot.content import Library
from bot.plans.linking import looks_like_code

CLASSROOM = re.compile(r"(course|practice|self)(_[a-z]{1,20}){0,2}")
GREET, HELP = "/greet", "/help_menu"
PAYLOADS = {
    "start": GREET,
    "help": HELP,
    "language": "/choose_language",
    "human": "/talk_to_human",
    "plan": "/my_plan",
    "course": "/course",
    "today": "/course_today",
    "word": "/course_word",
    "deadlines": "/course_deadlines",
    "cheer": "/course_cheer",
    "question": "/course_question",
    "practice": "/practice",
    "stop": '/reminder_set{"part": "stop"}',  # reminders are all that ever comes unasked
}
SHOWN = (
    "start",
    "help",
    "language",
    "human",
    "plan",
    "practice",
    "course",
    "today",
    "question",
)  # in the menu, each with the phrase command_<name>


def payload_of_command(command: Command, library: Library) -> str:
    """What a command stands for; an unknown one is answered with the menu.

    /start carries what stood in the link: a one-time code, which is read as if it were typed, or the topic of a group's button, or
    what the classroom does in private only.
    """
    if command.name == "start" and command.rest:
        if looks_like_code(command.rest):
            return command.rest
        known = library.has_topic(command.rest) or CLASSROOM.fullmatch(command.rest)
        return f"/{command.rest}" if known else GREET
    return PAYLOADS.get(command.name, HELP)
