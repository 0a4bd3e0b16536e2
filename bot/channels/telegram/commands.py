"""What commands ask for, in the payloads that buttons send too."""

from __future__ import annotations

from bot.channels.telegram.reading import Command
from bot.content import Library
from bot.plans.linking import looks_like_code

GREET, HELP = "/greet", "/help_menu"
PAYLOADS = {
    "start": GREET,
    "help": HELP,
    "language": "/choose_language",
    "human": "/talk_to_human",
    "plan": "/my_plan",
    "stop": '/reminder_set{"part": "stop"}',  # reminders are all that ever comes unasked
}
SHOWN = ("start", "help", "language", "human", "plan")  # in the menu, each with the phrase command_<name>


def payload_of_command(command: Command, library: Library) -> str:
    """What a command stands for; an unknown one is answered with the menu.

    /start carries what stood in the link: a one-time code, which is read as if it were typed, or the topic of a group's button.
    """
    if command.name == "start" and command.rest:
        if looks_like_code(command.rest):
            return command.rest
        return f"/{command.rest}" if library.has_topic(command.rest) else GREET
    return PAYLOADS.get(command.name, HELP)
