"""new-language: begin a language, or take one that was only begun away again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from bot.command_line.ending import fail, say
from bot.content.languages import SCRIPTS
from bot.content.library import Library
from bot.settings import settings

CODE = re.compile(r"[a-z]{2,3}")


def new_language(
    code: Annotated[str, typer.Argument(help="ISO 639 code, such as sv.")],
    name: Annotated[str, typer.Option("--name", help="The language's name in itself.")] = "",
    norwegian: Annotated[str, typer.Option("--norwegian", help="Its name in Norwegian.")] = "",
    english: Annotated[str, typer.Option("--english", help="Its name in English.")] = "",
    script: Annotated[str, typer.Option("--script", help=f"One of {', '.join(sorted(SCRIPTS))}.")] = "Latn",
    right_to_left: Annotated[bool, typer.Option("--right-to-left", help="Written from right to left.")] = False,
    locale: Annotated[str, typer.Option("--locale", help="CLDR locale for numbers and dates, when it is not the code.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take a language away that is not offered yet.")] = False,
) -> None:
    """Begin a language: its entry, its phrases to fill, and what to write next. It is offered when you say so."""
    data = settings().data
    library = Library(data)
    if not CODE.fullmatch(code):
        raise typer.BadParameter("A language code has two or three small letters.")
    if remove:
        remove_language(library, code)
        return
    if code in library.languages:
        fail(f"{code} is already in {data / 'languages.yml'}.")
    if not name:
        raise typer.BadParameter("Say how the language calls itself: --name", param_hint="--name")
    if script not in SCRIPTS:
        raise typer.BadParameter(f"The script is one of {', '.join(sorted(SCRIPTS))}.", param_hint="--script")
    direction = "rtl" if right_to_left else "ltr"
    entry = [f'name: "{name}"', f'norwegian_name: "{norwegian or name}"', f'english_name: "{english or name}"']
    entry += [f"script: {script}", f"direction: {direction}", *([f"locale: {locale}"] if locale else []), "offered: false"]
    add_language(library, code, f"  {code}: {{{', '.join(entry)}}}\n")
    say(f"{code} is begun. Next:")
    say(f"  1. Fill {data / 'phrases' / code}.yml: every phrase of the source language, in {name}.")
    say(f"  2. Write data/topics/<topic>/{code}.yml for each topic: title, answer, simpler, examples.")
    say("  3. `veiviser stamp TOPIC LANGUAGE` notes for each that it says what the source says.")
    say("  4. Set `offered: true` in data/languages.yml, run `veiviser check`, then `make train`.")


def add_language(library: Library, code: str, line: str) -> None:
    """Appends the entry and writes a phrase file with every key and the source text as a comment."""
    file = library.data / "languages.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + ("" if text.endswith("\n") else "\n") + line, encoding="utf-8")
    source = library.phrases(library.languages.source.code)
    lines = [
        "# Write each phrase behind its key; the comment is the source text.\n",
        f"language: {code}\n",
        "status: draft\n",
        "phrases:\n",
    ]
    for key, words in source.texts.items():
        lines.append(f'  # {" ".join(words.split())}\n  {key}: ""\n')
    phrases_of(library.data, code).write_text("".join(lines), encoding="utf-8")


def remove_language(library: Library, code: str) -> None:
    """Takes entry, phrases and wordings of a language away; refuses for one that is offered."""
    language = library.languages.get(code)
    if language is None:
        fail(f"There is no language {code}.")
    if language.offered:
        fail(f"{code} is offered to participants. Set `offered: false` first, if that is what you want.")
    file = library.data / "languages.yml"
    kept = [line for line in file.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith(f"  {code}:")]
    file.write_text("".join(kept), encoding="utf-8")
    phrases_of(library.data, code).unlink(missing_ok=True)
    for wording in (library.data / "topics").glob(f"*/{code}.yml"):
        wording.unlink()
    say(f"{code} is taken away.")


def phrases_of(data: Path, code: str) -> Path:
    """The phrase file of a language."""
    return data / "phrases" / f"{code}.yml"
