"""The pages of administrators: accounts, and the log."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from bot.console.labels import LANGUAGES
from bot.content.yaml_file import read_yaml
from bot.desk import passwords
from bot.desk.audit import record, verify
from bot.settings import ROOT
from bot.storage.desk_tables import Account, AuditEntry
from tests.console.common import Clock, add_account, words_of
from tests.console.conftest import SignedIn

NEW = {
    "login": "Kari@oslo.example",
    "name": "Kari Lunde",
    "role": "advisor",
    "municipality": "oslo",
    "language": "nn",
    "speaks": ["ti", "ar"],
}


def newest(sessions: sessionmaker[Session]) -> AuditEntry:
    with sessions() as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[return-value]


def kari(sessions: sessionmaker[Session]) -> Account | None:
    with sessions() as session:
        return session.scalar(select(Account).where(Account.login == "kari@oslo.example"))


@pytest.mark.parametrize("role", ["advisor", "teacher", "editor"])
def test_these_pages_are_for_administrators(signed_in: SignedIn, role: str, sessions: sessionmaker[Session]) -> None:
    browser, other = signed_in(role), add_account(sessions)
    assert browser.get("/console/accounts").status_code == 403 and browser.get("/console/audit").status_code == 403
    assert browser.submit("/console/accounts", **NEW).status_code == 403 and kari(sessions) is None
    for action in ("password", "disable", "enable", "codes"):
        assert browser.submit(f"/console/accounts/{other.id}/{action}").status_code == 403


def test_an_account_is_added_and_its_password_shown_once(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    browser = signed_in("administrator")
    page = browser.submit("/console/accounts", **NEW)
    assert page.status_code == 200
    password = re.search(r"<code>((?:[a-z0-9]{5}-){3}[a-z0-9]{5})</code>", page.text).group(1)  # type: ignore[union-attr]
    row = kari(sessions)
    assert row is not None and passwords.fits(row.password_hash, password) and passwords.good_once(row.password_hash)
    assert (row.role, row.municipality, row.language, row.speaks) == ("advisor", "oslo", "nn", ["ti", "ar"])
    entry = newest(sessions)
    assert (entry.account_id, entry.action, entry.resource, entry.resource_id) == (browser.who.id, "add", "account", str(row.id))
    assert password not in entry.details
    assert password not in browser.get("/console/accounts").text


def test_what_was_typed_stays_when_it_cannot_be_added(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    page = signed_in("administrator").submit("/console/accounts", **{**NEW, "login": "two words"})
    assert page.status_code == 422 and "uten mellomrom" in words_of(page)
    assert 'value="Kari Lunde"' in page.text and '<option value="nn" lang="nn" selected>' in page.text
    assert kari(sessions) is None


@pytest.mark.parametrize("given", [{"municipality": "baerum"}, {"municipality": "", "role": "administrator"}])
def test_a_municipal_administrator_gives_only_the_own_municipality(
    signed_in: SignedIn, sessions: sessionmaker[Session], given: dict[str, str]
) -> None:
    browser = signed_in("administrator", "oslo")
    shown = browser.get("/console/accounts").text
    assert 'value="oslo"' in shown and 'value="baerum"' not in shown
    assert browser.submit("/console/accounts", **{**NEW, **given}).status_code == 422 and kari(sessions) is None
    assert signed_in("administrator", "").submit("/console/accounts", **{**NEW, **given}).status_code == 200


def test_accounts_elsewhere_are_neither_seen_nor_changed(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    browser, far = signed_in("administrator", "oslo"), add_account(sessions, municipality="baerum", name="Far Away")
    assert "Far Away" not in words_of(browser.get("/console/accounts"))
    assert browser.submit(f"/console/accounts/{far.id}/disable").status_code == 403
    with sessions() as session:
        assert session.get_one(Account, far.id).disabled_at is None


def test_disable_open_again_password_and_codes(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    browser, somebody = signed_in("administrator"), add_account(sessions, sealed_totp=b"sealed")

    def row() -> Account:
        with sessions() as session:
            return session.get_one(Account, somebody.id)

    assert browser.submit(f"/console/accounts/{somebody.id}/disable").status_code == 303 and row().disabled_at is not None
    assert "stengt" in words_of(browser.get("/console/accounts"))
    assert browser.submit(f"/console/accounts/{somebody.id}/enable").status_code == 303 and row().disabled_at is None
    assert browser.submit(f"/console/accounts/{somebody.id}/codes").status_code == 303 and row().sealed_totp is None
    page = browser.submit(f"/console/accounts/{somebody.id}/password")
    password = re.search(r"<code>((?:[a-z0-9]{5}-){3}[a-z0-9]{5})</code>", page.text).group(1)  # type: ignore[union-attr]
    assert passwords.fits(row().password_hash, password)
    with sessions() as session:
        assert [one for one in session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)) if one != "read"] == [
            "disable", "enable", "remove_codes", "reset_password",
        ]  # fmt: skip
        assert verify(session) is None


def test_nobody_disables_themselves_or_without_the_key_of_the_form(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    browser, other = signed_in("administrator"), add_account(sessions)
    assert browser.submit(f"/console/accounts/{browser.who.id}/disable").status_code == 409
    assert browser.post(f"/console/accounts/{other.id}/disable", data={"form_key": "foreign"}).status_code == 403
    with sessions() as session:
        assert not session.scalars(select(Account).where(Account.disabled_at.is_not(None))).all()


def test_a_locked_account_is_seen_and_opened(signed_in: SignedIn, sessions: sessionmaker[Session], clock: Clock) -> None:
    browser, somebody = signed_in("administrator"), add_account(sessions)
    with sessions.begin() as session:
        session.execute(update(Account).where(Account.id == somebody.id).values(locked_until=clock() + dt.timedelta(minutes=9)))
    assert "låst til" in words_of(browser.get("/console/accounts"))


def test_the_log_is_newest_first_in_pages_of_a_hundred(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    browser = signed_in("administrator", "")
    for number in range(120):
        with sessions.begin() as session:
            record(session, browser.who, "read", "case", f"case-{number}")
    page = browser.get("/console/audit")
    assert re.findall(r"case-(\d+)", page.text) == [str(number) for number in range(119, 19, -1)]
    older = re.search(r'href="(/console/audit\?before=\d+)"', page.text).group(1)  # type: ignore[union-attr]
    assert re.findall(r"case-(\d+)", browser.get(older).text) == [str(number) for number in range(19, -1, -1)]


def test_reading_the_log_stands_in_it(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    browser = signed_in("administrator", "")
    browser.get("/console/audit?resource=case&resource_id=7")
    entry = newest(sessions)
    assert (entry.account_id, entry.action, entry.resource, entry.details) == (
        browser.who.id,
        "read",
        "audit",
        '{"about": "case", "number": "7"}',
    )


def test_the_log_is_found_by_person_resource_and_day(
    signed_in: SignedIn, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, one, two = signed_in("administrator", ""), add_account(sessions), add_account(sessions)
    at = {"a": "2026-03-01T22:59:59", "b": "2026-03-01T23:00:00", "c": "2026-03-02T22:59:59", "d": "2026-03-02T23:00:00"}
    for number, (name, moment) in enumerate(at.items()):
        monkeypatch.setattr("bot.desk.audit.this_moment", lambda moment=moment: dt.datetime.fromisoformat(f"{moment}+00:00"))
        with sessions.begin() as session:
            record(session, (one, two)[number % 2], "read", "case" if number < 2 else "plan", f"entry-{name}")

    def found(asked: str) -> str:
        return "".join(re.findall(r"(?:sak|plan) entry-(\w)", browser.get(f"/console/audit?{asked}").text))

    assert found("") == "dcba" and found(f"account={one.id}") == "ca" and found("resource=plan") == "dc"
    assert found("day=2026-03-02") == "cb"  # a day in Norway
    assert found("resource_id=entry-b") == "b" and found(f"account={two.id}&resource=plan") == "d"
    assert found("day=rubbish&account=x&before=-1") == "dcba"


def test_a_municipal_administrator_reads_what_the_own_people_did(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    near, far = add_account(sessions), add_account(sessions, municipality="baerum")
    with sessions.begin() as session:
        record(session, near, "read", "case", "near-case")
        record(session, far, "read", "case", "far-case")
        record(session, None, "locked", "account", str(near.id))
        record(session, None, "locked", "account", str(far.id))
    page = signed_in("administrator", "oslo").get("/console/audit").text
    assert "near-case" in page and "far-case" not in page and page.count("låst etter fem feil") == 1
    assert far.name not in page
    page = signed_in("administrator", "").get("/console/audit").text
    assert "near-case" in page and "far-case" in page and page.count("låst etter fem feil") == 2


def test_names_in_the_log_are_words_not_markup(signed_in: SignedIn, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        record(session, add_account(sessions, name="<b>Kari</b>"), "read", "case", "<i>7</i>", note="<u>")
    page = signed_in("administrator", "").get("/console/audit").text
    assert not any(tag in page for tag in ("<b>Kari", "<i>7", "<u>"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/console/me", "/console/me/codes", "/console/accounts", "/console/audit"])
def test_pages_are_whole_in_every_language(signed_in: SignedIn, path: str, language: str) -> None:
    page = signed_in("administrator", "", language=language).get(path)
    assert page.status_code == 200 and f'<html lang="{language}"' in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", page.text)
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    fields = re.findall(r'<(?:input|select|textarea)(?![^>]*type="(?:hidden|checkbox)")(?![^>]* hidden)[^>]*\sid="([^"]+)"', page.text)
    assert set(fields) <= set(re.findall(r'<label for="([^"]+)"', page.text))


def test_every_word_is_there_in_every_language() -> None:
    words = {language: read_yaml(ROOT / "data/console" / language / "accounts.yml") for language in LANGUAGES}
    for language in LANGUAGES:
        assert words[language].keys() == words["nb"].keys()
        for key, text in words[language].items():
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", words["nb"][key])), (language, key)
