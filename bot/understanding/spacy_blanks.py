"""spaCy's blank pipelines, opened when a language first comes."""

from __future__ import annotations

from functools import cache
from typing import Optional

import spacy
from spacy.language import Language


@cache
def blank(code: Optional[str]) -> Language:
    """The blank pipeline of a language code; the one for any language (`xx`) where spaCy has no rules."""
    # spaCy's blank Russian and Ukrainian want a morphology package for lemmas, which tokens do not need.
    if code in (None, "xx", "ru", "uk"):
        return spacy.blank("xx")
    try:
        return spacy.blank(code)
    except ImportError:
        return spacy.blank("xx")
