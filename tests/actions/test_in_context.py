"""What actions do with what was said before, without a server."""

from __future__ import annotations

from typing import Any

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.action_affirm import Affirm
from actions.action_deny import Deny
from actions.action_feedback_wrong import FeedbackWrong
from actions.action_not_understood import NotUnderstood
from bot.settings import ROOT


def user(intent: str, *ranking: tuple[str, float]) -> dict[str, Any]:
    parsed = {"intent": {"name": intent}, "intent_ranking": [{"name": name, "confidence": c} for name, c in ranking]}
    return {"event": "user", "parse_data": parsed}


def bot(key: str, *topics: str, topic: str = "") -> dict[str, Any]:
    said = {"key": key, "topic": topic, "choices": [{"title": name, "payload": f"/{name}"} for name in topics]}
    return {"event": "bot", "metadata": {"said": said}}


def after(*events: dict[str, Any]) -> Tracker:
    newest = next((event["parse_data"] for event in reversed(events) if event["event"] == "user"), {})
    return Tracker("somebody", {}, newest, list(events), False, None, {}, "action_listen")


def said(action: Any, tracker: Tracker) -> list[tuple[str, Any, Any]]:
    dispatcher = CollectingDispatcher()
    action.run(dispatcher, tracker, {})
    return [(m["response"], m.get("key"), m.get("topics")) for m in dispatcher.messages]


RANKING = (("stonad_amount", 0.3), ("greet", 0.2), ("stonad_ends", 0.2), ("kvp", 0.1), ("fov", 0.05), ("jobbsjansen", 0.01))


def test_the_three_nearest_topics_are_suggested_without_small_talk() -> None:
    tracker = after(user("nlu_fallback", ("nlu_fallback", 0.2), *RANKING))
    assert said(NotUnderstood(), tracker) == [("utter_phrase", "suggest", ["stonad_amount", "stonad_ends", "kvp", "talk_to_human"])]


def test_the_second_time_in_a_row_a_person_is_offered() -> None:
    tracker = after(user("nlu_fallback", *RANKING), bot("suggest", "kvp"), user("nlu_fallback", *RANKING))
    assert said(NotUnderstood(), tracker) == [("utter_phrase", "offer_person", ["talk_to_human", "help_menu"])]


def test_something_understood_in_between_begins_the_count_anew() -> None:
    tracker = after(user("nlu_fallback"), bot("suggest"), user("greet"), bot("greet"), user("nlu_fallback", *RANKING))
    assert said(NotUnderstood(), tracker)[0][1] == "suggest"


def test_nothing_near_asks_for_other_words() -> None:
    assert said(NotUnderstood(), after(user("nlu_fallback", ("kvp", 0.01))))[0][1] == "say_it_differently"


def test_yes_takes_the_one_thing_offered() -> None:
    assert said(Affirm(), after(bot("offer_person", "talk_to_human", "help_menu"), user("affirm"))) == [("utter_talk_to_human", None, None)]
    assert said(Affirm(), after(bot("suggest", "kvp", "talk_to_human"), user("affirm"))) == [("utter_kvp", None, None)]


def test_yes_to_several_asks_which() -> None:
    tracker = after(bot("stonad_amount", "kvp", "fov", topic="stonad_amount"), user("affirm"))
    assert said(Affirm(), tracker) == [("utter_phrase", "which_one", ["kvp", "fov"])]


def test_no_to_suggestions_asks_for_other_words_and_else_is_a_friendly_word() -> None:
    assert said(Deny(), after(bot("suggest", "kvp"), user("deny")))[0][1] == "say_it_differently"
    assert said(Deny(), after(bot("stonad_amount", "kvp"), user("deny"))) == [("utter_deny", None, None)]


def test_that_is_wrong_offers_the_other_readings_of_the_question() -> None:
    tracker = after(user("stonad_amount", *RANKING), bot("stonad_amount", topic="stonad_amount"), user("feedback_wrong"))
    assert said(FeedbackWrong(), tracker) == [
        ("utter_feedback_wrong", None, None),
        ("utter_phrase", "suggest", ["stonad_ends", "kvp", "talk_to_human"]),
    ]


def test_the_action_server_knows_every_action_of_the_domain() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    forms = {f"validate_{file.stem}_form" for file in (ROOT / "data" / "guides").glob("*.yml")}
    assert set(executor.actions) == set(domain["actions"]) | forms
