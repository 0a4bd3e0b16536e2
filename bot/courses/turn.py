"""A message of a participant that is about the course, practice or self-assessment, as its handler gets it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.conversations.assistant import SaidMessage
from bot.courses.parts import Courses
from bot.storage.course_tables import Course, CourseMember
from bot.storage.tables import Conversation, Message


@dataclass(frozen=True)
class Turn:
    """`values`: of the pressed button; `text`: words where words were asked for. In a group `member` is None and `course` the group's.

    Handlers run inside the transaction that stores their answer, with the conversation held; they may be called again for the same
    `question` only when nothing of the first call was stored.
    """

    courses: Courses
    session: Session
    conversation: Conversation
    question: Message
    language: str
    group: bool
    course: Course | None = None
    member: CourseMember | None = None
    values: Mapping[str, Any] = None  # type: ignore[assignment]
    text: str = ""

    @property
    def now(self) -> dt.datetime:
        """This moment in UTC."""
        return self.courses.clock()

    def number(self, name: str) -> int | None:
        """A whole number of the pressed button; None where it is none (anybody can type a slash)."""
        value = (self.values or {}).get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None

    def word(self, name: str) -> str:
        """A short word of the pressed button; empty where it is none."""
        value = (self.values or {}).get(name)
        return value if isinstance(value, str) and len(value) <= 64 else ""


Handler = Callable[[Turn], list[SaidMessage]]
