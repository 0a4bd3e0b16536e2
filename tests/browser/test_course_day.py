"""A course day: a teacher at the console, a Telegram group, members in five languages on web and Telegram, against the whole installation.

The teacher makes a course, binds a group, lets members in; posts, asks a poll, answers an anonymous question once; somebody asks for their
own plan in the group; somebody joins late. Everybody reads everything in their own language, once.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library, Reader, answer
from bot.desk.demo_accounts import PASSWORD
from bot.settings import ROOT
from bot.storage.course_tables import Course, CourseQuestion
from bot.storage.database import engine_for
from bot.storage.sealing import Seal
from bot.storage.tables import Author, Conversation, Message
from bot.storage.traffic_tables import Arrival
from tests.browser.chromium import WCAG, axe_findings
from tests.fake_messengers.telegram import GROUP, NAME, FakeTelegram
from tests.installation import Installation, running
from tests.messengers.phones import TelegramPhone, until

pytestmark = [pytest.mark.browser, pytest.mark.model]
SLOW = 60_000  # milliseconds; the machine of the tests may be busy
ISOLATES = re.compile("[\u2066-\u2069\u200e\u200f]")
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
MEMBERS = {"Rana": "ar", "Selam": "ti", "Hodan": "so", "Olena": "uk", "Aziza": "fa", "Deniz": "tr"}  # Deniz has the group only
TEACHER_NUMBER, ASKING_NUMBER = 8001, 8002


def plain(text: str) -> str:
    return " ".join(ISOLATES.sub("", text).split())


class WebMember:
    """Somebody with the web chat, by its JSON."""

    def __init__(self, url: str, language: str) -> None:
        self.language = language
        session = {"X-Chat-Session": uuid.uuid4().hex}
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=60, headers=session)

    def says(self, text: str) -> list[dict[str, Any]]:
        given = {"text": text, "language": self.language, "id": uuid.uuid4().hex}
        answered = self._client.post("/api/chat", json=given)
        assert answered.status_code == 200, answered.text
        return list(answered.json()["messages"])

    def all(self) -> list[dict[str, Any]]:
        return [one for one in self._client.get("/api/chat").json()["messages"] if one["author"] != "participant"]

    def reads(self, words: str) -> dict[str, Any]:
        """Waits for the one message with these words; that it came once is part of it."""
        wanted = plain(words)
        until(lambda: any(wanted in plain(one["text"]) for one in self.all()), f"{self.language}: {wanted!r}")
        found = [one for one in self.all() if wanted in plain(one["text"])]
        assert len(found) == 1, found
        return found[0]

    def presses(self, message: dict[str, Any], place: int) -> list[dict[str, Any]]:
        return self.says(message["choices"][place]["payload"])


class TelegramMember:
    """Somebody whose own chat is on Telegram."""

    def __init__(self, telegram: FakeTelegram, number: int, language: str) -> None:
        self.phone, self.language = TelegramPhone(telegram, number), language

    def reads(self, words: str) -> None:
        wanted = plain(words)
        until(lambda: any(wanted in plain(text) for text in self.phone.read()), f"{self.language}: {wanted!r}")
        assert sum(wanted in plain(text) for text in self.phone.read()) == 1


class Teacher:
    """Silje at the console, without any messenger."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        page.goto(f"{url}/console/")
        page.fill("input[name=login]", "teacher")
        page.fill("input[name=password]", PASSWORD)
        page.locator("main button").first.click()
        expect(page.locator("a[href='/console/courses']").first).to_be_visible()

    def makes_course(self, first_day: dt.date) -> str:
        self.page.goto(f"{self.url}/console/courses/new")
        self.page.fill("input[name=course_name]", "Utdanningsvalg prøvekurs")
        if self.page.locator("select[name=municipality]").count():
            self.page.select_option("select[name=municipality]", "oslo")
        self.page.fill("input[name=first_day]", first_day.isoformat())
        for number in (1, 2):
            self.page.fill(f"input[name=place_{number}]", "Rom 204")
        self.page.locator("form[action='/console/courses/new'] button.main").click()
        expect(self.page.locator("h1")).to_contain_text("Utdanningsvalg prøvekurs")
        return re.sub(r"\?.*", "", self.page.url)

    def adds(self, course: str, name: str, language: str) -> None:
        self.page.goto(f"{course}/members")
        details = self.page.locator("details").first
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        self.page.fill("input[name=member_name]", name)
        self.page.select_option("select[name=language]", language)
        self.page.locator(f"form[action='{course.removeprefix(self.url)}/members'] button.main").click()
        expect(self.page.locator("bdi", has_text=name).first).to_be_visible()

    def code_for(self, course: str, name: str) -> str:
        self.page.goto(f"{course}/members")
        row = self.page.locator("tr", has_text=name)
        row.locator("form[action$='/code'] button").click()
        return self._code_shown()

    def group_code(self, course: str) -> str:
        self.page.goto(course)
        self.page.locator("form[action$='/group-code'] button").first.click()
        return self._code_shown()

    def _code_shown(self) -> str:
        found = CODE.search(self.page.locator(".code-signs").first.inner_text())
        assert found
        return found.group()

    def has_no_findings(self) -> None:
        assert axe_findings(self.page, WCAG) == []


@dataclass
class School:
    installation: Installation
    telegram: FakeTelegram
    library: Library
    sessions: sessionmaker[Session]
    seal: Seal

    def phrase(self, key: str, language: str) -> str:
        """The longest piece of a phrase between its places to fill in."""
        return max(re.split(r"\{\w+\}", self.library.phrases(language).texts[key]), key=len).strip()

    def group_reads(self, words: str) -> dict[str, Any]:
        wanted = plain(words)
        found = until(
            lambda: [one for one in self.telegram.sent(GROUP) if wanted in plain(one.get("text", ""))], f"{wanted!r} in the group"
        )
        assert len(found) == 1
        return found[0]

    def in_group(self, words: str, sender: int) -> None:
        text = f"@{NAME} {words}"
        self.telegram.writes(text, GROUP, sender, entities=[{"type": "mention", "offset": 0, "length": len(NAME) + 1}])


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with FakeTelegram() as telegram:
        connected = {"VEIVISER_TELEGRAM_TOKEN": telegram.token, "VEIVISER_TELEGRAM_API": telegram.url}
        with running(tmp_path_factory.mktemp("course"), **connected) as installation:
            engine = engine_for(installation.settings.database)
            seal = Seal(installation.settings.key("text_key"))
            yield School(installation, telegram, Library(ROOT / "data"), sessionmaker(engine, expire_on_commit=False), seal)
            engine.dispose()


def test_a_course_day(school: School, browser: Browser) -> None:
    url, library = school.installation.url, school.library
    context = browser.new_context()
    context.set_default_timeout(SLOW)
    teacher = Teacher(context.new_page(), url)
    course = teacher.makes_course(dt.date.today() - dt.timedelta(weeks=5))
    teacher.has_no_findings()

    # The group is bound by a code that somebody types there.
    school.in_group(teacher.group_code(course), TEACHER_NUMBER)
    until(lambda: bound(school), "the group")

    # Members join with their slips: four on the web, one on Telegram; one reads along in the group only.
    for name, language in MEMBERS.items():
        teacher.adds(course, name, language)
    members = {name: WebMember(url, language) for name, language in list(MEMBERS.items())[:4]}
    for name, member in members.items():
        welcome = member.says(teacher.code_for(course, name))
        assert [one["language"] for one in welcome][:1] == [member.language]
        assert "Silje Haugland" in plain("".join(one["text"] for one in welcome))
    aziza = TelegramMember(school.telegram, 8101, "fa")
    aziza.phone.says(teacher.code_for(course, "Aziza"))
    until(lambda: aziza.phone.read(), "a welcome on Telegram")

    posts_own_words(school, teacher, course, members, aziza)
    posts_a_reviewed_text(school, teacher, course, members, aziza)
    asks_a_poll(school, teacher, course, members)
    an_anonymous_question(school, teacher, course, members, aziza)
    asks_for_own_plan_in_the_group(school)
    asks_in_the_group(school)
    joins_late(school, teacher, course)

    teacher.page.goto(course)
    teacher.has_no_findings()
    with school.sessions() as session:
        assert session.scalars(select(Arrival.state).where(Arrival.state == "failed")).all() == []
    assert library.languages
    context.close()


def bound(school: School) -> bool:
    with school.sessions() as session:
        return session.scalar(select(func.count(Course.id)).where(Course.chat == str(GROUP))) == 1


def posts_own_words(school: School, teacher: Teacher, course: str, members: dict[str, WebMember], aziza: TelegramMember) -> None:
    """Own words in Norwegian and, for one language, in the reader's; the preview shows every language before anything is sent."""
    page = teacher.page
    page.goto(f"{course}/posts")
    page.fill("textarea[name=text-nb]", "Husk CV i morgen. Vi skal på besøk.")
    page.locator("form[action$='/posts/own/new'] details summary").first.click()
    page.fill("textarea[name=text-ar]", "أحضروا السيرة الذاتية غداً.")
    page.locator("form[action$='/posts/own/new'] button[value=preview]").click()
    preview = page.locator("#preview-own")
    expect(preview).to_contain_text("أحضروا السيرة الذاتية غداً.", timeout=SLOW)
    expect(preview.locator("[dir=rtl]").first).to_be_visible()
    assert school.telegram.sent(GROUP)[-1:] == [] or "Husk CV" not in str(school.telegram.sent(GROUP)[-1])
    page.locator("form[action$='/posts/own/new'] button[value=send]").click()
    expect(page.locator("#sent")).to_be_visible()
    for member in members.values():
        got = member.reads("أحضروا السيرة الذاتية غداً." if member.language == "ar" else "Husk CV i morgen.")
        assert got["language"] == member.language and got["by"] == "Silje Haugland"
        told = plain(school.phrase("course_in_norwegian", member.language))
        assert (told in plain(got["text"])) == (member.language != "ar")
    aziza.reads("Husk CV i morgen.")
    in_group = school.group_reads("Husk CV i morgen.")
    doors = [button["url"] for row in in_group["reply_markup"]["inline_keyboard"] for button in row if "url" in button]
    assert doors == [f"https://t.me/{NAME}?start=course"]


def posts_a_reviewed_text(school: School, teacher: Teacher, course: str, members: dict[str, WebMember], aziza: TelegramMember) -> None:
    page = teacher.page
    page.goto(f"{course}/posts?ready=well_done")
    page.locator("form[action$='/posts/ready/new'] button[value=send]").click()
    expect(page.locator("#sent")).to_be_visible()
    for member in members.values():
        text = school.library.texts("courses/ready", member.language)["posts"]["well_done"]
        member.reads(text.split(".")[0].split("!")[0][:40])
    aziza.reads(school.library.texts("courses/ready", "fa")["posts"]["well_done"][:25])
    in_group = school.group_reads(school.library.texts("courses/ready", "nb")["posts"]["well_done"][:30])
    turkish = school.library.texts("courses/ready", "tr")["posts"]["well_done"][:25]
    assert turkish in plain(in_group["text"])  # for Deniz, who has no chat of their own
    assert plain(school.library.texts("courses/ready", "so")["posts"]["well_done"])[:25] not in plain(in_group["text"])


def asks_a_poll(school: School, teacher: Teacher, course: str, members: dict[str, WebMember]) -> None:
    page = teacher.page
    page.goto(f"{course}/polls")
    page.select_option("#week", "w01_welcome")
    page.locator("form[action$='/polls/plan/new'] button[value=send]").click()
    expect(page.locator("#polls-open")).to_be_visible()
    asked = {code: school.library.texts("courses/weeks", code)["weeks"]["w01_welcome"]["poll"] for code in (*MEMBERS.values(), "nb")}
    for member in members.values():
        got = member.reads(asked[member.language]["ask"])
        titles = [plain(choice["title"]) for choice in got["choices"]][: len(asked[member.language]["options"])]
        assert titles == [plain(option) for option in asked[member.language]["options"]]
    until(lambda: any("poll" in sent for sent in school.telegram.sent(GROUP)), "the poll in the group")
    native = next(sent["poll"] for sent in school.telegram.sent(GROUP) if "poll" in sent)
    assert native["question"] == asked["nb"]["ask"] and native["is_anonymous"]
    rana = members["Rana"]
    thanks = rana.presses(rana.reads(asked["ar"]["ask"]), 1)
    assert plain(asked["ar"]["options"][1]) in plain(thanks[0]["text"])
    rana.says("/course_vote" + rana.reads(asked["ar"]["ask"])["choices"][2]["payload"].removeprefix("/course_vote"))  # another mind
    school.telegram.votes(2)
    school.telegram.votes(0)

    def told() -> bool:
        page.goto(f"{course}/polls")
        rows = [row.inner_text().split() for row in page.locator("#polls-open ~ article tbody tr, section:has(#polls-open) tbody tr").all()]
        return len(rows) >= 3 and rows[2][-1] == "2" and rows[0][-1] == "1" and rows[1][-1] == "0"

    until(told, "the totals at the teacher's")
    teacher.has_no_findings()
    assert "Rana" not in page.locator("main").inner_text()


def an_anonymous_question(school: School, teacher: Teacher, course: str, members: dict[str, WebMember], aziza: TelegramMember) -> None:
    hodan, words = members["Hodan"], "Miyaan lacag bixinayaa imtixaanka norskprøve?"
    hodan.says("/course_question")
    thanks = hodan.says(words)
    assert thanks[0]["key"] == "course_question_thanks" and thanks[0]["language"] == "so"
    page = teacher.page
    page.goto(f"{course}/questions")
    expect(page.locator("main")).to_contain_text(words)
    assert "Hodan" not in page.locator("main").inner_text()
    page.locator("section:has(#waiting) a.button").first.click()
    page.fill("#retold", "Må jeg betale for norskprøven?")
    page.select_option("#topic", "norskprove_cost")
    page.locator("form[action$='/answer'] button[value=send]").click()
    expect(page.locator("main")).to_contain_text("Må jeg betale for norskprøven?")
    today = dt.date.today()
    for member in members.values():
        told = answer(school.library, "norskprove_cost", Reader(member.language, "oslo"), today).text
        got = member.reads(told.split("\n")[0])
        assert got["language"] == member.language
        assert "Miyaan lacag" not in got["text"]  # one member alone has that language
    aziza.reads(answer(school.library, "norskprove_cost", Reader("fa", "oslo"), today).text.split("\n")[0])
    school.group_reads("Må jeg betale for norskprøven?")
    with school.sessions() as session:
        asked = session.scalars(select(CourseQuestion)).one()
        assert school.seal.open(asked.sealed_text) == words
        kept = [school.seal.open(row.sealed_text) for row in session.scalars(select(Message).where(Message.author == Author.PARTICIPANT))]
        assert words not in kept


def asks_for_own_plan_in_the_group(school: School) -> None:
    before = len(school.telegram.sent(GROUP))
    school.in_group("Hva står det i planen min?", ASKING_NUMBER)
    until(lambda: len(school.telegram.sent(GROUP)) > before, "an answer in the group")
    said = school.telegram.sent(GROUP)[before]
    assert plain(said["text"]) == plain(school.library.phrase("group_private", "nb"))
    buttons = [button for row in said["reply_markup"]["inline_keyboard"] for button in row]
    assert [button.get("url") for button in buttons] == [f"https://t.me/{NAME}?start=my_plan"]


def asks_in_the_group(school: School) -> None:
    """A question of everybody's, in Somali: answered in Somali, with a line in Norwegian."""
    before = len(school.telegram.sent(GROUP))
    school.in_group(school.library.wording("norskprove_levels", "so").examples[0], ASKING_NUMBER)
    until(lambda: len(school.telegram.sent(GROUP)) > before, "an answer in the group")
    text = plain(school.telegram.sent(GROUP)[before]["text"])
    told = answer(school.library, "norskprove_levels", Reader("so"), dt.date.today()).text
    assert plain(told.split("\n")[0]) in text and "På norsk: " in text


def joins_late(school: School, teacher: Teacher, course: str) -> None:
    """Somebody joins after five weeks, and reads what was, in Kurmancî."""
    teacher.adds(course, "Rojda", "kmr")
    rojda = WebMember(school.installation.url, "kmr")
    said = rojda.says(teacher.code_for(course, "Rojda"))
    text = plain("\n".join(one["text"] for one in said))
    weeks = school.library.texts("courses/weeks", "kmr")["weeks"]
    assert plain(weeks["w03_strengths"]["title"]) in text and plain(weeks["w01_welcome"]["title"]) in text
    again = plain(rojda.says("/course_summary")[0]["text"])
    assert plain(weeks["w03_strengths"]["title"]) in again
    with school.sessions() as session:
        assert session.scalar(select(func.count(Conversation.id)).where(Conversation.channel == "web")) == 5
