"""What an advisor does, what the participant is told, and what a form sent twice does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.desk.acting import LONGEST, Booking
from bot.desk.colleagues import Colleague, Role
from bot.desk.files import LARGEST, FileIn
from bot.desk.problems import DeskProblem, FieldMissing, FileRefused, HeldByOther, NotAllowed, NotHeld, NotLinked, TextTooLong
from bot.plans.checks import HoldsNationalNumber
from bot.plans.entries import cancel_appointment
from bot.plans.moments import in_utc
from bot.plans.wishes import store_wish
from bot.storage.desk_tables import Attachment, CaseEvent
from bot.storage.plan_tables import Appointment, Wish
from bot.storage.tables import Author, ConversationState, Message
from tests.desk.common import Place, at

PDF = FileIn("letter.pdf", "application/pdf", b"%PDF-1.7 a letter")
MEETING = Booking("plan_talk", at("2026-12-01 10:00"), 30, "Room 2", "Kari")
NATIONAL_NUMBER = "01010050053"


@pytest.fixture
def kari(place: Place) -> Colleague:
    """Has the case of ali, whose chat is linked to a plan."""
    place.linked()
    place.says("person")
    who = place.advisor()
    place.do(who, "take", place.open().id)
    return who


def refused(problem: type[Exception], place: Place, who: Colleague, action: str, *arguments: object) -> None:
    before = len(place.said())
    with pytest.raises(problem):
        place.do(who, action, place.open().id, *arguments)
    assert len(place.said()) == before


def test_the_participant_hears_each_step_once(place: Place, kari: Colleague) -> None:
    ola, number = place.advisor("Ola"), place.open().id
    place.do(kari, "take", number)  # her own already
    place.do(kari, "hand_to", number, ola)
    place.do(ola, "put_back", number)
    place.do(ola, "take", number)
    place.do(ola, "send_on", number, "larvik")
    siv = place.advisor("Siv", "larvik")
    place.do(siv, "take", number)
    place.do(siv, "give_back", number, "answered")
    assert place.keys() == [
        "handover_done",
        "handover_claimed",
        "handover_transferred",
        "handover_requeued",
        "handover_claimed",
        "handover_requeued",
        "handover_claimed",
        "handover_returned",
    ]
    names = [place.words(message) for message in place.said() if message.key in ("handover_claimed", "handover_transferred")]
    assert ["Kari" in names[0], "Ola" in names[1], "Ola" in names[2], "Siv" in names[3]] == [True] * 4
    assert place.conversation().state is ConversationState.ASSISTANT


def test_a_case_goes_only_to_colleagues_who_can_see_it(place: Place, kari: Colleague) -> None:
    refused(NotAllowed, place, kari, "hand_to", place.advisor("Siv", "larvik"))
    refused(NotAllowed, place, kari, "hand_to", place.advisor("Eva", role=Role.EDITOR))
    refused(FieldMissing, place, kari, "send_on", "atlantis")
    assert place.open().holder_id == kari.id


def test_only_who_has_the_case_writes(place: Place, kari: Colleague) -> None:
    ola = place.advisor("Ola")
    for action, arguments in (("say_text", ("Hello", "k", "en")), ("send_file", (PDF, "k")), ("book", (MEETING, "k")), ("put_back", ())):
        refused(HeldByOther, place, ola, action, *arguments)
    place.do(kari, "put_back", place.open().id)
    refused(NotHeld, place, kari, "say_text", "Hello", "k", "en")


def test_free_text_arrives_as_written_with_a_notice_only_when_the_languages_differ(place: Place, kari: Colleague) -> None:
    number = place.open().id
    same = place.do(kari, "say_text", number, "  Come <b>tomorrow</b>  ", "k1", "en")
    other = place.do(kari, "say_text", number, "Kom i morgen", "k2", "nb")
    assert isinstance(same, Message) and isinstance(other, Message)
    assert (place.words(same), same.language, same.author, same.account_id) == ("Come <b>tomorrow</b>", "en", Author.ADVISOR, kari.id)
    assert same.details["note"] == "" and same.details["by"] == "Kari"
    assert (place.words(other), other.language) == ("Kom i morgen", "nb")
    assert "Norsk bokmål" in other.details["note"]
    place.says('/choose_language{"language": "ar"}')
    arabic = place.do(kari, "say_text", number, "Come", "k3", "en")
    assert isinstance(arabic, Message) and "English" in arabic.details["note"]
    assert any("\u0600" <= letter <= "\u06ff" for letter in arabic.details["note"])


def test_words_that_are_refused(place: Place, kari: Colleague) -> None:
    refused(FieldMissing, place, kari, "say_text", "   ", "k", "en")
    refused(TextTooLong, place, kari, "say_text", "a" * (LONGEST + 1), "k", "en")
    refused(HoldsNationalNumber, place, kari, "say_text", f"Your number is {NATIONAL_NUMBER}", "k", "en")
    refused(HoldsNationalNumber, place, kari, "say_text", f"It is {NATIONAL_NUMBER[:6]} {NATIONAL_NUMBER[6:]}.", "k", "en")
    refused(FieldMissing, place, kari, "say_text", "Hello", "", "en")  # a form without a key could not be told from the next


def test_a_reviewed_phrase_arrives_in_the_language_of_the_person(place: Place, kari: Colleague) -> None:
    place.says('/choose_language{"language": "ti"}')
    message = place.do(kari, "say_phrase", place.open().id, "reply_meeting", {"moment": "2026-12-01T10:00", "place": "Room 2"}, "k")
    assert isinstance(message, Message) and (message.language, message.key) == ("ti", "reply_meeting")
    assert "Room 2" in place.words(message) and message.sealed_norwegian
    told = place.seal.open(message.sealed_norwegian).replace("\u2068", "").replace("\u2069", "")
    assert told.startswith("Vi møtes") and "1. des" in told and "10:00" in told
    hello = place.do(kari, "say_phrase", place.open().id, "reply_hello", {}, "k2")
    assert isinstance(hello, Message) and "Kari" in place.words(hello) and "Oslo" in place.words(hello)


def test_a_file_is_sealed_and_bound_to_its_message(place: Place, kari: Colleague) -> None:
    first = place.do(kari, "send_file", place.open().id, PDF, "k")
    again = place.do(kari, "send_file", place.open().id, PDF, "k")
    assert isinstance(first, Message) and isinstance(again, Message) and first.id == again.id
    with place.sessions() as session:
        stored = session.scalars(select(Attachment)).one()
    assert stored.message_id == first.id and stored.token == first.details["files"][0]["token"]
    assert b"letter" not in stored.sealed_bytes and place.seal.open_bytes(stored.sealed_bytes) == PDF.content
    assert "letter.pdf" in place.words(first)


@pytest.mark.parametrize(
    "file",
    [
        FileIn("a.exe", "application/x-msdownload", b"MZ"),
        FileIn("a.pdf", "application/pdf", b"MZ"),
        FileIn("a.html", "text/html", b"<p>"),
        FileIn("a.svg", "image/svg+xml", b"<svg/>"),
        FileIn("a.png", "image/png", b"\xff\xd8\xff"),
        FileIn("../a.pdf", "application/pdf", b"%PDF-"),
        FileIn("a\r\n.pdf", "application/pdf", b"%PDF-"),
        FileIn(" ", "application/pdf", b"%PDF-"),
        FileIn("a" * 121, "application/pdf", b"%PDF-"),
        FileIn("a.pdf", "application/pdf", b""),
        FileIn("a.pdf", "application/pdf", b"%PDF-" + b"0" * LARGEST),
    ],
    ids=lambda file: f"{file.name[:8]!r} {len(file.content)}",
)
def test_files_nobody_should_open_are_refused(file: FileIn) -> None:
    from bot.desk.files import checked_file

    with pytest.raises(FileRefused):
        checked_file(file)


def test_files_that_are_sent() -> None:
    from bot.desk.files import checked_file

    for kind, begin in (("application/pdf", b"%PDF-1.4"), ("image/png", b"\x89PNG\r\n\x1a\n"), ("image/jpeg", b"\xff\xd8\xff\xe0")):
        checked_file(FileIn("fraværsmelding نسخة.x", kind, begin))


def test_a_meeting_lands_in_the_plan_and_in_the_chat_both_once(place: Place, kari: Colleague) -> None:
    for _ in range(2):
        place.do(kari, "book", place.open().id, MEETING, "form")
    with place.sessions() as session:
        row = session.scalars(select(Appointment)).one()
        assert (row.kind, in_utc(row.starts_at), row.minutes, row.place, row.with_whom) == (
            "plan_talk",
            MEETING.starts_at,
            30,
            "Room 2",
            "Kari",
        )
        assert len(session.scalars(select(CaseEvent).where(CaseEvent.kind == "booked")).all()) == 1
    assert place.keys().count("reply_meeting") == 1


def test_a_meeting_that_was_cancelled_stays_so_when_its_form_comes_again(place: Place, kari: Colleague) -> None:
    place.do(kari, "book", place.open().id, MEETING, "form")
    with place.sessions.begin() as session:
        row = session.scalars(select(Appointment)).one()
        cancel_appointment(session, row.participant_id, row.key)
    place.do(kari, "book", place.open().id, MEETING, "form")
    with place.sessions() as session:
        assert session.scalars(select(Appointment)).one().state == "cancelled"


def test_a_meeting_needs_a_plan_and_both_or_neither_is_stored(place: Place, kari: Colleague) -> None:
    refused(FieldMissing, place, kari, "book", Booking("plan_talk", MEETING.starts_at, 30, "", ""), "k")  # the phrase needs a place
    with place.sessions() as session:
        assert session.scalars(select(Appointment)).all() == []
    place.chat("unlinked")
    place.says("person", "unlinked")
    place.do(kari, "take", place.open("unlinked").id)
    with pytest.raises(NotLinked):
        place.do(kari, "book", place.open("unlinked").id, MEETING, "k")


def test_the_same_form_again_does_not_hide_that_the_person_waits(place: Place, kari: Colleague) -> None:
    number = place.open().id
    place.do(kari, "say_text", number, "What happened?", "form", "en")
    place.says("my money did not come")
    assert place.open().waiting_since is not None
    place.do(kari, "say_text", number, "What happened?", "form", "en")  # the page loaded again
    assert place.open().waiting_since is not None
    assert place.keys().count("free_text") == 1


def test_a_double_click_is_one_message(place: Place, kari: Colleague) -> None:
    number = place.open().id

    def send(_: int) -> object:
        return place.do(kari, "say_text", number, "Hello", "form", "en")

    def note(_: int) -> object:
        return place.do(kari, "add_note", number, "call the school", "note")

    with ThreadPoolExecutor(4) as threads:
        sent = list(threads.map(send, range(4)))
        list(threads.map(note, range(4)))
    assert len({message.id for message in sent if isinstance(message, Message)}) == 1
    assert place.keys().count("free_text") == 1
    with place.sessions() as session:
        assert len(session.scalars(select(CaseEvent).where(CaseEvent.kind == "note")).all()) == 1


def test_notes_are_sealed_and_never_said(place: Place, kari: Colleague) -> None:
    number, before = place.open().id, place.keys()
    place.do(kari, "add_note", number, "  call the school  ", "n")
    with place.sessions() as session:
        event = session.scalars(select(CaseEvent).where(CaseEvent.kind == "note")).one()
    assert event.sealed_text and b"school" not in event.sealed_text and place.seal.open(event.sealed_text) == "call the school"
    assert place.keys() == before
    for words, problem in ((" ", FieldMissing), ("a" * (LONGEST + 1), TextTooLong)):
        with pytest.raises(problem):
            place.do(kari, "add_note", number, words, "n2")


def test_giving_back_does_the_wishes_of_the_case(place: Place) -> None:
    person = place.linked()
    with place.sessions.begin() as session:
        store_wish(session, place.seal, person, place.conversation().id, "meeting", "please")
        elsewhere = store_wish(session, place.seal, person, None, "absence", "ill")
    place.says("a wish")
    kari = place.advisor()
    place.do(kari, "take", place.open().id)
    place.do(kari, "give_back", place.open().id, "meeting")
    with place.sessions() as session:
        done = {wish.id: wish.done_at is not None for wish in session.scalars(select(Wish))}
    assert done.pop(elsewhere) is False and list(done.values()) == [True]


def test_problems_have_a_key_for_the_console() -> None:
    for problem in DeskProblem.__subclasses__():
        assert problem.key != "problem" and problem.key.isidentifier()
