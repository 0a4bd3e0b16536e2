"""A person asks for a person, in two browsers against the whole installation, while its processes are being killed.

The participant writes Tigrinya and is linked to a plan; the advisor reads Norwegian. Nothing is lost, nothing is said twice.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from bot.content import Library
from bot.desk.demo_accounts import PASSWORD
from bot.identification.from_model import NoModel, newest_model
from bot.processes.environments import environment
from bot.settings import ROOT, Settings
from bot.storage.database import open_database
from bot.storage.desk_tables import Case
from bot.storage.plan_tables import Appointment
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, ConversationState, Message
from tests.browser.chromium import WCAG, axe_findings
from tests.conftest import missing
from tests.processes.test_processes import free_ports

pytestmark = [pytest.mark.browser, pytest.mark.model]
PERSON = "DEMO-2301"  # speaks Tigrinya, lives in Oslo
ASKS = "ምስ ሰብ ክዛረብ እደሊ"
SLOW = 60_000  # milliseconds; the machine of the tests may be busy
PROCESSES = {"gateway": "bot.gateway", "rasa": "bot.rasa_server", "actions": "rasa_sdk"}


@dataclass
class Installation:
    """Everything `make run` starts, with a home of its own."""

    settings: Settings
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def kill(self, name: str) -> None:
        """Kills one process without warning and waits until all is ready again."""
        listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
        port = str({"gateway": self.settings.port, "rasa": self.settings.rasa_port, "actions": self.settings.actions_port}[name])
        children = [line.split(None, 1) for line in listed.splitlines() if f"-m {PROCESSES[name]}" in line and "processes.keep" not in line]
        ours = [int(pid) for pid, args in children if port in args or _environment_has(pid, f"VEIVISER_PORT={self.settings.port}")]
        assert len(ours) == 1, (name, children)
        os.kill(ours[0], signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        """Until a message would be answered."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the installation ended"
            try:
                actions = httpx.get(f"http://127.0.0.1:{self.settings.actions_port}/health", timeout=2, trust_env=False)
                if httpx.get(f"{self.url}/ready", timeout=5, trust_env=False).status_code == actions.status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        pytest.fail("the installation was not ready in two minutes")


def _environment_has(pid: str, entry: str) -> bool:
    try:
        return entry.encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    try:
        newest_model(ROOT / "models")
    except NoModel as error:
        missing(str(error))
    port, rasa_port, actions_port = free_ports(3)
    home = tmp_path_factory.mktemp("installation")
    settings = Settings(home=home, port=port, rasa_port=rasa_port, actions_port=actions_port)
    given = {"VEIVISER_HOME": str(home), "VEIVISER_PORT": str(port)}
    given |= {"VEIVISER_RASA_PORT": str(rasa_port), "VEIVISER_ACTIONS_PORT": str(actions_port)}
    with (home / "run.log").open("wb") as log:
        command = [sys.executable, "-m", "bot.command_line", "run"]
        process = subprocess.Popen(command, cwd=ROOT, env={**environment(settings), **given}, stdout=log, stderr=log)
        made = Installation(settings, process)
        try:
            made.wait()
            yield made
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def page_of(browser: Browser, **options: object) -> Iterator[Page]:
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def link_code(installation: Installation) -> str:
    given = {**environment(installation.settings), "VEIVISER_HOME": str(installation.settings.home)}
    command = [sys.executable, "-m", "bot.command_line", "link-code", PERSON]
    shown = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=True).stdout
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
