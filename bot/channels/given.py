"""What every channel does with what it is given: signs nobody can read, and the name of a language in an app or a browser."""

from __future__ import annotations

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
OURS = {"no": "nb", "ku": "kmr", "prs": "fa"}


def language_hint(tag: str) -> str | None:
    """Our code for a language tag such as "nb-NO" or "ku"; None for an empty one. A hint, nothing more."""
    first = tag.strip().lower().replace("_", "-").split("-")[0]
    return OURS.get(first, first) or None
