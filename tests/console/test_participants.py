"""The pages about participants: list, create, details, entries, chats; and that they stay within the municipality."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from bot.console.labels import LANGUAGES, labels
from bot.console.pages import link_code, participant_chats, participant_details, participant_entries, participants, plan
from bot.console.pages.people import address_of
from bot.console.parts import Parts
from bot.desk import cases
from bot.desk.hours import OpeningHours
from bot.desk.reasons import Reason
from bot.guidance import codes
from bot.plans import changing
from bot.plans.linking import link_key, links_of, make_code, use_code
from bot.plans.wishes import store_wish, wishes
from bot.settings import ROOT
from bot.storage.plan_tables import LinkCode, Participant
from bot.storage.tables import Conversation
from tests.console.common import WORKING_HOURS, Browser, words_of
from tests.console.conftest import SignedIn
from tests.console.forms import form_in
from tests.console.people import add_chat, add_person, logged, read, the_day

HOME = "/console/participants/OSL-1"
EVIL = "<script>alert('x')</script>"


# --- the list


def test_list_holds_the_own_municipality(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts, "OSL-1", "Yonas Tekle")
    add_person(parts, "BAE-1", "Hanan Ali", "baerum")
    advisor = words_of(signed_in("advisor", "oslo").get("/console/participants"))
    assert "Yonas Tekle" in advisor and "Hanan Ali" not in advisor
    everyone = words_of(signed_in("administrator", "").get("/console/participants"))
    assert "Yonas Tekle" in everyone and "Hanan Ali" in everyone
    assert logged(parts, "participants", "read")[0] == ("read", "oslo", {"found": 1, "page": 1, "searched": False})


def test_list_shows_what_an_advisor_looks_for(parts: Parts, signed_in: SignedIn) -> None:
    person = add_person(parts, language="ti")
    with parts.transaction() as session:
        changing.set_programme(session, person, starts_on=the_day(-100), planned_end=dt.date(2027, 6, 30))
        for hours in (-48, 30, 60):
            changing.add_appointment(session, person, "nav", WORKING_HOURS + dt.timedelta(hours=hours))
        store_wish(session, parts.seal, person, None, "meeting", "Snakke om kurs")
    row = words_of(signed_in().get("/console/participants")).split("Åpne ønsker")[1]
    assert row.split() == "Yonas Tekle OSL-1 tigrinja 30. juni 2027 ons. 25. nov. 16:00 0 1".split()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=tekle", {"Yonas"}),
        ("q=YONAS tek", {"Yonas"}),
        ("q=osl-2", {"Amina"}),
        ("language=so", {"Amina"}),
        ("q=tekle&language=so", set()),
    ],
)
def test_search_and_filter(parts: Parts, signed_in: SignedIn, query: str, shown: set[str]) -> None:
    add_person(parts, "OSL-1", "Yonas Tekle", language="ti")
    add_person(parts, "OSL-2", "Amina Warsame", language="so")
    said = words_of(signed_in().get(f"/console/participants?{query}"))
    assert {name for name in ("Yonas", "Amina") if name in said} == shown


def test_list_is_cut_into_pages_of_fifty(parts: Parts, signed_in: SignedIn) -> None:
    for number in range(51):
        add_person(parts, f"OSL-{number:03}", "Same Name")
    browser = signed_in()
    first, second = (browser.get(f"/console/participants?page={page}").text for page in (1, 2))
    assert first.count("Same Name") == 50 and "OSL-050" not in first and "page=2" in first
    assert second.count("Same Name") == 1 and "OSL-050" in second
    searched = browser.get("/console/participants?q=same&page=2").text
    assert searched.count("Same Name") == 1 and "OSL-050" in searched and "q=same" in searched
    assert "OSL-050" in browser.get("/console/participants?page=99").text
    assert browser.get("/console/participants?page=x").status_code == 200


# --- a new one


NEW: dict[str, Any] = {
    "reference": "2026/17 B",
    "name": "Yonas Tekle",
    "language": "ti",
    "birth_date": "1.2.1990",
    "children": "2",
    "partner_in_programme": "no",
}


def test_create_a_participant(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in()
    form = form_in(browser.get("/console/participants-new"), "/console/participants-new")
    assert "municipality" not in form
    answer = browser.post("/console/participants-new", data={**form, **NEW, "municipality": "baerum"})
    assert answer.status_code == 303
    page = browser.get(answer.headers["location"])
    assert page.status_code == 200 and "Yonas Tekle" in words_of(page)
    person = read(parts, "2026/17 B").participant
    assert (person.municipality, person.birth_date, person.children, person.partner_in_programme) == ("oslo", dt.date(1990, 2, 1), 2, False)
    assert logged(parts, action="created") == [("created", "2026/17 B", {})]


def test_create_twice_by_the_same_form_is_one(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in()
    sent = {**NEW, "birth_date": "1990-02-01"}
    first, second = (browser.submit("/console/participants-new", **sent) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert len(logged(parts, action="created")) == 1


def test_taken_reference_and_unreadable_day_come_back_as_typed(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts, "2026/17 B", "Somebody Else", "baerum")
    browser = signed_in()
    page = browser.submit("/console/participants-new", **NEW)
    assert page.status_code == 422
    assert "En annen deltaker har denne referansen" in words_of(page) and "Somebody" not in page.text
    assert form_in(page, "/console/participants-new") | NEW == form_in(page, "/console/participants-new")
    page = browser.submit("/console/participants-new", **{**NEW, "reference": "X", "birth_date": "31.2.1990"})
    assert page.status_code == 422 and 'value="31.2.1990"' in page.text and 'aria-invalid="true"' in page.text
    page = browser.submit("/console/participants-new", **{**NEW, "reference": "01010112377", "birth_date": ""})
    assert page.status_code == 422 and "fødselsnummer" in words_of(page)


def test_administrator_without_municipality_chooses_one(parts: Parts, signed_in: SignedIn) -> None:
    browser = signed_in("administrator", "")
    assert "municipality" in form_in(browser.get("/console/participants-new"), "/console/participants-new")
    assert browser.submit("/console/participants-new", **NEW, municipality="larvik").status_code == 303
    assert read(parts, NEW["reference"]).participant.municipality == "larvik"
    assert browser.submit("/console/participants-new", **{**NEW, "reference": "Y"}, municipality="atlantis").status_code == 422


# --- the page


def full_person(parts: Parts) -> int:
    """A participant with something in every part of the page."""
    person = add_person(parts, language="ar", permit="refugee", children=0)
    chat = add_chat(parts)
    with parts.transaction() as session:
        changing.set_programme(session, person, starts_on=the_day(-100), planned_end=the_day(300), final_goal="fagbrev")
        changing.add_result(session, person, "norskprove", "oral", "A2", the_day(-50), now=WORKING_HOURS)
        changing.add_registration(session, person, "norskprove", "writing", the_day(30))
        changing.add_absence(session, person, "own_illness", the_day(-9), the_day(-8), reported_by="school", hours=7.5)
        changing.add_appointment(session, person, "nav", WORKING_HOURS + dt.timedelta(days=2), place="Storgata 1", key="meeting")
        changing.set_document(session, person, "paper", "diploma", "missing", the_day(-3))
        changing.set_contact(session, person, "teacher", "teacher", "Per Holmestad", phone="00 00 00 11")
        key = link_key(parts.settings.key("text_key"))
        use_code(session, chat, make_code(session, person, "x", WORKING_HOURS, key=key), WORKING_HOURS, key=key)
        store_wish(session, parts.seal, person, chat, "absence", "أنا مريض", {"day": "2026-11-25", "length": "whole_day"}, WORKING_HOURS)
        norwegian = {"oral": "B1"}
        changing.change_plan(session, parts.seal, person, made_by="Ingrid", from_day=the_day(-90), norwegian=norwegian)
        conversation = session.get_one(Conversation, chat)
        cases.open_case(session, conversation, Reason.ASKED, WORKING_HOURS, OpeningHours({}), language="ar").case.municipality = "oslo"
    return person


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_shows_everything(parts: Parts, signed_in: SignedIn, language: str) -> None:
    full_person(parts)
    page = signed_in(language=language).get(HOME)
    said = words_of(page)
    for word in ("Yonas Tekle", "Storgata 1", "Per Holmestad", "00 00 00 11", "7.5", "Ingrid", "B1", "A2", "أنا مريض"):
        assert word in said
    assert 'lang="ar" dir="rtl"' in page.text and 'href="/console/cases/' in page.text
    assert "code_" not in said and "participant_" not in said
    assert ("read", "OSL-1", {}) in logged(parts)


def test_nothing_a_person_wrote_is_taken_for_markup(parts: Parts, signed_in: SignedIn) -> None:
    person = add_person(parts, EVIL, EVIL)
    with parts.transaction() as session:
        changing.add_appointment(session, person, "nav", WORKING_HOURS, place=EVIL, with_whom=EVIL)
        changing.set_contact(session, person, "k", "other", EVIL, phone=EVIL, email=EVIL)
        store_wish(session, parts.seal, person, None, "meeting", EVIL, {EVIL: EVIL})
        goal = changing_goal(EVIL)
        changing.change_plan(session, parts.seal, person, made_by=EVIL, from_day=the_day(0), goals=[goal])
    browser, home = signed_in(), address_of(EVIL)
    for path in ("/console/participants", home, f"{home}/details", f"{home}/plan", f"{home}/plan/history"):
        page = browser.get(path)
        assert page.status_code == 200 and EVIL not in page.text and "&lt;script&gt;" in page.text, path
    assert EVIL not in browser.submit(f"{home}/code").text
    assert EVIL not in browser.submit(f"{home}/contacts", role="x", name=EVIL).text


def changing_goal(text: str) -> Any:
    """A part-goal."""
    from bot.plans.parts import Goal

    return Goal("g", "part", text)


# --- who may


def routes_of_participants() -> list[tuple[str, str]]:
    """Method and address of every page and form about one participant."""
    pages = (participants, participant_details, participant_entries, participant_chats, link_code, plan)
    routes = [route for page in pages for route in page.router.routes if isinstance(route, APIRoute)]
    found = [(method, f"/console{route.path.removeprefix('/console')}") for route in routes for method in route.methods or ()]
    return sorted((method, path) for method, path in found if "{reference}" in path)


def filled(path: str, reference: str) -> str:
    return path.replace("{reference}", reference).replace("{key}", "meeting")


@pytest.mark.parametrize(("method", "path"), routes_of_participants())
def test_another_municipality_is_like_nobody(parts: Parts, signed_in: SignedIn, method: str, path: str) -> None:
    full_person(parts)
    stranger = signed_in("advisor", "baerum")

    def ask(browser: Browser, reference: str) -> Any:
        address = filled(path, reference)
        return browser.get(address) if method == "GET" else browser.submit(address, entry="meeting", state="held", wish="1", chat="1")

    before = read(parts)
    theirs, nobody = ask(stranger, "OSL-1"), ask(stranger, "NOBODY")
    assert theirs.status_code == nobody.status_code == 404
    assert theirs.text == nobody.text and "Yonas" not in theirs.text
    assert read(parts) == before
    for role in ("teacher", "editor"):
        assert ask(signed_in(role, "oslo"), "OSL-1").status_code == 403
    assert logged(parts) == logged(parts, "plan") == []
    if method == "GET":
        assert ask(signed_in("administrator", ""), "OSL-1").status_code == 200


def test_there_are_as_many_routes_as_the_test_thinks() -> None:
    assert len(routes_of_participants()) == 24


def test_a_form_of_another_site_is_refused(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts)
    answer = signed_in().post(f"{HOME}/contacts", data={"role": "nav", "name": "Kari", "form_key": "guessed"})
    assert answer.status_code == 403 and read(parts).contacts == ()


# --- details and programme


def test_change_details(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts, language="ti", permit="refugee")
    browser = signed_in()
    form = form_in(browser.get(f"{HOME}/details"), f"{HOME}/details")
    sent = {**form, "name": "Yonas Tekle Haile", "language": "", "municipality": "baerum"}
    for _ in range(2):
        assert browser.post(f"{HOME}/details", data=sent).headers["location"] == f"{HOME}?saved=details#details"
    person = read(parts).participant
    assert (person.name, person.language, person.permit, person.municipality) == ("Yonas Tekle Haile", None, "refugee", "oslo")
    assert logged(parts, action="changed") == [("changed", "OSL-1", {"part": "details", "fields": ["language", "name"]})]
    assert "Lagret: Opplysninger." in words_of(browser.get(f"{HOME}?saved=details"))


def test_older_form_of_details_is_told_and_keeps_what_was_typed(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts, language="ti")
    one, two = signed_in(), signed_in()
    form = form_in(one.get(f"{HOME}/details"), f"{HOME}/details")
    other = form_in(two.get(f"{HOME}/details"), f"{HOME}/details")
    assert one.post(f"{HOME}/details", data={**form, "children": "3"}).status_code == 303
    page = two.post(f"{HOME}/details", data={**other, "name": "Another Name"})
    assert page.status_code == 409 and "Noen andre endret dette" in words_of(page) and "Barn 3" in words_of(page)
    again = form_in(page, f"{HOME}/details")
    assert (again["name"], again["children"]) == ("Another Name", "") and read(parts).participant.name == "Yonas Tekle"
    assert two.post(f"{HOME}/details", data={**again, "children": "3"}).status_code == 303
    person = read(parts).participant
    assert (person.name, person.children) == ("Another Name", 3)


def test_programme_problem_keeps_what_was_typed(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts)
    browser = signed_in()
    form = form_in(browser.get(f"{HOME}/programme"), f"{HOME}/programme")
    sent = {**form, "starts_on": "2026-05-02", "planned_end": "2026-05-01", "final_goal": "work"}
    page = browser.post(f"{HOME}/programme", data=sent)
    assert page.status_code == 422 and "Noe slutter før det begynner" in words_of(page) and "2026-05-01, before" in words_of(page)
    assert form_in(page, f"{HOME}/programme") == sent and read(parts).programme is None
    assert browser.post(f"{HOME}/programme", data={**sent, "planned_end": "2027-05-01"}).status_code == 303
    programme = read(parts).programme
    assert programme is not None and (programme.starts_on, programme.end) == (dt.date(2026, 5, 2), dt.date(2027, 5, 1))


def test_a_code_of_an_older_file_survives_a_change_of_something_else(parts: Parts, signed_in: SignedIn) -> None:
    person = add_person(parts)
    with parts.transaction() as session:
        session.get_one(Participant, person).permit = "ancient"
    browser = signed_in()
    form = form_in(browser.get(f"{HOME}/details"), f"{HOME}/details")
    assert form["permit"] == "ancient"
    assert browser.post(f"{HOME}/details", data={**form, "children": "1"}).status_code == 303
    assert (read(parts).participant.permit, read(parts).participant.children) == ("ancient", 1)


# --- entries

ENTRIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {  # what is typed, and what is wrong with it
    "appointments": ({"kind": "nav", "day": "2026-12-01", "time": "13:30", "minutes": "45", "place": "Her"}, {"time": "25:00"}),
    "results": ({"test_part": "norskprove:oral", "result": "A2", "taken_on": "2026-11-01"}, {"taken_on": "2027-01-01"}),
    "registrations": ({"test_part": "social_studies_test:whole", "test_on": "2026-12-11"}, {"test_part": "norskprove:dance"}),
    "absences": (
        {"kind": "welfare", "first_day": "2026-11-02", "last_day": "2026-11-03", "hours": "7,5", "reported_by": "nav"},
        {"last_day": "2026-11-01"},
    ),
    "documents": ({"kind": "diploma", "state": "found", "changed_on": "2026-11-02"}, {"state": ""}),
    "contacts": ({"role": "nav", "name": "Kari Nordmann", "phone": "00 00 00 99"}, {"name": " "}),
}


@pytest.mark.parametrize("part", ENTRIES)
def test_add_an_entry_once(parts: Parts, signed_in: SignedIn, part: str) -> None:
    add_person(parts)
    browser, (typed, wrong) = signed_in(), ENTRIES[part]
    form = form_in(browser.get(HOME), f"{HOME}/{part}")
    refused = browser.post(f"{HOME}/{part}", data={**form, **typed, **wrong})
    assert refused.status_code == 422 and 'role="alert"' in refused.text and getattr(read(parts), part) == ()
    kept = form_in(refused, f"{HOME}/{part}")
    known = {name: value.strip() for name, value in {**typed, **wrong}.items() if (part, name) != ("registrations", "test_part")}
    assert {name: kept[name].strip() for name in known} == known
    for _ in range(2):
        answer = browser.post(f"{HOME}/{part}", data={**kept, **typed})
        assert answer.headers["location"] == f"{HOME}?saved={part}#{part}"
    assert len(getattr(read(parts), part)) == 1
    assert ("added", "OSL-1", {"part": part}) in logged(parts)


def test_appointment_is_moved_cancelled_and_held(parts: Parts, signed_in: SignedIn) -> None:
    full_person(parts)
    browser, address = signed_in(), f"{HOME}/appointments/meeting"
    form = form_in(browser.get(address), address)
    assert (form["day"], form["time"], form["place"]) == ("2026-11-26", "10:00", "Storgata 1")
    moved = {**form, "day": "2026-12-03", "time": "14:15"}
    assert browser.post(address, data=moved).status_code == 303
    assert read(parts).appointments[0].starts_at == dt.datetime(2026, 12, 3, 13, 15, tzinfo=dt.UTC)
    for state in ("cancelled", "held", "missed"):
        assert browser.submit(f"{HOME}/appointment-state", entry="meeting", state=state).status_code == 303
        assert read(parts).appointments[0].state == state
    assert browser.post(address, data=moved).status_code == 303  # the old form sent again
    assert read(parts).appointments[0].state == "missed"
    late = browser.post(address, data={**form, "day": "2026-12-04"})
    assert late.status_code == 409 and read(parts).appointments[0].starts_at.day == 3
    again = form_in(late, address)
    assert again["day"] == "2026-12-04" and browser.post(address, data=again).status_code == 303
    assert (read(parts).appointments[0].state, read(parts).appointments[0].day) == ("planned", dt.date(2026, 12, 4))
    for entry, state in (("nothing", "held"), ("meeting", "lost")):
        assert browser.submit(f"{HOME}/appointment-state", entry=entry, state=state).status_code == 422
    assert browser.get(f"{HOME}/appointments/nothing").status_code == 404


def test_document_registration_and_contact_are_changed(parts: Parts, signed_in: SignedIn) -> None:
    full_person(parts)
    browser = signed_in()
    assert browser.submit(f"{HOME}/document-state", entry="paper", state="found", changed_on="2026-11-24").status_code == 303
    assert [(one.kind, one.state) for one in read(parts).documents] == [("diploma", "found")]
    assert browser.submit(f"{HOME}/document-state", entry="nothing", state="found", changed_on="2026-11-24").status_code == 422
    day = the_day(30).isoformat()
    assert browser.submit(f"{HOME}/registration-removal", test_part="norskprove:writing", test_on=day).status_code == 303
    assert browser.submit(f"{HOME}/contact-removal", entry="teacher").status_code == 303
    assert (read(parts).registrations, read(parts).contacts) == ((), ())


# --- chats, wishes, cases


def test_wish_is_marked_done_once(parts: Parts, signed_in: SignedIn) -> None:
    person = full_person(parts)
    other = add_person(parts, "OSL-2")
    with parts.transaction() as session:
        foreign = store_wish(session, parts.seal, other, None, "meeting", "x")
        (wish,) = wishes(session, parts.seal, participant_id=person)
    browser = signed_in()
    for _ in range(2):
        assert browser.submit(f"{HOME}/wish-done", wish=wish.id).status_code == 303
    assert browser.submit(f"{HOME}/wish-done", wish=foreign).status_code == 404
    with parts.transaction() as session:
        assert [one.id for one in wishes(session, parts.seal)] == [foreign]
    assert len(logged(parts, action="done")) == 1 and "tatt hånd om" in words_of(browser.get(HOME))


def test_link_of_a_chat_is_ended(parts: Parts, signed_in: SignedIn) -> None:
    person = full_person(parts)
    browser = signed_in()
    with parts.transaction() as session:
        (link,) = links_of(session, person)
    assert browser.submit(f"{HOME}/link-end", chat=link.conversation_id + 99).status_code == 404
    for _ in range(2):
        assert browser.submit(f"{HOME}/link-end", chat=link.conversation_id).status_code == 303
    with parts.transaction() as session:
        assert links_of(session, person) == [] and len(links_of(session, person, ended=True)) == 1
    assert len(logged(parts, action="unlinked")) == 1 and "koblet fra" in words_of(browser.get(HOME))


def test_all_links_end_and_codes_become_worthless(parts: Parts, signed_in: SignedIn) -> None:
    person = full_person(parts)
    assert signed_in().submit(f"{HOME}/link-end-all").status_code == 303
    with parts.transaction() as session:
        assert links_of(session, person) == []
    assert logged(parts, action="unlinked") == [("unlinked", "OSL-1", {"chats": 1, "codes": "revoked"})]


def test_case_belongs_to_whom_the_chat_was_linked_to(parts: Parts, signed_in: SignedIn) -> None:
    full_person(parts)
    other = add_person(parts, "OSL-2", "Amina Warsame")
    with parts.transaction() as session:
        key = link_key(parts.settings.key("text_key"))
        later = WORKING_HOURS + dt.timedelta(hours=1)
        (chat,) = session.scalars(select(Conversation.id))
        use_code(session, chat, make_code(session, other, "x", later, key=key), later, key=key)
    browser = signed_in()
    assert "/console/cases/" in browser.get(HOME).text
    assert "/console/cases/" not in browser.get("/console/participants/OSL-2").text


# --- two at once


def test_two_forms_at_once_add_one_thing(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts)
    browsers, answers = [signed_in(), signed_in()], []
    typed = {**ENTRIES["appointments"][0], "key": "samekey"}
    threads = [threading.Thread(target=lambda one=one: answers.append(one.submit(f"{HOME}/appointments", **typed))) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [303, 303] and len(read(parts).appointments) == 1


# --- codes


def test_code_is_shown_once_with_a_qr_that_holds_the_address(parts: Parts, signed_in: SignedIn) -> None:
    from urllib.parse import unquote

    from tests.console.qr_reader import squares_of, text_in

    person = add_person(parts, language="ar")
    browser = signed_in()
    page = browser.submit(f"{HOME}/code")
    code = page.text.split('class="code-signs" dir="ltr">')[1].split("<")[0]
    source = page.text.split('src="data:image/svg+xml;charset=utf-8,')[1].split('"')[0]
    assert text_in(squares_of(unquote(source))) == f"http://127.0.0.1:8000/?code={code}"
    said = words_of(page)
    assert f"http://127.0.0.1:8000/?code={code}" in said
    assert '<section lang="ar" dir="rtl">' in page.text and '<section lang="nb" dir="ltr">' in page.text
    assert "fredag 27. november 2026 kl. 10:00" in said and "الجمعة" in said
    assert logged(parts, action="code_made") == [("code_made", "OSL-1", {"hours": 72})]
    assert code not in str([logged(parts, kind) for kind in ("participant", "participants", "plan")])
    assert code not in browser.get(HOME).text
    chat, key = add_chat(parts), link_key(parts.settings.key("text_key"))
    with parts.transaction() as session:
        assert use_code(session, chat, code, WORKING_HOURS, key=key).participant_id == person  # type: ignore[union-attr]
    assert "Nettchat: koblet siden" in words_of(browser.get(HOME))


def test_a_code_opens_every_connected_messenger(parts: Parts, signed_in: SignedIn) -> None:
    from urllib.parse import unquote

    from bot.conversations.traffic.addresses import note_address
    from tests.console.qr_reader import squares_of, text_in

    add_person(parts, language="ar")
    with parts.transaction() as session:
        note_address(session, "telegram", "https://t.me/old?start=")
        note_address(session, "telegram", "https://t.me/VeiviserBot?start=")
        note_address(session, "whatsapp", "https://wa.me/4721000000?text=")
    page = signed_in().submit(f"{HOME}/code")
    code = page.text.split('class="code-signs" dir="ltr">')[1].split("<")[0]
    pictures = [unquote(piece.split('"')[0]) for piece in page.text.split('src="data:image/svg+xml;charset=utf-8,')[1:]]
    wanted = ["http://127.0.0.1:8000/?code=", "https://t.me/VeiviserBot?start=", "https://wa.me/4721000000?text="]
    assert [text_in(squares_of(picture)) for picture in pictures] == [address + code for address in wanted]
    assert "Telegram" in words_of(page) and "WhatsApp" in words_of(page)


def test_newer_code_makes_the_older_worthless(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts)
    browser = signed_in()
    for _ in range(2):
        assert browser.submit(f"{HOME}/code").status_code == 200
    with parts.transaction() as session:
        assert [row.revoked_at is None for row in session.scalars(select(LinkCode).order_by(LinkCode.id))] == [False, True]
    assert browser.get(f"{HOME}/code").status_code == 405


def test_code_page_has_the_public_address(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts)
    parts.settings.public_url = "https://veiviser.example.no/"
    assert "https://veiviser.example.no/?code=" in words_of(signed_in().submit(f"{HOME}/code"))


def test_no_code_is_made_where_the_address_is_none(parts: Parts, signed_in: SignedIn) -> None:
    add_person(parts)
    parts.settings.public_url = "veiviser.example"
    page = signed_in().submit(f"{HOME}/code")
    assert page.status_code == 422 and "Adressen til chatten er feil satt opp" in words_of(page)
    with parts.transaction() as session:
        assert session.scalar(select(LinkCode.id)) is None


def test_code_page_is_written_in_every_language(parts: Parts) -> None:
    keys = {"title", "open", "write", "until", "secret", "help"}
    for language in parts.library.languages.offered:
        first, *rest = link_code.texts_of(parts.library, language.code, WORKING_HOURS)
        assert first["language"].code == language.code and len(rest) == (language.code not in ("nb", "nn"))
        assert keys <= set(first) and "10" in first["until"] and "{" not in first["until"]
    assert [one["language"].code for one in link_code.texts_of(parts.library, None, WORKING_HOURS)] == ["nb"]
    assert [one["language"].code for one in link_code.texts_of(parts.library, "xx", WORKING_HOURS)] == ["nb"]


# --- words


def test_every_code_has_words_in_every_language() -> None:
    groups = [value for name, value in vars(codes).items() if name.isupper()]
    flat = {code for group in groups for code in (group if isinstance(group, tuple) else [*group, *sum(group.values(), ())])}
    for language in LANGUAGES:
        t = labels(ROOT / "data", language)
        assert [code for code in sorted(flat - {"other"}) if f"code_{code}" not in t] == []


@pytest.mark.parametrize("area", ["participants", "codes"])
def test_words_have_the_same_keys_and_places_in_every_language(area: str) -> None:
    import re

    from bot.content.yaml_file import read_yaml

    found = [dict(read_yaml(ROOT / "data" / "console" / language / f"{area}.yml")) for language in LANGUAGES]
    places = [{key: sorted(re.findall(r"{\w+}", text)) for key, text in words.items()} for words in found]
    assert places[0] == places[1] == places[2]
