"""Reads one cell as the value its field holds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.content.errors import did_you_mean
from bot.plans.importing.days import read_day, read_moment
from bot.plans.importing.known import Known
from bot.plans.importing.sheets import ErrorCell
from bot.plans.importing.specification import BadValue, Field, Type

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
YES, NO = ("yes", "ja", "true", "1"), ("no", "nei", "false", "0")
OLDEST = 110


def read_value(field: Field, raw: object, known: Known) -> Any:
    """The value of a filled cell (str, number, bool, date or datetime), as the table holds it. Raises BadValue."""
    if isinstance(raw, ErrorCell):
        raise BadValue("is an error of the spreadsheet; mend its formula or write the value.")
    return READERS[field.type](field, raw, known)


def as_text(raw: object) -> str:
    """A cell as text. Raises BadValue for a date, because nobody can tell what was typed before the spreadsheet made it one."""
    if isinstance(raw, (dt.date, dt.time, dt.timedelta)):
        raise BadValue("was made a date by the spreadsheet; format the column as text and write it again.")
    return str(raw)


def _text(field: Field, raw: object, known: Known) -> str:
    text = as_text(raw)
    if len(text) > field.longest:
        raise BadValue(f"is {len(text)} characters long; at most {field.longest} fit.")
    return text


def _day(field: Field, raw: object, known: Known) -> dt.date:
    day = read_day(raw)
    if field.past and day > known.today:
        raise BadValue(f"lies in the future (today is {known.today}).")
    if field.name == "birth_date" and _years_since(day, known.today) > OLDEST:
        raise BadValue(f"would make the person more than {OLDEST} years old; check the year.")
    return day


def _years_since(birth: dt.date, today: dt.date) -> int:
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _moment(field: Field, raw: object, known: Known) -> dt.datetime:
    return read_moment(raw)


def _number(field: Field, raw: object, known: Known) -> float:
    written = str(raw).strip() if isinstance(raw, (str, int, float)) and not isinstance(raw, bool) else ""
    if not NUMBER.fullmatch(written):
        raise BadValue("is no number; write such as 37.5 or 37,5.")
    number = float(written.replace(",", "."))
    if not field.least <= number <= field.most:
        raise BadValue(f"cannot be; write a number from {field.least:g} to {field.most:g}.")
    return number


def _whole(field: Field, raw: object, known: Known) -> int:
    number = _number(field, raw, known)
    if not number.is_integer():
        raise BadValue("is no whole number.")
    return int(number)


def _yes_no(field: Field, raw: object, known: Known) -> bool:
    word = as_text(raw).casefold()
    if word not in (*YES, *NO):
        raise BadValue("is neither yes nor no (ja, nei).")
    return word in YES


def _code(field: Field, raw: object, known: Known) -> str:
    by_word = {code.casefold(): code for code in field.codes}
    word = as_text(raw).casefold()
    code = by_word.get(word) or by_word.get(re.sub(r"[\s-]+", "_", word))
    if code is None:
        allowed = ", ".join(field.codes)
        raise BadValue(f"is not one of {allowed}.{did_you_mean(as_text(raw), field.codes)}")
    return code


def _municipality(field: Field, raw: object, known: Known) -> str:
    hint = "To add a municipality, write its file in data/municipalities."
    return _named(as_text(raw), known.municipalities, f"is no municipality in data/municipalities. {hint}")


def _language(field: Field, raw: object, known: Known) -> str:
    return _named(as_text(raw), known.languages, "is no language in data/languages.yml.")


def _named(word: str, names: Mapping[str, str], otherwise: str) -> str:
    if (found := names.get(word.casefold())) is None:
        ids = ", ".join(dict.fromkeys(names.values()))
        raise BadValue(f"{otherwise} There are {ids}.{did_you_mean(word.casefold(), names)}")
    return found


READERS: dict[Type, Callable[[Field, object, Known], Any]] = {
    Type.TEXT: _text,
    Type.DATE: _day,
    Type.MOMENT: _moment,
    Type.NUMBER: _number,
    Type.WHOLE: _whole,
    Type.YES_NO: _yes_no,
    Type.CODE: _code,
    Type.MUNICIPALITY: _municipality,
    Type.LANGUAGE: _language,
}
