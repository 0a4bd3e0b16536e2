"""Beginnings of files of each kind, and one real recording: espeak-ng says "I have no money left this month. Who can help me?"."""

from __future__ import annotations

from pathlib import Path

from bot.conversations.media import MediaIn

SPOKEN = (Path(__file__).parent / "spoken_en.ogg").read_bytes()
SPOKEN_WORDS = "I have no money left this month. Who can help me?"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 invented"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR invented"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 invented"
PDF = b"%PDF-1.4 invented"
BY_TYPE = {
    "audio/ogg": SPOKEN,
    "audio/mpeg": b"ID3\x04\x00 invented",
    "audio/mp4": b"\x00\x00\x00\x1cftypM4A \x00\x00 invented",
    "audio/aac": b"\xff\xf1\x50\x80 invented",
    "audio/amr": b"#!AMR\n invented",
    "audio/webm": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm invented",
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt invented",
    "image/jpeg": JPEG,
    "image/png": PNG,
    "image/webp": WEBP,
    "application/pdf": PDF,
}


def voice(**more: object) -> MediaIn:
    """A voice message as a messenger brings it."""
    return MediaIn(**{"kind": "voice", "name": "", "content_type": "audio/ogg", "content": SPOKEN, "seconds": 4, **more})  # type: ignore[arg-type]


def photo(**more: object) -> MediaIn:
    """A picture as a messenger brings it."""
    return MediaIn(**{"kind": "photo", "name": "", "content_type": "image/jpeg", "content": JPEG, **more})  # type: ignore[arg-type]


def document(**more: object) -> MediaIn:
    """A document as a messenger brings it."""
    return MediaIn(**{"kind": "document", "name": "letter.pdf", "content_type": "application/pdf", "content": PDF, **more})  # type: ignore[arg-type]
