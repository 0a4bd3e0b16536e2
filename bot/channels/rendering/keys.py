"""Short keys in place of payloads, which may be longer than a button carries."""

from __future__ import annotations

import base64
import hashlib

LETTERS = 16  # of base64: 96 bits, so that no two payloads ever meet


def key_of(payload: str) -> str:
    """The key of a payload, always the same: "k" and 16 characters of A-Z a-z 0-9 _ -."""
    digest = hashlib.sha256(payload.encode("utf-8", "surrogatepass")).digest()
    return "k" + base64.urlsafe_b64encode(digest)[:LETTERS].decode("ascii")
