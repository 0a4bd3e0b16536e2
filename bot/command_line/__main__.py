"""Assembles the commands: `veiviser`."""

from __future__ import annotations

import sys

import typer

from bot.command_line import (
    advisor,
    ask,
    audit,
    bench,
    cases,
    content,
    courses,
    evaluate,
    evaluate_language,
    facts,
    imports,
    linking,
    messages,
    new_language,
    operate,
    participants,
    practice,
    route,
    telegram,
    trials,
    whatsapp,
    wishes,
)
from bot.command_line.ending import KNOWN_ERRORS, fail

app = typer.Typer(
    help="Veiviser: a guide through Norway's introduction programme in the participant's own language.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("run")(operate.run)
app.command("train")(operate.train)
app.command("encoder")(operate.encoder)
app.command("new-key")(operate.new_key)
app.command("ask")(ask.ask)
app.command("check")(content.check)
app.command("coverage")(content.coverage)
app.command("stamp")(content.stamp)
app.command("read-back")(content.read_back)
app.command("facts")(facts.facts)
app.command("evaluate")(evaluate.evaluate)
app.command("evaluate-language")(evaluate_language.evaluate_language)
app.command("new-language")(new_language.new_language)
app.command("import")(imports.import_plans)
app.command("export")(imports.export_plans)
app.command("route")(route.route)
app.command("cases")(cases.cases)
app.add_typer(advisor.commands, name="advisor")
app.command("audit")(audit.audit)
app.command("trials")(trials.trials)
app.command("bench")(bench.bench)
app.command("participants")(participants.participants)
app.command("demo-participants")(participants.demo_participants)
app.command("link-code")(linking.link_code)
app.command("unlink")(linking.unlink)
app.command("wishes")(wishes.wishes)
app.command("courses")(courses.courses)
app.command("practice")(practice.practice)
app.add_typer(telegram.commands, name="telegram")
app.add_typer(whatsapp.commands, name="whatsapp")
app.command("messages")(messages.messages)


def main() -> None:
    """Runs a command; an error that a person can mend ends with 1 and a sentence, not with a traceback."""
    try:
        app()
    except KNOWN_ERRORS as error:
        fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
