"""Meta's signature of a webhook body: HMAC-SHA256 with the app's secret, over the bytes as they came."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

HEADER = "X-Hub-Signature-256"
FORM = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)


def signature_of(secret: str, body: bytes) -> str:
    """The header's value for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes, headers: Sequence[str]) -> bool:
    """True when exactly one header of the right form signs these bytes. Without a secret nothing is signed."""
    if not secret or len(headers) != 1 or not FORM.fullmatch(headers[0]):
        return False
    return hmac.compare_digest(signature_of(secret, body), headers[0])
