"""The answer to "How do I become a nurse?": put together from the occupation's data and reviewed sentences."""

from __future__ import annotations

import datetime as dt

from bot.content.facts import FactState, Known
from bot.content.library import Library
from bot.content.occupations import Occupation
from bot.content.placeholders import isolate, show_value
from bot.content.selection import LONGEST_ANSWER, Part, Reader, Said, ShownSource, answer, choices_for, sources_of

TOPIC = "occupation_path"
# What the sentences borrow from the facts: phrase -> {place: fact}.
BORROWED = {
    "occupation_study": {"level": "gsk_norwegian_level"},
    "occupation_health_language": {"level": "authorisation_health_level"},
    "occupation_childcare_language": {"oral": "childcare_oral_level", "written": "childcare_written_level"},
    "occupation_more": {"url": "career_url_vilbli"},
}
# What an answer that is too long can do without: the button or vilbli.no says it too.
DISPENSABLE = ("occupation_modules", "occupation_programme", "occupation_routes")


def answer_for(library: Library, topic_id: str, occupation_id: str, reader: Reader, today: dt.date, part: Part = "answer") -> Said:
    """The answer to a topic; for `occupation_path` the one about the occupation a message named, where it is known."""
    if topic_id == TOPIC and occupation_id in library.occupations.known:
        return occupation_answer(library, occupation_id, reader, today)
    return answer(library, topic_id, reader, today, part)


def occupation_answer(library: Library, occupation_id: str, reader: Reader, today: dt.date) -> Said:
    """The way to an occupation for a reader. Raises KeyError for an occupation or phrase that does not exist."""
    occupations = library.occupations
    occupation, language = occupations.known[occupation_id], library.languages[reader.language]
    values = {
        "name": shown_name(library, occupation, reader.language),
        "certificate": occupation.certificate,
        "programme": occupation.programme,
        "authority": occupation.regulated_by,
    }
    paragraphs = _paragraphs(occupation)
    text, used = _text(library, paragraphs, values, reader, today)
    for dispensable in DISPENSABLE:
        if len(text) > LONGEST_ANSWER:
            paragraphs = [[key for key in paragraph if key != dispensable] for paragraph in paragraphs]
            text, used = _text(library, paragraphs, values, reader, today)
    own = ShownSource(
        occupations.source.title, occupations.source.section, occupations.source.url, occupations.checked_on, occupations.confidence
    )
    return Said(
        key=TOPIC,
        language=language.code,
        direction=language.direction,
        text=text,
        choices=choices_for(library, _buttons(occupation), language),
        sources=(own, *sources_of(used)),
        note=library.phrase("draft_note", language.code),
        state="draft",
    )


def _text(library: Library, paragraphs: list[list[str]], values: dict[str, str], reader: Reader, today: dt.date) -> tuple[str, list[Known]]:
    said, used = [], []
    for paragraph in paragraphs:
        sentences = []
        for key in paragraph:
            known = {place: library.facts.on(fact, today) for place, fact in BORROWED.get(key, {}).items()}
            if any(k.state is not FactState.VALID for k in known.values()):
                continue  # a sentence whose number may be old is left out; the last one says where to check
            used += list(known.values())
            borrowed = {place: _shown(k, library, reader) for place, k in known.items()}
            sentences.append(library.phrase(key, reader.language, **{**values, **borrowed}))
        said.append(" ".join(sentences))
    text = "\n\n".join(filter(None, said))
    return (isolate(text) if library.languages[reader.language].right_to_left else text), used


def shown_name(library: Library, occupation: Occupation, language: str) -> str:
    """The occupation as the language says it, with the Norwegian word people meet at offices beside it."""
    listed = library.occupation_names(language)
    names = listed.names.get(occupation.id) if listed else None
    said = names[0] if names else occupation.norwegian
    said = said[0].upper() + said[1:]
    return said if said.casefold() == occupation.norwegian.casefold() else f"{said} ({occupation.norwegian})"


def _paragraphs(occupation: Occupation) -> list[list[str]]:
    trade = occupation.path in ("trade", "open_trade")
    way = [f"occupation_{occupation.path}"]
    if occupation.programme:
        way.append("occupation_programme")
    further = []
    if trade:
        further.append("occupation_routes")
    if occupation.modules:
        further.append("occupation_modules")
    if occupation.path == "higher":
        further.append("occupation_study")
    demands = ["occupation_regulated"] if occupation.regulated_by else []
    if occupation.language in ("health", "childcare"):
        demands.append(f"occupation_{occupation.language}_language")
    elif occupation.path != "higher":
        demands += (["occupation_trade_language"] if trade else []) + ["occupation_language"]
    return [way, further, demands, ["occupation_more"]]


def _buttons(occupation: Occupation) -> tuple[str, ...]:
    if occupation.path in ("trade", "open_trade"):
        return ("fagbrev_routes", "vov_modules" if occupation.modules else "praksiskandidat", "career_guidance")
    if occupation.path == "higher":
        return ("higher_education_entry", "authorisation_regulated" if occupation.regulated_by else "recognition_higher", "career_guidance")
    return ("job_search", "cv_application", "career_guidance")


def _shown(known: Known, library: Library, reader: Reader) -> str:
    return "" if known.value is None else show_value(known.value, known.fact.unit, library.languages[reader.language])
