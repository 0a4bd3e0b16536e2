"""Signing in and out, and one's own account, as a browser does it."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable

import pyotp
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from bot.console.parts import Parts
from bot.console.visits import COOKIE
from bot.desk import passwords
from bot.desk.demo_accounts import ACCOUNTS, PASSWORD, ensure_demo_accounts
from bot.settings import Mode, Settings
from bot.storage.desk_tables import Account, AuditEntry, SignIn
from bot.storage.sealing import Seal
from tests.console.common import QUICK, Clock, add_account, words_of
from tests.console.conftest import SignedIn

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RIGHT = "four words are long"
HASH = QUICK.hash(RIGHT)
ONCE = passwords.ONCE + HASH
Login = Callable[..., str]


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def login(sessions: sessionmaker[Session], seal: Seal) -> Login:
    """An account with the password RIGHT; its login."""

    def make(role: str = "advisor", *, codes: bool = False, kept: str = HASH, language: str = "nb") -> str:
        sealed = seal.close(SECRET) if codes else None
        who = add_account(sessions, role, password_hash=kept, sealed_totp=sealed, language=language)
        with sessions() as session:
            return session.get_one(Account, who.id).login

    return make


@pytest.fixture
def production(console_settings: Settings) -> None:
    console_settings.mode = Mode.PRODUCTION


def enter(browser: TestClient, login: str, password: str = RIGHT, next: str = "") -> Response:
    return browser.post("/console/sign-in", data={"login": login, "password": password, "next": next})


def hidden(page: Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return html.unescape(found.group(1))


def step(browser: TestClient, page: str, **fields: str) -> Response:
    """Opens the page of a step and sends its form."""
    shown = browser.get(page)
    assert shown.status_code == 200
    return browser.post(page.partition("?")[0], data={"form_key": hidden(shown, "form_key"), "next": hidden(shown, "next"), **fields})


def code_at(clock: Clock, secret: str = SECRET, **later: float) -> str:
    return pyotp.TOTP(secret).at(clock() + dt.timedelta(**later))


def account(sessions: sessionmaker[Session], login: str) -> Account:
    with sessions() as session:
        return session.scalars(select(Account).where(Account.login == login)).one()


def test_a_right_password_opens_the_own_pages_and_the_cookie_is_kept_safe(browser: TestClient, login: Login) -> None:
    answer = enter(browser, f"  {login().upper()} ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}="))
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/console" in cookie and "Secure" not in cookie
    assert browser.get("/console/me").status_code == 200


def test_behind_https_the_cookie_is_secure(browser: TestClient, login: Login, console_settings: Settings) -> None:
    console_settings.behind_https = True
    cookie = next(one for one in enter(browser, login()).headers.get_list("set-cookie") if one.startswith(f"{COOKIE}="))
    assert "Secure" in cookie


def test_the_database_does_not_hold_the_cookie(browser: TestClient, login: Login, sessions: sessionmaker[Session]) -> None:
    enter(browser, login())
    with sessions() as session:
        row = session.scalars(select(SignIn)).one()
    assert browser.cookies[COOKIE] not in (row.token_hash, row.form_key)
    assert len(row.token_hash) == 64


def test_every_failure_says_the_same(browser: TestClient, login: Login, sessions: sessionmaker[Session], clock: Clock) -> None:
    closed = login()
    with sessions.begin() as session:
        session.execute(update(Account).where(Account.login == closed).values(disabled_at=clock()))
    tries = [
        (login(), "wrong password"),
        ("nobody@example.org", RIGHT),
        (closed, RIGHT),
        ("", ""),
        ("x" * 500, RIGHT),
    ]
    answers = [enter(browser, name, password) for name, password in tries]
    assert {answer.status_code for answer in answers} == {403}
    assert len({re.search(r'id="problem">([^<]+)', answer.text).group(1) for answer in answers}) == 1  # type: ignore[union-attr]
    assert COOKIE not in browser.cookies


def test_five_wrong_tries_lock_for_fifteen_minutes(
    browser: TestClient, login: Login, clock: Clock, sessions: sessionmaker[Session]
) -> None:
    name = login()
    for _ in range(4):
        enter(browser, name, "wrong password")
    assert enter(browser, name).status_code == 303  # four are forgiven, and the count begins anew
    for _ in range(5):
        assert enter(browser, name, "wrong password").status_code == 403
    clock.forward(minutes=14)
    assert enter(browser, name).status_code == 403
    clock.forward(minutes=2)
    assert enter(browser, name).status_code == 303
    with sessions() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions.count("sign_in_failed") == 9 and actions.count("locked") == 1 and actions.count("sign_in") == 2


def test_many_from_one_address_must_wait(browser: TestClient) -> None:
    for _ in range(30):
        enter(browser, "nobody", "x" * 300)  # too long to be looked at, so quick
    assert "For mange forsøk" in words_of(enter(browser, "nobody", "x"))


def test_a_code_is_asked_for_and_works_once(browser: TestClient, app: FastAPI, login: Login, clock: Clock) -> None:
    name = login(codes=True)
    answer = enter(browser, name)
    assert answer.headers["location"] == "/console/sign-in/code"
    assert browser.get("/console/me").headers["location"].startswith("/console/sign-in")  # the half sign-in opens nothing
    assert step(browser, "/console/sign-in/code", code="000000").status_code == 403
    code = code_at(clock)
    assert step(browser, "/console/sign-in/code", code=f"{code[:3]} {code[3:]}").headers["location"] == "/console/"
    assert browser.get("/console/me").status_code == 200
    other = TestClient(app, follow_redirects=False)
    enter(other, name)
    assert step(other, "/console/sign-in/code", code=code).status_code == 403
    assert step(other, "/console/sign-in/code", code=code_at(clock, seconds=-30)).status_code == 403  # nor one from before it
    assert step(other, "/console/sign-in/code", code=code_at(clock, seconds=30)).status_code == 303


def test_whoever_knows_the_password_cannot_guess_codes_for_ever(
    browser: TestClient, login: Login, clock: Clock, sessions: sessionmaker[Session]
) -> None:
    name = login(codes=True)
    for _ in range(5):
        assert enter(browser, name).status_code == 303
        assert step(browser, "/console/sign-in/code", code="000000").status_code == 403
    assert account(sessions, name).locked_until is not None
    assert enter(browser, name).status_code == 403
    assert step(browser, "/console/sign-in/code", code=code_at(clock)).status_code == 403


def test_a_half_sign_in_is_over_after_a_while(browser: TestClient, login: Login, clock: Clock) -> None:
    enter(browser, login(codes=True))
    clock.forward(minutes=21)
    page = browser.get("/console/sign-in/code")
    assert page.status_code == 403 and "Logg inn på nytt" in words_of(page)
    assert browser.post("/console/sign-in/code", data={"code": code_at(clock)}).status_code == 403


def test_the_step_of_another_browser_is_refused(browser: TestClient, login: Login, clock: Clock) -> None:
    enter(browser, login(codes=True))
    answer = browser.post("/console/sign-in/code", data={"code": code_at(clock), "form_key": "of somebody else"})
    assert answer.status_code == 403 and COOKIE not in browser.cookies


def test_another_site_cannot_sign_somebody_in(browser: TestClient, login: Login) -> None:
    sent = {"login": login(), "password": RIGHT}
    assert browser.post("/console/sign-in", data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post("/console/sign-in", data=sent, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_outside_demo_mode_codes_are_set_up_before_anything_else(
    production: None, browser: TestClient, login: Login, clock: Clock, sessions: sessionmaker[Session]
) -> None:
    name = login()
    assert enter(browser, name, next="/console/participants").headers["location"] == "/console/sign-in/set-up?next=/console/participants"
    for path in ("/console/", "/console/me", "/console/audit"):
        assert browser.get(path).headers["location"].startswith("/console/sign-in")
    page = browser.get("/console/sign-in/set-up?next=/console/participants")
    assert 'src="data:image/svg+xml;base64,' in page.text
    secret = "".join(re.search(r"<code>([A-Z2-7 ]+)</code>", page.text).group(1).split())  # type: ignore[union-attr]
    sent = {"form_key": hidden(page, "form_key"), "offer": hidden(page, "offer"), "next": hidden(page, "next")}
    assert browser.post("/console/sign-in/set-up", data={**sent, "code": "000000"}).status_code == 403
    answer = browser.post("/console/sign-in/set-up", data={**sent, "code": code_at(clock, secret)})
    assert answer.headers["location"] == "/console/participants"
    kept = account(sessions, name).sealed_totp
    assert kept is not None and secret.encode() not in kept


def test_a_password_that_was_made_must_be_changed_first(
    production: None, browser: TestClient, login: Login, clock: Clock, sessions: sessionmaker[Session]
) -> None:
    name = login(codes=True, kept=ONCE)
    enter(browser, name)
    assert step(browser, "/console/sign-in/code", code=code_at(clock)).headers["location"] == "/console/sign-in/password"
    assert "minst 12" in words_of(step(browser, "/console/sign-in/password", password="short"))
    assert "samme som det gamle" in words_of(step(browser, "/console/sign-in/password", password=RIGHT))
    assert step(browser, "/console/sign-in/password", password="my own long words").headers["location"] == "/console/"
    assert passwords.fits(account(sessions, name).password_hash, "my own long words")


def test_no_step_can_be_left_out(production: None, browser: TestClient, login: Login) -> None:
    enter(browser, login(codes=True, kept=ONCE))
    for later in ("/console/sign-in/password", "/console/sign-in/set-up"):
        assert browser.get(later).headers["location"] == "/console/sign-in/code"
    key = hidden(browser.get("/console/sign-in/code"), "form_key")
    browser.post("/console/sign-in/password", data={"form_key": key, "password": "my own long words"})
    browser.post("/console/sign-in/set-up", data={"form_key": key, "code": "123456", "offer": "x"})
    assert COOKIE not in browser.cookies


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/console/cases/7", "/console/cases/7"),
        ("/console/participants/DEMO-2501", "/console/participants/DEMO-2501"),
        ("https://elsewhere.example/console/", "/console/"),
        ("//elsewhere.example/console/", "/console/"),
        ("/console//elsewhere.example", "/console/"),
        ("/console/../api/chat", "/console/"),
        ("/console/%2e%2e/api", "/console/"),
        ("/console\\@elsewhere.example", "/console/"),
        ("/consoles", "/console/"),
        ("/console/x\r\nSet-Cookie: a=b", "/console/"),
        ("/console/sign-out", "/console/"),
        ("javascript:alert(1)", "/console/"),
    ],
)
def test_next_leads_to_own_pages_only(signed_in: SignedIn, wanted: str, goes_to: str) -> None:
    answer = signed_in().get("/console/sign-in", params={"next": wanted})
    assert (answer.status_code, answer.headers["location"]) == (303, goes_to)


def test_each_role_begins_at_its_own_page(signed_in: SignedIn) -> None:
    starts = {
        role: signed_in(role).get("/console/sign-in").headers["location"] for role in ("advisor", "teacher", "editor", "administrator")
    }
    assert starts == {"advisor": "/console/", "teacher": "/console/me", "editor": "/console/texts", "administrator": "/console/"}


def test_signing_out_ends_the_sign_in(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    browser = signed_in()
    token = browser.cookies[COOKIE]
    assert browser.post("/console/sign-out", data={"form_key": "foreign"}).status_code == 403
    assert browser.submit("/console/sign-out").headers["location"] == "/console/sign-in"
    browser.cookies.set(COOKIE, token)
    assert browser.get("/console/me").headers["location"].startswith("/console/sign-in")
    with sessions() as session:
        assert session.scalars(select(SignIn)).one().ended_at is not None


def test_a_sign_in_ends_by_itself(signed_in: SignedIn, clock: Clock) -> None:
    browser = signed_in()
    clock.forward(hours=2, minutes=1)
    assert browser.get("/console/me").status_code == 303


def test_a_disabled_colleague_is_out_at_once(signed_in: SignedIn) -> None:
    somebody, administrator = signed_in("advisor"), signed_in("administrator", "oslo")
    assert somebody.get("/console/me").status_code == 200
    assert administrator.submit(f"/console/accounts/{somebody.who.id}/disable").status_code == 303
    assert somebody.get("/console/me").status_code == 303


def test_demo_logins_are_shown_and_let_in_only_in_demo_mode(
    browser: TestClient, parts: Parts, console_settings: Settings, clock: Clock
) -> None:
    with parts.transaction() as session:
        ensure_demo_accounts(session, clock(), Mode.DEMO)
    page = words_of(browser.get("/console/sign-in"))
    assert PASSWORD in page and all(one.login in page and one.name in page for one in ACCOUNTS)
    assert enter(browser, "oslo", PASSWORD).status_code == 303
    console_settings.mode = Mode.PRODUCTION  # even before anybody has disabled them
    browser.cookies.clear()
    page = words_of(browser.get("/console/sign-in"))
    assert PASSWORD not in page and "lorenskog" not in page
    assert enter(browser, "oslo", PASSWORD).status_code == 403


def test_the_page_speaks_the_language_chosen_there_and_then_that_of_the_account(browser: TestClient, login: Login) -> None:
    assert "Sign in to the console" not in words_of(browser.get("/console/sign-in"))
    assert browser.get("/console/sign-in?language=en&next=/console/me").headers["location"] == "/console/sign-in?next=/console/me"
    assert "Sign in to the console" in words_of(browser.get("/console/sign-in"))
    enter(browser, login(language="nn"))
    assert 'lang="nn"' in browser.get("/console/me").text
    assert browser.cookies["veiviser_console_language"] == "nn"


def test_the_own_page_changes_name_and_languages(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    browser = signed_in()
    answer = browser.submit("/console/me", name=" Kari  Lunde ", language="en", speaks=["ti", "ar"])
    assert answer.headers["location"] == "/console/me?done=about"
    page = words_of(browser.get("/console/me?done=about"))
    assert "Saved." in page and "Oslo" in page
    with sessions() as session:
        row = session.get_one(Account, browser.who.id)
    assert (row.name, row.language, row.speaks) == ("Kari Lunde", "en", ["ti", "ar"])
    for wrong in ({"name": " ", "language": "en"}, {"name": "K", "language": "fr"}, {"name": "K", "language": "en", "speaks": "xx"}):
        assert browser.submit("/console/me", **wrong).status_code == 422


def test_changing_the_password_ends_the_other_sign_ins(
    browser: TestClient, app: FastAPI, login: Login, sessions: sessionmaker[Session]
) -> None:
    name, other = login(), TestClient(app, follow_redirects=False)
    enter(browser, name)
    enter(other, name)
    key = hidden(browser.get("/console/me"), "form_key")

    def change(old: str, new: str) -> Response:
        return browser.post("/console/me/password", data={"form_key": key, "old": old, "new": new})

    refused = {
        "feil skrevet": ("not this one", "another long word"),
        "for kort": (RIGHT, "short"),
        "for enkelt": (RIGHT, name.upper()),
    }
    for words, given in refused.items():
        answer = change(*given)
        assert answer.status_code == 422 and words in words_of(answer)
    assert change(RIGHT, "another long word").status_code == 303
    assert browser.get("/console/me").status_code == 200
    assert other.get("/console/me").status_code == 303
    assert enter(other, name).status_code == 403 and enter(other, name, "another long word").status_code == 303


def test_guessing_the_password_of_an_open_browser_ends_soon(signed_in: SignedIn) -> None:
    browser = signed_in(password_hash=HASH)
    for number in range(5):
        browser.submit("/console/me/password", old=f"guess {number}", new="another long word")
    answer = browser.submit("/console/me/password", old=RIGHT, new="another long word")
    assert answer.status_code == 422 and "For mange forsøk" in words_of(answer)


def test_codes_are_set_up_and_removed_on_the_own_page(signed_in: SignedIn, sessions: sessionmaker[Session], clock: Clock) -> None:
    browser = signed_in(password_hash=HASH)
    page = browser.get("/console/me/codes")
    secret = "".join(re.search(r"<code>([A-Z2-7 ]+)</code>", page.text).group(1).split())  # type: ignore[union-attr]
    sent = {"offer": hidden(page, "offer"), "code": code_at(clock, secret)}
    assert browser.submit("/console/me/codes", **sent, password="not this one").status_code == 422
    assert browser.submit("/console/me/codes", **{**sent, "code": "000000"}, password=RIGHT).status_code == 422
    stranger = signed_in(password_hash=HASH)
    assert stranger.submit("/console/me/codes", **sent, password=RIGHT).status_code == 422  # somebody else's offer
    assert browser.submit("/console/me/codes", **sent, password=RIGHT).status_code == 303
    assert "passord og kode" in words_of(browser.get("/console/me"))
    assert browser.submit("/console/me/codes/remove", password=RIGHT).status_code == 303
    with sessions() as session:
        assert session.get_one(Account, browser.who.id).sealed_totp is None


def test_outside_demo_mode_codes_cannot_be_removed(production: None, signed_in: SignedIn, seal: Seal) -> None:
    browser = signed_in(password_hash=HASH, sealed_totp=seal.close(SECRET))
    assert "Slutt med koder" not in words_of(browser.get("/console/me"))
    assert browser.submit("/console/me/codes/remove", password=RIGHT).status_code == 422


def test_an_offer_of_a_secret_grows_old(signed_in: SignedIn, clock: Clock) -> None:
    browser = signed_in(password_hash=HASH)
    page = browser.get("/console/me/codes")
    secret = "".join(re.search(r"<code>([A-Z2-7 ]+)</code>", page.text).group(1).split())  # type: ignore[union-attr]
    clock.forward(minutes=21)
    answer = browser.submit("/console/me/codes", offer=hidden(page, "offer"), code=code_at(clock, secret), password=RIGHT)
    assert answer.status_code == 422 and "for gammel" in words_of(answer)
