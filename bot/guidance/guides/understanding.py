"""What a message answers to a question: a button, a word of a choice, a number, a level, a month, an occupation."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from babel import Locale
from babel.dates import get_month_names

from bot.content import Library
from bot.content.guides import Question
from bot.guidance.codes import LEVELS
from bot.guidance.guides.progress import UNKNOWN

NUMBER = re.compile(r"\d+")
YEAR_AND_MONTH = re.compile(r"\b((?:19|20)\d\d)[-./ ](\d{1,2})\b")
MONTH_AND_YEAR = re.compile(r"\b(\d{1,2})[-./ ]((?:19|20)\d\d)\b")
YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
WHOLE_DAY = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d\d)\b")
ISO_DAY = re.compile(r"\b((?:19|20)\d\d)-(\d{2})-(\d{2})\b")
LONGEST_WORDS = 800


@dataclass(frozen=True)
class Message:
    """A participant's message: words, the topic it was taken for, entities (name, value); a pressed button's value and its question."""

    text: str
    language: str
    intent: str = ""
    entities: tuple[tuple[str, str], ...] = ()
    pressed: str = ""
    pressed_for: str = ""
    today: dt.date = field(default_factory=dt.date.today)

    def values(self, entity: str) -> list[str]:
        """The values of an entity in the message."""
        return [value for name, value in self.entities if name == entity]


def understood(library: Library, question: Question, message: Message) -> Any:
    """The answer in a message, or None when there is none in it. UNKNOWN where the person does not know."""
    if message.pressed:
        return _pressed(library, question, message)
    if question.kind == "words":
        text = message.text.strip()[:LONGEST_WORDS]
        return text if len(text) > 1 else None
    if question.optional and says(library, "words_unknown", message):
        return UNKNOWN
    return READERS[question.kind](library, question, message)


def says(library: Library, key: str, message: Message, *, begins: bool = False) -> bool:
    """True when a message is one of the words of a list phrase (words_stop, words_unknown, words_now).

    With `begins` (words_no) also when it begins with one; the others would stop a person whose sentence happens to begin so.
    """
    text = plain(message.text)
    listed = (plain(word) for code in {message.language, "nb"} for word in library.phrase(key, code).split("|"))
    return any(text == word or (begins and text.startswith(f"{word} ")) for word in listed if word)


def plain(text: str) -> str:
    """Text for comparing: lower case, without diacritics and punctuation, digits of all scripts as Latin ones."""
    letters = []
    for letter in unicodedata.normalize("NFKD", text.casefold()):
        digit = unicodedata.digit(letter, None)
        if digit is not None:
            letters.append(str(digit))
        elif not unicodedata.combining(letter):
            letters.append(letter if letter.isalnum() else " ")
    return " ".join("".join(letters).split())


def _pressed(library: Library, question: Question, message: Message) -> Any:
    value = message.pressed
    if value == UNKNOWN:
        return UNKNOWN if question.optional else None
    if question.kind in ("choice", "yes_no", "level", "municipality"):
        return value if value in choices_of(library, question) else None
    if question.kind == "number":
        return int(value) if value.isdigit() and question.lowest <= int(value) <= question.highest else None
    if question.kind == "occupation":
        return value if value in library.occupations.known else None
    return READERS[question.kind](library, question, Message(value, message.language, today=message.today))


def choices_of(library: Library, question: Question) -> tuple[str, ...]:
    """The codes of the buttons below a question."""
    if question.kind == "yes_no":
        return ("yes", "no")
    if question.kind == "level":
        return question.of or LEVELS
    if question.kind == "municipality":
        return (*library.municipalities(), "other")
    return question.of


def choice_phrase(question: Question, code: str) -> str:
    """The phrase that names a choice."""
    return f"choice_{code}" if question.kind != "level" or code == "none" else ""


def _choice(library: Library, question: Question, message: Message) -> Any:
    text = plain(message.text)
    codes = choices_of(library, question)
    if text.isdigit() and 1 <= int(text) <= len(codes):
        return codes[int(text) - 1]  # a channel without buttons lists them with numbers
    # The whole name only: "jeg er ikke flyktning" has the name of a choice in it too.
    named = [code for code in codes if text in {plain(library.phrase(f"choice_{code}", lang)) for lang in (message.language, "nb")}]
    return named[0] if len(named) == 1 else None


def _yes_no(library: Library, question: Question, message: Message) -> Any:
    if message.intent in ("affirm", "deny"):
        return "yes" if message.intent == "affirm" else "no"
    return _choice(library, question, message)


def _number(library: Library, question: Question, message: Message) -> Any:
    found = [int(number) for number in NUMBER.findall(plain(message.text))]
    fitting = [number for number in found if question.lowest <= number <= question.highest]
    return fitting[0] if len(fitting) == 1 else None


def _level(library: Library, question: Question, message: Message) -> Any:
    levels = message.values("cefr_level")
    if levels:
        return levels[0] if len(set(levels)) == 1 and levels[0] in choices_of(library, question) else None
    if plain(message.text) in {plain(library.phrase("choice_none", code)) for code in (message.language, "nb")}:
        return "none"
    return None


def _municipality(library: Library, question: Question, message: Message) -> Any:
    named = message.values("municipality")
    return named[0] if named else _choice_of_names(library, message)


def _choice_of_names(library: Library, message: Message) -> Any:
    text = plain(message.text)
    places = {plain(name): place.id for place in library.municipalities().values() for name in (place.name, *place.also_called)}
    if text in places:
        return places[text]
    return "other" if text == plain(library.phrase("choice_other", message.language)) else None


def _occupation(library: Library, question: Question, message: Message) -> Any:
    named = message.values("occupation")
    return named[0] if named else None


def _country(library: Library, question: Question, message: Message) -> Any:
    text = plain(message.text)
    for locale in (library.languages[message.language].locale, "nb", "en"):
        for code, name in Locale.parse(locale).territories.items():
            if len(code) == 2 and plain(name) == text:
                return code
    return None


def _month(library: Library, question: Question, message: Message) -> Any:
    text = plain(message.text).replace(" ", "-") if ISO_DAY.search(message.text) else message.text
    digits = "".join(str(unicodedata.digit(letter, letter)) for letter in text)
    if says(library, "words_now", message):
        return "now"
    for pattern, year, month in ((YEAR_AND_MONTH, 1, 2), (MONTH_AND_YEAR, 2, 1)):
        found = pattern.search(digits)
        if found and 1 <= int(found.group(month)) <= 12:
            return _not_later(int(found.group(year)), int(found.group(month)), message.today)
    found = YEAR.search(digits)
    if found is None:
        return None
    return _not_later(int(found.group(1)), _month_named(library, plain(message.text), message.language), message.today)


def _month_named(library: Library, text: str, language: str) -> int:
    """The month a text names in its language, Norwegian or English; January where only a year stands."""
    for locale in (library.languages[language].locale, "nb", "en"):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    if plain(name) and f" {plain(name)}" in f" {text}":
                        return int(number)
    return 1


def _not_later(year: int, month: int, today: dt.date) -> str | None:
    return f"{year:04}-{month:02}" if (year, month) <= (today.year, today.month) and year >= today.year - 70 else None


def _day(library: Library, question: Question, message: Message) -> Any:
    for key, days in (("choice_today", 0), ("choice_tomorrow", 1)):
        if plain(message.text) in {plain(library.phrase(key, code)) for code in (message.language, "nb")} or message.text == key[7:]:
            return (message.today + dt.timedelta(days=days)).isoformat()
    digits = "".join(str(unicodedata.digit(letter, letter)) for letter in message.text)
    for pattern, order in ((ISO_DAY, (1, 2, 3)), (WHOLE_DAY, (3, 2, 1))):
        found = pattern.search(digits)
        if found:
            try:
                return dt.date(*(int(found.group(part)) for part in order)).isoformat()
            except ValueError:
                return None
    return None


def _words(library: Library, question: Question, message: Message) -> Any:
    return message.text.strip() or None


READERS = {
    "choice": _choice,
    "yes_no": _yes_no,
    "number": _number,
    "level": _level,
    "municipality": _municipality,
    "occupation": _occupation,
    "country": _country,
    "month": _month,
    "day": _day,
    "words": _words,
}
