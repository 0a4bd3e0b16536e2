"""The page of a case of a person with several chats: which chat each message is from, and where the answer goes."""

from __future__ import annotations

from sqlalchemy import select

from bot.console.parts import Parts
from bot.conversations.history import open_conversation, store_incoming
from bot.desk.one_case import settle
from bot.plans.linking import link_key, make_code, unlink, use_code
from bot.plans.reading import plan_of_conversation
from bot.storage.desk_tables import Attachment, Case
from bot.storage.plan_tables import Participant
from tests.console.common import Clock, words_of
from tests.console.conftest import SignedIn
from tests.console.test_cases import ASKS, PDF, keys_in, link, make_case, take


def also_on_telegram(parts: Parts, case_id: int, words: str) -> int:
    """Links a Telegram chat to the person of a case, and writes there; the chat's number."""
    key = link_key(parts.settings.key("text_key"))
    with parts.transaction() as session:
        plan = plan_of_conversation(session, parts.seal, session.get_one(Case, case_id).conversation_id)
        assert plan is not None
        chat = open_conversation(session, "telegram", "4711")
        use_code(session, chat.id, make_code(session, plan.participant.id, "test", parts.now(), key=key), parts.now(), key=key)
        store_incoming(session, parts.seal, chat, words, "t1")
        settle(parts.desk, session, chat.id)
        return chat.id


def test_each_message_names_its_channel_and_the_page_says_where_the_answer_goes(signed_in: SignedIn, parts: Parts) -> None:
    advisor, number = signed_in("advisor", "oslo"), make_case(parts)
    link(parts, number)
    assert "Svaret går til" not in words_of(advisor.get(f"/console/cases/{number}"))  # one chat: nothing to tell apart
    chat = also_on_telegram(parts, number, "አነ ኣብ ቴለግራም")
    said = words_of(advisor.get(f"/console/cases/{number}"))
    assert said.index(ASKS) < said.index("አነ ኣብ ቴለግራም")
    assert "Svaret går til: Telegram" in said and "Samtale med i saken: Telegram" in said and "Nettsiden" in said
    row = words_of(advisor.get("/console/"))
    assert "Telegram" in row and "አነ ኣብ ቴለግራም" in row
    with parts.transaction() as session:
        unlink(session, chat, "advisor", parts.now())
    assert "አነ ኣብ ቴለግራም" not in words_of(advisor.get(f"/console/cases/{number}"))


def test_a_file_sent_to_the_other_chat_can_be_opened_while_that_chat_is_linked(signed_in: SignedIn, parts: Parts) -> None:
    advisor, number = signed_in("advisor", "oslo"), make_case(parts)
    link(parts, number)
    chat = also_on_telegram(parts, number, "ሰላም")
    take(advisor, number)
    key = keys_in(advisor.get(f"/console/cases/{number}").text)[0]
    sent = advisor.submit(f"/console/cases/{number}/file", key=key, files={"file": ("brev.pdf", PDF, "application/pdf")})
    assert sent.status_code == 303
    page = advisor.get(f"/console/cases/{number}").text
    address = page.split(f'href="/console/cases/{number}/files/')[1].split('"')[0]
    assert advisor.get(f"/console/cases/{number}/files/{address}").content == PDF
    with parts.transaction() as session:
        unlink(session, chat, "advisor", parts.now())
    assert advisor.get(f"/console/cases/{number}/files/{address}").status_code == 404


def test_two_cases_that_became_one_are_shown_as_such(signed_in: SignedIn, parts: Parts) -> None:
    advisor = signed_in("advisor", "oslo")
    older, younger = make_case(parts, account="a"), make_case(parts, account="b")
    link(parts, older)
    key = link_key(parts.settings.key("text_key"))
    with parts.transaction() as session:
        plan = plan_of_conversation(session, parts.seal, session.get_one(Case, older).conversation_id)
        assert plan is not None
        chat = session.get_one(Case, younger).conversation_id
        use_code(session, chat, make_code(session, plan.participant.id, "test", parts.now(), key=key), parts.now(), key=key)
        settle(parts.desk, session, chat)
    assert f"Slått sammen med sak {younger}" in words_of(advisor.get(f"/console/cases/{older}"))
    assert "Slått sammen med en annen sak" in words_of(advisor.get(f"/console/cases/{younger}"))


def test_a_closed_case_shows_nothing_of_whoever_its_chat_is_linked_to_later(signed_in: SignedIn, parts: Parts, clock: Clock) -> None:
    advisor, number = signed_in("advisor", "oslo"), make_case(parts)
    link(parts, number)
    take(advisor, number)
    clock.forward(minutes=1)
    assert advisor.submit(f"/console/cases/{number}/close", outcome="answered").status_code == 303
    clock.forward(minutes=1)
    address = f"/console/cases/{number}"
    before = words_of(advisor.get(address))
    key = link_key(parts.settings.key("text_key"))
    with parts.transaction() as session:
        plan = plan_of_conversation(session, parts.seal, session.get_one(Case, number).conversation_id)
        other = session.scalars(select(Participant).where(Participant.id != (plan.participant.id if plan else 0)).limit(1)).one()
        name = parts.seal.open(other.sealed_name)
        own = open_conversation(session, "telegram", "4712")
        message = store_incoming(session, parts.seal, own, "አነ ካልእ ሰብ", "t1")
        sealed = parts.seal.close_bytes(PDF)
        letter = {"name": "brev.pdf", "content_type": "application/pdf", "size": len(PDF), "sealed_bytes": sealed}
        session.add(Attachment(message_id=message.id, token="t" * 43, **letter))
        for chat in (own.id, session.get_one(Case, number).conversation_id):
            use_code(session, chat, make_code(session, other.id, "test", parts.now(), key=key), parts.now(), key=key)
            settle(parts.desk, session, chat)
    after = words_of(advisor.get(address))
    assert ASKS in after and "አነ ካልእ ሰብ" not in after and "Telegram" not in after
    assert plan is not None and plan.participant.name in before and plan.participant.name in after and name not in after
    assert advisor.get(f"{address}/files/{'t' * 43}").status_code == 404
    assert advisor.get(f"{address}/media/{'t' * 43}").status_code == 404
