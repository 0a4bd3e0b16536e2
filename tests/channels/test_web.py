"""The web chat's JSON interface: answers, history, limits, and clear words for everything that is no message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.content.library import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import store_unprompted
from bot.conversations.reception import Reception
from bot.conversations.shown import shown_text
from bot.gateway.app import Parts, create_app
from bot.settings import Settings
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation
from tests.fakes import SmallIdentifier, StubAssistant


@pytest.fixture
def settings(tmp_path: Path, data: Path) -> Settings:
    return Settings(home=tmp_path / "home", data=data, messages_per_minute=10, longest_message=100)


@pytest.fixture
def client(settings: Settings, library: Library, seal: Seal, assistant: StubAssistant) -> Iterator[TestClient]:
    sessions = open_database(settings.database)
    reception = Reception(sessions, seal, library, SmallIdentifier(), assistant, "nb")  # type: ignore[arg-type]
    with TestClient(create_app(settings, Parts(reception, library, assistant)), headers={"Accept-Language": "en"}) as made:
        yield made
    sessions.kw["bind"].dispose()


def ask(client: TestClient, text: str, **more: object) -> dict:
    answered = client.post("/api/chat", json={"text": text, **more})
    assert answered.status_code == 200, answered.text
    return dict(answered.json())


def test_an_answer_has_all_that_the_contract_names(client: TestClient) -> None:
    answer = ask(client, "how much money do I get")
    assert set(answer) == {"messages", "language", "intent", "confidence", "number", "status"}
    message = answer["messages"][0]
    assert set(message) == {"text", "language", "direction", "choices", "key", "sources", "note", "author", "by", "files", "number"}
    assert (message["author"], message["by"], message["files"]) == ("assistant", "", [])
    assert message["choices"] == [{"title": "More", "payload": "/more"}]
    assert (answer["language"], answer["intent"], answer["confidence"]) == ("en", "support", 0.9)


def test_the_session_is_kept_by_cookie_and_its_history_can_be_read(client: TestClient) -> None:
    ask(client, "how much money do I get", id="a")
    cookie = client.cookies["veiviser_session"]
    history = client.get("/api/chat").json()
    assert [m["author"] for m in history["messages"]] == ["participant", "assistant", "assistant"]
    assert history["messages"][0]["text"] == "how much money do I get"
    assert history["messages"][0]["id"] == "a"
    assert client.cookies["veiviser_session"] == cookie


def test_the_session_can_be_named_by_header_and_no_one_else_reads_it(client: TestClient) -> None:
    mine = {"X-Chat-Session": "a" * 32}
    client.post("/api/chat", json={"text": "how much money"}, headers=mine)
    client.cookies.clear()
    assert len(client.get("/api/chat", headers=mine).json()["messages"]) == 3
    assert client.get("/api/chat", headers={"X-Chat-Session": "b" * 32}).json()["messages"] == []
    assert client.get("/api/chat").json()["messages"] == []


def test_the_same_id_twice_is_one_message(client: TestClient, assistant: StubAssistant) -> None:
    first, second = ask(client, "how much money", id="x"), ask(client, "how much money", id="x")
    assert [m["text"] for m in first["messages"]] == [m["text"] for m in second["messages"]]
    assert len(assistant.asked) == 1


def test_a_chosen_language_counts_until_another_is_chosen(client: TestClient) -> None:
    assert ask(client, "how much money", language="ar")["messages"][0]["language"] == "ar"
    assert ask(client, "how much money")["messages"][0]["language"] == "ar"
    assert ask(client, '/choose_language{"language": "nb"}')["language"] == "nb"
    assert ask(client, "how much money")["messages"][0]["language"] == "nb"


def test_a_pressed_button_stands_in_the_history_with_its_title(client: TestClient) -> None:
    ask(client, "how much money do I get")
    ask(client, "/more")
    ask(client, '/choose_language{"language": "ar"}')
    shown = [m["text"] for m in client.get("/api/chat").json()["messages"] if m["author"] == "participant"]
    assert shown[1:] == ["More", "العربية"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "not_text"),
        (b"not json", 422, "not_text"),
        (b"[]", 422, "not_text"),
        (b'{"text": 5}', 422, "not_text"),
        (b'{"text": null}', 422, "not_text"),
        (b'{"text": "   \\n "}', 422, "empty"),
        (b'{"text": "\\u0000\\u0001"}', 422, "not_text"),
        (b'{"text": "\\ud800"}', 422, "not_text"),
        (b'{"text": "\xff\xfe"}', 422, "not_text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), 422, "not_text"),
        (json.dumps({"text": "a" * 101}).encode(), 413, "too_long"),
        (json.dumps({"text": "a" * 100_000}).encode(), 413, "too_long"),
        (b"{" * 5000, 413, "too_long"),
        (json.dumps({"text": "hello", "id": "x" * 65}).encode(), 422, "not_text"),
    ],
)
def test_what_is_no_message_gets_a_clear_word_in_the_persons_language(client: TestClient, body: bytes, status: int, code: str) -> None:
    answered = client.post("/api/chat", content=body, headers={"Content-Type": "application/json"})
    assert answered.status_code == status
    error = answered.json()["error"]
    assert error["code"] == code
    assert error["message"].startswith("en: ")
    assert answered.headers["content-security-policy"]


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_bring_a_server_error(client: TestClient, body: bytes) -> None:
    assert client.post("/api/chat", content=body).status_code in (200, 413, 422, 429)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=120))
def test_no_text_at_all_brings_a_server_error(client: TestClient, text: str) -> None:
    try:
        body = json.dumps({"text": text}, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    assert client.post("/api/chat", content=body).status_code in (200, 413, 422, 429)


def test_a_flood_is_told_to_wait_and_loses_nothing(client: TestClient) -> None:
    statuses = [client.post("/api/chat", json={"text": f"message number {n}"}).status_code for n in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    refused = client.post("/api/chat", json={"text": "once more"})
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json()["error"]["message"].startswith("en: wait ")
    assert len([m for m in client.get("/api/chat").json()["messages"] if m["author"] == "participant"]) == 10


def test_when_the_assistant_is_away_the_person_hears_it_and_the_same_message_is_answered_later(
    client: TestClient, assistant: StubAssistant
) -> None:
    assistant.away = True
    refused = client.post("/api/chat", json={"text": "how much money", "id": "7"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "trouble")
    assert client.get("/ready").status_code == 503
    assistant.away = False
    assert ask(client, "how much money", id="7")["intent"] == "support"
    assert client.get("/ready").status_code == 200
    assert len([m for m in client.get("/api/chat").json()["messages"] if m["author"] == "participant"]) == 1


def test_when_the_database_is_away_the_person_hears_that_nothing_was_stored(client: TestClient, settings: Settings) -> None:
    from sqlalchemy import create_engine, text

    engine = create_engine(settings.database)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE message"))
    engine.dispose()
    refused = client.post("/api/chat", json={"text": "how much money"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "trouble_not_stored")


def test_anything_unexpected_is_a_clear_word_and_no_bare_500(
    client: TestClient, assistant: StubAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(asked: object) -> None:
        raise RuntimeError("unexpected")

    monkeypatch.setattr(assistant, "ask", broken)
    refused = client.post("/api/chat", json={"text": "how much money"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "trouble")


@pytest.mark.parametrize("text", ["/choose_language{x", '/choose_language{"language": ["a"]}', "/choose_language{}", "/choose_language[1]"])
def test_no_message_spoils_the_history(client: TestClient, text: str) -> None:
    client.post("/api/chat", json={"text": text})
    assert client.get("/api/chat").status_code == 200


def test_an_empty_id_is_no_id(client: TestClient, assistant: StubAssistant) -> None:
    ask(client, "how much money", id="")
    ask(client, "how much time", id="")
    assert len(assistant.asked) == 2


def test_leaving_forgets_the_session_of_the_browser(client: TestClient) -> None:
    ask(client, "how much money do I get")
    assert client.post("/api/chat/leave").status_code == 204
    assert client.get("/api/chat").json()["messages"] == []


def test_the_page_loads_nothing_from_elsewhere_and_carries_its_language(client: TestClient) -> None:
    page = client.get("/", headers={"Accept-Language": "ar"})
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "http://" not in page.text.replace("http://www.w3.org", "") and "https://" not in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    for name in ("main.js", "view.js", "outbox.js", "api.js", "speech.js", "news.js", "bar.js", "chat.css", "icon.svg"):
        assert client.get(f"/static/{name}").status_code == 200


def test_an_unknown_language_of_the_browser_gets_the_default(client: TestClient) -> None:
    assert '<html lang="nb"' in client.get("/", headers={"Accept-Language": "xx-YY,zz"}).text


def test_the_interface_describes_itself(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operation = document["paths"]["/api/chat"]["post"]
    assert {"200", "413", "422", "429", "503"} <= set(operation["responses"])
    assert "text" in operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert "get" in document["paths"]["/api/chat"]


def test_what_comes_unasked_is_told_once(client: TestClient, settings: Settings, seal: Seal) -> None:
    ask(client, "how much money do I get")
    newest = client.get("/api/chat").json()["newest"]
    nothing = client.get(f"/api/chat/news?after={newest}").json()
    assert (nothing["messages"], nothing["newest"]) == ([], newest)
    sessions = open_database(settings.database)
    with sessions.begin() as session:
        conversation = session.scalar(select(Conversation))
        assert conversation is not None
        store_unprompted(session, seal, conversation, SaidMessage("Tomorrow at ten", "en", "ltr", key="reminder"))
    sessions.kw["bind"].dispose()
    news = client.get(f"/api/chat/news?after={newest}").json()
    assert [message["text"] for message in news["messages"]] == ["Tomorrow at ten"]
    assert client.get(f"/api/chat/news?after={news['newest']}").json()["messages"] == []


def test_news_of_a_stranger_are_empty(client: TestClient) -> None:
    nothing = client.get("/api/chat/news", headers={"X-Chat-Session": ""}).json()
    assert nothing == {"messages": [], "newest": 0, "settled": 0, "status": {"state": "assistant", "name": ""}}
    assert client.get("/api/chat/news?after=x").status_code == 422


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('/answer{"value": "yes", "question": "has_work"}', "Ja"),
        ('/answer{"value": "oslo", "question": "municipality"}', "Oslo"),
        ('/answer{"value": "B1", "question": "oral"}', "B1"),
        ("/answer{broken", "/answer{broken"),
    ],
)
def test_a_pressed_answer_is_shown_as_its_button_said(real_library: Library, text: str, shown: str) -> None:
    assert shown_text(real_library, text, "nb") == shown
