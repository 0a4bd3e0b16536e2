"""Files that advisors send: which kinds, how large."""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk.problems import FileRefused

LARGEST = 5 * 1024 * 1024  # bytes
# What a phone opens without running anything, and how such a file begins.
BEGINNINGS = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}


@dataclass(frozen=True)
class FileIn:
    """A file as it was uploaded."""

    name: str
    content_type: str
    content: bytes


def checked_file(file: FileIn) -> None:
    """Raises FileRefused unless the file is a PDF, PNG or JPEG that begins as one and is not too large."""
    beginning = BEGINNINGS.get(file.content_type)
    if beginning is None or not file.content.startswith(beginning) or len(file.content) > LARGEST or not file.name.strip():
        raise FileRefused(megabytes=str(LARGEST // (1024 * 1024)))
    if len(file.name) > 120 or any(sign in file.name for sign in "/\\\r\n\0"):
        raise FileRefused(megabytes=str(LARGEST // (1024 * 1024)))
