"""The web chat's JSON while people answer: who has the conversation, advisors' words and files, what arrived, nothing lost or doubled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.channels.web.files import content_disposition, safe_name
from bot.content.library import Library
from bot.conversations.assistant import Asked, SaidMessage, Understood
from bot.conversations.history import now
from bot.conversations.reception import Reception
from bot.conversations.shown import shown_text
from bot.desk.acting import Acting
from bot.desk.cases import open_case_of
from bot.desk.colleagues import Role, colleague_from
from bot.desk.files import FileIn
from bot.desk.handing_over import Desk
from bot.gateway.app import Parts, create_app
from bot.settings import Settings
from bot.storage.desk_tables import Account, Attachment, Case
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message
from tests.fakes import SmallIdentifier, StubAssistant

PDF = FileIn("vedtak ÆØÅ قرار.pdf", "application/pdf", b"%PDF-1.7 words")


class Calling(StubAssistant):
    """Understands `/talk_to_human` as Rasa does."""

    def ask(self, asked: Asked) -> Understood:
        if asked.text != "/talk_to_human":
            return super().ask(asked)
        return Understood((SaidMessage("A person", asked.language, "ltr", key="talk_to_human"),), "talk_to_human", 1.0)


@dataclass
class Chat:
    """A web chat with a desk behind it, and an advisor there."""

    client: TestClient
    sessions: sessionmaker[Session]
    desk: Desk
    assistant: Calling

    def say(self, text: str, **more: object) -> dict:
        answered = self.client.post("/api/chat", json={"text": text, **more})
        assert answered.status_code == 200, answered.text
        return dict(answered.json())

    def history(self) -> dict:
        return dict(self.client.get("/api/chat").json())

    def news(self, after: int, everything: bool = True) -> dict:
        found = self.client.get("/api/chat/news", params={"after": after, "everything": everything})
        assert found.status_code == 200, found.text
        return dict(found.json())

    def advisor(self, name: str = "Kari Nordmann") -> Acting:
        with self.sessions.begin() as session:
            row = session.scalar(select(Account).where(Account.name == name))
            if row is None:
                row = Account(login=name.lower(), name=name, role=Role.ADVISOR, municipality="oslo", password_hash="-", created_at=now())
                session.add(row)
                session.flush()
            return Acting(self.desk, colleague_from(row))

    def case(self, session: Session) -> Case:
        conversation = session.scalars(select(Conversation)).one()
        case = open_case_of(session, conversation.id)
        assert case is not None
        return case

    def taken(self) -> Acting:
        """A case that an advisor took."""
        self.say("/talk_to_human")
        acting = self.advisor()
        with self.sessions.begin() as session:
            acting.take(session, self.case(session).id)
        return acting

    def write(self, acting: Acting, text: str, key: str, language: str = "nb") -> int:
        with self.sessions.begin() as session:
            return acting.say_text(session, self.case(session).id, text, key, language).id

    def send_file(self, acting: Acting, file: FileIn = PDF) -> None:
        with self.sessions.begin() as session:
            acting.send_file(session, self.case(session).id, file, "file")

    def grow_old(self, number: int) -> None:
        with self.sessions.begin() as session:
            old = now() - dt.timedelta(minutes=5)
            session.execute(update(Message).where(Message.id <= number).values(created_at=old))


@pytest.fixture
def chat(tmp_path: Path, database_url: str, sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> Iterator[Chat]:
    desk, assistant = Desk(seal, real_library), Calling()
    reception = Reception(sessions, seal, real_library, SmallIdentifier(), assistant, "nb", desk=desk)  # type: ignore[arg-type]
    app = create_app(Settings(home=tmp_path, database_url=database_url), Parts(reception, real_library, assistant))
    with TestClient(app, headers={"Accept-Language": "en"}) as client:
        yield Chat(client, sessions, desk, assistant)


def texts(found: dict) -> list[str]:
    return [message["text"] for message in found["messages"]]


def test_everybody_hears_who_answers_now(chat: Chat) -> None:
    nobody_else = {"state": "assistant", "name": ""}
    assert chat.say("how much money")["status"] == nobody_else
    asked = chat.say("/talk_to_human")
    assert asked["status"] == {"state": "waiting", "name": ""}
    assert chat.history()["status"] == chat.news(0)["status"] == asked["status"]
    acting = chat.advisor()
    with chat.sessions.begin() as session:
        acting.take(session, chat.case(session).id)
    human = {"state": "human", "name": "Kari Nordmann"}
    assert chat.history()["status"] == chat.news(0)["status"] == chat.say("thank you very much")["status"] == human
    with chat.sessions.begin() as session:
        acting.give_back(session, chat.case(session).id, "answered")
    assert chat.history()["status"] == chat.news(0)["status"] == chat.say("how much money")["status"] == nobody_else


def test_the_name_is_that_of_who_has_the_case_now(chat: Chat) -> None:
    acting, other = chat.taken(), chat.advisor("Ola Hansen")
    with chat.sessions.begin() as session:
        acting.hand_to(session, chat.case(session).id, other.who)
    assert chat.history()["status"] == {"state": "human", "name": "Ola Hansen"}
    with chat.sessions.begin() as session:
        other.give_back(session, chat.case(session).id, "answered")
    chat.say("/talk_to_human")
    assert chat.history()["status"] == {"state": "waiting", "name": ""}


def test_an_advisors_words_come_with_name_and_notice(chat: Chat) -> None:
    acting = chat.taken()
    written = chat.write(acting, "Hei, jeg ringer deg i morgen.", "k1")
    newest = chat.news(0)["messages"][-1]
    assert (newest["author"], newest["by"], newest["number"], newest["files"]) == ("advisor", "Kari Nordmann", written, [])
    assert (newest["language"], newest["text"]) == ("nb", "Hei, jeg ringer deg i morgen.")
    assert "Norsk bokmål" in newest["note"]
    last = chat.history()["messages"][-1]
    assert last == newest
    assert last["id"] is None


def test_a_message_to_a_human_has_no_answer_and_is_delivered(chat: Chat) -> None:
    chat.taken()
    answer = chat.say("I was there yesterday", id="m1")
    assert answer["messages"] == []
    again = chat.say("I was there yesterday", id="m1")
    assert (again["messages"], again["number"]) == ([], answer["number"])
    last = chat.history()["messages"][-1]
    assert (last["author"], last["number"], last["answered"]) == ("participant", answer["number"], True)


def test_the_same_message_again_does_not_change_the_language(chat: Chat) -> None:
    chat.say('/choose_language{"language": "ar"}')
    chat.taken()
    first = chat.say("كنت هناك أمس", id="m1")
    assert first["language"] == chat.say("كنت هناك أمس", id="m1")["language"] == "ar"


def test_a_message_nobody_has_yet_is_marked(chat: Chat) -> None:
    chat.assistant.away = True
    assert chat.client.post("/api/chat", json={"text": "how much money", "id": "m1"}).status_code == 503
    assert [message["answered"] for message in chat.history()["messages"]] == [False]
    chat.assistant.away = False
    chat.say("how much money", id="m1")
    assert all(message["answered"] for message in chat.history()["messages"])


def test_an_answer_tells_its_numbers_also_without_an_id(chat: Chat) -> None:
    for more in ({}, {"id": "own"}, {"id": ""}):
        answer = chat.say("how much money do I get", **more)
        later = chat.history()["messages"]
        mine = next(message for message in later if message["number"] == answer["number"])
        assert (mine["author"], mine["text"]) == ("participant", "how much money do I get")
        numbers = [message["number"] for message in answer["messages"]]
        assert numbers == [message["number"] for message in later if message["number"] > answer["number"]]


def test_an_answer_that_cannot_be_read_again_is_not_called_lost(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise SQLAlchemyError("test")

    with monkeypatch.context() as patched:
        patched.setattr("bot.channels.web.app.reply_of", broken)
        refused = chat.client.post("/api/chat", json={"text": "how much money", "id": "m1"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "trouble")
    assert texts(chat.say("how much money", id="m1")) == ["answer to how much money", *texts(chat.history())[2:]]
    assert len(chat.assistant.asked) == 1


def test_news_bring_what_another_tab_wrote_only_to_who_asks_for_everything(chat: Chat) -> None:
    chat.say("how much money do I get")
    newest = chat.history()["newest"]
    chat.say("how much time do I have", id="other tab")
    assert chat.news(newest, everything=False)["messages"] == []
    brought = chat.news(newest)["messages"]
    assert [message["author"] for message in brought] == ["participant", "assistant"]
    assert (brought[0]["id"], brought[0]["text"]) == ("other tab", "how much time do I have")
    chat.say("/handover_withdraw")
    assert "Take it back" in texts(chat.news(newest))


def test_nothing_is_lost_when_two_messages_are_stored_in_another_order_than_numbered(chat: Chat) -> None:
    """One transaction takes a number, another takes the next and ends first: the page sees the second before the first."""
    acting = chat.taken()
    first = chat.write(acting, "first", "k1")
    second = chat.write(acting, "second", "k2")
    with chat.sessions.begin() as session:  # as if the first one's transaction were still open
        hidden = session.get_one(Message, first)
        conversation, hidden.conversation_id = hidden.conversation_id, _elsewhere(session)
    seen = chat.news(0)
    assert seen["newest"] == second
    with chat.sessions.begin() as session:
        session.get_one(Message, first).conversation_id = conversation
    assert "first" in texts(chat.news(seen["settled"]))


def _elsewhere(session: Session) -> int:
    other = Conversation(channel="test", account="other", started_at=now(), last_at=now())
    session.add(other)
    session.flush()
    return other.id


def test_what_is_settled_is_not_told_again(chat: Chat) -> None:
    acting = chat.taken()
    old = chat.write(acting, "long ago", "k1")
    assert chat.history()["settled"] == 0
    chat.grow_old(old)
    assert chat.history()["settled"] == chat.news(0)["settled"] == old
    fresh = chat.write(acting, "just now", "k2")
    for _ in range(2):
        brought = chat.news(old)
        assert (texts(brought), brought["newest"], brought["settled"]) == (["just now"], fresh, old)
    chat.grow_old(fresh)
    assert chat.news(old)["settled"] == fresh
    assert chat.news(fresh) == {"messages": [], "newest": fresh, "settled": fresh, "status": chat.history()["status"]}


def delivered(chat: Chat, author: Author) -> list[bool]:
    with chat.sessions() as session:
        rows = session.scalars(select(Message).where(Message.author == author).order_by(Message.id))
        return [row.delivered_at is not None for row in rows]


@pytest.mark.parametrize("fetch", ["history", "news", "news of old clients"])
def test_what_the_page_fetched_is_delivered(chat: Chat, fetch: str) -> None:
    acting = chat.taken()
    chat.write(acting, "Hei", "k1")
    assert delivered(chat, Author.ADVISOR) == [False]
    if fetch == "history":
        chat.history()
    else:
        chat.news(0, everything=fetch == "news")
    assert delivered(chat, Author.ADVISOR) == [True]
    assert not any(delivered(chat, Author.PARTICIPANT))


def test_an_answer_is_delivered_with_its_answer(chat: Chat) -> None:
    chat.say("how much money do I get")
    assert all(delivered(chat, Author.ASSISTANT))


def test_delivery_is_noted_once_and_the_moment_stays(chat: Chat) -> None:
    acting = chat.taken()
    number = chat.write(acting, "Hei", "k1")
    changes: list[str] = []
    engine = chat.sessions.kw["bind"]

    def heard(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.lstrip().upper().startswith("UPDATE"):
            changes.append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    chat.history()
    assert len(changes) == 1
    with chat.sessions() as session:
        moment = session.get_one(Message, number).delivered_at
    chat.history()
    chat.news(0)
    event.remove(engine, "before_cursor_execute", heard)
    assert len(changes) == 1
    with chat.sessions() as session:
        assert session.get_one(Message, number).delivered_at == moment


def test_a_delivery_that_cannot_be_noted_is_a_delivery_all_the_same(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    acting = chat.taken()
    chat.write(acting, "Hei", "k1")
    engine = chat.sessions.kw["bind"]

    def broken(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("UPDATE message"):
            raise SQLAlchemyError("test")

    event.listen(engine, "before_cursor_execute", broken)
    assert "Hei" in texts(chat.news(0))
    event.remove(engine, "before_cursor_execute", broken)
    assert "delivered" in caplog.text
    assert delivered(chat, Author.ADVISOR) == [False]
    chat.news(0)
    assert delivered(chat, Author.ADVISOR) == [True]


def test_a_file_reaches_the_person_it_was_sent_to(chat: Chat) -> None:
    chat.send_file(chat.taken())
    (file,) = chat.history()["messages"][-1]["files"]
    assert (file["name"], file["type"], file["size"]) == (PDF.name, "application/pdf", len(PDF.content))
    got = chat.client.get(file["url"])
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, PDF.content, "application/pdf")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "no-store"
    named = got.headers["content-disposition"]
    assert named.startswith('attachment; filename="vedtak ___ ____.pdf"; ')
    assert named.endswith("filename*=UTF-8''vedtak%20%C3%86%C3%98%C3%85%20%D9%82%D8%B1%D8%A7%D8%B1.pdf")
    with chat.sessions() as session:
        assert PDF.content not in session.scalars(select(Attachment.sealed_bytes)).one()


def test_a_file_is_nobody_elses(chat: Chat) -> None:
    chat.send_file(chat.taken())
    url = chat.history()["messages"][-1]["files"][0]["url"]
    wrong = [{"X-Chat-Session": "b" * 32}, {"X-Chat-Session": "short"}]
    for headers in wrong:
        chat.client.cookies.clear()
        refused = chat.client.get(url, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "file_not_here")
        assert "This file is not here for you" in refused.json()["error"]["message"]


@pytest.mark.parametrize("token", ["nothing", "%00", "a" * 300, "..%2f..", "%F0%9F%98%80"])
def test_what_is_no_file_is_said(chat: Chat, token: str) -> None:
    chat.say("how much money")
    assert chat.client.get(f"/api/chat/files/{token}").status_code == 404


def test_a_file_that_cannot_be_opened_is_trouble_in_words(chat: Chat) -> None:
    chat.send_file(chat.taken())
    url = chat.history()["messages"][-1]["files"][0]["url"]
    with chat.sessions.begin() as session:
        session.execute(update(Attachment).values(sealed_bytes=b"sealed with another key"))
    refused = chat.client.get(url)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "trouble")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("سند\u200cها.pdf", "سند\u200cها.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_bSet-Cookie_ x.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("\u202e. ", "file"),
    ],
)
def test_no_name_does_harm(name: str, safe: str) -> None:
    assert safe_name(name) == safe
    header = content_disposition(name)
    assert header.isascii() and header.isprintable() and header.count('"') == 2


def test_taking_back_is_shown_as_its_button_said(chat: Chat) -> None:
    chat.taken()
    answer = chat.say("/handover_withdraw")
    assert answer["status"] == {"state": "assistant", "name": ""}
    mine = [message["text"] for message in chat.history()["messages"] if message["author"] == "participant"]
    assert mine[-1] == "Take it back"


@pytest.mark.parametrize(("language", "shown"), [("nb", "Trekk tilbake"), ("ar", "سحب السؤال"), ("xx", "handover_withdraw")])
def test_taking_back_has_a_title_in_each_language(real_library: Library, language: str, shown: str) -> None:
    assert shown_text(real_library, "/handover_withdraw", language) == shown


@pytest.mark.parametrize("number", ["-1", "0", "2147483647"])
def test_any_number_may_be_asked_after(chat: Chat, number: str) -> None:
    chat.say("how much money")
    assert chat.client.get(f"/api/chat/news?after={number}").status_code == 200


def test_a_number_no_message_can_have_is_refused(chat: Chat) -> None:
    assert chat.client.get("/api/chat/news?after=99999999999").status_code == 422


@pytest.mark.parametrize("bad", ["a\u0000b", "\\ud800"])
def test_an_id_that_cannot_be_kept_is_no_message(chat: Chat, bad: str) -> None:
    body = '{"text": "hello there", "id": "' + bad.replace("\u0000", "\\u0000") + '"}'
    refused = chat.client.post("/api/chat", content=body.encode())
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "not_text")
