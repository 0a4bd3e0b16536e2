"""What participants send, on the case page: heard, seen and kept by who may read the case, and by nobody else."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from bot.console.labels import LANGUAGES, labels
from bot.console.parts import Parts
from bot.content import Library
from bot.conversations.history import open_conversation, store_answers, store_incoming
from bot.conversations.media import MediaIn, checked, keep
from bot.desk import cases
from bot.desk.hours import hours_of
from bot.desk.media_cases import media_of
from bot.desk.reasons import Reason
from bot.gateway.guard import POLICY
from bot.storage.desk_tables import Attachment, AuditEntry, Case
from bot.storage.tables import Message
from tests.console.common import Browser, words_of
from tests.console.conftest import SignedIn
from tests.conversations.samples import JPEG, PDF, SPOKEN, document, photo, voice

KINDS = ("voice", "photo", "document", "location", "contact", "sticker", "edited", "other", "spoken")


def bring(parts: Parts, kind: str, *media: MediaIn, words: str = "", heard: str = "", municipality: str = "oslo") -> int:
    """A message with files and its case; the case's number."""
    with parts.transaction() as session:
        conversation = open_conversation(session, "telegram", f"chat-{municipality}")
        conversation.chosen_language, conversation.municipality = "ti", municipality
        details = {"kind": kind} | ({"heard": {"language": "ti", "sure": 0.9}} if heard else {})
        question = store_incoming(session, parts.seal, conversation, words, None, details)
        keep(session, parts.seal, question, tuple(checked(one) for one in media))
        if heard:
            file = session.scalars(select(Attachment).where(Attachment.message_id == question.id)).one()
            file.sealed_words = parts.seal.close(heard)
        store_answers(session, parts.seal, question, [])
        reason = Reason.VOICE if kind == "voice" else Reason.DOCUMENT
        hours = hours_of(parts.desk.place(municipality))
        return cases.open_case(session, conversation, reason, parts.now(), hours, language="ti", trigger_id=question.id).case.id


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(/console/cases/\d+/media/[^"?]+)"', page)


@pytest.fixture
def advisor(signed_in: SignedIn) -> Browser:
    return signed_in("advisor", "oslo")


def test_a_voice_message_can_be_played_and_kept(parts: Parts, advisor: Browser) -> None:
    number = bring(parts, "voice", voice(), heard="ገንዘብ የብለይን")
    page = advisor.get(f"/console/cases/{number}")
    assert page.status_code == 200 and "Talemelding" in words_of(page) and "0:05" in words_of(page)
    assert "ገንዘብ የብለይን" in page.text and "En maskin hørte dette" in words_of(page)
    assert re.search(r'<audio id="media-\d+" hx-preserve controls preload="none" src="[^"]+" aria-label="Talemelding [^"]+">', page.text)
    address = addresses(page.text)[0]
    heard = advisor.get(address)
    assert heard.content == SPOKEN and heard.headers["Content-Type"] == "audio/ogg"
    assert heard.headers["Content-Disposition"].startswith("inline") and heard.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in heard.headers["Cache-Control"]
    kept = advisor.get(f"{address}?keep=true")
    assert kept.headers["Content-Disposition"] == "attachment; filename=\"voice.ogg\"; filename*=UTF-8''voice.ogg"


def test_a_picture_is_shown_small_and_opens_large_with_words_for_who_does_not_see_it(parts: Parts, advisor: Browser) -> None:
    number = bring(parts, "photo", photo(name="kart.jpg"), words="ካርታ")
    page = advisor.get(f"/console/cases/{number}")
    assert "ካርታ" in page.text and "Bilde" in words_of(page)
    image = re.search(
        r'<a href="([^"]+)" target="_blank" rel="noopener"><img [^>]*src="([^"]+)" alt="Bilde [^"]+: kart.jpg"></a>', page.text
    )
    assert image and image.group(1) == image.group(2)
    shown = advisor.get(image.group(1))
    assert shown.content == JPEG and shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Content-Disposition"].startswith("inline")


def test_a_document_is_a_file_to_keep(parts: Parts, advisor: Browser) -> None:
    number = bring(parts, "document", document(name="søknad\u202efdp.pdf"), document())
    page = advisor.get(f"/console/cases/{number}")
    assert "Last ned søknadfdp.pdf" in words_of(page) and "Last ned letter.pdf" in words_of(page) and "1 kB" in words_of(page)
    one, _ = addresses(page.text)
    got = advisor.get(one)
    assert got.content == PDF and got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"].startswith("attachment") and "s%C3%B8knadfdp.pdf" in got.headers["Content-Disposition"]


@pytest.mark.parametrize("stored", ["text/html", "image/svg+xml", "application/x-msdownload"])
def test_what_stands_in_the_database_runs_nothing(parts: Parts, advisor: Browser, stored: str) -> None:
    number = bring(parts, "photo", photo())
    with parts.transaction() as session:
        session.scalars(select(Attachment)).one().content_type = stored
    with parts.sessions() as session:
        token = session.scalars(select(Attachment.token)).one()
    got = advisor.get(f"/console/cases/{number}/media/{token}")
    assert got.headers["Content-Type"] == "application/octet-stream" and got.headers["Content-Disposition"].startswith("attachment")


def test_each_opening_is_in_the_audit_log_and_looking_at_the_case_opens_none(parts: Parts, advisor: Browser) -> None:
    number = bring(parts, "voice", voice())
    address = addresses(advisor.get(f"/console/cases/{number}").text)[0]
    advisor.get(address), advisor.get(address)
    with parts.sessions() as session:
        file = session.scalars(select(Attachment)).one()
        read = session.scalars(select(AuditEntry).where(AuditEntry.resource == "file")).all()
    assert [(entry.action, entry.resource_id, json.loads(entry.details), entry.account_id) for entry in read] == [
        ("read", str(file.id), {"case": number}, advisor.who.id)
    ] * 2


def test_only_who_may_read_the_case_gets_the_file(parts: Parts, advisor: Browser, signed_in: SignedIn) -> None:
    number = bring(parts, "voice", voice())
    address = addresses(advisor.get(f"/console/cases/{number}").text)[0]
    assert signed_in("advisor", "larvik").get(address).status_code == 404
    assert signed_in("teacher", "oslo").get(address).status_code == 403
    assert signed_in("editor", "oslo").get(address).status_code == 403
    stranger = signed_in("advisor", "oslo")
    stranger.cookies.clear()
    assert stranger.get(address).status_code == 303
    other = bring(parts, "photo", photo(), municipality="larvik")
    token = address.rsplit("/", 1)[1]
    assert signed_in("advisor", "larvik").get(f"/console/cases/{other}/media/{token}").status_code == 404  # a case of theirs, not its file
    assert advisor.get(f"/console/cases/{number}/media/{token}x").status_code == 404
    with parts.sessions() as session:
        assert session.scalar(select(AuditEntry.id).where(AuditEntry.resource == "file")) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_without_words_shows_its_kind(parts: Parts, advisor: Browser, kind: str) -> None:
    number = bring(parts, kind)
    word = labels(parts.library.data, "nb")(f"media_kind_{kind}")
    assert word in words_of(advisor.get(f"/console/cases/{number}/conversation"))
    assert word in words_of(advisor.get("/console/"))


def test_plain_words_have_no_kind_and_bytes_are_not_read_for_a_page(parts: Parts, advisor: Browser) -> None:
    number = bring(parts, "voice", voice())
    with parts.transaction() as session:
        case = session.get_one(Case, number)
        conversation = open_conversation(session, "telegram", "chat-oslo")
        store_incoming(session, parts.seal, conversation, "ሰላም", "words")
        session.scalars(select(Attachment)).one().sealed_bytes = b"sealed with another key"
        came = media_of(session, parts.seal, case)
        assert set(came) == {session.scalars(select(Message.id).order_by(Message.id)).first()}
    assert advisor.get(f"/console/cases/{number}").status_code == 200


def test_the_pages_may_play_what_comes_from_here_and_from_nowhere_else(parts: Parts, advisor: Browser) -> None:
    number = bring(parts, "voice", voice())
    assert "media-src 'self';" in advisor.get(f"/console/cases/{number}").headers["Content-Security-Policy"] == POLICY


def test_every_word_is_there_in_every_language_of_the_console(real_library: Library) -> None:
    source = labels(real_library.data, "nb")
    for language in LANGUAGES:
        t = labels(real_library.data, language)
        for kind in KINDS:
            assert t(f"media_kind_{kind}")
        assert language == "nb" or t("media_heard") != source("media_heard")
        assert t("media_photo_from", when="x", name="y") and t("media_voice_from", when="x") and t("media_keep", name="y")
