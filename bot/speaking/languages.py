"""Messages that let a person choose a language by its own name."""

from __future__ import annotations

from dataclasses import replace

from bot.content import Choice, Library, Said, phrase


def language_choices(library: Library, key: str, language: str) -> Said:
    """A phrase with every offered language as a button, in its own name."""
    choices = tuple(Choice(offered.name, choose(offered.code)) for offered in library.languages.offered)
    return replace(phrase(library, key, language), choices=choices)


def choose(language: str) -> str:
    """What the button of a language sends."""
    return f'/choose_language{{"language": "{language}"}}'
