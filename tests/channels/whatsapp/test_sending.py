"""What goes out: once, within the limits, and every error of the API on the right shelf."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from bot.channels.whatsapp.errors import CODES, Way, verdict
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.sending import Sender, as_text
from bot.channels.whatsapp.templates import TemplateLanguages, Templates
from bot.conversations.channel import Attached, Envelope, Part, SendLater, SendRefused, SendUnsure, WindowClosed
from bot.storage.traffic_tables import ChannelState
from tests.channels.whatsapp.conftest import Clock, House
from tests.fake_messengers.whatsapp import FakeGraph, Fault, error
from tests.fake_messengers.whatsapp_payloads import AMINA, NUMBER_ID, SCOPED

HELLO = Part("text", {"type": "text", "text": {"body": "hei", "preview_url": False}})
BUTTONS = [{"type": "reply", "reply": {"id": "k1", "title": "Yes"}}, {"type": "reply", "reply": {"id": "k2", "title": "No"}}]
CHOICE = Part(
    "interactive", {"type": "interactive", "interactive": {"type": "button", "body": {"text": "?"}, "action": {"buttons": BUTTONS}}}
)
FILE = Attached("plan.pdf", "application/pdf", b"%PDF-1.7 plan")
DOCUMENT = Part("document", {"type": "document", "document": {"filename": "plan.pdf", "caption": "your plan"}}, file="token")
KNOCK = Part("template", {"name": "knock", "languages": ["ar", "en", "nb"]})
Outcome = type[Exception]


def envelope(account: str = AMINA) -> Envelope:
    return Envelope(1, account, account, {}, (), "en", dt.datetime.now(dt.UTC))


@pytest.fixture
def sender(graph: FakeGraph) -> Sender:
    graph.window = False
    templates = Templates("knock", TemplateLanguages())
    return Sender(Graph(graph.api, graph.token, NUMBER_ID), templates, lambda number: 2)


def outcome(sender: Sender, part: Part = HELLO, account: str = AMINA) -> Exception:
    with pytest.raises((SendLater, SendRefused, SendUnsure, WindowClosed)) as raised:
        sender.send(envelope(account), part, "our-token", FILE if part.file else None)
    return raised.value


def test_a_message_carries_our_token_and_gets_its_id(sender: Sender, graph: FakeGraph) -> None:
    wamid = sender.send(envelope(), HELLO, "our-token", None)
    (sent,) = graph.sent
    assert (sent.id, sent.token, sent.account, sent.words) == (wamid, "our-token", AMINA, "hei")


def test_a_file_is_uploaded_and_named_by_its_id(sender: Sender, graph: FakeGraph) -> None:
    sender.send(envelope(), DOCUMENT, "our-token", FILE)
    ((media_id, upload),) = graph.uploads.items()
    assert upload == ("plan.pdf", "application/pdf", FILE.content)
    assert graph.sent[0].body["document"] == {"filename": "plan.pdf", "caption": "your plan", "id": media_id}
    assert "id" not in DOCUMENT.body["document"]  # the part is sent the same way again


@pytest.mark.parametrize("code", [4, 80007, 130429, 131048, 133016, 0, 3, 10, 190, 200, 299, 368, 131031, 131042, 131045, 33])
def test_what_concerns_everybody_makes_the_number_wait(sender: Sender, graph: FakeGraph, code: int) -> None:
    graph.faults["messages"].append(Fault(answer=error(code)))
    found = outcome(sender)
    assert isinstance(found, SendLater) and found.everybody and found.seconds > 0 and found.code == str(code)
    assert graph.sent == []


@pytest.mark.parametrize(("code", "seconds"), [(1, 0), (2, 0), (131000, 0), (131016, 0), (131053, 0), (131056, 16)])
def test_what_passes_makes_the_chat_wait(sender: Sender, graph: FakeGraph, code: int, seconds: float) -> None:
    graph.faults["messages"].append(Fault(status=500, answer=error(code)))
    found = outcome(sender)
    assert isinstance(found, SendLater) and not found.everybody and found.seconds == seconds  # 4^2 for the pair limit, tried twice before


@pytest.mark.parametrize("code", [100, 131008, 131009, 131021, 131026, 131030, 131049, 131050, 131051, 131052, 130472, 130497, 987654])
def test_what_will_never_arrive_is_refused_and_stops_nobody(sender: Sender, graph: FakeGraph, code: int) -> None:
    graph.faults["messages"].append(Fault(answer=error(code)))
    found = outcome(sender)
    assert isinstance(found, SendRefused) and found.code == str(code) and not found.stop


@pytest.mark.parametrize(
    ("fault", "expected", "arrived"),
    [
        (Fault(answer=error(131047)), WindowClosed, 0),
        (Fault(answer=error(100, error_subcode=33)), SendLater, 0),
        (Fault(status=500, answer=error(999999)), SendLater, 0),
        (Fault(status=400, answer=error(999999, is_transient=True)), SendLater, 0),
        (Fault(status=429, answer=error(999999)), SendLater, 0),
        (Fault(status=429, headers=(("Retry-After", "77"),)), SendLater, 0),
        (Fault(status=404, answer=b"<html>not here"), SendLater, 0),
        (Fault(status=502, answer=b"<html>bad gateway"), SendUnsure, 0),
        (Fault(status=302, answer=b""), SendUnsure, 0),
        (Fault(status=200, answer=b"no json"), SendUnsure, 0),
        (Fault(status=200, answer={"messages": []}), SendUnsure, 0),
        (Fault(cut="before"), SendUnsure, 0),
        (Fault(cut="after"), SendUnsure, 1),
    ],
)
def test_what_is_known_of_a_failure(sender: Sender, graph: FakeGraph, fault: Fault, expected: Outcome, arrived: int) -> None:
    graph.faults["messages"].append(fault)
    found = outcome(sender)
    assert isinstance(found, expected)
    assert len(graph.sent) == arrived
    if fault.headers and isinstance(found, SendLater):
        assert found.seconds == 77


def test_no_connection_and_no_address_are_no_doubt(graph: FakeGraph) -> None:
    for api, everybody in (("http://127.0.0.1:9", False), ("no address", True), ("ftp://127.0.0.1", True)):
        found = outcome(Sender(Graph(api, "t", NUMBER_ID), Templates("", TemplateLanguages()), lambda number: 0))
        assert isinstance(found, SendLater) and found.everybody is everybody


@pytest.mark.parametrize(
    "fault", [Fault(cut="before"), Fault(cut="after"), Fault(status=500), Fault(status=502, answer=b"x"), Fault(answer=b"x", status=200)]
)
def test_an_upload_that_fails_leaves_no_doubt_about_the_message(sender: Sender, graph: FakeGraph, fault: Fault) -> None:
    graph.faults["upload"].append(fault)
    assert isinstance(outcome(sender, DOCUMENT), SendLater)
    sender.send(envelope(), DOCUMENT, "our-token", FILE)
    assert len(graph.sent) == 1


def test_a_file_whatsapp_cannot_use_is_not_tried_for_ever(graph: FakeGraph) -> None:
    graph.window = False
    tired = Sender(Graph(graph.api, graph.token, NUMBER_ID), Templates("", TemplateLanguages()), lambda number: 6)
    graph.faults["upload"].append(Fault(answer=error(131053)))
    assert isinstance(outcome(tired, DOCUMENT), SendRefused)


def test_the_knock_goes_in_the_first_language_that_is_approved(sender: Sender, graph: FakeGraph) -> None:
    graph.templates = {("knock", "ar"): "PAUSED", ("knock", "nb"): "APPROVED"}
    sender.send(envelope(), KNOCK, "t", None)
    assert [one.body["template"]["language"]["code"] for one in graph.sent] == ["nb"]
    assert graph.refused == {132015: 1, 132001: 1}
    sender.send(envelope(), KNOCK, "t", None)
    assert graph.refused == {132015: 1, 132001: 1}  # not asked for again within the hour
    graph.templates = {}
    assert isinstance(outcome(sender, KNOCK), SendRefused)


def test_buttons_become_words_where_the_address_does_not_take_them(sender: Sender, graph: FakeGraph) -> None:
    graph.no_scoped = True
    sender.send(envelope(SCOPED), CHOICE, "t", None)
    assert [one.words for one in graph.sent] == ["?\n\n- Yes\n- No"]
    rows = {"interactive": {"body": {"text": "?"}, "action": {"sections": [{"rows": [{"title": "One", "id": "1"}]}]}}}
    assert as_text(rows)["text"]["body"] == "?\n\n- One"
    graph.faults["messages"].append(Fault(answer=error(131062)))
    assert isinstance(outcome(sender, HELLO, SCOPED), SendRefused)


def test_an_address_without_number_in_the_wrong_field_would_be_dropped(graph: FakeGraph) -> None:
    """The fake shows the trap; `to` and `recipient` are told apart in Graph.send."""
    graph.window = False
    body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": SCOPED, **HELLO.body}
    answer = graph.client.post(f"{graph.api}/{NUMBER_ID}/messages", json=body, headers={"Authorization": "Bearer test-token"})
    assert answer.status_code == 200 and graph.sent[0].dropped and graph.sent_to(SCOPED) == []


def test_every_code_has_one_meaning() -> None:
    for code, found in CODES.items():
        assert verdict(code) == found
        assert (found.way is Way.EVERYBODY) == (found.seconds > 0)
    assert verdict(987654, status=401).alarm and verdict(987654).way is Way.REFUSED


def test_a_wrong_token_stops_the_number_and_a_new_one_frees_it(house: House) -> None:
    house.graph.token = "another"
    house.writes("how much money do I get")
    with house.sessions() as session:
        state = session.get_one(ChannelState, "whatsapp")
        assert state.problem == "190" and state.paused_until is not None
    assert house.departures() == ["waiting"]
    house.graph.token = "test-token"
    house.clock.moves(minutes=6)
    house.delivers()
    assert house.departures() == ["accepted"] and len(house.graph.sent) == 1
    with house.sessions() as session:
        assert session.scalars(select(ChannelState.problem)).all() == [None]


def test_a_cut_connection_is_resolved_by_its_status(house: House) -> None:
    house.graph.faults["messages"].append(Fault(cut="after"))
    house.writes("how much money do I get")
    assert len(house.graph.sent) == 1 and house.departures() == ["waiting"]
    house.status("sent")
    house.delivers()  # at once: nothing is in doubt any more
    assert len(house.graph.sent) == 1 and house.departures() == ["accepted"]
    house.status("delivered")
    assert house.departures() == ["delivered"]


def test_what_nobody_knows_of_is_sent_again_once(house: House) -> None:
    house.graph.faults["messages"].append(Fault(cut="before"))
    house.writes("how much money do I get")
    house.clock.moves(seconds=30)
    house.delivers()
    assert house.graph.sent == []
    house.clock.moves(seconds=30)
    house.delivers()
    assert len(house.graph.sent) == 1 and house.departures() == ["accepted"]


def test_we_keep_to_the_rates_of_one_person(house: House) -> None:
    burst = house.channel.rates(AMINA).chat_burst
    house.graph.pair = (burst + 2, 6.0)  # a little more than we allow ourselves: a message takes a while to get there
    house.writes("first")
    for number in range(burst + 5):
        house.says(f"word {number}")
    for _ in range(20):
        house.delivers()
        house.clock.moves(seconds=3)
    assert [one.words.split()[-1] for one in house.graph.sent[1:]] == [str(number) for number in range(burst + 5)]
    assert house.graph.refused == {}


def test_when_meta_still_says_too_much_everything_arrives_in_order(house: House) -> None:
    house.graph.pair, house.graph.throughput = (3, 6.0), 2
    house.writes("first")
    for number in range(8):
        house.says(f"word {number}")
    for _ in range(60):
        house.delivers()
        house.clock.moves(seconds=5)
    assert [one.words.split()[-1] for one in house.graph.sent[1:]] == [str(number) for number in range(8)]
    assert set(house.graph.refused) <= {130429, 131056} and house.graph.refused


def test_a_permanent_failure_is_shown_and_the_next_message_goes_out(house: House, clock: Clock) -> None:
    house.writes("first")
    house.graph.faults["messages"].append(Fault(answer=error(131026)))
    house.says("lost")
    house.says("found")
    house.delivers()
    assert house.departures() == ["accepted", "failed", "accepted"]
    assert house.problems()[-2:] == ["131026", None]
