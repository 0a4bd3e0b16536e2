"""What a file is, by how it begins; never by what somebody says it is."""

from __future__ import annotations

OGG, MP3, MP4, AAC, AMR, WEBM, WAV = (f"audio/{kind}" for kind in ("ogg", "mpeg", "mp4", "aac", "amr", "webm", "wav"))
JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
# How such a file may end; the first is what one without an ending of its own gets.
ENDINGS = {
    OGG: (".ogg", ".oga", ".opus"),
    MP3: (".mp3",),
    MP4: (".m4a", ".mp4", ".3gp"),
    AAC: (".aac",),
    AMR: (".amr",),
    WEBM: (".webm", ".weba"),
    WAV: (".wav",),
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    WEBP: (".webp",),
    PDF: (".pdf",),
}
BEGINNINGS = (
    (b"OggS", OGG),
    (b"ID3", MP3),
    (b"#!AMR", AMR),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"%PDF-", PDF),
)
RIFF = {b"WAVE": WAV, b"WEBP": WEBP}
EBML, WEBM_HEAD = b"\x1a\x45\xdf\xa3", 64  # the name "webm" stands within so many bytes, else it is another Matroska file
# Brands of MP4 that carry sound. Pictures of telephones (heic, avif) are MP4 files too, and are not taken.
MP4_BRANDS = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"dash", b"3gp4", b"3gp5", b"3gp6")
OPUS_PER_SECOND = 48_000  # granules, whatever the recording's own rate was (RFC 7845)
LONGEST_BELIEVED = 24 * 3600


def content_type_of(content: bytes) -> str:
    """The type of a file that is taken; empty for every other one."""
    for beginning, kind in BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content.startswith(b"RIFF"):
        return RIFF.get(content[8:12], "")
    if content.startswith(EBML) and b"webm" in content[:WEBM_HEAD]:
        return WEBM
    if content[4:8] == b"ftyp" and content[8:12] in MP4_BRANDS:
        return MP4
    return _raw_sound(content)


def _raw_sound(content: bytes) -> str:
    """MP3 and AAC without any head begin with eleven or twelve set bits and the layer."""
    if len(content) < 4 or content[0] != 0xFF:
        return ""
    if content[1] & 0xF6 == 0xF0:
        return AAC
    return MP3 if content[1] & 0xE6 == 0xE2 else ""


def opus_seconds(content: bytes) -> int | None:
    """How long an Ogg Opus recording is, as messengers make them; None for anything else. A begun second counts."""
    head, last = content.find(b"OpusHead", 0, 64), content.rfind(b"OggS")
    if not content.startswith(b"OggS") or head < 0 or last <= 0 or len(content) < last + 14:
        return None
    skipped = int.from_bytes(content[head + 10 : head + 12], "little")
    granules = int.from_bytes(content[last + 6 : last + 14], "little", signed=True) - skipped
    seconds = -(-granules // OPUS_PER_SECOND)
    return seconds if 0 < seconds < LONGEST_BELIEVED else None
