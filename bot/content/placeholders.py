"""Fills {fact} places in prose: numbers, dates and levels as the language writes them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from babel.dates import format_date
from babel.numbers import format_decimal

from bot.content.facts import Known, Value, as_number
from bot.content.languages import Language

PLACE = re.compile(r"\{(\w+)\}")
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
UNGROUPED = frozenset({"level", "phone", "url", "email", "name", "rule"})
# Runs of Latin letters, digits and what joins them, which a right-to-left line would otherwise reorder.
# A formula is one run as a whole, from its sign to its last number: −3 + 5 = 2 must not be read as 5 − 3.
SIGN, NUMBER = (
    "[−√]?",
    r"(?:\d+(?:[.,/ \u00a0\u202f]\d+)*(?:[\u00a0\u202f ]?(?:%|[A-Za-z]{1,4}[²³]?(?![A-Za-zÀ-ɏ])))?|[a-z](?![A-Za-zÀ-ɏ]))[²³]?",
)
JOINED = r"[ \u00a0\u202f]?[=≈+−·×:<>][ \u00a0\u202f]?"
BRACKET = rf"\({SIGN}{NUMBER}(?:{JOINED}{SIGN}{NUMBER})*\)[²³]?"
TERM = rf"(?:{SIGN}{NUMBER}{BRACKET}|{SIGN}{NUMBER}|{SIGN}{BRACKET})"
FORMULA = rf"{TERM}(?:{JOINED}{TERM})+|−\d+(?:[.,]\d+)?"
LATIN_RUN = re.compile(rf"{FORMULA}|" r"[A-Za-zÀ-ɏ0-9§+][A-Za-zÀ-ɏ0-9 .,:;/@&%+'’()§\-\u202f\u00a0]*[A-Za-zÀ-ɏ0-9%]|[A-Za-zÀ-ɏ0-9]")


def places_in(text: str) -> tuple[str, ...]:
    """The names between braces, in order, each once."""
    return tuple(dict.fromkeys(PLACE.findall(text)))


def show_value(value: Value, unit: str, language: Language) -> str:
    """One value as the language writes it: Latin digits, Gregorian calendar (CLDR through Babel)."""
    if isinstance(value, dt.date):
        return format_date(value, "long", locale=language.locale)
    if unit in UNGROUPED or isinstance(value, bool):
        return str(value)
    try:
        number = float(as_number(value))
    except ValueError:
        return str(value)
    if isinstance(value, str) and "/" in value:  # a share of the law, such as 2/3, is said as it stands there
        return value
    return format_decimal(number, format="#,##0.##", locale=language.locale, numbering_system="latn")


def fill(text: str, known: Iterable[Known], language: Language) -> str:
    """The text with every fact in its place. Raises KeyError for a place without a fact."""
    values = {k.fact.id: show_value(k.value, k.fact.unit, language) for k in known if k.value is not None}
    filled = PLACE.sub(lambda place: values[place.group(1)], text)
    return isolate(filled) if language.right_to_left else filled


def isolate(text: str) -> str:
    """Right-to-left text with every run of Latin letters or digits in isolates (U+2068, U+2069; UAX 9)."""
    return LATIN_RUN.sub(lambda run: f"{FIRST_STRONG_ISOLATE}{run.group()}{POP_ISOLATE}", text)
