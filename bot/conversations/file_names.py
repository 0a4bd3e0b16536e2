"""Names of files as people give them, made harmless, and the headers that go with them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

JOINERS = "\u200c\u200d"  # signs nobody sees that some scripts are spelt with
NAMELESS = "file"


def safe_name(name: str) -> str:
    """A file's name without folders, quotes, and signs that hide how it ends, such as a turn of direction before `.exe`."""
    seen = (sign for sign in name if sign in JOINERS or unicodedata.category(sign)[0] != "C")
    return re.sub(r"""[\\/:*?"<>|]""", "_", "".join(seen)).strip(" .") or NAMELESS


def content_disposition(name: str, how: str = "attachment") -> str:
    """The header that makes a browser keep a file under its name, in any script (RFC 6266); `how` is attachment or inline."""
    safe = safe_name(name)
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", safe)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"
