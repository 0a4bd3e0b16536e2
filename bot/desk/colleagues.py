"""The people who work with cases, as the desk knows them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.storage.desk_tables import Account


class Role(StrEnum):
    """What somebody does here."""

    ADVISOR = "advisor"
    TEACHER = "teacher"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Colleague:
    """Who acts. `municipality` is the id of the one they work for."""

    id: int
    name: str
    role: Role
    municipality: str = ""
    language: str = "nb"
    speaks: tuple[str, ...] = ()
    demo: bool = False


def colleague_from(row: Account) -> Colleague:
    """The person behind an account."""
    return Colleague(row.id, row.name, Role(row.role), row.municipality, row.language, tuple(row.speaks), row.demo)
