"""The lists behind the entities, and the matching of a text with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot.content.library import Library
from bot.content.yaml_file import read_yaml
from bot.understanding.spacy_blanks import blank
from bot.understanding.text import bare
from bot.understanding.word_names import NameMatcher

Lists = Dict[Tuple[str, str], List[str]]
# Cyrillic letters that look like the Latin ones stand on the keyboards of those who write Cyrillic.
LEVEL = re.compile(r"(?<!\w)([ABCАВСabcавс])\s?([12])(?![\d%])")
LEVEL_LETTERS = str.maketrans("АВСабвсabc", "ABCABBCABC")
NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:[ .,\u00a0]\d{3})+(?!\d)|(?<![\w.,])\d+(?![\d%])")
KRONER = re.compile(r"\s*(kr\b|kroner|nok\b|krone)", re.IGNORECASE)
YOUNGEST, OLDEST = 14, 80
LEAST_AMOUNT = 1000


def read_lists(data: Path) -> Lists:
    """(entity, value) -> its names, from data/entities/*.yml, the municipalities and the languages. Raises ContentError."""
    library, lists = Library(data), {}
    for file in sorted((data / "entities").glob("*.yml")):
        for value, names in read_yaml(file).items():
            lists[file.stem, value] = [name.strip() for name in str(names).splitlines() if name.strip()]
    for place in library.municipalities().values():
        lists["municipality", place.id] = [place.name, *place.also_called]
    for language in library.languages.values():
        names = (language.name, language.norwegian_name, language.english_name, *language.also_called)
        parts = {part.strip(" ()") for name in names for part in re.split(r"[/(]", name)}
        lists.setdefault(("language", language.code), []).extend(sorted(parts - {""}))
    return lists


def read_occupation_lists(data: Path) -> List[Tuple[str, str]]:
    """(occupation, name) of every name in every language, the Norwegian one among them. Raises ContentError."""
    library = Library(data)
    if not library.occupations_file.exists():
        return []
    names = [(occupation.id, occupation.norwegian) for occupation in library.occupations.known.values()]
    for language in library.languages.offered:
        listed = library.occupation_names(language.code)
        names += [(occupation, name) for occupation, written in (listed.names if listed else {}).items() for name in written]
    return names


class EntityMatcher:
    """Finds listed names (without regard to case and diacritics) and numbers in a text."""

    def __init__(self, lists: Lists, occupations: Sequence[Tuple[str, str]] = ()) -> None:
        self._occupations = NameMatcher(occupations)
        self._pipeline = blank("xx")
        self._matcher = PhraseMatcher(self._pipeline.vocab, attr="NORM")
        for (entity, value), names in lists.items():
            self._matcher.add(f"{entity}\t{value}", [self._doc(name) for name in names])

    def entities(self, text: str) -> List[Dict[str, Any]]:
        """Entities in order of appearance: entity, value, start, end; the longest name wins where two overlap."""
        found = [*_levels(text), *self._listed(text), *self._occupations_in(text)]
        taken = {position for entity in found for position in range(entity["start"], entity["end"])}
        found += [entity for entity in _numbers(text) if entity["start"] not in taken]
        return sorted(found, key=lambda entity: entity["start"])

    def _occupations_in(self, text: str) -> Iterator[Dict[str, Any]]:
        for occupation, start, end in self._occupations.found(text):
            yield {"entity": "occupation", "value": occupation, "start": start, "end": end}

    def _doc(self, text: str) -> Doc:
        doc = self._pipeline.make_doc(text)
        for token in doc:
            token.norm_ = bare(token.text)
        return doc

    def _listed(self, text: str) -> Iterator[Dict[str, Any]]:
        from spacy.util import filter_spans

        doc = self._doc(text)
        for span in filter_spans(self._matcher(doc, as_spans=True)):
            entity, value = span.label_.split("\t")
            yield {"entity": entity, "value": value, "start": span.start_char, "end": span.end_char}


def _levels(text: str) -> Iterator[Dict[str, Any]]:
    for found in LEVEL.finditer(text):
        value = found.group(1).translate(LEVEL_LETTERS) + found.group(2)
        yield {"entity": "cefr_level", "value": value, "start": found.start(), "end": found.end()}


def _numbers(text: str) -> Iterator[Dict[str, Any]]:
    """Each number; as an amount with kroner or from a thousand up, as an age where it can be one."""
    for found in NUMBER.finditer(text):
        value = int(re.sub(r"\D", "", found.group()))
        entity = "number"
        if KRONER.match(text, found.end()) or value >= LEAST_AMOUNT and not 1900 <= value <= 2100:
            entity = "amount"
        elif YOUNGEST <= value <= OLDEST:
            entity = "age"
        yield {"entity": entity, "value": str(value), "start": found.start(), "end": found.end()}
