"""A persona as people write it (JSON), with the values that are allowed. What is left out is unknown."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

UNKNOWN = "unknown"
Level = Literal["none", "A1", "A2", "B1", "B2", "C1"]
Years = Annotated[float, Field(strict=True, ge=0, le=80, allow_inf_nan=False)]
Percent = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]
YesNo = Annotated[bool, Field(strict=True)]


def _written(value: Any) -> Any:
    if value is not None and not isinstance(value, (str, dt.date)):
        raise ValueError("Write the day as text, such as 2026-11-21")
    return value


Day = Annotated[dt.date, BeforeValidator(_written)]


class Written(BaseModel):
    """A part of the file. Everything may be left out, null or "unknown", which is the same; what is not known here is an error."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _unknown_is_untold(cls, entry: Any) -> Any:
        return {key: None if value == UNKNOWN else value for key, value in entry.items()} if isinstance(entry, dict) else entry


class WrittenNorwegian(Written):
    """Level per skill."""

    reading: Level | None = None
    listening: Level | None = None
    writing: Level | None = None
    oral: Level | None = None


class WrittenExperience(Written):
    """One stretch of work."""

    occupation: str | None = None
    years: Years | None = None
    percent: Percent | None = None
    country: str | None = None
    documented: YesNo | None = None


class WrittenWork(Written):
    """Work now."""

    occupation: str | None = None
    percent: Percent | None = None
    permanent: YesNo | None = None


class WrittenProgramme(Written):
    """The introduction programme."""

    start: Day | None = None
    goal: Literal["work", "part_vgo", "full_vgo", "fagbrev", "higher_education"] | None = None
    end: Day | None = None


class WrittenPersona(Written):
    """The whole file."""

    today: Day | None = None
    age: Annotated[int, Field(strict=True, ge=0, le=120)] | None = None
    permit: Literal["refugee", "collective_protection", "family", "work", "other"] | None = None
    municipality: str | None = None
    schooling: Literal["none", "primary", "primary_undocumented", "upper_secondary", "upper_secondary_unrecognised", "higher"] | None = None
    norwegian: WrittenNorwegian | None = None
    english: Level | None = None
    experience: list[WrittenExperience] | None = None
    work: WrittenWork | None = None
    programme: WrittenProgramme | None = None
    wish: str | None = None

    @field_validator("wish", "municipality")
    @classmethod
    def _blank_is_unknown(cls, value: str | None) -> str | None:
        return value.strip() or None if value else None
