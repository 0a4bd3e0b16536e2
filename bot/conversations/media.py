"""What people send that is no text: which kinds are kept, how large, and how they are stored."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.file_names import NAMELESS, safe_name
from bot.conversations.first_bytes import AAC, AMR, ENDINGS, JPEG, MP3, MP4, OGG, PDF, PNG, WAV, WEBM, WEBP, content_type_of, opus_seconds
from bot.storage.desk_tables import Attachment
from bot.storage.sealing import Seal
from bot.storage.tables import Message

MEGABYTE = 1024 * 1024
# Which types are kept of each kind. No word-processor files: they carry macros, and nobody needs more than a PDF or a picture here.
KEPT = {
    "voice": frozenset({OGG, MP3, MP4, AAC, AMR, WEBM, WAV}),
    "photo": frozenset({JPEG, PNG, WEBP}),
    "document": frozenset({PDF, JPEG, PNG}),
}
LARGEST = {"voice": 16 * MEGABYTE, "photo": 10 * MEGABYTE, "document": 10 * MEGABYTE}  # bytes
LONGEST_VOICE = 5 * 60  # seconds
NEVER_STORED = frozenset({"location", "contact"})  # where somebody is, and the numbers of others
LONGEST_NAME = 120

TOO_LARGE, TOO_LONG, NOT_FETCHED, WRONG_KIND = "too_large", "too_long", "not_fetched", "wrong_kind"


@dataclass(frozen=True)
class MediaIn:
    """A file as a channel hands it over. `kind`: voice, photo or document; `problem`: too_large or not_fetched, and no content then."""

    kind: str
    name: str
    content_type: str
    content: bytes = field(default=b"", repr=False)
    seconds: int | None = None
    problem: str = ""


@dataclass(frozen=True)
class Kept:
    """A file that is kept: its name made safe, its type by its first bytes."""

    kind: str
    name: str
    content_type: str
    content: bytes = field(repr=False)
    seconds: int | None = None


@dataclass(frozen=True)
class Brought:
    """What came with a message: its kind, the files that are kept, and what is wrong with the others as (kind, problem)."""

    kind: str = "text"
    kept: tuple[Kept, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


class NotKept(Exception):
    """A file is not kept; `problem` says why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def sorted_out(kind: str, media: tuple[MediaIn, ...], group: bool) -> Brought:
    """What is kept of a message. In a group nothing is, because others read along; a file nobody handed over counts as not fetched."""
    kind = media[0].kind if kind == "text" and media else kind
    if group or kind not in KEPT:
        return Brought(kind)
    kept: list[Kept] = []
    problems: list[tuple[str, str]] = []
    for one in media or (MediaIn(kind, "", "", problem=NOT_FETCHED),):
        try:
            kept.append(checked(one))
        except NotKept as refused:
            problems.append((one.kind, refused.problem))
    return Brought(kind, tuple(kept), tuple(problems))


def checked(media: MediaIn) -> Kept:
    """A file that may be kept. Raises NotKept with too_large, too_long, not_fetched or wrong_kind."""
    if media.kind not in KEPT:
        raise NotKept(WRONG_KIND)
    if media.problem == TOO_LARGE or len(media.content) > LARGEST[media.kind]:
        raise NotKept(TOO_LARGE)
    if media.problem or not media.content:
        raise NotKept(NOT_FETCHED)
    content_type = content_type_of(media.content)
    if content_type not in KEPT[media.kind]:
        raise NotKept(WRONG_KIND)
    seconds = None
    if media.kind == "voice":
        seconds = opus_seconds(media.content) or media.seconds
        if seconds is not None and seconds > LONGEST_VOICE:
            raise NotKept(TOO_LONG)
    return Kept(media.kind, named(media.name, content_type, media.kind), content_type, media.content, seconds)


def named(name: str, content_type: str, kind: str) -> str:
    """A file's name, harmless, and with an ending that tells what the file is."""
    safe = safe_name(name)
    if safe == NAMELESS:
        safe = kind
    endings = ENDINGS[content_type]
    ending = PurePath(safe).suffix
    if ending.lower() not in endings:
        safe, ending = f"{safe}{endings[0]}", endings[0]
    return safe[: -len(ending)][: LONGEST_NAME - len(ending)] + ending


def keep(session: Session, seal: Seal, message: Message, files: tuple[Kept, ...]) -> None:
    """Stores the files of a message, sealed, in the caller's transaction; a message that has its files already keeps those."""
    if not files or session.scalar(select(Attachment.id).where(Attachment.message_id == message.id).limit(1)) is not None:
        return
    for file in files:
        session.add(
            Attachment(
                message_id=message.id,
                token=secrets.token_urlsafe(32),
                name=file.name,
                content_type=file.content_type,
                size=len(file.content),
                sealed_bytes=seal.close_bytes(file.content),
                seconds=file.seconds,
            )
        )
    session.flush()
