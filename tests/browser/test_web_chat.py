"""The web chat as people meet it: in Chromium, on a phone, by keyboard, right to left, off line, checked with axe."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content.library import Library
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import now, store_unprompted
from bot.conversations.reception import Reception
from bot.desk.acting import Acting
from bot.desk.colleagues import Role, colleague_from
from bot.desk.files import FileIn
from bot.desk.handing_over import Desk
from bot.gateway.app import Parts, create_app
from bot.settings import ROOT, Settings
from bot.storage.database import open_database
from bot.storage.desk_tables import Account, Case
from bot.storage.sealing import Seal
from bot.storage.tables import Conversation, Message
from tests.browser.chromium import axe_findings
from tests.channels.test_web_handover import Calling
from tests.fakes import SmallIdentifier

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.7 " + b"words " * 20_000
SOON = 15_000  # milliseconds: some rounds of asking for news
PHONE = {"width": 375, "height": 700}


class Served:
    """A gateway on loopback with the real texts and a stand-in for Rasa."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.assistant = Calling()
        settings = Settings(home=home, port=self.port, messages_per_minute=200)
        library = Library(ROOT / "data")
        seal = Seal("3XGJ8xGRBGbeMzVBuuCRZlqBDMWbGyjNUBnQDwk3cHE=")
        self.sessions = open_database(settings.database)
        self.desk = Desk(seal, library)
        reception = Reception(
            self.sessions,
            seal,
            library,
            SmallIdentifier(),  # type: ignore[arg-type]
            self.assistant,
            "nb",
            desk=self.desk,
        )
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
        self.sessions.kw["bind"].dispose()

    def advisor(self) -> Advisor:
        """Somebody at the desk who may take what waits there."""
        with self.sessions.begin() as session:
            row = Account(login="kari", name="Kari Nordmann", role=Role.ADVISOR, municipality="oslo", password_hash="-", created_at=now())
            session.add(row)
            session.flush()
            return Advisor(self, Acting(self.desk, colleague_from(row)))


class Advisor:
    """An advisor in another room, who has the one open case."""

    def __init__(self, served: Served, acting: Acting) -> None:
        self._served, self._acting, self._written = served, acting, 0

    def take(self) -> None:
        with self._served.sessions.begin() as session:
            self._acting.take(session, self._case(session))

    def write(self, text: str) -> None:
        self._written += 1
        with self._served.sessions.begin() as session:
            self._acting.say_text(session, self._case(session), text, f"key {self._written}", "nb")

    def send_file(self) -> None:
        with self._served.sessions.begin() as session:
            self._acting.send_file(session, self._case(session), FileIn("Vedtak om stønad.pdf", "application/pdf", PDF), "file")

    def give_back(self) -> None:
        with self._served.sessions.begin() as session:
            self._acting.give_back(session, self._case(session), "answered")

    @staticmethod
    def _case(session: Session) -> int:
        return session.scalars(select(Case.id).where(Case.state != "closed")).one()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path)
    yield made
    made.stop()


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
    found = axe_findings(page)
    context.close()
    assert found == []


@pytest.mark.parametrize("width", [320, 375, 1200])
def test_nothing_runs_off_the_side(browser: Browser, served: Served, width: int) -> None:
    context = browser.new_context(locale="ar", viewport={"width": width, "height": 640})
    page = context.new_page()
    page.goto(served.url)
    say(page, "كم من المال أحصل عليه " + "programrådgiverkontaktperson" * 3)
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def call(page: Page) -> None:
    """Asks for a person, as the button of an answer does."""
    say(page, "/talk_to_human")
    expect(page.locator("#status")).to_have_attribute("data-state", "waiting")


@pytest.fixture
def advisor(page: Page, served: Served) -> Advisor:
    """An advisor who has this page's conversation."""
    made = served.advisor()
    call(page)
    made.take()
    expect(page.locator("#status")).to_have_attribute("data-state", "human", timeout=SOON)
    return made


def hide(page: Page, hidden: bool) -> None:
    """As when the person looks at another tab, and back."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def numbers(page: Page) -> list[int]:
    """The numbers of the messages on the screen, from top to bottom."""
    return [int(number) for number in page.locator("[data-number]").evaluate_all("rows => rows.map(row => row.dataset.number)")]


def stored(served: Served) -> list[int]:
    with served.sessions() as session:
        return list(session.scalars(select(Message.id).order_by(Message.id)))


def test_the_bar_tells_who_answers_and_takes_the_question_back(page: Page, served: Served) -> None:
    expect(page.locator("#status")).to_be_hidden()
    expect(page.locator("#who")).to_have_text("")
    advisor = served.advisor()
    call(page)
    expect(page.locator("#who")).to_have_text("En rådgiver har fått samtalen")
    advisor.take()
    expect(page.locator("#who")).to_have_text("\u2068Kari Nordmann\u2069, rådgiver, svarer deg", timeout=SOON)
    page.get_by_role("button", name="Trekk tilbake").last.click()
    expect(page.locator("#status")).to_have_attribute("data-state", "assistant")
    expect(page.locator("#withdraw")).to_be_hidden()
    expect(page.locator(".mine .bubble").last).to_contain_text("Trekk tilbake")
    page.reload()
    expect(page.locator(".mine .bubble").last).to_contain_text("Trekk tilbake")
    expect(page.locator("#status")).to_have_attribute("data-state", "assistant")
    assert not page.errors  # type: ignore[attr-defined]


def test_pressing_take_back_twice_takes_back_once(page: Page, served: Served, advisor: Advisor) -> None:
    page.evaluate("() => { const button = document.getElementById('withdraw'); button.click(); button.click(); }")
    expect(page.locator("#status")).to_have_attribute("data-state", "assistant")
    expect(page.locator(".mine")).to_have_count(2)
    call(page)
    expect(page.locator("#withdraw")).to_have_attribute("aria-disabled", "false")


def test_an_advisors_words_look_and_sound_like_a_persons(page: Page, advisor: Advisor) -> None:
    advisor.write("Hei, jeg ringer deg i morgen.")
    row = page.locator(".advisor")
    expect(row).to_have_count(1, timeout=SOON)
    expect(row.locator(".by")).to_have_text("Kari Nordmann · Rådgiver")
    expect(row.locator(".bubble")).to_have_text("Hei, jeg ringer deg i morgen.")
    assert page.locator("#conversation .advisor").count() == 1
    assert page.get_attribute("#conversation", "role") == "log"
    assert page.get_attribute("#conversation", "aria-live") == "polite"
    assert "Veiviser" not in row.inner_text()
    expect(page.locator("[data-label=web_robot]")).to_be_hidden()
    page.reload()
    expect(page.locator(".advisor .by")).to_have_text("Kari Nordmann · Rådgiver")


def test_each_message_in_another_language_has_its_own_notice(page: Page, served: Served) -> None:
    page.select_option("#language", "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    advisor = served.advisor()
    call(page)
    advisor.take()
    advisor.write("Første melding.")
    advisor.write("Andre melding.")
    expect(page.locator(".advisor .note")).to_have_count(2, timeout=SOON)
    assert page.locator(".advisor .note").first.get_attribute("lang") == "ar"
    assert page.locator(".advisor .bubble").first.get_attribute("dir") == "ltr"


def test_a_file_is_kept_under_its_name(page: Page, advisor: Advisor) -> None:
    advisor.send_file()
    link = page.get_by_role("link", name="Last ned Vedtak om stønad.pdf (120 kB)")
    expect(link).to_be_visible(timeout=SOON)
    with page.expect_download() as kept:
        link.click()
    assert kept.value.suggested_filename == "Vedtak om stønad.pdf"
    assert Path(kept.value.path()).read_bytes() == PDF
    expect(page.locator(".advisor")).to_be_visible()


def test_a_message_to_a_person_is_quietly_said_to_have_arrived_once(page: Page, advisor: Advisor) -> None:
    say(page, "jeg var der i går og ventet")
    expect(page.locator(".remark")).to_have_text("Rådgiveren får meldingen din.")
    expect(page.locator("#typing")).to_be_hidden()
    say(page, "jeg venter på svar og takker")
    expect(page.locator(".mine[data-number]")).to_have_count(3)
    expect(page.locator(".remark")).to_have_count(1)
    assert page.locator(".bubble", has_text="Rådgiveren får").count() == 0


def test_the_assistant_is_back_when_the_advisor_is_done(page: Page, served: Served, advisor: Advisor) -> None:
    advisor.give_back()
    expect(page.locator("#status")).to_have_attribute("data-state", "assistant", timeout=SOON)
    expect(page.locator("#who")).to_have_text("")
    say(page, "hvor mye penger får jeg")
    expect(page.locator(".theirs", has_text="answer to hvor mye")).to_be_visible()
    assert numbers(page) == stored(served)


def test_what_arrives_while_a_message_is_under_way_stands_there_once(page: Page, served: Served) -> None:
    """News bring the advisor's words, the person's own message and its answer before the answer itself comes."""
    advisor = served.advisor()
    call(page)
    held: list[Route] = []
    page.route("**/api/chat", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    say(page, "hvor mye penger får jeg")
    page.wait_for_timeout(300)
    (route,) = held
    answer = route.fetch()  # stored and answered, but the page has not heard
    advisor.take()
    advisor.write("Hei, her er jeg.")
    expect(page.locator(".advisor")).to_have_count(1, timeout=SOON)
    expect(page.locator(".theirs", has_text="answer to hvor mye")).to_have_count(1)
    assert numbers(page) == stored(served)
    route.fulfill(response=answer)
    expect(page.locator("#typing")).to_be_hidden()
    # The answer tells of a state that is past; what news told counts.
    expect(page.locator("#status")).to_have_attribute("data-state", "human")
    page.wait_for_timeout(3500)
    assert numbers(page) == stored(served)
    expect(page.locator("#status")).to_have_attribute("data-state", "human")
    expect(page.locator(".mine")).to_have_count(2)


def test_words_that_come_before_ones_own_are_stored_stand_above_them(page: Page, served: Served, advisor: Advisor) -> None:
    held: list[Route] = []
    page.route("**/api/chat", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    say(page, "jeg var der i går og ventet")
    page.wait_for_timeout(300)
    advisor.write("Er du der?")
    expect(page.locator(".advisor")).to_have_count(1, timeout=SOON)
    held[0].continue_()
    expect(page.locator(".mine[data-number]")).to_have_count(2)
    assert numbers(page) == stored(served)


def test_an_answer_that_was_lost_on_its_way_is_neither_lost_nor_doubled(page: Page, served: Served, advisor: Advisor) -> None:
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/chat", lose)
    say(page, "jeg var der i går og ventet")
    expect(page.locator(".mine .state")).to_be_visible()
    advisor.write("Takk, det er notert.")
    expect(page.locator(".advisor")).to_have_count(1, timeout=SOON)
    expect(page.locator(".mine .state")).to_have_count(0, timeout=SOON)
    expect(page.locator(".mine")).to_have_count(2)
    assert lost == [200]
    assert numbers(page) == stored(served)


def test_two_tabs_of_one_browser_show_the_same(page: Page, context: BrowserContext, served: Served, advisor: Advisor) -> None:
    other = context.new_page()
    other.goto(served.url)
    expect(other.locator("#status")).to_have_attribute("data-state", "human")
    say(page, "jeg skriver her og nå")
    expect(other.locator(".mine", has_text="jeg skriver her")).to_have_count(1, timeout=SOON)
    say(other, "og jeg skriver der også")
    advisor.write("Jeg leser begge deler.")
    for tab in (page, other):
        expect(tab.locator(".advisor")).to_have_count(1, timeout=SOON)
        expect(tab.locator(".mine")).to_have_count(3, timeout=SOON)
    page.wait_for_timeout(3500)
    assert numbers(page) == numbers(other) == stored(served)
    page.reload()
    expect(page.locator(".advisor")).to_have_count(1)
    assert numbers(page) == stored(served)


def test_the_title_tells_of_what_came_meanwhile(page: Page, advisor: Advisor) -> None:
    hide(page, True)
    advisor.write("Hei, er du der?")
    expect(page).to_have_title("(1) Veiviser", timeout=SOON)
    advisor.write("Ring meg, så snakker vi.")
    expect(page).to_have_title("(2) Veiviser", timeout=SOON)
    hide(page, False)
    expect(page).to_have_title("Veiviser")
    advisor.write("Takk.")
    expect(page.locator(".advisor")).to_have_count(3, timeout=SOON)
    expect(page).to_have_title("Veiviser")


def test_who_comes_back_to_the_page_sees_at_once_what_came(page: Page, served: Served) -> None:
    say(page, "hvor mye penger får jeg")
    expect(page.locator(".theirs", has_text="answer to")).to_be_visible()
    hide(page, True)
    with served.sessions.begin() as session:
        conversation = session.scalars(select(Conversation)).one()
        store_unprompted(session, served.desk.seal, conversation, SaidMessage("Møte i morgen klokka ti", "nb", "ltr", key="reminder"))
    page.wait_for_timeout(500)
    assert page.locator(".theirs", has_text="Møte i morgen").count() == 0
    hide(page, False)
    expect(page.locator(".theirs", has_text="Møte i morgen")).to_have_count(1, timeout=3000)
    assert numbers(page) == stored(served)


def test_messages_are_delivered_when_the_page_has_them(page: Page, served: Served, advisor: Advisor) -> None:
    advisor.write("Hei")
    expect(page.locator(".advisor")).to_have_count(1, timeout=SOON)
    with served.sessions() as session:
        rows = session.scalars(select(Message).where(Message.key == "free_text"))
        assert [row.delivered_at is not None for row in rows] == [True]


def test_the_bar_speaks_the_language_that_is_chosen(page: Page, served: Served) -> None:
    call(page)
    page.select_option("#language", "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#withdraw")).to_have_text("سحب السؤال")
    expect(page.locator("#who")).to_have_text("المحادثة عند مستشار")
    served.advisor().take()
    expect(page.locator("#who")).to_contain_text("معك الآن", timeout=SOON)


def test_the_bar_works_by_keyboard_and_leaves_nobody_nowhere(page: Page, advisor: Advisor) -> None:
    page.locator("#withdraw").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_attribute("data-state", "assistant")
    expect(page.locator("#words")).to_be_focused()


@pytest.mark.parametrize(("language", "scheme"), [("nb", "light"), ("ar", "light"), ("ar", "dark"), ("ti", "dark")])
def test_a_conversation_with_a_person_fits_and_axe_finds_nothing(browser: Browser, served: Served, language: str, scheme: str) -> None:
    narrow = {"width": 360, "height": 740}
    context = browser.new_context(locale=language, viewport=narrow, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(served.url)
    page.select_option("#language", language if language != "nb" else "nn")
    expect(page.locator(".mine")).to_have_count(1)
    advisor = served.advisor()
    call(page)
    found = axe_findings(page)
    advisor.take()
    advisor.write("Hei, jeg heter Kari. Ring meg på 22 33 44 55.")
    advisor.send_file()
    expect(page.locator(".advisor")).to_have_count(2, timeout=SOON)
    say(page, "takk")
    expect(page.locator(".remark")).to_have_count(1)
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    direction = page.evaluate("() => getComputedStyle(document.getElementById('status')).direction")
    assert direction == ("rtl" if language == "ar" else "ltr")
    found += axe_findings(page)
    context.close()
    assert found == []
