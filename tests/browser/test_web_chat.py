"""The web chat as people meet it: in Chromium, on a phone, by keyboard, right to left, off line, checked with axe."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bot.content.library import Library
from bot.conversations.reception import Reception
from bot.gateway.app import Parts, create_app
from bot.settings import ROOT, Settings
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from tests.conftest import missing
from tests.fakes import SmallIdentifier, StubAssistant

pytestmark = pytest.mark.browser
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
PHONE = {"width": 375, "height": 700}
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


class Served:
    """A gateway on loopback with the real texts and a stand-in for Rasa."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.assistant = StubAssistant()
        settings = Settings(home=home, port=self.port, messages_per_minute=200)
        library = Library(ROOT / "data")
        seal = Seal("3XGJ8xGRBGbeMzVBuuCRZlqBDMWbGyjNUBnQDwk3cHE=")
        sessions = open_database(settings.database)
        reception = Reception(sessions, seal, library, SmallIdentifier(), self.assistant, "nb")  # type: ignore[arg-type]
        app = create_app(settings, Parts(reception, library, self.assistant))
        self.server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="error"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="nb-NO", viewport=PHONE)  # type: ignore[arg-type]
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, served: Served) -> Page:
    opened = context.new_page()
    opened.errors = []  # type: ignore[attr-defined]
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))  # type: ignore[attr-defined]
    opened.goto(served.url)
    expect(opened.locator(".theirs")).to_have_count(1)
    return opened


def say(page: Page, text: str) -> None:
    page.fill("#words", text)
    page.press("#words", "Enter")


def answers(page: Page) -> list[str]:
    return page.locator(".theirs .bubble").all_inner_texts()


def test_a_question_is_asked_and_answered(page: Page) -> None:
    say(page, "hvor mye penger får jeg og når")
    expect(page.locator(".theirs", has_text="answer to hvor mye")).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()
    assert not page.errors  # type: ignore[attr-defined]


def test_everything_can_be_done_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.type("hvor mye penger får jeg")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="More", exact=True)).to_be_visible()
    page.get_by_role("button", name="More", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_have_count(2)


def test_the_conversation_is_there_after_a_reload(page: Page) -> None:
    say(page, "hvor mye penger får jeg")
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    before = answers(page)
    page.reload()
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    assert answers(page)[: len(before)] == before
    expect(page.locator(".mine")).to_have_count(1)


def test_a_lost_connection_is_said_and_the_message_is_sent_once_when_it_is_back(
    page: Page, context: BrowserContext, served: Served
) -> None:
    context.set_offline(True)
    say(page, "hvor mye penger får jeg")
    expect(page.locator("#line")).to_be_visible()
    expect(page.locator(".mine .state")).to_be_visible()
    assert not served.assistant.asked
    context.set_offline(False)
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    expect(page.locator(".mine")).to_have_count(1)
    expect(page.locator(".mine .state")).to_have_count(0)
    assert len(served.assistant.asked) == 1


def test_a_message_that_was_not_sent_survives_a_reload(page: Page, served: Served) -> None:
    served.assistant.away = True
    say(page, "hvor mye penger får jeg")
    expect(page.locator(".mine .state")).to_be_visible()
    page.reload()
    expect(page.locator(".mine")).to_have_count(1)
    expect(page.locator(".mine .state")).to_be_visible()
    served.assistant.away = False
    page.get_by_role("button", name="Send på nytt").click()
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    assert len({asked.message_id for asked in served.assistant.asked}) == 1


def test_another_language_changes_the_whole_page(page: Page) -> None:
    page.select_option("#language", "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    arabic = Library(ROOT / "data").phrase("web_input", "ar")
    assert page.get_attribute("#words", "placeholder") == arabic
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ar")


def test_a_message_that_is_too_long_is_explained_and_not_lost(page: Page) -> None:
    page.fill("#words", "a" * 1001)
    page.press("#words", "Enter")
    expect(page.locator(".theirs")).to_have_count(2)
    assert page.input_value("#words") == "a" * 1001


def test_text_is_never_markup(page: Page) -> None:
    say(page, "<img src=x onerror=alert(1)> og <b>hei</b>")
    expect(page.locator(".mine .bubble")).to_contain_text("<img src=x")
    assert page.locator(".bubble img, .bubble b").count() == 0


def test_leaving_empties_the_screen(page: Page) -> None:
    say(page, "hvor mye penger får jeg")
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    page.click("#leave")
    page.locator("dialog button[value=leave]").click()
    expect(page.locator(".mine")).to_have_count(0)


def test_nothing_is_asked_of_anyone_else(context: BrowserContext, served: Served) -> None:
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.url)
    expect(page.locator(".theirs")).to_have_count(1)
    say(page, "hvor mye penger får jeg")
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    assert asked and all(url.startswith((served.url, "data:")) for url in asked)


@pytest.mark.parametrize("language", ["nb", "ar", "ti"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, served: Served, language: str, scheme: str) -> None:
    context = browser.new_context(locale=language, viewport=PHONE, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(served.url)
    page.select_option("#language", language if language != "nb" else "nn")
    expect(page.locator(".mine")).to_have_count(1)
    say(page, "hvor mye penger får jeg")
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    found = Axe().run(page, options=WCAG).response["violations"]
    context.close()
    assert [(row["id"], [node["html"] for node in row["nodes"]]) for row in found] == []


@pytest.mark.parametrize("width", [320, 375, 1200])
def test_nothing_runs_off_the_side(browser: Browser, served: Served, width: int) -> None:
    context = browser.new_context(locale="ar", viewport={"width": width, "height": 640})
    page = context.new_page()
    page.goto(served.url)
    say(page, "كم من المال أحصل عليه " + "programrådgiverkontaktperson" * 3)
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
