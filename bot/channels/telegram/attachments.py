"""What is attached to a message: voice, pictures, files, places, contacts; and how a file is fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.channels.telegram.client import Client
from bot.channels.telegram.endings import seconds_of
from bot.channels.telegram.reading import clean, entry, whole
from bot.conversations.channel import TryLater
from bot.conversations.media import KEPT, MediaIn

LARGEST = 20 * 1024 * 1024  # bytes a bot may fetch (FileSizeLimit.FILESIZE_DOWNLOAD of the Bot API)
TRIES = 4
# What Telegram writes into a chat itself; nobody waits for an answer to it.
SERVICE = frozenset(
    "boost_added channel_chat_created chat_background_set chat_owner_changed chat_owner_left chat_shared checklist_tasks_added "
    "checklist_tasks_done connected_website delete_chat_photo direct_message_price_changed forum_topic_created forum_topic_closed "
    "forum_topic_edited forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden gift gift_upgrade_sent "
    "giveaway_completed giveaway_created group_chat_created left_chat_member managed_bot_created message_auto_delete_timer_changed "
    "new_chat_member new_chat_members new_chat_photo new_chat_title paid_message_price_changed passport_data pinned_message "
    "poll_option_added poll_option_deleted proximity_alert_triggered refunded_payment successful_payment suggested_post_approval_failed "
    "suggested_post_approved suggested_post_declined suggested_post_paid suggested_post_refunded supergroup_chat_created unique_gift "
    "users_shared video_chat_ended video_chat_participants_invited video_chat_scheduled video_chat_started web_app_data "
    "write_access_allowed".split()
)


@dataclass(frozen=True)
class Attachment:
    """A file at Telegram, not fetched yet. size in bytes, 0 when it is not told."""

    kind: str
    file_id: str
    name: str
    content_type: str
    size: int
    seconds: int | None


# Field of a message -> kind of ours, its content type and name where it tells none. Their order matters: a moving picture is a file too.
FILES = {
    "voice": ("voice", "audio/ogg", "voice.ogg"),
    "audio": ("voice", "audio/mpeg", "audio.mp3"),
    "video": ("video", "video/mp4", "video.mp4"),
    "video_note": ("video", "video/mp4", "video.mp4"),
    "document": ("document", "application/octet-stream", "file"),
}


def kind_of(message: dict[str, Any]) -> str | None:
    """text, voice, photo, document, location, contact, sticker or other; None for what Telegram wrote itself."""
    if message.get("sticker") or message.get("animation"):
        return "sticker"
    if message.get("photo"):
        return "photo"
    for field, (kind, _, _) in FILES.items():
        if message.get(field):
            return "document" if kind == "video" else kind
    if message.get("location") or message.get("venue"):
        return "location"
    if message.get("contact"):
        return "contact"
    if isinstance(message.get("text"), str) and clean(message["text"]):
        return "text"
    return None if SERVICE & message.keys() else "other"


def attachment_of(message: dict[str, Any]) -> Attachment | None:
    """The file that belongs to a message, the largest size of a photo; None for a message without one, and for stickers."""
    if message.get("sticker") or message.get("animation"):
        return None
    sizes = [size for size in map(entry, _list(message.get("photo"))) if size.get("file_id")]
    if sizes:
        return _attachment("photo", max(sizes, key=lambda size: whole(size.get("width")) or 0), "image/jpeg", "photo.jpg")
    for field, (kind, content_type, name) in FILES.items():
        file = entry(message.get(field))
        if file.get("file_id"):
            return _attachment(kind, file, content_type, name)
    return None


def fetched(client: Client, attachment: Attachment, tries: Callable[[], int]) -> MediaIn:
    """The file's content. Raises TryLater while it may still be had; after a few `tries` it is marked as not fetched."""
    if attachment.kind not in KEPT:
        return _media(attachment)  # films are not kept, so they are not fetched either
    if attachment.size > LARGEST:
        return _media(attachment, problem="too_large")
    try:
        file = client.call("getFile", {"file_id": attachment.file_id})
        content = client.download(str(entry(file).get("file_path", "")))
    except RetryAfter as later:
        raise TryLater("busy", seconds_of(later)) from None
    except BadRequest as error:
        return _media(attachment, problem="too_large" if "too big" in str(error).lower() else "not_fetched")
    except TelegramError as error:  # a link that has run out (404) among them: the next getFile makes a new one
        if tries() >= TRIES:
            return _media(attachment, problem="not_fetched")
        raise TryLater(f"file:{type(error).__name__}"[:32]) from None
    return _media(attachment, content) if len(content) <= LARGEST else _media(attachment, problem="too_large")


def _media(attachment: Attachment, content: bytes = b"", problem: str = "") -> MediaIn:
    return MediaIn(attachment.kind, attachment.name, attachment.content_type, content, attachment.seconds, problem)


def _attachment(kind: str, file: dict[str, Any], content_type: str, name: str) -> Attachment:
    told_name, told_type = file.get("file_name"), file.get("mime_type")
    return Attachment(
        kind,
        str(file["file_id"]),
        clean(told_name)[:200] or name if isinstance(told_name, str) else name,
        told_type[:100] if isinstance(told_type, str) and told_type else content_type,
        whole(file.get("file_size")) or 0,
        whole(file.get("duration")),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
