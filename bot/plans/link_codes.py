"""One-time codes as people see, type and mistype them; and what is kept of them.

Eight signs out of 24: letters without vowels, so that no word comes out, and without look-alikes (I L O 0 1, and B S Z beside 8 5 2).
Each half has a letter and a digit, so that no amount, year or telephone number looks like a code. That makes 2^36 codes (7 x 10^10):
at five tries in a quarter of an hour nobody guesses one within its days.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata

LETTERS, DIGITS = "CDFGHJKMNPQRTVWX", "23456789"
SIGNS = LETTERS + DIGITS
LOOK_ALIKES = str.maketrans("BSZ", "852")
CYRILLIC = str.maketrans("СНКМРТХВ", "CHKMPTXB")  # a person who copies by eye on such a keyboard types these
DASHES = re.compile(r"[\s\-\u2010-\u2015\u2212_.:]+")  # people put what they like between the halves
BARE = re.compile(f"[{SIGNS}BSZ]{{4}}[\\s\\-\u2010-\u2015\u2212_.:]*[{SIGNS}BSZ]{{4}}")
WITH_HYPHEN = re.compile(f"(?<![\\w-])([{SIGNS}]{{4}}-[{SIGNS}]{{4}})(?![\\w-])")


def new_code() -> str:
    """A code such as K7MP-3W4R, of the operating system's randomness."""
    return f"{_new_half()}-{_new_half()}"


def code_in(text: str) -> str | None:
    """The code a message holds: a message that is nothing but a code, or a code written as it was shown inside a sentence.

    Strict, so that no ordinary word is taken for a code: no vowels, and letters and digits in both halves.
    """
    plain = _plain(text)
    bare = plain.strip(" .,!?;:'\"()«»\t\n")
    if BARE.fullmatch(bare) and any(sign in DIGITS for sign in bare) and _is_mixed(normal_form(bare)):
        return normal_form(bare)
    return next((code for code in WITH_HYPHEN.findall(plain) if _is_mixed(code)), None)


def looks_like_code(text: str) -> bool:
    """True when a message is, or holds, what can only be meant as a one-time code."""
    return code_in(text) is not None


def normal_form(text: str) -> str:
    """What was typed as it would be shown: capitals, Latin digits of any script's, look-alikes read as the sign that exists, a hyphen.

    What is no code stays something that is no code.
    """
    signs = DASHES.sub("", _plain(text)).translate(LOOK_ALIKES)
    return f"{signs[:4]}-{signs[4:]}"


def hash_of(code: str, key: bytes) -> str:
    """What is kept of a code: its HMAC-SHA256 in hexadecimal, so that whoever reads the table can make no code of it."""
    return hmac.new(key, normal_form(code).encode(), hashlib.sha256).hexdigest()


def link_key(text_key: str) -> bytes:
    """The key of the codes, derived from the key that seals texts, so that an installation has one secret to keep."""
    return hmac.new(text_key.encode(), b"veiviser: one-time codes", hashlib.sha256).digest()


def _plain(text: str) -> str:
    """Capital letters, Latin digits; without marks that nobody sees, such as those of writing direction."""
    wide = unicodedata.normalize("NFKC", text)
    seen = "".join(_digit(sign) for sign in wide if unicodedata.category(sign) != "Cf")
    return seen.upper().translate(CYRILLIC)


def _digit(sign: str) -> str:
    """The Latin digit of a digit of any script (Arabic, Persian, Ethiopic ...); other signs as they are."""
    return str(unicodedata.digit(sign)) if unicodedata.digit(sign, None) is not None else sign


def _new_half() -> str:
    while True:
        half = "".join(secrets.choice(SIGNS) for _ in range(4))
        if _is_mixed(half):
            return half


def _is_mixed(code: str) -> bool:
    """True when each half has a letter and a digit."""
    return all(not half.isdigit() and not half.isalpha() for half in code.split("-"))
