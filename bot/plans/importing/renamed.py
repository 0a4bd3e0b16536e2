"""The small file that says which heading means which field: `participants: {Fødselsdato: birth_date}`."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path

from bot.content.errors import ContentError, did_you_mean
from bot.content.yaml_file import LocatedDict, read_yaml
from bot.plans.importing.kinds import KINDS

Renamed = Mapping[str, Mapping[str, str]]  # kind -> heading as `heading_word` writes it -> name of the field


def heading_word(heading: str) -> str:
    """A heading as it is compared: small letters, and one underscore for what stands between words."""
    words = unicodedata.normalize("NFC", heading).casefold()  # some systems write å as two characters
    return "_".join(words.replace("-", " ").replace("_", " ").split())


def read_renamed(file: Path) -> Renamed:
    """The mapping in a YAML file. Raises ContentError with the line."""
    try:
        entries = read_yaml(file)
    except OSError as error:
        raise ContentError(file, None, f"The file cannot be read ({error.strerror}).") from error
    return {kind: _of_kind(file, kind, headings, entries.lines[kind]) for kind, headings in entries.items()}


def _of_kind(file: Path, kind: str, headings: object, line: int) -> dict[str, str]:
    if kind not in KINDS:
        raise ContentError(file, line, f"`{kind}` is no kind of rows; there are {', '.join(KINDS)}.{did_you_mean(kind, KINDS)}")
    if not isinstance(headings, LocatedDict):
        raise ContentError(file, line, f"`{kind}` needs lines such as `Fødselsdato: birth_date`.")
    names = KINDS[kind].names
    for heading, name in headings.items():
        if name not in names:
            hint = did_you_mean(str(name), names)
            raise ContentError(file, headings.lines[heading], f"`{name}` is no field of {kind}; there are {', '.join(names)}.{hint}")
    return {heading_word(heading): name for heading, name in headings.items()}
