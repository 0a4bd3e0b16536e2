"""Groups: the bot hears only what is said to it, tells nothing personal, answers below the message and in its topic."""

from __future__ import annotations

import pytest

from bot.channels.telegram.reading import GROUP_ANONYMOUS_BOT
from bot.plans.link_codes import new_code
from tests.channels.telegram.setting import Station
from tests.fake_messengers.telegram import BOT, GROUP, NAME, OTHER, PERSON, SUPERGROUP, FakeTelegram, Trouble


def mention(text: str, name: str = f"@{NAME}") -> dict:
    """The text with its mention, counted as Telegram counts."""
    before = text[: text.index(name)]
    return {"text": text, "entities": [{"type": "mention", "offset": len(before.encode("utf-16-le")) // 2, "length": len(name)}]}


def test_what_is_said_to_others_is_not_even_stored(station: Station, telegram: FakeTelegram) -> None:
    telegram.writes("my secret", GROUP)
    telegram.update("message", telegram.message(GROUP, **mention("@SomebodyElse look", "@SomebodyElse")))
    telegram.update(
        "message", telegram.message(GROUP, text="/help@OtherBot", entities=[{"type": "bot_command", "offset": 0, "length": 14}])
    )
    telegram.update("message", telegram.message(GROUP, text="hi", reply_to_message=telegram.message(GROUP, OTHER, text="x")))
    telegram.update("message", telegram.message(GROUP, photo=[{"file_id": "f", "width": 1}]))
    edited = telegram.message(GROUP, text="my secret")
    telegram.update("edited_message", {**edited, "edit_date": 5})
    telegram.update("message", telegram.message(GROUP, new_chat_members=[telegram.person(OTHER)]))
    station.settle()
    assert station.heard() == []
    assert station.said() == []
    assert station.arrivals_in("done") == 0
    assert telegram.called("sendChatAction") == []


@pytest.mark.parametrize(
    ("words", "heard"),
    [
        (f"@{NAME} how much money", "how much money"),
        (f"how much 😀😀 @{NAME} money", "how much 😀😀 money"),
        (f"كم المال @{NAME}؟", "كم المال ؟"),
        (f"hello, @{NAME.upper()}", "hello"),
    ],
)
def test_its_name(station: Station, telegram: FakeTelegram, words: str, heard: str) -> None:
    name = NAME.upper() if NAME.upper() in words else NAME
    message = telegram.message(GROUP, **mention(words, f"@{name}"))
    telegram.update("message", message)
    station.settle()
    assert station.heard(f"{GROUP}:{PERSON}") == [heard]
    sent = telegram.sent(GROUP)
    assert [one["reply_parameters"]["message_id"] for one in sent] == [message["message_id"]]
    assert station.assistant.asked[0].group


def test_nothing_but_its_name(station: Station, telegram: FakeTelegram) -> None:
    telegram.update("message", telegram.message(GROUP, **mention(f"@{NAME}")))
    station.settle()
    assert len(station.said(GROUP)) == 1


def test_its_name_without_a_username_and_answers_to_it(station: Station, telegram: FakeTelegram) -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 8, "user": {"id": BOT, "is_bot": True}}
    telegram.update("message", telegram.message(GROUP, text="Veiviser one", entities=[entity]))
    telegram.update("message", telegram.message(GROUP, text="two", reply_to_message={"message_id": 1, "from": {"id": BOT}}))
    telegram.update("message", telegram.message(GROUP, caption=f"three @{NAME}", photo=[{"file_id": "f", "width": 1}],
                    caption_entities=[{"type": "mention", "offset": 6, "length": len(NAME) + 1}]))  # fmt: skip
    station.settle()
    assert station.heard() == ["one", "two", "three"]
    assert telegram.called("getFile") == []  # goes to nobody


def test_commands_in_a_group(station: Station, telegram: FakeTelegram) -> None:
    for text in ("/help", f"/help@{NAME}", f"/unknown@{NAME}", "/unknown"):
        telegram.writes(text, GROUP)
    station.settle()
    assert len(station.said(GROUP)) == 3  # /unknown may be anybody's


def test_people_in_a_group_are_told_apart(station: Station, telegram: FakeTelegram) -> None:
    telegram.update("message", telegram.message(GROUP, PERSON, **mention(f"@{NAME} one")))
    telegram.update("message", telegram.message(GROUP, OTHER, **mention(f"@{NAME} two")))
    anonymous = {"sender_chat": {"id": GROUP, "type": "group"}, "from": {"id": GROUP_ANONYMOUS_BOT, "is_bot": True}}
    telegram.update("message", {**telegram.message(GROUP, **mention(f"@{NAME} three")), **anonymous})
    station.settle()
    assert set(station.conversations()) == {f"{GROUP}:{PERSON}", f"{GROUP}:{OTHER}", f"{GROUP}:anonymous"}
    assert len(station.said(GROUP)) == 3


def test_a_forum(station: Station, telegram: FakeTelegram) -> None:
    """In a topic every message formally answers the one that opened it; the answer goes into the topic, also after it is gone."""
    opened = {"message_id": 2, "from": {"id": BOT}, "forum_topic_created": {"name": "Penger"}}
    topic = {"message_thread_id": 2, "is_topic_message": True, "reply_to_message": opened}
    telegram.update("message", telegram.message(SUPERGROUP, text="to nobody", **topic))
    telegram.update("message", telegram.message(SUPERGROUP, **mention(f"@{NAME} money"), **topic))
    station.settle()
    assert station.heard() == ["money"]
    assert telegram.sent(SUPERGROUP)[0]["message_thread_id"] == 2
    telegram.closed_threads.add(2)
    telegram.update("message", telegram.message(SUPERGROUP, **mention(f"@{NAME} and then"), **topic))
    station.settle()
    assert "message_thread_id" not in telegram.sent(SUPERGROUP)[1]
    assert station.said(SUPERGROUP)[1] == "answer to and then"


def test_what_is_personal_gets_a_door(office: Station, telegram: FakeTelegram) -> None:
    telegram.writes("/plan", GROUP)
    telegram.writes("/plan", PERSON)
    telegram.update("message", telegram.message(GROUP, **mention(f"@{NAME} {new_code()}")))
    office.settle()
    in_group = [button for sent in telegram.sent(GROUP) for row in sent["reply_markup"]["inline_keyboard"] for button in row]
    assert [button["url"] for button in in_group if "url" in button] == [
        f"https://t.me/{NAME}?start=my_plan",
        f"https://t.me/{NAME}?start=link_account",
    ]
    assert "url" not in str(telegram.sent(PERSON))
    assert office.said(GROUP)[1] == office.library.phrase("link_not_in_groups", "en")


def test_a_button_in_a_group_answers_whoever_pressed(station: Station, telegram: FakeTelegram) -> None:
    telegram.update("message", telegram.message(GROUP, **mention(f"@{NAME} one")))
    station.settle()
    telegram.presses("More", GROUP, OTHER)
    station.settle()
    assert station.heard(f"{GROUP}:{OTHER}") == ["/more"]
    assert station.said(GROUP)[1] == "answer to /more"


def test_added_removed_and_added_again(station: Station, telegram: FakeTelegram) -> None:
    def change(before: str, after: str, **more: bool) -> dict:
        member = {"new_chat_member": {"status": after, **more}, "old_chat_member": {"status": before}}
        return telegram.update("my_chat_member", {"chat": telegram.chat(GROUP), "from": telegram.person(), "date": 1, **member})

    added = change("left", "member")
    station.put(added, added)
    station.settle()
    assert station.said(GROUP) == ["nb: group_hello"]
    telegram.update("message", telegram.message(GROUP, **mention(f"@{NAME} one")))
    station.settle()
    change("member", "kicked")
    station.settle()
    assert set(station.conversations().values()) == {"removed"}
    change("kicked", "restricted", is_member=False)
    change("left", "administrator")
    station.settle()
    assert set(station.conversations().values()) == {None}
    assert station.said(GROUP) == ["nb: group_hello", "answer to one"]  # greeted once


def test_a_group_that_becomes_a_supergroup(station: Station, telegram: FakeTelegram) -> None:
    telegram.update("message", telegram.message(GROUP, **mention(f"@{NAME} one")))
    station.settle()
    telegram.update("message", telegram.message(GROUP, **mention(f"@{NAME} two")))
    telegram.migrated[GROUP] = SUPERGROUP
    station.settle()  # the answer meets the error and goes to the new number
    assert station.said(SUPERGROUP) == ["answer to two"]
    old, new = telegram.message(GROUP, migrate_to_chat_id=SUPERGROUP), telegram.message(SUPERGROUP, migrate_from_chat_id=GROUP)
    station.put(*(telegram.update("message", message) for message in (old, new, new, old)))
    telegram.update("message", telegram.message(SUPERGROUP, **mention(f"@{NAME} three")))
    station.settle()
    assert station.said(SUPERGROUP) == ["answer to two", "answer to three"]
    assert set(station.conversations()) == {f"{SUPERGROUP}:{PERSON}"}
    assert station.heard(f"{SUPERGROUP}:{PERSON}") == ["one", "two", "three"]


def test_a_group_that_moved_while_it_is_spoken_to_under_both_numbers(station: Station, telegram: FakeTelegram) -> None:
    telegram.update("message", telegram.message(GROUP, **mention(f"@{NAME} old")))
    telegram.update("message", telegram.message(SUPERGROUP, **mention(f"@{NAME} new")))
    telegram.migrated[GROUP] = SUPERGROUP
    station.settle()
    assert sorted(station.said(SUPERGROUP)) == ["answer to new", "answer to old"]


def test_removed_is_noticed_when_sending(station: Station, telegram: FakeTelegram) -> None:
    telegram.update("message", telegram.message(GROUP, **mention(f"@{NAME} one")))
    telegram.blocked.add(GROUP)
    station.settle()
    assert station.conversations() == {f"{GROUP}:{PERSON}": "removed"}
    assert station.departures() == [("failed", "removed")]


def test_telegram_is_away_while_the_bot_has_to_know_its_name(station: Station, telegram: FakeTelegram) -> None:
    telegram.update("message", telegram.message(GROUP, **mention(f"@{NAME} one")))
    station.poll()
    later = station.again()  # another process, which does not know the bot yet
    telegram.trouble("getMe", *[Trouble(500)] * 7)
    later.settle()
    assert later.said(GROUP) == ["answer to one"]
    assert later.stuck == []
