"""Guides as a participant meets them: asked, answered, corrected, left, taken up again. Rasa's form is played by a few lines here;

tests/understanding/in_rasa plays the same with Rasa itself.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session, sessionmaker

from actions import validate_guides
from actions.action_ask_guide_done import AskGuideDone
from actions.action_guide_result import GuideResult
from bot.content import Library, compose, content_folder
from bot.plans.linking import Linked, make_code, use_code
from bot.plans.wishes import wishes
from bot.storage.sealing import Seal
from tests.plans import people

LIBRARY = Library(content_folder())


class Chat:
    """One person in one guide."""

    def __init__(self, guide: str, language: str = "nb", sender: str = "shell") -> None:
        self.form, self.language, self.sender = f"{guide}_form", language, sender
        self.slots: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.said: list[str] = []
        self.buttons: list[str] = []
        self.start()

    def start(self) -> str:
        """The button that starts the guide."""
        return self.turn({"text": "/start", "intent": {"name": "start", "confidence": 1.0}}, starts=True)

    def say(self, text: str, intent: str = "nlu_fallback", confidence: float = 0.3, **entities: str) -> str:
        found = [{"entity": name, "value": value} for name, value in entities.items()]
        return self.turn({"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": found})

    def press(self, value: str, question: str = "") -> str:
        """A button of the question asked, or of an older one."""
        values = {"value": value, "question": question or str(self.slots["guide_asked"])}
        found = [{"entity": name, "value": value} for name, value in values.items()]
        return self.turn({"text": "/answer" + json.dumps(values), "intent": {"name": "answer", "confidence": 1.0}, "entities": found})

    def turn(self, message: dict[str, Any], starts: bool = False) -> str:
        """What Rasa does with a message while the form is active; "REJECTED" when the message is left to the policies."""
        message["metadata"] = {"language": self.language, "municipality": ""}
        self.events.append({"event": "user", **message})
        if starts:
            self.events += [{"event": "action", "name": "action_start_guide"}]
        self.events.append({"event": "action", "name": self.form})
        self.said = []
        validate = getattr(validate_guides, "Validate" + "".join(part.title() for part in self.form.removesuffix("_form").split("_")))
        events = self.run(validate(), message)
        if not events:
            return "REJECTED"
        self.active = True
        if self.slots.get("requested_slot") is None:
            self.active = False
            self.run(GuideResult(), message)
        else:
            self.run(AskGuideDone(), message)
        return "\n".join(self.said)

    def run(self, action: Action, message: dict[str, Any]) -> list[dict[str, Any]]:
        loop = {"name": self.form}  # Rasa counts a form as active from its very first call
        tracker = Tracker(self.sender, dict(self.slots), message, self.events, False, None, loop, "action_listen")
        dispatcher = CollectingDispatcher()
        events = action.run(dispatcher, tracker, {})
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        for sent in dispatcher.messages:
            said = compose(LIBRARY, sent["key"], self.language, sent["lines"], choices=sent["choices"])
            self.said.append(said.text)
            self.buttons = [choice.payload for choice in said.choices]
        return events


def test_a_guide_introduces_itself_and_offers_a_way_out() -> None:
    chat = Chat("support")
    assert chat.said[0].startswith("Jeg regner ut omtrent")
    assert "Hvilken måned gjelder det?" in chat.said[0]
    assert '/answer{"value": "stop", "question": "month"}' in chat.buttons


def answered_support(chat: Chat, age: str = "30") -> str:
    chat.press("this_month")
    chat.say(age, age=age)
    if int(age) < 25:
        chat.press("not_with_parents")
    chat.press("no")
    chat.say("0")
    chat.press("no")
    return chat.press("no")


def test_the_estimate_shows_its_arithmetic_and_law() -> None:
    said = answered_support(Chat("support"))
    assert "2 × 136549 / 12 = 22 758,17 kr" in said.replace("\u00a0", " ")
    assert "Integreringsloven" in said and "§ 20" in said
    assert "overslag, ikke et vedtak" in said


def test_below_full_age_the_home_is_asked_and_decides() -> None:
    said = answered_support(Chat("support"), "24")
    assert "15 172,11 kr" in said.replace("\u00a0", " ")
    assert "Fyller du 25 år denne måneden" in said


def test_no_i_meant_corrects_the_answer_before() -> None:
    chat = Chat("support")
    chat.press("this_month")
    assert "ektefelle" in chat.say("42", age="42")
    said = chat.say("nei, jeg mente 24", age="24")
    assert said.startswith("Takk, jeg har rettet det.")
    assert "mor eller far" in said  # the question that an age of 24 brings


def test_an_answer_that_only_fits_the_question_before_corrects_it() -> None:
    chat = Chat("support")
    chat.press("this_month")
    chat.say("42")
    assert "rettet" in chat.say("24", age="24")


def test_the_button_of_an_earlier_question_corrects_its_answer() -> None:
    chat = Chat("support")
    chat.press("this_month")
    chat.say("42")
    assert "rettet" in chat.press("last_month", question="month")
    assert chat.slots["guides"]["support"]["answers"]["month"] == "last_month"
    assert "rettet" not in chat.press("yes", question="has_work")  # not asked yet
    assert "has_work" not in chat.slots["guides"]["support"]["answers"]


def test_no_we_do_not_answers_the_question_asked() -> None:
    chat = Chat("support")
    chat.press("this_month")
    chat.say("42")
    chat.press("yes")
    chat.say("Nei, vi har ikke det", intent="deny", confidence=0.9)
    assert chat.slots["guides"]["support"]["answers"]["partner"] == "yes"
    assert chat.slots["guides"]["support"]["answers"]["children"] == "no"


def test_plain_no_is_an_answer_to_a_yes_or_no_question() -> None:
    chat = Chat("support")
    chat.press("this_month")
    chat.say("42")
    assert "timer var du borte" in chat.say("Nei", intent="deny", confidence=0.9)


def test_a_question_in_between_is_left_to_the_policies_and_then_asked_again() -> None:
    chat = Chat("support")
    assert chat.say("hva betyr B1?", intent="norskprove_levels", confidence=0.9) == "REJECTED"
    assert chat.slots["guide_asked"] == "month"


def test_what_nobody_understands_is_asked_again_with_a_hint() -> None:
    chat = Chat("support")
    assert "Velg ett av svarene" in chat.say("blå")
    chat.press("this_month")
    assert "Skriv bare et tall" in chat.say("gammel")


def test_a_guide_can_be_left_and_taken_up_where_it_was() -> None:
    chat = Chat("support")
    chat.press("this_month")
    assert "Jeg husker svarene dine" in chat.say("stopp")
    said = chat.start()
    assert said.startswith("Vi fortsetter der du sluttet.")
    assert "Hvor gammel er du?" in said
    assert "Hvilken måned" in chat.press("restart")


def test_practice_counts_two_jobs_and_names_what_is_missing() -> None:
    chat = Chat("practice")
    chat.say("kokk", occupation="cook")
    for start, end, where, papers, more in (("01.2020", "12.2021", "in_norway", "yes", "yes"), ("2015", "12.2016", "abroad", "no", "no")):
        chat.say(start)
        chat.say(end)
        chat.say("100")
        chat.press(where)
        chat.press(papers)
        said = chat.press(more)
    said = chat.say("0")
    assert "Dette teller ganske sikkert: 2 år." in said
    assert "Dette kan telle, hvis fylkeskommunen godtar det: 2 år" in said
    assert "Du mangler 3 år på heltid." in said


def test_interests_tell_types_occupations_and_points_for_the_advisor() -> None:
    chat = Chat("interests")
    types = LIBRARY.texts("interests", "nb")
    assert types["statements"]["repair_bicycle"] in chat.said[0]
    assert chat.said[0].count("1 av 30") == 1
    from bot.guidance.interests import read_questionnaire

    liked = read_questionnaire(LIBRARY.data).types
    for statement in liked:
        said = chat.press("like_very_much" if liked[statement] == "social" else "dislike")
    assert "• Sosial:" in said
    assert "Dette er en start på en samtale" in said
    assert len(chat.said) == 3 and "på norsk" in chat.said[2]


@pytest.fixture
def linked(sessions: sessionmaker[Session], seal: Seal, monkeypatch: pytest.MonkeyPatch) -> str:
    """A chat that is linked to a participant; the actions read the same database."""
    monkeypatch.setattr("actions.case.sessions", lambda: sessions)
    monkeypatch.setattr("actions.guides.wishes.sessions", lambda: sessions)
    monkeypatch.setattr("actions.case.seal", lambda: seal)
    monkeypatch.setattr("actions.guides.wishes.seal", lambda: seal)
    with sessions.begin() as session:
        participant, chat = people.person(session, seal), people.chat(session)
        code = make_code(session, participant, "KN", people.NOW, key=b"k")
        assert isinstance(use_code(session, chat, code, people.NOW, key=b"k"), Linked)
    return f"c{chat}"


def test_a_note_of_absence_reaches_the_advisor_only_after_yes(linked: str, sessions: sessionmaker[Session], seal: Seal) -> None:
    chat = Chat("absence", sender=linked)
    chat.press("today")
    chat.press("whole_day")
    question = chat.press("child_illness")
    assert "Hele dagen. Barnet er sykt." in question
    with sessions() as session:
        assert not wishes(session, seal)
    assert "Beskjeden er lagret" in chat.press("yes")
    with sessions() as session:
        (stored,) = wishes(session, seal)
    assert (stored.kind, stored.details["why"], stored.text) == ("absence", "child_illness", "")


def test_a_wish_keeps_the_persons_own_words_and_no_is_respected(linked: str, sessions: sessionmaker[Session], seal: Seal) -> None:
    chat = Chat("plan_change", sender=linked)
    chat.say("ናይ ምግቢ ስራሕ ክመሃር ደልየ", intent="career_choose", confidence=0.9)  # free words, whatever topic they look like
    assert "«ናይ ምግቢ ስራሕ ክመሃር ደልየ" in chat.say("ኣብ ዓደይ ከሻኒ ነይረ")
    assert "ingenting" in chat.press("no")
    with sessions() as session:
        assert not wishes(session, seal)


def test_a_national_number_in_a_wish_is_not_stored(linked: str, sessions: sessionmaker[Session], seal: Seal) -> None:
    chat = Chat("meeting", sender=linked)
    chat.say("Jeg heter X, 01010750160")
    chat.press("any_time")
    chat.press("no")
    assert "fødselsnummer" in chat.press("yes")
    with sessions() as session:
        assert not wishes(session, seal)


def test_the_route_finder_asks_what_matters_and_tells_each_route() -> None:
    chat = Chat("route")
    chat.say("35")
    chat.press("refugee")
    chat.say("Oslo", municipality="oslo")
    asked: list[str] = []
    answers = {"schooling": "primary", "has_experience": "no", "has_work": "no", "in_programme": "no"}
    while chat.active and len(asked) < 30:
        asked.append(chat.slots["guide_asked"])
        said = chat.press(answers.get(asked[-1], "unknown"))
    assert "schooling" in asked and len(asked) == len(set(asked))
    assert "Åpen nå:" in said and "Videregående for voksne" in said
    assert '/route_finder{"part": "vgs_adult"}' in chat.buttons
    assert all(len(message) <= 900 for message in chat.said)


def test_a_route_is_told_with_verdict_next_step_and_who_decides() -> None:
    from actions.guide_state import situation_of
    from actions.guides.route import RouteLogic
    from bot.guidance.guides.progress import Progress

    tracker = Tracker("shell", {}, {"metadata": {"language": "nb"}}, [], False, None, {}, "action_listen")
    guide = LIBRARY.guides()["route"]
    progress = Progress({"age": 35, "permit": "refugee", "schooling": "none", "has_experience": "no", "has_work": "no"})
    told = RouteLogic().part("fov", guide, progress, situation_of(tracker))
    assert told is not None and told.facts
    text = compose(LIBRARY, told.key, "nb", told.lines, facts=told.facts)
    assert "Søk om FOV i kommunen din." in text.text and "avgjør" in text.text
    assert text.sources
    assert RouteLogic().part("nothing", guide, progress, situation_of(tracker)) is None
