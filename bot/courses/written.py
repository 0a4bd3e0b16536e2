"""What a teacher types for the class: checked, and sealed as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.courses.problems import CourseProblem
from bot.plans.national_numbers import holds_national_number
from bot.storage.sealing import Seal

LONGEST_TEXT = 1500  # characters of a post: fits one message of every channel in every language
LONGEST_FIELD = 120


def checked(field: str, typed: str, longest: int = LONGEST_TEXT, needed: bool = False) -> str:
    """The words without blanks around them. Raises CourseProblem: missing, too long, or with a national identity number in them."""
    found = typed.replace("\r\n", "\n").replace("\x00", "").strip()
    if needed and not found:
        raise CourseProblem("course_field_missing", field=field)
    if len(found) > longest:
        raise CourseProblem("course_text_too_long", field=field, limit=str(longest))
    if holds_national_number(found):
        raise CourseProblem("course_national_number", field=field)
    return found


def sealed(seal: Seal, texts: Mapping[str, Any]) -> bytes | None:
    """Texts as they are stored; None where there are none."""
    return seal.close(json.dumps(texts, ensure_ascii=False)) if texts else None


def opened(seal: Seal, stored: bytes | None) -> dict[str, Any]:
    """Stored texts again. Raises SealError for another key."""
    return dict(json.loads(seal.open(stored))) if stored else {}
