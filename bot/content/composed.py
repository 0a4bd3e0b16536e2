"""Messages put together from phrases with values: a person's own dates, levels and words, as each language writes them.

An action says *what* (codes, days, numbers); here it becomes words, so that one action serves every language.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.units import format_unit

from bot.content.languages import Language
from bot.content.library import Library
from bot.content.occupation_answer import shown_name
from bot.content.placeholders import FIRST_STRONG_ISOLATE, POP_ISOLATE, isolate, show_value
from bot.content.selection import Choice, Said, choices_for, sources_of, title_of

OSLO = ZoneInfo("Europe/Oslo")
MONTHS_IN_A_YEAR = 12
RIGHT_TO_LEFT_MARK = "\u200f"
FIRST_LETTER = re.compile(r"[^\W\d_]")
ARABIC_LETTER = re.compile(r"[\u0620-\u064a\u0671-\u06d3]")
Line = Mapping[str, Any]


def compose(
    library: Library,
    key: str,
    language_code: str,
    lines: Sequence[Line],
    *,
    topics: tuple[str, ...] = (),
    choices: Sequence[Line] = (),
    facts: Sequence[str] = (),
    topic: bool = False,
) -> Said:
    """One message from lines of phrases.

    A line: a value as below, most often {"phrase": key, "values": {place: value}}, or {} for a blank line.
    A value: a number or text as it is, or one of {"day": "2026-12-01"}, {"month": "2026-12-01"}, {"moment": ISO time},
    {"amount": number}, {"words": text somebody wrote}, {"quoted": value}, {"phrase": key, "values": {...}},
    {"text": [folder, key, ...], "values": {...}}
    (with "in": another language, such as Norwegian for the advisor), {"title": topic}, {"occupation": id}, {"list": [values]},
    {"fact": id}.
    A choice: {"phrase" or other value, "payload": what the button sends}. `facts`: what the message rests on, shown as its sources.
    `topic`: the message answers a topic of this name.
    """
    language = library.languages[language_code]
    shown_lines = [_line(library, language, line) for line in lines]
    if language.right_to_left:
        shown_lines = ["\n".join(_led(part) for part in line.split("\n")) for line in shown_lines]
    text = "\n".join(shown_lines)
    known = [library.facts.on(fact, dt.date.today()) for fact in facts if fact in library.facts]
    buttons = [Choice(shown(library, language, choice), str(choice["payload"])) for choice in choices]
    return Said(
        key=key,
        language=language.code,
        direction=language.direction,
        text=isolate(text) if language.right_to_left else text,
        choices=(*buttons, *choices_for(library, topics, language)),
        sources=sources_of(known),
        state="composed" if topic else "",
    )


def shown(library: Library, language: Language, value: Any) -> str:
    """A value as the language writes it. Raises KeyError for a phrase, fact or occupation that is not there."""
    if not isinstance(value, Mapping):
        return show_value(value, "", language) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
    for kind, show in SHOWN.items():
        if kind in value:
            return show(library, language, value)
    raise KeyError(f"unknown value {sorted(value)}")


def _led(line: str) -> str:
    """A line that begins with Norwegian words would stand on the left, whatever follows; a mark (U+200F) makes it begin at the right.

    Isolates do not: browsers look into them for the first letter.
    """
    first = FIRST_LETTER.search(line)
    return f"{RIGHT_TO_LEFT_MARK}{line}" if line and not (first and ARABIC_LETTER.match(first.group())) else line


def _line(library: Library, language: Language, line: Line) -> str:
    return shown(library, language, line) if line else ""


def _phrase(library: Library, language: Language, value: Line) -> str:
    values = {place: shown(library, language, inner) for place, inner in (value.get("values") or {}).items()}
    return library.phrase(value["phrase"], language.code, **values)


def _text(library: Library, language: Language, value: Line) -> str:
    folder, *keys = value["text"]
    language = library.languages[value["in"]] if "in" in value else language
    found: Any = library.texts(folder, language.code)
    for key in keys:
        found = found[key]
    values = {place: shown(library, language, inner) for place, inner in (value.get("values") or {}).items()}
    return str(found).strip().format(**values) if values else str(found).strip()


def _day(library: Library, language: Language, value: Line) -> str:
    day = dt.date.fromisoformat(str(value["day"])[:10])
    return format_date(day, "full", locale=language.locale)


def _month(library: Library, language: Language, value: Line) -> str:
    return format_skeleton("yMMMM", dt.date.fromisoformat(str(value["month"])[:10]), locale=language.locale)


def _duration(library: Library, language: Language, value: Line) -> str:
    """Years and months with their plurals where CLDR has them, else as the language's phrases say them."""
    years, months = divmod(int(value["duration"]), MONTHS_IN_A_YEAR)
    parts = [(years, "year")] * bool(years) + [(months, "month")] * bool(months or not years)
    named = [format_unit(count, f"duration-{unit}", "long", locale=language.locale, numbering_system="latn") for count, unit in parts]
    if all(re.search(r"\w{2}", name) and "duration-" not in name and "/" not in name for name in named):
        return format_list(named, locale=language.locale)
    kind = "years_months" if len(parts) > 1 else f"{parts[0][1]}s"
    return library.phrase(f"duration_{kind}", language.code, years=years, months=months)


def _moment(library: Library, language: Language, value: Line) -> str:
    moment = dt.datetime.fromisoformat(str(value["moment"])).astimezone(OSLO)
    time = format_time(moment, "HH:mm", locale="en")  # 24 hours everywhere, as on Norwegian letters
    day = format_date(moment.date(), "full", locale=language.locale)
    return library.phrase("day_and_time", language.code, day=day, time=time)


def _amount(library: Library, language: Language, value: Line) -> str:
    return show_value(value["amount"], "kr", language)


def _words(library: Library, language: Language, value: Line) -> str:
    # Somebody's own words are shown as written; isolates keep a right-to-left line from reordering around them.
    return f"{FIRST_STRONG_ISOLATE}{value['words']}{POP_ISOLATE}" if language.right_to_left else str(value["words"])


def _quoted(library: Library, language: Language, value: Line) -> str:
    # A question stays one inside a sentence, and a full stop may follow it.
    return f"«{shown(library, language, value['quoted'])}»"


def _title(library: Library, language: Language, value: Line) -> str:
    return title_of(library, value["title"], language.code) or str(value["title"])


def _occupation(library: Library, language: Language, value: Line) -> str:
    return shown_name(library, library.occupations.known[value["occupation"]], language.code)


def _list(library: Library, language: Language, value: Line) -> str:
    comma = "، " if language.script == "Arab" else "፣ " if language.script == "Ethi" else ", "
    return comma.join(shown(library, language, inner) for inner in value["list"])


def _fact(library: Library, language: Language, value: Line) -> str:
    known = library.facts.on(value["fact"], dt.date.fromisoformat(value["on"]) if "on" in value else dt.date.today())
    return show_value(known.value, known.fact.unit, language) if known.value is not None else ""


SHOWN = {
    "phrase": _phrase,
    "text": _text,
    "day": _day,
    "month": _month,
    "duration": _duration,
    "moment": _moment,
    "amount": _amount,
    "words": _words,
    "quoted": _quoted,
    "title": _title,
    "occupation": _occupation,
    "list": _list,
    "fact": _fact,
}
