"""Which script a text is written in, and which of our languages use it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

NAMES = {"LATIN": "Latn", "ARABIC": "Arab", "CYRILLIC": "Cyrl", "ETHIOPIC": "Ethi"}
# The languages that are properly written in each script; the only answers a text in that script can get.
WRITTEN_IN = {
    "Latn": frozenset("nb nn en kmr tr so sw rw fr es".split()),
    "Arab": frozenset(["ar", "fa", "ps", "ckb"]),
    "Cyrl": frozenset(["uk", "ru"]),
    "Ethi": frozenset(["ti", "am"]),
}
# Letters that only some languages of a script have. One such letter in a text rules the others out.
ONLY = {
    "Arab": {
        "ps": "ټډړږښڼېۍځڅګ",
        "ckb": "ڕڵێۆ",
    },
    "Cyrl": {"uk": "іїєґ", "ru": "ыэъё"},
}
# Letters that none of ours has: a text with one is in another language.
FOREIGN = {
    "ur": "ٹڈڑںہ",
    "pl": "ąęłńśźż",
    "vi": "ăđơưảạấầẩẫậắằẳẵặẻẽẹếềểễệỉĩịỏọốồổỗộớờởỡợủũụứừửữựỳỷỹỵ",
}


@lru_cache(maxsize=8192)
def script_of_letter(letter: str) -> str:
    """The script of one letter (ISO 15924), or "other"."""
    return NAMES.get(unicodedata.name(letter, "").split(" ")[0], "other")


def script_of(text: str) -> str:
    """The script most letters of a text belong to; an empty text for one without letters.

    Norwegian terms stand in every language, so a third of another script's letters already decide against Latin.
    """
    counts = Counter(script_of_letter(letter) for letter in text if letter.isalpha())
    if not counts:
        return ""
    rest = {script: n for script, n in counts.items() if script != "Latn"}
    if rest:
        script, most = max(rest.items(), key=lambda item: item[1])
        if 2 * most >= counts["Latn"]:
            return script
    return "Latn" if counts["Latn"] else "other"
