"""Codes: hard to guess, easy to type, good once; links: begun, moved, ended, never shared by two uses at once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.plans import link_codes, linking
from bot.plans.checks import HoldsNationalNumber, ImpossibleNumber, NoSuchParticipant, TextMissing
from bot.plans.link_codes import SIGNS, code_in, hash_of, link_key, new_code, normal_form
from bot.plans.linking import Linked, Refused, links_of, looks_like_code, make_code, revoke, unlink, use_code
from bot.plans.qr import NoAddress, link_address, qr_svg, qr_text
from bot.storage.plan_tables import LinkCode, LinkTry
from bot.storage.sealing import Seal
from tests.plans.people import NOW, chat, person

KEY = link_key("3XGJ8xGRBGbeMzVBuuCRZlqBDMWbGyjNUBnQDwk3cHE=")
HALVES = st.text(SIGNS, min_size=4, max_size=4).filter(lambda half: not half.isdigit() and not half.isalpha())
CODES = st.builds("{}-{}".format, HALVES, HALVES)
NOT_DIGITS = {"arabic": "٠١٢٣٤٥٦٧٨٩", "persian": "۰۱۲۳۴۵۶۷۸۹", "full width": "０１２３４５６７８９"}


def later(**time: float) -> dt.datetime:
    return NOW + dt.timedelta(**time)


def use(session: Session, conversation: int, text: str, now: dt.datetime = NOW) -> Linked | Refused:
    return use_code(session, conversation, text, now, key=KEY)


def make(session: Session, who: int, now: dt.datetime = NOW, hours: int = 72) -> str:
    return make_code(session, who, "Kari", now, hours, key=KEY)


# what a code looks like


def test_a_new_code_looks_like_one_and_no_two_are_alike() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert len(code) == 9 and code[4] == "-" and set(code) <= {*SIGNS, "-"}
        assert sum(sign.isdigit() for sign in code) >= 2 and looks_like_code(code)


def test_no_sign_of_a_code_looks_like_another() -> None:
    assert not set(SIGNS) & set("0O1ILBSZAEUY")


@given(CODES)
def test_a_code_is_known_again_however_it_is_typed(code: str) -> None:
    bare = code.replace("-", "")
    typed = [
        code.lower(),
        bare,
        f"  {bare.lower()} ",
        f"{code[:4]} {code[5:]}",
        code.replace("-", "–"),
        f"«{code}».",
        f"\u2068{code}\u2069",
    ]
    typed += [code.replace("-", " - "), code.replace("5", "s").replace("8", "b"), f"Koden min er {code.lower()}!"]
    typed += [code.translate(str.maketrans("0123456789", digits)) for digits in NOT_DIGITS.values()]
    typed += [code.translate(str.maketrans("CHKMPTX", "СНКМРТХ")), " ".join(code)]
    for text in typed:
        assert normal_form(code_in(text) or text) == code, text
        if any(sign in link_codes.DIGITS for sign in link_codes._plain(text)) and text != " ".join(code):
            assert looks_like_code(text), text


def test_ethiopic_digits_are_read_too() -> None:
    assert normal_form("k፯mp-፫w፬r") == "K7MP-3W4R"


@pytest.mark.parametrize(
    "text",
    [
        "VELKOMST",
        "velkomst",
        "hva er norskprøven",
        "norsk123",
        "juni 2026",
        "mars 2026",
        "2026",
        "VG1 2026",
        "kr234567",
        "KR 23 456",
        "22 33 44 55",
        "22334455",
        "2233-4455",
        "+47 22334455",
        "A1 A2 B1 B2",
        "B1B2-A1A2",
        "pssssttt",
        "hmmm2345",
        "kl. 23:45",
        "xxxx-xxxx",
        "መልካም 2345",
        "ሰላም",
        "привет 2026",
        "السلام عليكم",
        "",
        "   ",
        "K7MP-3W4",
        "K7MP-3W4RX",
        "AK7MP-3W4R",
        "K7MP-3W4R-7MPK",
        "https://x.no/K7MPP3W4R",
        "010190 10046",
    ],
)
def test_ordinary_words_and_numbers_are_no_codes(text: str) -> None:
    assert not looks_like_code(text)


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    found = code_in(text)
    assert looks_like_code(text) == (found is not None)
    assert found is None or (len(found) == 9 and set(found) <= {*SIGNS, "-"})
    assert len(hash_of(text, KEY)) == 64


@given(st.text("abcdefghijklmnopqrstuvwxyzæøå", min_size=1))
def test_no_word_of_letters_is_a_code(word: str) -> None:
    assert not looks_like_code(word)


def test_only_a_keyed_hash_is_kept(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        code = make(session, person(session, seal))
        row = session.scalars(select(LinkCode)).one()
        kept = " ".join(str(getattr(row, column.name)) for column in LinkCode.__table__.columns)
        assert code not in kept and code.replace("-", "") not in kept
        assert row.code_hash == hash_of(code, KEY) != hash_of(code, link_key("another"))


def test_the_key_of_codes_is_not_the_key_of_texts() -> None:
    assert link_key("one") != link_key("two") and link_key("one") != b"one"


# using it


def test_a_code_links_once_and_again_only_the_same_chat(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, one, other = person(session, seal), chat(session, "one"), chat(session, "other")
        code = make(session, who)
        assert use(session, one, code) == Linked(who)
        assert use(session, one, code) == Linked(who, again=True)
        assert use(session, other, code) == Refused("used")
        assert [link.conversation_id for link in links_of(session, who)] == [one]
        unlink(session, one, "asked", NOW)
        assert use(session, one, code) == Refused("used")


def test_a_code_expires_on_the_moment(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, here = person(session, seal), chat(session)
        code = make(session, who, hours=2)
        assert use(session, here, code, later(hours=2)) == Refused("expired")
        assert use(session, here, code, later(hours=2, seconds=-1)) == Linked(who)


def test_a_moment_of_another_time_zone_is_the_same_moment(sessions: sessionmaker[Session], seal: Seal) -> None:
    tokyo = dt.timezone(dt.timedelta(hours=9))
    with sessions.begin() as session:
        who, here = person(session, seal), chat(session)
        code = make(session, who, now=NOW.astimezone(tokyo), hours=1)
        assert use(session, here, code, later(minutes=61).astimezone(tokyo)) == Refused("expired")
        assert use(session, here, code, later(minutes=59).astimezone(tokyo)) == Linked(who)


def test_a_newer_code_revokes_the_older_of_the_same_participant_only(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, other, here = person(session, seal), person(session, seal, "OSL-2"), chat(session)
        old, elsewhere = make(session, who), make(session, other)
        new = make(session, who)
        assert use(session, here, old) == Refused("revoked")
        assert use(session, here, new) == Linked(who)
        assert use(session, here, elsewhere) == Linked(other)


def test_words_that_are_no_code_are_unknown(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        make(session, person(session, seal))
        for number, text in enumerate(["", "' OR 1=1 --", "K7MP-3W4R", "x" * 5000, "\x00", "🙂", "%"]):
            assert use(session, chat(session, f"chat {number}"), text) == Refused("unknown")


def test_five_wrong_codes_lock_the_chat_for_a_quarter_of_an_hour_and_no_other(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, here, elsewhere = person(session, seal), chat(session, "here"), chat(session, "elsewhere")
        code = make(session, who)
        for minute in range(5):
            assert use(session, here, "K7MP-3W4R", later(minutes=minute)) == Refused("unknown")
        assert use(session, here, code, later(minutes=5)) == Refused("too_many_tries")
        assert use(session, here, code, later(minutes=14, seconds=59)) == Refused("too_many_tries")
        assert session.scalar(select(func.count(LinkTry.id))) == 5  # being locked is no further try
        assert use(session, elsewhere, "K7MP-3W4R", later(minutes=5)) == Refused("unknown")
        assert use(session, here, code, later(minutes=15)) == Linked(who)


def test_old_tries_are_forgotten(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        here = chat(session)
        for hour in range(8):
            assert use(session, here, "K7MP-3W4R", later(hours=hour)) == Refused("unknown")
        assert session.scalar(select(func.count(LinkTry.id))) == 1


def test_two_uses_at_once_link_one_chat(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        chats = [chat(session, f"chat {number}") for number in range(6)]
        code = make(session, who)
    together, outcomes = threading.Barrier(len(chats)), []

    def try_it(conversation: int) -> None:
        together.wait()
        with sessions.begin() as session:
            outcomes.append(use(session, conversation, code))

    threads = [threading.Thread(target=try_it, args=(conversation,)) for conversation in chats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == sorted([str(Linked(who)), *[str(Refused("used"))] * (len(chats) - 1)])
    with sessions() as session:
        assert len(links_of(session, who)) == 1


def second_while_first_is_unfinished(
    sessions: sessionmaker[Session], first: Callable[[Session], object], second: Callable[[Session], object]
) -> None:
    """Runs `second` in a thread while `first` has not committed, then commits `first`."""

    def run() -> None:
        with sessions.begin() as session:
            second(session)

    thread = threading.Thread(target=run)
    with sessions.begin() as session:
        first(session)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive(), "the second did not wait for the first"
    thread.join()


def test_two_codes_at_once_in_one_chat_leave_one_link(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        one, other = person(session, seal), person(session, seal, "OSL-2")
        codes = [make(session, one), make(session, other)]
        here = chat(session)
    second_while_first_is_unfinished(sessions, lambda s: use(s, here, codes[0]), lambda s: use(s, here, codes[1]))
    with sessions() as session:
        assert (links_of(session, one), [link.conversation_id for link in links_of(session, other)]) == ([], [here])


def test_two_new_codes_at_once_leave_one_that_works(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, here = person(session, seal), chat(session)
    codes: list[str] = []
    second_while_first_is_unfinished(sessions, lambda s: codes.append(make(s, who)), lambda s: codes.append(make(s, who)))
    with sessions.begin() as session:
        assert use(session, here, codes[0]) == Refused("revoked")
        assert use(session, here, codes[1]) == Linked(who)


# links


def test_several_chats_see_the_same_plan(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, phone, laptop = person(session, seal), chat(session, "phone"), chat(session, "laptop")
        for conversation in (phone, laptop):
            assert use(session, conversation, make(session, who)) == Linked(who)
        assert [(link.conversation_id, link.channel, link.linked_at) for link in links_of(session, who)] == [
            (phone, "web", NOW),
            (laptop, "web", NOW),
        ]


def test_a_chat_linked_to_another_participant_leaves_the_first(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        first, second, here = person(session, seal), person(session, seal, "OSL-2"), chat(session)
        use(session, here, make(session, first))
        assert use(session, here, make(session, second), later(hours=1)) == Linked(second)
        assert links_of(session, first) == []
        ended = links_of(session, first, ended=True)[0]
        assert (ended.ended_at, ended.ended_because) == (later(hours=1), "linked_to_another")
        assert [link.conversation_id for link in links_of(session, second)] == [here]


def test_a_new_code_for_the_same_participant_keeps_the_link(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, here = person(session, seal), chat(session)
        use(session, here, make(session, who))
        assert use(session, here, make(session, who), later(hours=1)) == Linked(who, again=True)
        assert [link.linked_at for link in links_of(session, who, ended=True)] == [NOW]


def test_unlinking_ends_this_chat_only(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, one, other = person(session, seal), chat(session, "one"), chat(session, "other")
        for conversation in (one, other):
            use(session, conversation, make(session, who))
        assert unlink(session, one, "asked", NOW) == who
        assert unlink(session, one, "asked", NOW) is None
        assert [link.conversation_id for link in links_of(session, who)] == [other]
        assert links_of(session, who, ended=True)[0].ended_because == "asked"
        use(session, one, make(session, who), later(hours=1))
        assert {link.conversation_id for link in links_of(session, who)} == {one, other}


def test_revoking_ends_all_links_and_codes_of_one_participant(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who, other = person(session, seal), person(session, seal, "OSL-2")
        one, two, third = chat(session, "one"), chat(session, "two"), chat(session, "third")
        use(session, one, make(session, who))
        use(session, two, make(session, who))
        use(session, third, make(session, other))
        code = make(session, who)
        assert revoke(session, who, NOW) == 2 and revoke(session, who, NOW) == 0
        assert use(session, one, code) == Refused("revoked")
        assert links_of(session, who) == [] and len(links_of(session, other)) == 1
        with pytest.raises(NoSuchParticipant):
            revoke(session, 999, NOW)


def test_a_code_that_cannot_be_is_refused(sessions: sessionmaker[Session], seal: Seal) -> None:
    with sessions.begin() as session:
        who = person(session, seal)
        for hours in (0, -1, 721):
            with pytest.raises(ImpossibleNumber):
                make(session, who, hours=hours)
        with pytest.raises(TextMissing):
            make_code(session, who, " ", NOW, key=KEY)
        with pytest.raises(HoldsNationalNumber):
            make_code(session, who, "010190 10046", NOW, key=KEY)
        with pytest.raises(NoSuchParticipant):
            make(session, 999)


def test_a_code_that_exists_is_made_anew(sessions: sessionmaker[Session], seal: Seal, monkeypatch: pytest.MonkeyPatch) -> None:
    given_out = iter(["K7MP-3W4R", "K7MP-3W4R", "C4RT-8X8K"])
    monkeypatch.setattr(linking, "new_code", lambda: next(given_out))
    with sessions.begin() as session:
        first, second = person(session, seal), person(session, seal, "OSL-2")
        assert (make(session, first), make(session, second)) == ("K7MP-3W4R", "C4RT-8X8K")


# address and QR


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("https://veiviser.example.no", "https://veiviser.example.no/?code=K7MP-3W4R"),
        (" https://example.no/chat/ ", "https://example.no/chat/?code=K7MP-3W4R"),
        ("http://127.0.0.1:8000/?x=1#y", "http://127.0.0.1:8000/?code=K7MP-3W4R"),
    ],
)
def test_the_address_carries_the_code(base: str, address: str) -> None:
    assert link_address(base, "k7mp3w4r") == address


@given(CODES)
def test_the_code_of_an_address_is_read_back(code: str) -> None:
    assert parse_qs(urlsplit(link_address("https://a.no", code)).query) == {"code": [code]}


@pytest.mark.parametrize("base", ["", "veiviser.example.no", "javascript:alert(1)", "ftp://example.no", "https://"])
def test_what_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(NoAddress, match="https://"):
        link_address(base, "K7MP-3W4R")


def test_the_qr_is_an_image_and_a_picture_of_text() -> None:
    svg, text = qr_svg("https://a.no/?code=K7MP-3W4R"), qr_text("https://a.no/?code=K7MP-3W4R")
    assert "<svg" in svg and "<path" in svg and 'fill="#fff"' in svg
    lines = text.splitlines()
    assert len(lines) > 10 and len({len(line) for line in lines}) == 1 and set(text) <= set("█▀▄ \n")
    assert qr_svg("https://a.no/?code=C4RT-8X8K") != svg
