"""What somebody typed into a form: read field by field, kept as typed, with what cannot be read."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request

from bot.plans.moments import NORWAY

DAY_AS_WRITTEN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
YEARS = range(1900, 2200)


class Mistyped(Exception):
    """Something in a form is missing or cannot be read; `Typed.wrong` says what."""


@dataclass
class Typed:
    """The fields of a form by name. `wrong` collects the fields that cannot be read, each with the key of a sentence about it."""

    values: Mapping[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The words of a field, with plain line ends and without blanks around them."""
        return self.values.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()

    def code(self, name: str) -> str | None:
        """A word from a list; None where nothing is chosen."""
        return self.text(name) or None

    def flag(self, name: str) -> bool | None:
        """Yes, no, or None for not known."""
        return {"yes": True, "no": False}.get(self.text(name))

    def day(self, name: str, needed: bool = False) -> dt.date | None:
        """A day, as browsers send it (2026-12-01) or as it is written in Norway (1.12.2026)."""
        text = self._given(name, needed)
        if not text:
            return None
        if found := DAY_AS_WRITTEN.fullmatch(text):
            text = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
        day: dt.date | None
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            self.wrong[name] = "participant_wrong_day"
            return None
        return day

    def number(self, name: str, whole: bool = False) -> float | None:
        """A number with point or comma; None where nothing is written."""
        text = self.text(name).replace(",", ".")
        if not text:
            return None
        try:
            return int(text) if whole else float(text)
        except ValueError:
            self.wrong[name] = "participant_wrong_number"
            return None

    def whole(self, name: str) -> int | None:
        """A whole number; None where nothing is written."""
        number = self.number(name, whole=True)
        return None if number is None else int(number)

    def moment(self, day_name: str, time_name: str) -> dt.datetime | None:
        """Day and time in Norway; None (and noted as wrong) where one of them is missing or cannot be read."""
        day, text = self.day(day_name, needed=True), self._given(time_name, True)
        try:
            time = dt.time.fromisoformat(text.replace(".", ":").zfill(5)) if text else None
        except ValueError:
            self.wrong[time_name] = "participant_wrong_time"
            return None
        return dt.datetime.combine(day, time.replace(tzinfo=None), NORWAY) if day and time else None

    def must_be_readable(self) -> None:
        """Raises Mistyped where a field could not be read."""
        if self.wrong:
            raise Mistyped

    def _given(self, name: str, needed: bool) -> str:
        text = self.text(name)
        if needed and not text:
            self.wrong[name] = "participant_wrong_missing"
        return text


def fingerprint(values: Mapping[str, str]) -> str:
    """What a form was made from, in short: another value, another fingerprint."""
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()[:24]


async def typed(request: Request) -> Typed:
    """The fields of the form that was sent; files are left out."""
    return Typed({name: value for name, value in (await request.form()).items() if isinstance(value, str)})
