"""Cases of voice messages, pictures and documents: which reason, how urgent, what is said, and what when it cannot be stored."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.conversations.media import MediaIn
from bot.conversations.reception import Reply
from bot.desk import cases
from bot.desk.media_cases import media_file, media_of
from bot.desk.problems import NoSuchCase
from bot.storage.desk_tables import Attachment, Case
from bot.storage.plan_tables import ChatLink
from tests.conversations.samples import document, photo, voice
from tests.desk.common import Place, at


def sends(place: Place, media: MediaIn, account: str = "ali", words: str = "") -> Reply:
    return place.says(words, account, kind=media.kind, media=(media,))


def keys(reply: Reply) -> list[str]:
    return [message.key for message in reply.messages]


@pytest.mark.parametrize(
    ("media", "reason", "priority", "due"),
    [
        (voice(), "voice", 3, "2026-11-24 10:00"),
        (photo(), "document", 4, "2026-11-25 10:00"),
        (document(), "document", 4, "2026-11-25 10:00"),
    ],
)
def test_reason_urgency_and_words(place: Place, media: MediaIn, reason: str, priority: int, due: str) -> None:
    place.chat()
    told = sends(place, media).messages[0]
    case = place.open()
    assert (case.reason, case.priority) == (reason, priority) and case.target_at
    assert case.target_at.replace(tzinfo=at(due).tzinfo) == at(due)
    assert "Oslo" in told.text and "00 00 00 03" in told.text  # who, and whom to call
    assert "/handover_withdraw" in [choice["payload"] for choice in told.choices]


def test_a_file_joins_the_case_that_waits_and_a_voice_makes_a_document_more_urgent(place: Place) -> None:
    place.chat()
    sends(place, document())
    first = place.open()
    assert keys(sends(place, voice())) == ["handover_delivered"]
    case = place.open()
    assert (case.id, case.reason, case.priority) == (first.id, "voice", 3)
    sends(place, photo())
    with place.sessions() as session:
        reasons = [event.details["reason"] for event in session.get_one(Case, case.id).events if "reason" in event.details]
    assert reasons == ["document", "voice", "document"] and place.open().reason == "voice"


def test_taking_it_back_closes_the_case_and_keeps_the_message(place: Place) -> None:
    place.chat()
    sends(place, voice())
    assert keys(place.says("/handover_withdraw")) == ["handover_withdrawn"]
    assert place.case() is None
    with place.sessions() as session:
        assert session.scalar(select(Attachment.id)) is not None


def test_a_case_that_cannot_be_stored_costs_neither_the_file_nor_an_answer(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.chat()

    def broken(session: Any, *arguments: object, **more: object) -> None:
        session.execute(text("insert into desk_case (nothing) values (1)"))

    with monkeypatch.context() as patched:
        patched.setattr(cases, "note", broken)
        assert keys(sends(place, voice())) == ["handover_not_stored"]
        assert keys(sends(place, photo(), words="how much money")) == ["stonad_amount", "handover_not_stored"]
    assert place.case() is None
    with place.sessions() as session:
        assert len(session.scalars(select(Attachment.id)).all()) == 2
    assert keys(sends(place, voice())) == ["handover_done"]


def test_the_advisor_sees_what_came_in_every_chat_of_the_person_and_nothing_of_others(place: Place) -> None:
    person = place.linked("ali")
    other = place.chat("phone")
    with place.sessions.begin() as session:
        session.add(ChatLink(participant_id=person, conversation_id=other, linked_at=place.clock()))
    place.chat("stranger")
    sends(place, voice(), "ali"), sends(place, document(), "phone"), sends(place, photo(), "stranger")
    with place.sessions() as session:
        case = session.get_one(Case, place.open("ali").id)
        came = media_of(session, place.seal, case)
        assert sorted(one.kind for one in came.values()) == ["document", "voice"]
        theirs = {file.token: one.kind for one in came.values() for file in one.files}
        assert all(media_file(session, case, token).token == token for token in theirs)
        assert _refused(session, case, set(session.scalars(select(Attachment.token))) - set(theirs)) == 1


def test_what_an_advisor_sent_is_no_file_of_the_participant(place: Place) -> None:
    from bot.desk.files import FileIn

    place.chat()
    place.says("person")
    kari = place.advisor()
    place.do(kari, "take", place.open().id)
    place.do(kari, "send_file", place.open().id, FileIn("plan.pdf", "application/pdf", b"%PDF-1.4"), "k")
    with place.sessions() as session:
        case = session.get_one(Case, place.open().id)
        assert media_of(session, place.seal, case) == {} and _refused(session, case, set(session.scalars(select(Attachment.token)))) == 1


def _refused(session: Session, case: Case, tokens: set[str]) -> int:
    for token in tokens:
        with pytest.raises(NoSuchCase):
            media_file(session, case, token)
    return len(tokens)
