"""Voice, pictures, files and other kinds of message: what is kept, what is said, and that nobody ever hears nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations.assistant import AssistantAway
from bot.conversations.first_bytes import content_type_of, opus_seconds
from bot.conversations.media import KEPT, LARGEST, MediaIn, NotKept, checked, named
from bot.conversations.reception import Incoming, Reception, Reply
from bot.conversations.shown import shown_text
from bot.storage.desk_tables import Attachment
from bot.storage.sealing import Seal
from bot.storage.tables import ConversationState, Message
from tests.conversations.samples import BY_TYPE, JPEG, PDF, SPOKEN, document, photo, voice
from tests.desk.common import Died, Place, dying_at
from tests.fakes import SmallIdentifier


@pytest.fixture
def place(sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> Place:
    made = Place(sessions, seal, real_library)
    made.chat()
    return made


def files(place: Place) -> list[Attachment]:
    with place.sessions() as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.id)))


def keys(reply: Reply) -> list[str]:
    return [message.key for message in reply.messages]


# what is kept


@pytest.mark.parametrize("content_type", BY_TYPE)
def test_a_file_is_known_by_its_first_bytes_whatever_it_is_called(content_type: str) -> None:
    kind = "voice" if content_type.startswith("audio") else "photo" if content_type.startswith("image") else "document"
    kept = checked(MediaIn(kind, "cat.exe", "application/x-msdownload", BY_TYPE[content_type]))
    assert kept.content_type == content_type and kept.name.startswith("cat.exe.") and kept.content == BY_TYPE[content_type]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"PK\x03\x04 a word file or an archive",
        b"<html><script>",
        b"#EXTM3U\nfile:///etc/passwd",
        b"\x00\x00\x00\x18ftypheic a picture of a telephone",
        b"\x1a\x45\xdf\xa3 some other Matroska",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"\xff\xfe\x00\x00",
        b"GIF89a",
    ],
)
def test_what_is_not_on_the_list_is_no_kind_at_all(content: bytes) -> None:
    assert content_type_of(content) == ""


@pytest.mark.parametrize(
    ("media", "problem"),
    [
        (voice(content=b"OggS" + bytes(LARGEST["voice"])), "too_large"),
        (photo(content=JPEG + bytes(LARGEST["photo"])), "too_large"),
        (photo(content=b"", problem="too_large"), "too_large"),
        (voice(content=b"", problem="not_fetched"), "not_fetched"),
        (voice(content=b""), "not_fetched"),
        (document(content=b"", problem="anything else"), "not_fetched"),
        (photo(content=PDF), "wrong_kind"),
        (voice(content=JPEG), "wrong_kind"),
        (document(content=b"PK\x03\x04", name="letter.docx"), "wrong_kind"),
        (document(content=b"<svg onload=alert(1)>", content_type="image/png"), "wrong_kind"),
        (MediaIn("video", "", "video/mp4", b"\x00\x00\x00\x1cftypisom"), "wrong_kind"),
        (voice(content=BY_TYPE["audio/mp4"], seconds=301), "too_long"),
    ],
)
def test_what_is_not_kept_says_why(media: MediaIn, problem: str) -> None:
    with pytest.raises(NotKept) as refused:
        checked(media)
    assert refused.value.problem == problem


def test_the_largest_file_is_kept_and_one_byte_more_is_not() -> None:
    for kind, largest in LARGEST.items():
        content = (SPOKEN if kind == "voice" else JPEG).ljust(largest, b"\0")
        assert len(checked(MediaIn(kind, "", "", content)).content) == largest
        with pytest.raises(NotKept):
            checked(MediaIn(kind, "", "", content + b"\0"))


def test_the_length_of_a_voice_message_is_read_from_it_not_believed() -> None:
    assert opus_seconds(SPOKEN) == 5 and checked(voice(seconds=None)).seconds == 5 and checked(voice(seconds=3000)).seconds == 5
    at = SPOKEN.rfind(b"OggS") + 6
    long = SPOKEN[:at] + (48_000 * 301).to_bytes(8, "little") + SPOKEN[at + 8 :]
    with pytest.raises(NotKept) as refused:
        checked(voice(content=long, seconds=4))
    assert refused.value.problem == "too_long"
    for broken in (b"OggS", b"OggS" + bytes(20), SPOKEN[:at], SPOKEN[:at] + b"\xff" * 8, b"OpusHead" * 9, JPEG):
        assert opus_seconds(broken) is None


@pytest.mark.parametrize(
    ("name", "content_type", "expected"),
    [
        ("letter.pdf", "application/pdf", "letter.pdf"),
        ("Letter.PDF", "application/pdf", "Letter.PDF"),
        ("", "audio/ogg", "voice.ogg"),
        ("../../\u202eetc/fdp.exe", "application/pdf", "_.._etc_fdp.exe.pdf"),
        ("page.html", "image/png", "page.html.png"),
        ("سند", "image/jpeg", "سند.jpg"),
        ("x" * 200 + ".jpeg", "image/jpeg", "x" * 115 + ".jpeg"),
        ("y" * 200, "application/pdf", "y" * 116 + ".pdf"),
    ],
)
def test_names_are_made_safe_and_tell_what_the_file_is(name: str, content_type: str, expected: str) -> None:
    assert named(name, content_type, "voice") == expected and len(expected) <= 120


def test_no_kind_of_file_can_run_anything() -> None:
    for types in KEPT.values():
        assert not types & {"image/svg+xml", "text/html", "application/zip"} and not any(
            "word" in kind or "officedocument" in kind for kind in types
        )


# what becomes of it


def test_a_voice_message_is_kept_sealed_once_and_an_advisor_is_called(place: Place) -> None:
    first = place.says("", kind="voice", media=(voice(),), external_id="v")
    again = place.says("", kind="voice", media=(voice(),), external_id="v")
    assert keys(first) == ["handover_done"] and [m.text for m in again.messages] == [m.text for m in first.messages]
    assert first.messages[0].norwegian.startswith(place.library.phrase("handover_why_voice", "nb")) and "Oslo" in first.messages[0].text
    (kept,) = files(place)
    assert SPOKEN not in kept.sealed_bytes and place.seal.open_bytes(kept.sealed_bytes) == SPOKEN
    assert (kept.seconds, kept.content_type, kept.size, kept.sealed_words) == (5, "audio/ogg", len(SPOKEN), None)
    case, asked = place.open(), place.said(but=None)[0]
    assert (case.reason, case.priority, case.trigger_id) == ("voice", 3, asked.id) and kept.message_id == asked.id
    assert asked.details["kind"] == "voice" and place.words(asked) == "" and asked.answered_at is not None
    assert place.assistant.asked == []  # there were no words to ask about


@pytest.mark.parametrize("media", [photo(), document(), document(content=JPEG, name="scan.jpg")])
def test_a_picture_or_document_goes_to_an_advisor(place: Place, media: MediaIn) -> None:
    reply = place.says("", kind=media.kind, media=(media,))
    assert keys(reply) == ["handover_done"] and (place.open().reason, place.open().priority) == ("document", 4)
    assert reply.messages[0].norwegian.startswith(place.library.phrase("handover_why_document", "nb"))
    assert len(files(place)) == 1


def test_an_album_is_one_message_with_all_its_pictures(place: Place) -> None:
    reply = place.says("", kind="photo", media=(photo(), photo(), photo(content=b"", problem="too_large")))
    assert keys(reply) == ["media_too_large", "handover_done"] and len(files(place)) == 2
    assert "10" in reply.messages[0].text


def test_five_pictures_in_a_row_are_announced_once(place: Place) -> None:
    said = [keys(place.says("", kind="photo", media=(photo(),))) for _ in range(3)]
    assert said == [["handover_done"], ["handover_delivered"], ["handover_delivered"]]
    assert len(files(place)) == 3


def test_a_caption_is_answered_and_the_file_goes_to_the_case(place: Place) -> None:
    reply = place.says("how much money", kind="photo", media=(photo(),))
    assert keys(reply) == ["stonad_amount", "handover_done"]
    assert place.assistant.asked[0].text == "how much money" and place.open().reason == "document" and len(files(place)) == 1


def test_danger_in_a_caption_is_heard_and_the_file_is_in_the_same_case(place: Place) -> None:
    reply = place.says("there is violence at home", kind="photo", media=(photo(),))
    assert keys(reply) == ["crisis_violence", "handover_why_crisis"]
    assert (place.open().reason, place.open().priority) == ("crisis", 1) and len(files(place)) == 1


def test_a_caption_that_asks_for_a_person_is_announced_once(place: Place) -> None:
    assert keys(place.says("I want a person", kind="document", media=(document(),))) == ["handover_done"]
    assert place.open().reason == "asked"


def test_while_an_advisor_has_it_files_reach_the_case_in_silence(place: Place) -> None:
    place.says("person")
    place.do(place.advisor(), "take", place.open().id)
    for kind, media in (("voice", voice()), ("photo", photo()), ("document", document())):
        assert place.says("", kind=kind, media=(media,)).messages == ()
    assert place.says("look at this", kind="photo", media=(photo(),)).messages == ()
    assert len(files(place)) == 4 and place.open().reason == "asked"


def test_while_an_advisor_has_it_the_person_hears_what_did_not_reach_the_advisor(place: Place) -> None:
    place.says("person")
    place.do(place.advisor(), "take", place.open().id)
    assert keys(place.says("", kind="photo", media=(photo(content=b"", problem="not_fetched"),))) == ["media_not_fetched"]
    assert keys(place.says("", kind="location")) == ["media_location"]
    assert keys(place.says("", kind="other")) == ["media_other"]
    assert place.says("", kind="sticker").messages == () and place.says("I meant Monday", kind="edited").messages == ()
    assert [row.details.get("kind") for row in place.said(but=None)][-2:] == ["sticker", "edited"]
    assert place.words(place.said(but=None)[-1]) == "I meant Monday"


@pytest.mark.parametrize(
    ("media", "key"),
    [
        (voice(content=b"", problem="too_large"), "media_too_large"),
        (voice(content=BY_TYPE["audio/mp4"], seconds=900), "media_voice_too_long"),
        (voice(content=b"", problem="not_fetched"), "media_not_fetched"),
        (voice(content=JPEG), "media_wrong_voice"),
        (document(content=b"PK\x03\x04 docx"), "media_wrong_kind"),
    ],
)
def test_a_file_that_is_not_kept_is_answered_with_what_to_do(place: Place, media: MediaIn, key: str) -> None:
    reply = place.says("", kind=media.kind, media=(media,))
    assert keys(reply) == [key] and "{" not in reply.messages[0].text
    assert "/talk_to_human" in [choice["payload"] for choice in reply.messages[0].choices]
    assert place.case() is None and files(place) == [] and len(place.said(but=None)) == 2


def test_a_file_without_a_file_counts_as_not_fetched(place: Place) -> None:
    assert keys(place.says("", kind="voice")) == ["media_not_fetched"]


@pytest.mark.parametrize("kind", ["location", "contact"])
def test_where_somebody_is_and_the_numbers_of_others_are_never_stored(place: Place, kind: str) -> None:
    reply = place.says("59.91, 10.75 Fatima +47 900 00 000", kind=kind, media=(document(),))
    assert keys(reply) == [f"media_{kind}"] and files(place) == [] and place.case() is None
    assert [place.words(row) for row in place.said(but=None)][0] == ""


@pytest.mark.parametrize("kind", ["sticker", "other"])
def test_what_nobody_can_read_is_answered_kindly_and_offers_help(place: Place, kind: str) -> None:
    reply = place.says("", kind=kind)
    assert keys(reply) == [f"media_{kind}"]
    assert {"/help_menu", "/talk_to_human"} == {choice["payload"] for choice in reply.messages[0].choices}


def test_a_video_with_words_is_answered_by_its_words(place: Place) -> None:
    assert keys(place.says("how much money", kind="other")) == ["stonad_amount", "media_other"]


def test_an_edited_message_is_explained_once_and_danger_in_it_is_heard(place: Place) -> None:
    assert keys(place.says("how much mony", kind="edited")) == ["media_edited"]
    assert keys(place.says("how much money", kind="edited")) == []
    assert keys(place.says("how much money do I get")) == ["stonad_amount"]
    assert keys(place.says("how much money do I get now", kind="edited")) == ["media_edited"]
    assert keys(place.says("there is violence at home", kind="edited")) == ["crisis_violence", "handover_why_crisis"]
    assert place.words(place.said(but=None)[-3]) == "there is violence at home"


def test_in_a_group_nothing_of_it_is_stored_and_nobody_is_called(place: Place) -> None:
    for kind, media in (("voice", (voice(),)), ("photo", (photo(),)), ("document", (document(),)), ("location", ()), ("contact", ())):
        assert keys(place.says("", kind=kind, media=media, group=True)) == ["media_group"]
    assert keys(place.says("how much money", kind="photo", media=(photo(),), group=True)) == [
        "stonad_amount",
        "group_in_norwegian",
        "media_group",
    ]
    assert place.says("other words", kind="edited", group=True).messages == ()
    assert files(place) == [] and place.case() is None and place.conversation().state is ConversationState.ASSISTANT


def test_the_first_thing_somebody_sends_is_answered_in_the_phones_language_with_the_others_offered(place: Place) -> None:
    reply = place.says("", "new", kind="voice", media=(voice(),), hint="ar")
    assert keys(reply) == ["handover_done", "offer_languages"] and {message.language for message in reply.messages} == {"ar"}
    assert place.conversation("new").spoken_language is None


def test_when_the_assistant_is_away_a_file_with_words_is_kept_and_answered_later(place: Place) -> None:
    place.assistant.away = True
    with pytest.raises(AssistantAway):
        place.says("how much money", kind="photo", media=(photo(),), external_id="p")
    assert len(files(place)) == 1
    place.assistant.away = False
    assert keys(place.says("how much money", kind="photo", media=(photo(),), external_id="p")) == ["stonad_amount", "handover_done"]
    assert len(files(place)) == 1
    place.assistant.away = True
    assert keys(place.says("", kind="voice", media=(voice(),))) == ["handover_delivered"]  # needs no assistant


@pytest.mark.parametrize("words", ["", "how much money"])
def test_a_process_that_dies_at_any_step_loses_and_doubles_nothing(place: Place, words: str) -> None:
    sent = {"kind": "photo", "media": (photo(), document()), "external_id": "m"}
    place.chat("whole")
    expected = keys(place.says(words, "whole", **sent))
    for step in range(1, 90):
        account = f"dies{step}"
        place.chat(account)
        try:
            with dying_at(step):
                place.says(words, account, **sent)
            died = False
        except Died:
            died = True
        assert keys(place.says(words, account, **sent)) == expected
        assert place.keys(account) == place.keys("whole"), step
        with place.sessions() as session:
            mine = select(func.count(Attachment.id)).join(Message, Message.id == Attachment.message_id)
            assert session.scalar(mine.where(Message.conversation_id == place.conversation(account).id)) == 2
        if not died:
            break
    assert not died and step > 3


def test_without_a_desk_the_person_hears_that_it_cannot_be_opened(
    sessions: sessionmaker[Session], seal: Seal, real_library: Library, place: Place
) -> None:
    alone = Reception(sessions, seal, real_library, SmallIdentifier(), place.assistant, "nb")  # type: ignore[arg-type]
    reply = alone.receive(Incoming("web", "alone", "", "1", hint="en", kind="photo", media=(photo(),)))
    assert keys(reply) == ["media_other", "offer_languages"]


@pytest.mark.parametrize(("payload", "shown"), [('/voice_yes{"message": 5}', "Ja"), ('/voice_no{"message": 5}', "Nei")])
def test_the_buttons_are_shown_as_they_were_said(real_library: Library, payload: str, shown: str) -> None:
    assert shown_text(real_library, payload, "nb") == shown
