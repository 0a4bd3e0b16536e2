"""A Norwegian term beside a text has the one rendering that the glossary of the language gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.content.checks.wordings import all_wordings
from bot.content.errors import ContentError
from bot.content.glossary import Glossary
from bot.content.library import Library

IN_BRACKETS = re.compile(r"\(([^()]+)\)")
BEFORE = 90  # characters before the bracket in which the rendering must stand


def check(library: Library) -> Iterator[ContentError]:
    """Languages without a glossary, terms without a rendering, and texts that call a term something else."""
    source = library.languages.source.code
    wanted = library.glossary(source)
    if wanted is None:
        return
    glossaries = {}
    for language in library.languages.offered:
        glossary = library.glossary(language.code)
        if glossary is None:
            file = library.data / "glossary" / f"{language.code}.yml"
            yield ContentError(file, None, "This language has no glossary. Copy the terms of the source file and write the renderings.")
            continue
        if language.code != source:
            glossaries[language.code] = glossary
        yield from _missing(glossary, wanted)
    for _, wording in all_wordings(library):
        if wording.language in glossaries:
            glossary = glossaries[wording.language]
            prose = {key: text for key, text in wording.texts.items() if key != "title"}  # a button has too little room for a whole term
            for key, text in prose.items():
                for term, before in other_renderings(text, glossary.terms):
                    problem = f"`{key}` calls {term} «… {before}»; the glossary says {glossary.terms[term][0]}. Use one word everywhere."
                    yield ContentError(wording.file, wording.line_of(key), problem)


def other_renderings(text: str, terms: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """(term, the words before it) of each term in brackets before which none of its forms stands."""
    known = {term.casefold(): term for term in terms}
    for found in IN_BRACKETS.finditer(text):
        term = known.get(found.group(1).strip().casefold())
        before = text[max(0, found.start() - BEFORE) : found.start()].casefold()
        if term and not any(form.casefold() in before for form in terms[term]):
            yield term, " ".join(before.split()[-4:])


def _missing(glossary: Glossary, wanted: Glossary) -> Iterator[ContentError]:
    for term in wanted.terms:
        if term not in glossary.terms:
            yield ContentError(glossary.file, None, f"`{term}` has no rendering. Write it.")
    for term in glossary.terms:
        if term not in wanted.terms:
            yield ContentError(glossary.file, glossary.lines[term], f"`{term}` is not in the source glossary. Add it there or remove it.")
