"""A person asks for a person, in two browsers against the whole installation, while its processes are being killed.

The participant writes Tigrinya and is linked to a plan; the advisor reads Norwegian. Nothing is lost, nothing is said twice.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from bot.content import Library
from bot.desk.demo_accounts import PASSWORD
from bot.settings import ROOT
from bot.storage.database import open_database
from bot.storage.desk_tables import Case
from bot.storage.plan_tables import Appointment
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, ConversationState, Message
from tests.browser.chromium import WCAG, axe_findings
from tests.installation import Installation, command, running

pytestmark = [pytest.mark.browser, pytest.mark.model]
PERSON = "DEMO-2301"  # speaks Tigrinya, lives in Oslo
ASKS = "ምስ ሰብ ክዛረብ እደሊ"
SLOW = 60_000  # milliseconds; the machine of the tests may be busy


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running(tmp_path_factory.mktemp("installation")) as made:
        yield made


@contextmanager
def page_of(browser: Browser, **options: object) -> Iterator[Page]:
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def link_code(installation: Installation) -> str:
    shown = command(installation, "link-code", PERSON)
    found = re.search(r"^(\S+)  until", shown, re.MULTILINE)
    assert found, shown
    return found.group(1)


class Participant:
    """Somebody with the web chat on a phone."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        page.select_option("#language", "ti")
        expect(page.locator("html")).to_have_attribute("lang", "ti", timeout=SLOW)

    def write(self, words: str) -> None:
        self.page.fill("#words", words)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".mine").filter(has_text=words).first).to_be_visible()

    def reads(self, words: str) -> None:
        expect(self.page.locator(".theirs").filter(has_text=words).last).to_be_visible(timeout=SLOW)


class Advisor:
    """Somebody at the console."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        page.goto(f"{url}/console/")
        page.fill("input[name=login]", "oslo")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button:not([type=button])")
        expect(page.locator("h1")).to_be_visible()

    def phrase(self, key: str, **fields: str) -> None:
        self.page.locator("details:has(> details.phrase) > summary, details:has(details.phrase) > summary").first.click()
        form = self.page.locator(f"form:has(input[value={key}])")
        form.locator("xpath=..").locator("summary").click()
        for name, value in fields.items():
            form.locator(f"[name=field_{name}]").fill(value)
        form.get_by_role("button", name="Forhåndsvis").click()
        expect(form.locator(".preview .words").first).to_be_visible()
        form.get_by_role("button", name="Send").click()

    def text(self, words: str) -> None:
        self.page.fill("#text", words)
        self.page.locator("form:has(#text) button.main").click()

    def sees(self, words: str) -> None:
        expect(self.page.locator("#conversation .line").filter(has_text=words).last).to_be_visible(timeout=SLOW)


def phrase_in(language: str, key: str, **values: str) -> str:
    """The beginning of a phrase up to its first place to fill in, where it has one."""
    text = Library(ROOT / "data").phrases(language).texts[key]
    return text.format(**values) if values else max(re.split(r"\{\w+\}", text), key=len).strip()


def test_a_participant_reaches_an_advisor_and_comes_back_while_processes_die(installation: Installation, browser: Browser) -> None:
    code = link_code(installation)
    with (
        page_of(browser, viewport={"width": 375, "height": 740}) as phone,
        page_of(browser, viewport={"width": 1280, "height": 900}) as desk,
    ):
        advisor = Advisor(desk, installation.url)
        expect(desk.locator("#rows")).to_contain_text("Ingen saker")
        person = Participant(phone, installation.url)
        person.write(code)
        expect(phone.locator(".theirs")).to_have_count(3, timeout=SLOW)

        person.write(ASKS)
        person.reads(phrase_in("ti", "handover_done"))
        expect(phone.locator("#status")).to_be_visible()
        link = desk.locator("[data-case-link]").first
        expect(link).to_be_visible(timeout=SLOW)  # without a reload
        installation.kill("gateway")

        link.click()
        advisor.sees(ASKS)
        expect(desk.locator(".norwegian").filter(has_text="Jeg har sendt samtalen til en rådgiver i Oslo").first).to_be_visible()
        assert not axe_findings(desk, WCAG)
        desk.get_by_role("button", name="Ta saken").click()
        person.reads(phrase_in("ti", "handover_claimed"))
        installation.kill("rasa")

        person.write("ቆጸራይ መዓስ እዩ?")
        advisor.sees("ቆጸራይ መዓስ እዩ?")
        advisor.phrase("reply_need_time", day=(dt.date.today() + dt.timedelta(days=7)).isoformat())
        person.reads(phrase_in("ti", "reply_need_time"))
        installation.kill("gateway")

        advisor.text("Vi ses snart. Hilsen Ingrid")
        person.reads("Vi ses snart. Hilsen Ingrid")
        person.reads("Ingrid Solbakken")
        installation.kill("actions")

        meeting = (dt.datetime.now() + dt.timedelta(days=9)).replace(hour=13, minute=30)
        desk.get_by_text("Avtal et møte").click()
        desk.fill("#starts_at", meeting.strftime("%Y-%m-%dT%H:%M"))
        desk.fill("#place", "Storgata 7")
        desk.get_by_role("button", name="Avtal og send").click()
        person.reads("Storgata 7")
        assert not axe_findings(phone, WCAG)

        desk.select_option("#outcome", "meeting")
        desk.get_by_role("button", name="Avslutt og gi samtalen tilbake").click()
        person.reads(phrase_in("ti", "handover_returned"))
        installation.kill("gateway")
        expect(phone.locator("#status")).to_be_hidden(timeout=SLOW)

        before = phone.locator(".theirs").count()
        person.write("ቆጸራይ መዓስ እዩ?")
        expect(phone.locator(".theirs")).to_have_count(before + 1, timeout=SLOW)
        person.reads("Storgata 7")
    everything_once(installation)


def everything_once(installation: Installation) -> None:
    """The database holds each message once, one closed case, one meeting, and the assistant has the conversation."""
    settings = installation.settings
    seal = Seal(settings.key("text_key"))
    sessions = open_database(settings.database)
    with sessions() as session:
        rows = list(session.scalars(select(Message).order_by(Message.id)))
        assert all(row.answered_at for row in rows if row.author is Author.PARTICIPANT)
        said = Counter(seal.open(row.sealed_text) for row in rows if row.author is not Author.PARTICIPANT and row.answers_id is None)
        assert max(said.values()) == 1, said
        assert [row.key for row in rows if row.author is Author.ADVISOR] == ["reply_need_time", "free_text", "reply_meeting"]
        assert [(case.state, case.outcome, case.reason) for case in session.scalars(select(Case))] == [("closed", "meeting", "asked")]
        assert {conversation.state for conversation in session.scalars(select(Conversation))} == {ConversationState.ASSISTANT}
        assert session.scalars(select(Appointment).where(Appointment.place == "Storgata 7")).one().minutes is None
    sessions.kw["bind"].dispose()
