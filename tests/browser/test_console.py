"""Every page of the console in Chromium: axe finds nothing, nothing scrolls sideways on a phone or at 200 %, no script fails, keys work."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from starlette.staticfiles import StaticFiles

from bot.console.app import mount
from bot.console.parts import Parts
from bot.console.visits import COOKIE
from bot.content import Library
from bot.desk.handing_over import Desk
from bot.desk.reasons import Reason
from bot.gateway.guard import SecurityHeaders
from bot.settings import ROOT, Settings
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from tests.browser.chromium import axe_findings
from tests.console.common import add_account, browser_of
from tests.console.test_cases import link, make_case

pytestmark = pytest.mark.browser
KEY = "3XGJ8xGRBGbeMzVBuuCRZlqBDMWbGyjNUBnQDwk3cHE="
PAGES = {
    "advisor": [
        "/console/",
        "/console/?state=closed",
        "/console/cases/1",
        "/console/cases/2",
        "/console/participants",
        "/console/participants/DEMO-2301",
        "/console/participants/DEMO-2301/plan",
        "/console/participants/DEMO-2301/plan/history",
        "/console/texts/stonad_amount/ar",
        "/console/texts/proposals",
        "/console/facts",
        "/console/facts/g",
        "/console/me",
    ],
    "administrator": ["/console/audit", "/console/accounts"],
    "editor": ["/console/", "/console/texts/stonad_amount/ti"],
    "": ["/console/sign-in"],
}
SIZES = {"desktop, light": (1280, 900, "light"), "phone, dark": (360, 740, "dark")}


class Console:
    """The console on loopback, with two cases and the demo participants."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        settings = Settings(home=home, port=self.port, text_key=KEY)
        library, seal = Library(ROOT / "data"), Seal(KEY)
        self.sessions = open_database(settings.database)
        self.parts = Parts(self.sessions, seal, library, Desk(seal, library), settings)
        link(self.parts, make_case(self.parts))
        make_case(self.parts, reason=Reason.CRISIS, account="b", words="زوجي يضربني ولا أعرف ماذا أفعل")
        self.app = FastAPI()
        self.app.add_middleware(SecurityHeaders, behind_https=False)
        mount(self.app, self.parts)
        self.app.mount("/static", StaticFiles(directory=ROOT / "bot/channels/web/static"))
        self.server = uvicorn.Server(uvicorn.Config(self.app, port=self.port, log_level="error"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cookie(self, role: str) -> str:
        who = add_account(self.sessions, role, "" if role == "editor" else "oslo", name="Ingrid Solbakken")
        return str(browser_of(self.app, self.sessions, who, self.parts.now()).cookies[COOKIE])

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.sessions.kw["bind"].dispose()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = Console(tmp_path_factory.mktemp("console"))
    yield made
    made.stop()


def opened(browser: Browser, console: Console, role: str, width: int, height: int, scheme: str) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    if role:
        context.add_cookies([{"name": COOKIE, "value": console.cookie(role), "url": f"{console.url}/console/"}])
    page = context.new_page()
    page.problems = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda line: page.problems.append(line.text) if line.type == "error" else None)  # type: ignore[attr-defined]
    return page


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", PAGES)
def test_every_page_can_be_read_by_everybody(browser: Browser, console: Console, role: str, size: str) -> None:
    page = opened(browser, console, role, *SIZES[size])
    for address in PAGES[role]:
        answer = page.goto(console.url + address)
        assert answer and answer.status == 200, (address, answer and answer.status)
        assert axe_findings(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} scrolls sideways"
        assert page.problems == [], address  # type: ignore[attr-defined]
    page.context.close()


def test_a_case_can_be_read_at_200_percent(browser: Browser, console: Console) -> None:
    page = opened(browser, console, "advisor", 640, 450, "light")  # 1280 x 900 at 200 %
    page.goto(f"{console.url}/console/cases/1")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button", name="Ta saken")).to_be_visible()
    page.context.close()


def test_the_queue_and_a_case_work_by_keyboard(browser: Browser, console: Console) -> None:
    page = opened(browser, console, "advisor", 1280, 900, "light")
    page.goto(f"{console.url}/console/")
    page.keyboard.press("/")
    expect(page.locator("#words")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/cases/2")  # the most urgent one
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Ta saken")).to_be_focused()
    page.context.close()


def test_a_colleague_who_writes_is_seen_and_a_new_case_comes_by_itself(browser: Browser, console: Console) -> None:
    one, other = (opened(browser, console, "advisor", 1280, 900, "light") for _ in range(2))
    other.goto(f"{console.url}/console/")
    number = make_case(console.parts, account="c", words="Waxaan rabaa qof")
    expect(other.locator("#rows")).to_contain_text("Waxaan rabaa qof", timeout=20_000)
    one.goto(f"{console.url}/console/cases/{number}")
    one.get_by_role("button", name="Ta saken").click()
    other.goto(f"{console.url}/console/cases/{number}")
    one.locator("#text").press_sequentially("Hei")
    expect(other.locator("#conversation")).to_contain_text("skriver i saken nå", timeout=20_000)
    for page in (one, other):
        page.context.close()
