"""One form of a text for everything that reads it: training, understanding, identification."""

from __future__ import annotations

import re
import unicodedata

BLANKS = re.compile(r"\s+")
# Isolates, marks and joiners that keyboards leave behind; the zero-width non-joiner stays, Persian spells with it.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u0640"))
# The same letter under two code points: Arabic and Persian yeh and kaf, and the Arabic digits.
SAME = str.maketrans("يىكةۀھ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "ییکههه" + "0123456789" * 2)


def normal(text: str) -> str:
    """Text in NFC without invisible marks, blanks folded to one."""
    return BLANKS.sub(" ", unicodedata.normalize("NFC", text).translate(INVISIBLE)).strip()


def folded(text: str) -> str:
    """`normal` text in lower case with letters that only differ by keyboard made equal, for comparing and n-grams."""
    return normal(text).casefold().translate(SAME)


def bare(text: str) -> str:
    """`folded` text without diacritics, as people type on a foreign keyboard."""
    letters = unicodedata.normalize("NFD", folded(text))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain.translate(str.maketrans("øæåđıłß", "oaadils"))
