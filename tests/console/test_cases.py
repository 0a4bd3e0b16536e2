"""The queue and the case page: what an advisor sees, does and sends, and what another one must not."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import select

from bot.console.parts import Parts
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import open_conversation, store_answers, store_incoming
from bot.desk import cases
from bot.desk.hours import hours_of
from bot.desk.reasons import Reason
from bot.plans.demo import load_demo
from bot.plans.linking import link_key, make_code, use_code
from bot.storage.desk_tables import Attachment, AuditEntry, Case
from bot.storage.plan_tables import Appointment, Participant
from bot.storage.tables import Author, Conversation, ConversationState, Message
from tests.console.common import Browser, Clock, words_of
from tests.console.conftest import SignedIn

ASKS = "ምስ ሰብ ክዛረብ እደሊ"
PDF = b"%PDF-1.4 invented"


def make_case(parts: Parts, municipality: str = "oslo", reason: Reason = Reason.ASKED, account: str = "a", words: str = ASKS) -> int:
    """A Tigrinya conversation with a question, an answer and a case; its number."""
    with parts.transaction() as session:
        conversation = open_conversation(session, "web", account)
        conversation.chosen_language, conversation.municipality = "ti", municipality
        question = store_incoming(session, parts.seal, conversation, words, f"{account}-1")
        question.key, question.confidence, question.language = "talk_to_human", 0.93, "ti"
        source = {"title": "NAV", "section": "", "url": "https://www.nav.no/", "checked_on": "2026-11-21", "confidence": "confirmed"}
        said = SaidMessage("ሕራይ", "ti", "ltr", "stonad_amount", sources=(source,), norwegian="Greit, du får 22 758 kroner")
        store_answers(session, parts.seal, question, [said])
        hours = hours_of(parts.desk.place(municipality))
        return cases.open_case(session, conversation, reason, parts.now(), hours, language="ti", trigger_id=question.id).case.id


def link(parts: Parts, case_id: int, reference: str = "DEMO-2301") -> None:
    """Links the case's chat to a demo participant."""
    with parts.transaction() as session:
        load_demo(session, parts.seal, parts.library, parts.now().date())
        person = session.scalars(select(Participant).where(Participant.reference == reference)).one()
        key = link_key(parts.settings.key("text_key"))
        code = make_code(session, person.id, "test", parts.now(), key=key)
        use_code(session, session.get_one(Case, case_id).conversation_id, code, parts.now(), key=key)


def keys_in(page: str) -> list[str]:
    return re.findall(r'name="key" value="(\w+)"', page)


@pytest.fixture
def advisor(signed_in: SignedIn) -> Browser:
    return signed_in("advisor", "oslo", name="Ingrid Solbakken", speaks=("ti",))


def take(advisor: Browser, number: int) -> None:
    assert advisor.submit(f"/console/cases/{number}/take").status_code == 303


def test_the_queue_shows_the_most_urgent_first_with_reason_language_and_words(advisor: Browser, parts: Parts) -> None:
    make_case(parts, reason=Reason.MEETING, account="a")
    make_case(parts, reason=Reason.CRISIS, account="b", words="<script>alert(1)</script>")
    page = advisor.get("/console/")
    said = words_of(page)
    assert page.status_code == 200
    assert said.index("Fare") < said.index("Ønsker møte")
    assert "tigrinja" in said and "Oslo" in said and ASKS in said
    assert "<script>alert" not in page.text
    assert "2 venter" in said


def test_filters_and_search_narrow_the_queue(advisor: Browser, parts: Parts) -> None:
    make_case(parts, reason=Reason.MEETING, account="a", words="ቆጸራ")
    number = make_case(parts, reason=Reason.ASKED, account="b")
    only = words_of(advisor.get("/console/queue", params={"reason": "asked"}))
    assert f"Sak {number}" in only and "ቆጸራ" not in only
    assert f"Sak {number}" in words_of(advisor.get("/console/queue", params={"words": "ክዛረብ"}))
    assert "Ingen saker" in words_of(advisor.get("/console/queue", params={"language": "so"}))
    assert "Ingen saker" in words_of(advisor.get("/console/queue", params={"state": "closed"}))


def test_a_late_case_says_so(advisor: Browser, parts: Parts, clock: Clock) -> None:
    make_case(parts, reason=Reason.CRISIS)
    assert "svar innen" in words_of(advisor.get("/console/"))
    clock.forward(minutes=90)
    assert "skulle hatt svar" in words_of(advisor.get("/console/"))


def test_the_case_page_shows_both_languages_topic_confidence_and_sources(advisor: Browser, parts: Parts) -> None:
    page = advisor.get(f"/console/cases/{make_case(parts)}")
    said = words_of(page)
    for shown in (
        ASKS,
        "ሕራይ",
        "Greit, du får 22 758 kroner",
        "Snakke med en person (93 %)",
        "NAV",
        "sjekket 2026-11-21",
        "Her begynte saken",
    ):
        assert shown in said, shown
    assert 'lang="ti"' in page.text


def test_reading_a_case_is_in_the_log(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    advisor.get(f"/console/cases/{number}")
    with parts.transaction() as session:
        entries = [(one.who, one.action, one.resource_id) for one in session.scalars(select(AuditEntry))]
    assert ("Ingrid Solbakken", "read", str(number)) in entries


@pytest.mark.parametrize("path", ["", "/conversation", "/files/abc"])
def test_another_municipality_sees_nothing(signed_in: SignedIn, parts: Parts, path: str) -> None:
    number = make_case(parts, "oslo")
    assert signed_in("advisor", "baerum").get(f"/console/cases/{number}{path}").status_code == 404


@pytest.mark.parametrize("action", ["take", "put-back", "close", "hand-over", "priority", "note", "phrase", "text", "book", "preview"])
def test_another_municipality_or_another_role_changes_nothing(signed_in: SignedIn, parts: Parts, action: str) -> None:
    number = make_case(parts, "oslo")
    fields = {"outcome": "not_needed", "to": "place:larvik", "priority": "1", "text": "hei", "key": "k", "reply": "reply_thanks"}
    fields |= {"starts_at": "2026-12-01T10:00", "place": "x"}
    assert signed_in("advisor", "baerum").submit(f"/console/cases/{number}/{action}", **fields).status_code == 404
    for role in ("teacher", "editor"):
        assert signed_in(role, "oslo").submit(f"/console/cases/{number}/{action}", **fields).status_code == 403
    with parts.transaction() as session:
        case = session.get_one(Case, number)
        assert (case.state, case.priority, case.municipality) == ("waiting", 3, "oslo")
        assert session.scalars(select(Message).where(Message.author == Author.ADVISOR)).all() == []


def test_a_form_without_the_key_of_the_sign_in_is_refused(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    assert advisor.post(f"/console/cases/{number}/take", data={"form_key": "another"}).status_code == 403
    assert advisor.post(f"/console/cases/{number}/take").status_code == 403
    with parts.transaction() as session:
        assert session.get_one(Case, number).state == "waiting"


def test_taking_tells_the_participant_and_silences_the_assistant(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    take(advisor, number)
    take(advisor, number)  # an impatient second click changes nothing
    with parts.transaction() as session:
        told = session.scalars(select(Message).where(Message.key == "handover_claimed")).all()
        assert [parts.seal.open(one.sealed_text).count("Ingrid Solbakken") > 0 for one in told] == [True]
        assert told[0].language == "ti" and "Ingrid Solbakken" in parts.seal.open(told[0].sealed_norwegian or b"")
        assert session.scalars(select(Conversation.state)).one() is ConversationState.HUMAN


def test_the_second_advisor_hears_who_has_it(advisor: Browser, signed_in: SignedIn, parts: Parts) -> None:
    number = make_case(parts)
    take(advisor, number)
    refused = signed_in("advisor", "oslo").submit(f"/console/cases/{number}/take")
    assert refused.status_code == 409
    assert "Ingrid Solbakken har saken nå" in words_of(refused)


def test_a_phrase_is_previewed_and_sent_once(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    take(advisor, number)
    given = {"reply": "reply_need_time", "field_day": "2026-12-01"}
    seen = words_of(advisor.submit(f"/console/cases/{number}/preview", hx=True, **given))
    assert "Du får svar her innen tirsdag 1. desember 2026." in seen
    key = keys_in(advisor.get(f"/console/cases/{number}").text)[0]
    for _ in range(2):
        assert advisor.submit(f"/console/cases/{number}/phrase", key=key, **given).status_code == 303
    with parts.transaction() as session:
        (sent,) = session.scalars(select(Message).where(Message.author == Author.ADVISOR)).all()
        assert (sent.key, sent.language, sent.details["by"]) == ("reply_need_time", "ti", "Ingrid Solbakken")
        assert "tirsdag 1. desember 2026" in parts.seal.open(sent.sealed_norwegian or b"")
        assert session.get_one(Case, number).waiting_since is None


def test_a_phrase_with_an_empty_field_names_the_field(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    take(advisor, number)
    assert "Fyll ut «Dag»" in words_of(advisor.submit(f"/console/cases/{number}/preview", hx=True, reply="reply_need_time", field_day=""))
    refused = advisor.submit(f"/console/cases/{number}/phrase", key="k", reply="reply_need_time", field_day="in a week")
    assert refused.status_code == 409 and "«Dag»" in words_of(refused)


def test_own_words_go_as_written_with_a_notice_of_their_language(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    take(advisor, number)
    assert advisor.submit(f"/console/cases/{number}/text", key="one", text="Vi ses <b>snart</b>", language="nb").status_code == 303
    assert advisor.submit(f"/console/cases/{number}/text", key="two", text="ሰላም", language="ti").status_code == 303
    with parts.transaction() as session:
        first, second = session.scalars(select(Message).where(Message.author == Author.ADVISOR).order_by(Message.id)).all()
        assert (parts.seal.open(first.sealed_text), first.language) == ("Vi ses <b>snart</b>", "nb")
        assert first.details["note"] and not second.details["note"]
    assert "Vi ses &lt;b&gt;snart" in advisor.get(f"/console/cases/{number}").text


def test_words_that_cannot_be_sent_come_back_with_the_reason(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    take(advisor, number)
    refused = advisor.submit(f"/console/cases/{number}/text", key="k", text="Nummeret er 01010750160, husk det", language="nb")
    assert refused.status_code == 409
    assert "husk det" in refused.text
    assert "national" in words_of(refused)


def test_a_meeting_lands_in_the_plan_and_in_the_chat(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    link(parts, number)
    take(advisor, number)
    given = {"starts_at": "2026-12-01T13:30", "place": "Storgata 7", "minutes": "45", "kind": "plan_talk"}
    for _ in range(2):
        assert advisor.submit(f"/console/cases/{number}/book", key="once", **given).status_code == 303
    with parts.transaction() as session:
        (meeting,) = session.scalars(select(Appointment).where(Appointment.place == "Storgata 7")).all()
        assert meeting.starts_at.replace(tzinfo=dt.UTC) == dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)
        assert (meeting.minutes, meeting.with_whom) == (45, "Ingrid Solbakken")
        (told,) = session.scalars(select(Message).where(Message.key == "reply_meeting")).all()
        assert "Storgata 7" in parts.seal.open(told.sealed_text)
    assert "Yonas Ghebrehiwet" in words_of(advisor.get(f"/console/cases/{number}"))


def test_no_meeting_at_a_moment_that_is_over(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    link(parts, number)
    take(advisor, number)
    refused = advisor.submit(f"/console/cases/{number}/book", key="k", starts_at="2026-11-23T13:30", place="Storgata 7")
    assert refused.status_code == 409 and "Tidspunktet er over" in words_of(refused)


def test_no_meeting_without_a_linked_plan(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    take(advisor, number)
    refused = advisor.submit(f"/console/cases/{number}/book", key="k", starts_at="2026-12-01T13:30", place="Storgata 7")
    assert refused.status_code == 409 and "ikke koblet" in words_of(refused)


def test_a_file_is_sealed_sent_and_opened_again(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    take(advisor, number)
    good = {"file": ("brev.pdf", PDF, "application/pdf")}
    for _ in range(2):
        assert advisor.submit(f"/console/cases/{number}/file", key="once", files=good).status_code == 303
    for name, content, kind in (
        ("x.html", b"<p>", "text/html"),
        ("x.pdf", b"no pdf", "application/pdf"),
        ("a/b.pdf", PDF, "application/pdf"),
    ):
        assert advisor.submit(f"/console/cases/{number}/file", key=name, files={"file": (name, content, kind)}).status_code == 409
    with parts.transaction() as session:
        (kept,) = session.scalars(select(Attachment)).all()
        assert PDF not in kept.sealed_bytes
        token = kept.token
    opened = advisor.get(f"/console/cases/{number}/files/{token}")
    assert (opened.content, opened.headers["content-type"]) == (PDF, "application/pdf")


def test_closing_gives_the_conversation_back_and_keeps_the_outcome(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    take(advisor, number)
    assert advisor.submit(f"/console/cases/{number}/close", outcome="answered").headers["location"] == "/console/"
    again = advisor.submit(f"/console/cases/{number}/close", outcome="answered")
    assert again.status_code == 409 and "avsluttet" in words_of(again)
    with parts.transaction() as session:
        assert session.scalars(select(Conversation.state)).one() is ConversationState.ASSISTANT
        assert len(session.scalars(select(Message).where(Message.key == "handover_returned")).all()) == 1
    assert "Spørsmålet er besvart" in words_of(advisor.get(f"/console/cases/{number}"))


def test_hand_over_to_a_colleague_and_to_another_municipality(advisor: Browser, signed_in: SignedIn, parts: Parts) -> None:
    number = make_case(parts)
    other = signed_in("advisor", "oslo", name="Jonas Nygård")
    take(advisor, number)
    assert advisor.submit(f"/console/cases/{number}/hand-over", to=str(other.who.id)).status_code == 303
    assert advisor.submit(f"/console/cases/{number}/text", key="k", text="hei", language="nb").status_code == 409
    assert other.submit(f"/console/cases/{number}/hand-over", to="place:larvik").headers["location"] == "/console/"
    assert other.get(f"/console/cases/{number}").status_code == 404
    assert "Sak" in words_of(signed_in("advisor", "larvik").get(f"/console/cases/{number}"))


def test_notes_stay_inside_and_are_kept_once(advisor: Browser, parts: Parts) -> None:
    number = make_case(parts)
    for _ in range(2):
        advisor.submit(f"/console/cases/{number}/note", key="once", text="Ringte, ikke svar")
    assert words_of(advisor.get(f"/console/cases/{number}")).count("Ringte, ikke svar") == 1
    with parts.transaction() as session:
        assert all(parts.seal.open(one.sealed_text) != "Ringte, ikke svar" for one in session.scalars(select(Message)))


def test_a_colleague_at_the_same_case_is_shown(advisor: Browser, signed_in: SignedIn, parts: Parts) -> None:
    number = make_case(parts)
    other = signed_in("advisor", "oslo", name="Jonas Nygård")
    other.get(f"/console/cases/{number}/conversation", params={"writing": True})
    assert "Jonas Nygård skriver i saken nå" in words_of(advisor.get(f"/console/cases/{number}"))


def test_every_page_speaks_nynorsk_and_english(signed_in: SignedIn, parts: Parts) -> None:
    number = make_case(parts)
    for language, word in (("nn", "Ta saka"), ("en", "Take the case")):
        browser = signed_in("advisor", "oslo", language=language)
        assert word in words_of(browser.get(f"/console/cases/{number}"))
        assert browser.get("/console/").status_code == 200
