"""One person with several chats: one plan, one language, one case; an answer goes to the chat the person wrote from last."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import pytest
from sqlalchemy import delete, select, update

from bot.desk import one_case
from bot.desk.acting import Booking
from bot.desk.colleagues import Colleague, Role
from bot.desk.files import FileIn
from bot.desk.problems import NoSuchCase
from bot.desk.queue import Wanted, queue
from bot.desk.reading import CaseView, case_view
from bot.desk.rounds import CaseRounds
from bot.plans.chats import chats_of, chats_of_each, person_of
from bot.plans.linking import revoke
from bot.plans.wishes import store_wish
from bot.storage.desk_tables import Attachment, Case, CaseEvent
from bot.storage.plan_tables import Appointment, ChatLink, LinkTry, Participant, Wish
from bot.storage.tables import Author, Conversation, ConversationState, Message
from bot.storage.traffic_tables import Departure
from tests.desk.common import UNLINK, Place, at
from tests.plans import people

PDF = FileIn("letter.pdf", "application/pdf", b"%PDF-1.7 a letter")
MEETING = Booking("plan_talk", at("2026-12-01 10:00"), 30, "Room 2", "Kari")
ARABIC = '/choose_language{"language": "ar"}'
ASSISTANT, WAITING, HUMAN = ConversationState.ASSISTANT, ConversationState.WAITING, ConversationState.HUMAN


@pytest.fixture(autouse=True)
def one_clock(place: Place) -> Iterator[None]:
    """Messages and links are dated by the clock of the test."""
    with mock.patch("bot.conversations.history.now", place.clock), mock.patch("bot.conversations.linking.now", place.clock):
        yield


@pytest.fixture
def ali(place: Place) -> int:
    """Ali with the page and a phone, both linked; the participant's number."""
    participant = place.linked("page")
    place.joins("phone", participant, "telegram")
    return participant


@pytest.fixture
def rounds(place: Place) -> CaseRounds:
    return CaseRounds(place.sessions, place.desk)


def number_of(place: Place, account: str) -> int:
    return place.conversation(account).id


def states(place: Place, *accounts: str) -> list[ConversationState]:
    return [place.conversation(account).state for account in accounts or ("page", "phone")]


def held(place: Place, asks: str = "page") -> tuple[Colleague, int]:
    """Ali asks in a chat and Kari takes the case."""
    place.says("person", asks)
    kari, number = place.advisor(), place.open(asks).id
    place.do(kari, "take", number)
    return kari, number


def of_larvik(place: Place, account: str = "own") -> int:
    """Berit of Larvik with a chat of her own, in which she has written; the participant's number."""
    with place.sessions.begin() as session:
        berit = people.person(session, place.seal, "LAR-2")
        session.get_one(Participant, berit).municipality = "larvik"
    place.chat(account, "larvik")
    place.joins(account, berit)
    place.says("money of Berit", account)
    place.clock.go_on(minutes=1)
    return berit


def written(seen: CaseView) -> set[str]:
    return {line.text for line in seen.lines if line.author == "participant"}


def view(place: Place, who: Colleague, number: int) -> CaseView:
    with place.sessions() as session:
        return case_view(session, place.seal, place.library, who, number, place.clock())


def events(place: Place, case_id: int) -> list[str]:
    with place.sessions() as session:
        return list(session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)))


# who shares a person


def test_chats_of_a_person_are_those_that_are_linked_now(place: Place, ali: int) -> None:
    place.chat("stranger")
    place.linked("berit", "OSL-2")
    page, phone, stranger, berit = (number_of(place, account) for account in ("page", "phone", "stranger", "berit"))
    with place.sessions() as session:
        assert chats_of(session, page) == chats_of(session, phone) == tuple(sorted((page, phone)))
        assert chats_of_each(session, [phone, stranger, berit]) == {
            phone: tuple(sorted((page, phone))),
            stranger: (stranger,),
            berit: (berit,),
        }
        assert person_of(session, page) == ali and person_of(session, stranger) is None
    place.unlinked(phone)
    with place.sessions() as session:
        assert chats_of(session, page) == (page,) and chats_of(session, phone) == (phone,)


def test_a_group_belongs_to_nobody(place: Place, ali: int) -> None:
    group = place.chat("-100:7", channel="telegram")
    with place.sessions.begin() as session:
        session.add(ChatLink(participant_id=ali, conversation_id=group, linked_at=place.clock()))
    with place.sessions() as session:
        assert chats_of(session, group) == (group,) and person_of(session, group) is None
        assert group not in chats_of(session, number_of(place, "page"))


# language


def test_a_language_chosen_in_one_chat_is_spoken_in_all(place: Place, ali: int) -> None:
    place.says(ARABIC, "phone")
    assert [place.conversation(account).chosen_language for account in ("page", "phone")] == ["ar", "ar"]
    assert place.says("money", "page").language == "ar"
    place.says("hello there", "page", chosen="so")  # from the channel's own menu
    assert place.says("money", "phone").language == "so"


def test_a_chat_of_somebody_else_keeps_its_language(place: Place, ali: int) -> None:
    place.linked("berit", "OSL-2")
    place.unlinked(number_of(place, "page"))
    place.says(ARABIC, "phone")
    assert [place.conversation(account).chosen_language for account in ("page", "berit")] == ["en", "en"]


def test_a_message_under_way_does_not_undo_a_choice_made_in_another_chat(place: Place, ali: int) -> None:
    place.assistant.meanwhile = lambda: place.says(ARABIC, "phone")
    place.says("money", "page")
    assert [place.conversation(account).chosen_language for account in ("page", "phone")] == ["ar", "ar"]


def test_a_chat_that_is_linked_takes_over_the_language_chosen_elsewhere(place: Place) -> None:
    participant = place.linked("page")  # has chosen English
    with place.sessions.begin() as session:
        number = place.chat("phone", language=None)
        session.execute(update(Conversation).where(Conversation.id == number).values(spoken_language="nb"))
    assert place.joins("phone", participant).language == "en"
    assert place.conversation("phone").chosen_language == "en"
    place.chat("tablet", language="ar")
    assert place.joins("tablet", participant).language == "ar"  # chosen in this very chat
    assert [place.conversation(account).chosen_language for account in ("page", "phone", "tablet")] == ["en", "en", "ar"]


def test_what_a_chat_has_only_heard_stays_its_own(place: Place, ali: int) -> None:
    with place.sessions.begin() as session:
        session.execute(update(Conversation).values(chosen_language=None))
    place.says("hvor mye penger får jeg", "page")
    assert place.conversation("page").spoken_language == "nb"
    assert place.conversation("phone").spoken_language is None and place.conversation("phone").chosen_language is None


# one case


def test_the_other_chat_adds_to_the_open_case(place: Place, ali: int) -> None:
    place.says("person", "page")
    case = place.open("page")
    assert states(place) == [WAITING, WAITING]
    reply = place.says("wrong", "phone")
    assert place.open("phone").id == case.id and [message.key for message in reply.messages] == ["feedback_wrong"]
    assert [message.key for message in place.says("person", "phone").messages] == ["handover_already"]
    assert events(place, case.id) == ["opened", "reason", "reason"]
    with place.sessions() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_every_chat_is_with_whoever_has_the_case(place: Place, ali: int) -> None:
    kari, number = held(place)
    assert states(place) == [HUMAN, HUMAN]
    asked = len(place.assistant.asked)
    assert place.says("money", "phone").messages == () and len(place.assistant.asked) == asked
    assert place.open("phone").waiting_since is not None
    place.do(kari, "put_back", number)
    assert states(place) == [WAITING, WAITING]
    place.do(kari, "take", number)
    place.do(kari, "send_on", number, "larvik")
    assert states(place) == [WAITING, WAITING]
    assert {place.conversation(account).municipality for account in ("page", "phone")} == {"larvik"}
    place.do(place.advisor("Siv", "larvik"), "take", number)
    assert states(place) == [HUMAN, HUMAN]
    place.says("/handover_withdraw", "phone")
    assert states(place) == [ASSISTANT, ASSISTANT] and place.case("page") is None


def test_danger_in_the_other_chat_raises_the_case_and_brings_the_numbers_there(place: Place, ali: int) -> None:
    _, number = held(place)
    assert [message.key for message in place.says("violence", "phone").messages] == ["crisis_violence"]
    case = place.open("page")
    assert (case.id, case.priority, case.reason) == (number, 1, "crisis")


# where answers go


def test_an_answer_goes_to_the_chat_the_person_wrote_from_last(place: Place, ali: int) -> None:
    kari, number = held(place)
    place.says("money", "phone")
    to_phone = place.do(kari, "say_text", number, "Here?", "k1", "en")
    place.says("money", "page")
    to_page = place.do(kari, "say_phrase", number, "reply_thanks", {}, "k2")
    assert isinstance(to_phone, Message) and isinstance(to_page, Message)
    assert (to_phone.conversation_id, to_page.conversation_id) == (number_of(place, "phone"), number_of(place, "page"))
    with place.sessions() as session:
        assert to_phone.departure_id is not None  # a messenger brings it; the page fetches its own
        assert session.get_one(Departure, to_phone.departure_id).chat == "phone"
        assert to_page.departure_id is None


def test_announcements_go_there_too(place: Place, ali: int) -> None:
    place.says("person", "page")
    number, kari = place.open("page").id, place.advisor()
    place.says("money", "phone")
    before = len(place.said("page"))
    place.do(kari, "take", number)
    place.do(kari, "hand_to", number, place.advisor("Ola"))
    assert place.keys("phone")[-2:] == ["handover_claimed", "handover_transferred"]
    assert len(place.said("page")) == before


def test_an_advisor_who_is_silent_is_announced_where_the_person_wrote(place: Place, ali: int, rounds: CaseRounds) -> None:
    kari, number = held(place)
    place.says("money", "phone")
    place.clock.go_on(hours=3)
    assert rounds.round() == 1
    assert place.keys("phone")[-1] == "handover_requeued" and "handover_requeued" not in place.keys("page")
    assert states(place) == [WAITING, WAITING]
    place.do(kari, "take", number)
    place.do(kari, "say_text", number, "Solved?", "k", "en")
    place.clock.go_on(days=4)
    assert rounds.round() == 1
    assert place.keys("phone")[-1] == "handover_returned" and states(place) == [ASSISTANT, ASSISTANT]


def test_an_answer_speaks_the_language_of_the_chat_it_goes_to(place: Place, ali: int) -> None:
    kari, number = held(place)
    place.says("money", "phone")
    with place.sessions.begin() as session:
        session.execute(update(Conversation).where(Conversation.account == "phone").values(chosen_language="ti"))
    message = place.do(kari, "say_phrase", number, "reply_thanks", {}, "k")
    assert isinstance(message, Message) and message.language == "ti"


def test_where_a_messenger_brings_nothing_any_more_the_answer_goes_to_another_chat(place: Place, ali: int) -> None:
    kari, number = held(place)
    place.says("money", "phone")
    with place.sessions.begin() as session:
        session.execute(update(Conversation).where(Conversation.account == "phone").values(stopped="blocked"))
    message = place.do(kari, "say_text", number, "Hello", "k", "en")
    assert isinstance(message, Message) and message.conversation_id == number_of(place, "page")


@pytest.mark.parametrize("change", ["writes elsewhere", "is unlinked"])
def test_the_same_form_is_one_message_when_the_chat_changed_in_between(place: Place, ali: int, change: str) -> None:
    kari, number = held(place)
    place.says("money", "phone")
    forms = [("say_text", "Hello", "k1", "en"), ("send_file", PDF, "k2"), ("book", MEETING, "k3"), ("say_phrase", "reply_thanks", {}, "k4")]
    first = [place.do(kari, form[0], number, *form[1:]) for form in forms]
    if change == "writes elsewhere":
        place.says("money", "page")
    else:
        place.unlinked(number_of(place, "phone"))
    again = [place.do(kari, form[0], number, *form[1:]) for form in forms]
    assert [message.id for message in again] == [message.id for message in first]  # type: ignore[attr-defined]
    with place.sessions() as session:
        assert len(session.scalars(select(Message).where(Message.author == Author.ADVISOR)).all()) == len(forms)
        assert len(session.scalars(select(Attachment)).all()) == len(session.scalars(select(Appointment)).all()) == 1


# linking while there is a case


def test_a_chat_that_is_linked_joins_the_case_that_waits(place: Place) -> None:
    participant = place.linked("page")
    place.says("person", "page")
    place.joins("phone", participant)
    assert states(place) == [WAITING, WAITING] and place.keys("phone") == ["link_done"]
    assert events(place, place.open("page").id) == ["opened", "joined"]


def test_a_chat_that_joins_a_case_an_advisor_has_hears_so(place: Place) -> None:
    participant = place.linked("page")
    _, number = held(place)
    place.joins("phone", participant)
    assert states(place) == [HUMAN, HUMAN] and sorted(place.keys("phone"), key=str) == ["handover_claimed", "link_done"]
    assert "Kari" in place.words(next(message for message in place.said("phone") if message.key == "handover_claimed"))
    assert place.says("money", "phone").messages == () and place.open("phone").id == number


def test_a_chat_with_a_case_brings_it_to_the_person(place: Place) -> None:
    participant = place.linked("page")
    place.chat("phone")
    place.says("person", "phone")
    number = place.open("phone").id
    place.joins("phone", participant)
    assert states(place) == [WAITING, WAITING] and place.open("page").id == number


@pytest.mark.parametrize("older", ["page", "phone"])
def test_of_two_open_cases_the_older_goes_on_with_all_reasons_and_wishes(place: Place, older: str) -> None:
    participant, younger = place.linked("page"), "phone" if older == "page" else "page"
    place.chat("phone")
    place.says("person", older)
    place.clock.go_on(minutes=5)
    place.says("violence", younger)
    first, second = place.open(older), place.open(younger)
    with place.sessions.begin() as session:
        wish = store_wish(session, place.seal, participant, number_of(place, "page"), "meeting", "please", now=place.clock())
        session.get_one(Wish, wish).case_id = second.id
    place.clock.go_on(minutes=5)
    place.joins("phone", participant)
    with place.sessions() as session:
        kept, closed = session.get_one(Case, first.id), session.get_one(Case, second.id)
        assert (kept.state, kept.reason, kept.priority) == ("waiting", "crisis", 1)
        assert (closed.state, closed.outcome, closed.waiting_since) == ("closed", "merged", None)
        assert session.get_one(Wish, wish).case_id == first.id
        reasons = select(CaseEvent.details).where(CaseEvent.case_id == first.id, CaseEvent.kind == "reason")
        assert [one["reason"] for one in session.scalars(reasons)] == ["crisis"]
    assert events(place, second.id)[-1] == "closed" and "merged" in events(place, first.id)
    assert place.open("page").id == place.open("phone").id == first.id and states(place) == [WAITING, WAITING]


def test_an_advisor_who_has_the_younger_case_has_both(place: Place) -> None:
    participant = place.linked("page")
    place.says("person", "page")
    place.clock.go_on(minutes=5)
    place.chat("phone")
    kari, _ = held(place, "phone")
    place.joins("phone", participant)
    case = place.open("page")
    assert (case.state, case.holder_id) == ("held", kari.id) and states(place) == [HUMAN, HUMAN]
    assert place.keys("page")[-1] == "handover_claimed"  # the assistant falls silent there
    assert place.keys("phone").count("handover_claimed") == 1


def test_a_question_that_waits_in_the_younger_case_waits_in_the_older_one(place: Place) -> None:
    participant = place.linked("page")
    kari, number = held(place)
    place.do(kari, "say_text", number, "Hello", "k", "en")
    assert place.open("page").waiting_since is None
    place.clock.go_on(minutes=5)
    place.chat("phone")
    place.says("person", "phone")
    younger = place.open("phone")
    place.joins("phone", participant)
    case = place.open("page")
    assert (case.id, case.waiting_since, case.target_at) == (number, younger.waiting_since, younger.target_at)
    assert case.waiting_since is not None


def test_of_two_advisors_the_one_with_the_older_case_goes_on(place: Place) -> None:
    participant = place.linked("page")
    kari, number = held(place)
    place.clock.go_on(minutes=5)
    place.chat("phone")
    place.says("person", "phone")
    place.do(place.advisor("Ola"), "take", place.open("phone").id)
    place.joins("phone", participant)
    assert (place.open("phone").id, place.open("phone").holder_id) == (number, kari.id)
    told = next(message for message in place.said("phone") if message.key == "handover_transferred")
    assert "Kari" in place.words(told)


def test_a_case_held_in_another_municipality_waits_again_and_the_person_hears_it(place: Place) -> None:
    participant = place.linked("page")
    place.says("person", "page")
    place.clock.go_on(minutes=5)
    place.chat("phone", "larvik")
    place.says("person", "phone")
    place.do(place.advisor("Siv", "larvik"), "take", place.open("phone").id)
    place.joins("phone", participant)
    case = place.open("phone")
    assert (case.state, case.municipality) == ("waiting", "oslo") and states(place) == [WAITING, WAITING]
    assert "handover_requeued" in place.keys("phone")


def test_a_chat_linked_without_the_desk_is_brought_together_by_the_next_round(place: Place, rounds: CaseRounds) -> None:
    participant = place.linked("page")
    held(place)
    number = place.chat("phone")
    place.says("person", "phone")
    with place.sessions.begin() as session:
        session.add(ChatLink(participant_id=participant, conversation_id=number, linked_at=place.clock()))
    assert rounds.round() == 1 and rounds.round() == 0
    assert states(place) == [HUMAN, HUMAN]
    with place.sessions() as session:
        assert sorted(session.scalars(select(Case.state))) == ["closed", "held"]


# unlinking while there is a case


@pytest.mark.parametrize("taken", [False, True])
def test_a_chat_that_is_unlinked_is_with_the_assistant_again(place: Place, ali: int, rounds: CaseRounds, taken: bool) -> None:
    held(place) if taken else place.says("person", "page")
    place.unlinked(number_of(place, "phone"))
    assert rounds.round() == 1 and rounds.round() == 0
    assert states(place) == [HUMAN if taken else WAITING, ASSISTANT]
    assert place.keys("phone")[-1] == "link_ended"
    assert [message.key for message in place.says("money", "phone").messages] == ["stonad_amount"]
    assert place.case("phone") is None and place.case("page") is not None


def test_a_person_who_writes_before_the_round_hears_that_the_assistant_is_back(place: Place, ali: int, rounds: CaseRounds) -> None:
    kari, number = held(place)
    place.unlinked(number_of(place, "phone"))
    place.says("money", "phone")
    assert states(place) == [HUMAN, ASSISTANT] and place.keys("phone").count("link_ended") == 1
    assert [message.key for message in place.says("money", "phone").messages] == ["stonad_amount"]
    assert rounds.round() == 0
    assert not any(line.chat and line.chat.id == number_of(place, "phone") for line in view(place, kari, number).lines)


@pytest.mark.parametrize("from_chat", ["page", "phone"])
def test_a_person_who_unlinks_a_chat_while_the_case_waits(place: Place, ali: int, rounds: CaseRounds, from_chat: str) -> None:
    place.says("person", "page")
    number = place.open("page").id
    stays = "phone" if from_chat == "page" else "page"
    assert [message.key for message in place.says(UNLINK, from_chat).messages] == ["link_ended"]
    assert place.keys(from_chat).count("link_ended") == 1  # said once
    assert place.open(stays).id == number and states(place, stays, from_chat) == [WAITING, ASSISTANT]
    assert rounds.round() == 0


def test_a_case_stays_with_the_person_when_the_chat_it_began_in_is_unlinked(place: Place, ali: int, rounds: CaseRounds) -> None:
    kari, number = held(place)
    place.unlinked(number_of(place, "page"))  # a phone that is lost, perhaps
    assert place.open("phone").id == number and place.case("page") is None
    answer = place.do(kari, "say_text", number, "Hello", "k", "en")
    assert isinstance(answer, Message) and answer.conversation_id == number_of(place, "phone")
    assert {line.chat.id for line in view(place, kari, number).lines if line.chat} == {number_of(place, "phone")}
    assert rounds.round() == 1 and states(place) == [ASSISTANT, HUMAN] and place.keys("page")[-1] == "link_ended"
    place.says("person", "page")  # somebody without a plan now, with a case of their own
    assert place.open("page").id != number


def test_a_chat_that_goes_to_somebody_else_leaves_the_case_behind(place: Place, ali: int, rounds: CaseRounds) -> None:
    _, number = held(place)
    with place.sessions.begin() as session:
        berit = people.person(session, place.seal, "OSL-2")
    place.says(place.code(berit), "page")
    assert place.open("phone").id == number and place.case("page") is None
    assert states(place) == [ASSISTANT, HUMAN] and rounds.round() == 0


def test_when_all_chats_are_unlinked_the_case_stays_with_its_own(place: Place, ali: int, rounds: CaseRounds) -> None:
    _, number = held(place)
    with place.sessions.begin() as session:
        revoke(session, ali, place.clock())
    assert rounds.round() == 1
    assert place.open("page").id == number and states(place) == [HUMAN, ASSISTANT]


def test_a_wish_is_done_with_the_case_whichever_chat_it_came_from(place: Place, ali: int) -> None:
    kari, number = held(place)
    with place.sessions.begin() as session:
        wish = store_wish(session, place.seal, ali, number_of(place, "phone"), "meeting", "please", now=place.clock())
        session.get_one(Wish, wish).case_id = number
    place.do(kari, "give_back", number, "meeting")
    with place.sessions() as session:
        assert session.get_one(Wish, wish).done_at is not None


def test_a_wish_of_one_person_never_opens_a_case_of_another(place: Place, ali: int, rounds: CaseRounds) -> None:
    phone = number_of(place, "phone")
    with place.sessions.begin() as session:
        store_wish(session, place.seal, ali, phone, "meeting", "please", now=place.clock())
        berit = people.person(session, place.seal, "OSL-2")
    place.says(place.code(berit), "phone")
    place.clock.go_on(minutes=2)
    assert rounds.round() == 0 and place.case("phone") is None


# what advisors see


def test_the_case_shows_all_chats_in_the_order_of_time_with_their_channel(place: Place, ali: int) -> None:
    kari, number = held(place)
    for words, account in (("money one", "phone"), ("money two", "page"), ("money three", "phone")):
        place.clock.go_on(minutes=1)
        place.says(words, account)
    seen = view(place, kari, number)
    written = [(line.text, line.chat.channel) for line in seen.lines if line.author == "participant" and line.chat and "money" in line.text]
    assert written == [("money one", "telegram"), ("money two", "web"), ("money three", "telegram")]
    assert [line.at for line in seen.lines] == sorted(line.at for line in seen.lines)
    assert [(chat.channel, chat.number) for chat in seen.chats] == [("web", 0), ("telegram", 0)]
    assert seen.answers_go_to.channel == "telegram"
    with place.sessions() as session:
        (row,) = queue(session, place.seal, kari, Wanted(words="three"), place.clock()).rows
    assert (row.channel, row.excerpt) == ("telegram", "money three")


def test_two_chats_on_one_channel_are_told_apart(place: Place, ali: int) -> None:
    place.joins("tablet", ali)
    kari, number = held(place)
    assert [(chat.channel, chat.number) for chat in view(place, kari, number).chats] == [("web", 1), ("telegram", 0), ("web", 2)]


def test_what_was_written_before_the_chat_was_this_persons_is_not_shown(place: Place) -> None:
    participant = place.linked("page")
    place.linked("phone", "OSL-2")
    place.says("money of somebody else", "phone")
    place.clock.go_on(minutes=1)
    place.joins("phone", participant)
    place.clock.go_on(minutes=1)
    place.says("money of mine", "phone")
    kari, number = held(place)
    texts = [line.text for line in view(place, kari, number).lines]
    assert "money of mine" in texts and "money of somebody else" not in texts


def test_a_closed_case_does_not_go_on_showing_the_other_chats(place: Place, ali: int) -> None:
    kari, number = held(place)
    place.says("money before", "phone")
    place.clock.go_on(minutes=1)
    place.do(kari, "give_back", number, "answered")
    place.clock.go_on(minutes=1)
    place.says("money after", "phone")
    texts = [line.text for line in view(place, kari, number).lines]
    assert "money before" in texts and "money after" not in texts


def test_another_municipality_sees_none_of_it(place: Place, ali: int) -> None:
    _, number = held(place)
    with pytest.raises(NoSuchCase):
        view(place, place.advisor("Siv", "larvik"), number)


# a chat that becomes somebody else's


def test_a_closed_case_shows_nothing_of_whoever_has_the_chat_later(place: Place) -> None:
    place.linked("shared")
    kari, number = held(place, "shared")
    berit = of_larvik(place)
    place.do(kari, "give_back", number, "answered")
    place.clock.go_on(minutes=1)
    place.joins("shared", berit)
    place.clock.go_on(minutes=1)
    place.says("money again", "shared")
    seen = view(place, kari, number)
    assert "person" in written(seen) and not written(seen) & {"money of Berit", "money again"}
    assert [chat.id for chat in seen.chats] == [number_of(place, "shared")] and seen.answers_go_to.account == "shared"
    assert seen.plan is not None and seen.plan.participant.reference == "OSL-1"
    with place.sessions() as session:
        (row,) = queue(session, place.seal, kari, Wanted(state="closed"), place.clock()).rows
    assert row.excerpt == "person" and row.participant == seen.plan.participant.name


def test_a_closed_case_of_nobody_known_does_not_become_that_of_whoever_links_the_chat(place: Place) -> None:
    place.chat("shared")
    kari, number = held(place, "shared")
    place.do(kari, "give_back", number, "answered")
    place.clock.go_on(minutes=1)
    place.joins("shared", of_larvik(place))
    place.clock.go_on(minutes=1)
    place.says("money again", "shared")
    seen = view(place, kari, number)
    assert seen.plan is None and len(seen.chats) == 1
    assert "person" in written(seen) and not written(seen) & {"money of Berit", "money again"}


def test_a_closed_case_keeps_the_other_chats_and_the_plan_of_its_own_person(place: Place, ali: int) -> None:
    kari, number = held(place)
    place.says("money from the phone", "phone")
    place.clock.go_on(minutes=1)
    place.do(kari, "give_back", number, "answered")
    place.clock.go_on(minutes=1)
    place.joins("page", of_larvik(place))
    seen = view(place, kari, number)
    assert "money from the phone" in written(seen) and "money of Berit" not in written(seen)
    assert seen.plan is not None and seen.plan.participant.id == ali


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("unlinked", [False, True])
def test_an_open_case_ends_when_its_only_chat_becomes_somebody_elses(place: Place, rounds: CaseRounds, taken: bool, unlinked: bool) -> None:
    place.linked("shared")
    place.says("person of Ali", "shared")
    number, kari, siv = place.open("shared").id, place.advisor(), place.advisor("Siv", "larvik")
    if taken:
        place.do(kari, "take", number)
    berit = of_larvik(place)
    if unlinked:
        place.unlinked(number_of(place, "shared"))
        place.clock.go_on(minutes=1)
    place.joins("shared", berit)
    assert place.case("shared") is None and place.case("own") is None and states(place, "shared", "own") == [ASSISTANT, ASSISTANT]
    seen = view(place, kari, number)
    assert (seen.case.state, seen.case.outcome, seen.case.municipality) == ("closed", "no_contact", "oslo")
    assert "money of Berit" not in written(seen) and len(seen.chats) == 1
    assert (seen.plan and seen.plan.participant.reference) == (None if unlinked else "OSL-1")
    assert "handover_returned" in place.keys("shared") and rounds.round() == 0
    place.clock.go_on(minutes=1)
    place.says("person of Berit", "shared")
    theirs = view(place, siv, place.open("own").id)
    assert {"money of Berit", "person of Berit"} <= written(theirs) and "person of Ali" not in written(theirs)
    assert theirs.earlier == ()


@pytest.mark.parametrize("taken", [False, True])
def test_an_open_case_goes_to_the_municipality_of_the_plan_its_chat_is_linked_to(place: Place, rounds: CaseRounds, taken: bool) -> None:
    place.chat("shared")
    place.says("person", "shared")
    number, kari, siv = place.open("shared").id, place.advisor(), place.advisor("Siv", "larvik")
    if taken:
        place.do(kari, "take", number)
    place.joins("shared", of_larvik(place))
    case = place.open("own")
    assert (case.id, case.state, case.municipality, case.holder_id) == (number, "waiting", "larvik", None)
    assert case.waiting_since is not None and case.target_at is not None
    assert states(place, "shared", "own") == [WAITING, WAITING]
    assert place.keys("shared").count("handover_requeued") == int(taken) and "handover_requeued" not in place.keys("own")
    with pytest.raises(NoSuchCase):
        view(place, kari, number)
    moved = [event.details for event in view(place, siv, number).events if event.kind == "moved"]
    assert moved == [{"before": "Oslo", "to": "Larvik"}]
    assert rounds.round() == 0


def test_a_case_that_an_advisor_sent_elsewhere_stays_there(place: Place) -> None:
    place.chat("shared")
    kari, number = held(place, "shared")
    place.joins("shared", of_larvik(place))
    siv = place.advisor("Siv", "larvik")
    place.do(siv, "take", number)
    place.clock.go_on(minutes=1)
    place.do(siv, "send_on", number, "oslo")
    place.says("money", "shared")
    assert (place.open("shared").municipality, place.open("shared").id) == ("oslo", number)
    assert "person" in written(view(place, kari, number))


def test_an_advisor_of_the_plans_municipality_keeps_the_case(place: Place) -> None:
    place.chat("shared", "larvik")
    place.says("person", "shared")
    number, anna = place.open("shared").id, place.advisor("Anna", "", Role.ADMINISTRATOR)
    place.do(anna, "take", number)
    place.clock.go_on(minutes=1)
    with place.sessions.begin() as session:
        ali = people.person(session, place.seal, "OSL-1")
    place.joins("shared", ali)
    case = place.open("shared")
    assert (case.municipality, case.state, case.holder_id) == ("oslo", "held", anna.id) and states(place, "shared") == [HUMAN]


def test_a_case_passed_on_to_a_chat_that_was_once_somebody_elses_goes_on(place: Place) -> None:
    ali = place.linked("page")
    place.linked("phone", "OSL-2")
    kari, number = held(place)
    place.clock.go_on(minutes=1)
    place.joins("phone", ali)
    place.clock.go_on(minutes=1)
    place.unlinked(number_of(place, "page"))
    place.says("money", "phone")
    assert (place.open("phone").id, place.open("phone").holder_id) == (number, kari.id)


def test_earlier_cases_are_those_of_the_same_person(place: Place) -> None:
    place.linked("shared")
    kari, of_ali = held(place, "shared")
    place.do(kari, "give_back", of_ali, "answered")
    place.clock.go_on(minutes=1)
    place.chat("own")
    place.says("person", "own")
    unlinked = place.open("own").id  # of the one who types a code there later
    place.do(kari, "give_back", unlinked, "not_needed")
    place.clock.go_on(minutes=1)
    with place.sessions.begin() as session:
        berit = people.person(session, place.seal, "OSL-2")
    place.joins("own", berit)
    place.joins("shared", berit)
    place.clock.go_on(minutes=1)
    place.says("person", "shared")
    number = place.open("shared").id
    assert [case.id for case in view(place, kari, number).earlier] == [unlinked]
    assert view(place, kari, of_ali).earlier == ()
    assert view(place, kari, unlinked).earlier == ()


# at once


def test_many_things_at_once_never_wait_for_each_other_in_a_circle(place: Place, ali: int, rounds: CaseRounds) -> None:
    """Both chats write, an advisor acts, chats are linked and unlinked, languages chosen: on PostgreSQL a deadlock would be an error."""
    kari, number = held(place)
    page, phone = number_of(place, "page"), number_of(place, "phone")
    codes = [place.code(ali)]
    counter = iter(range(10_000))

    def once(turn: int) -> None:
        key = f"k{next(counter)}"
        kinds = [
            lambda: place.says("money", "page", external_id=f"p{key}"),
            lambda: place.says("violence", "phone", external_id=f"q{key}"),
            lambda: place.says(ARABIC, "page", external_id=f"r{key}"),
            lambda: place.says("money", "phone", external_id=f"s{key}", chosen="so"),
            lambda: place.do(kari, "say_text", number, "Hello", key, "en"),
            lambda: place.do(kari, "book", number, MEETING, key),
            lambda: place.unlinked(phone),
            lambda: place.says(codes[0], "phone", external_id=f"t{key}"),
            lambda: codes.insert(0, place.code(ali)),
            rounds.round,
        ]
        kinds[turn % len(kinds)]()

    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(once, turn) for turn in range(80)]:
            done.result()
    with place.sessions.begin() as session:
        session.execute(delete(LinkTry))  # codes that were used up
    place.joins("phone", ali)
    rounds.round()
    assert states(place, "page", "phone") == [HUMAN, HUMAN]
    with place.sessions() as session:
        assert one_case.out_of_step(session) == [] and chats_of(session, page) == tuple(sorted((page, phone)))
        keys = list(session.scalars(select(Message.external_id).where(Message.author == Author.ADVISOR)))
    assert len(keys) == len(set(keys)) == 16
