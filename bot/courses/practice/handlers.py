"""What a person can do: choose a subject, answer, go on, stop, see and show how it goes. Every handler answers whatever was typed."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from bot.content import Library
from bot.content.lines import BLANK, Line, choice, line
from bot.content.practice import SKILLS, practice_items
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.practice.answering import PROGRESS, answer_messages, to_next
from bot.courses.practice.asking import QUESTION, Asking, askings, next_number, open_asking, question, reader_of
from bot.courses.practice.keeping import answered_since, read_memory, store_answer
from bot.courses.practice.memory import Memory, bank_of
from bot.courses.practice.progress import progress_of
from bot.courses.practice.rules import next_item, shuffled
from bot.courses.practice.showing import progress, share
from bot.courses.practice.typed import chosen, is_lone_sign
from bot.courses.relevance import relevance_lines
from bot.courses.turn import Handler, Turn
from bot.plans.chats import chats_of
from bot.storage.tables import Conversation

SUBJECTS = tuple(SKILLS)


def menu(turn: Turn) -> list[SaidMessage]:
    """What there is to practise, how much of it lasts, and where to go on."""
    items, memory = practice_items(turn.courses.library.data), _memory(turn)
    lines = [line("practice_what"), BLANK]
    for subject in SUBJECTS:
        share = progress_of(bank_of(subject, items.values()), memory).items
        numbers = {"known": share.known, "seen": share.seen, "all": share.all}
        lines.append(line("practice_subject_line", subject=line(f"practice_subject_{subject}"), **numbers))
    waiting = open_asking(turn.session, turn.conversation.id, items)
    last = waiting.item if waiting else memory.last
    buttons = [to_next(items[last].subject, "practice_continue")] if last in items else []
    buttons += [choice(f"practice_subject_{subject}", "/practice_subject" + json.dumps({"subject": subject})) for subject in SUBJECTS]
    shown = [*buttons, PROGRESS] if memory.answers else buttons
    return [composed(turn.courses.library, "practice", turn.language, [*lines, BLANK, line("practice_choose")], choices=shown)]


def choose_subject(turn: Turn) -> list[SaidMessage]:
    """The next question of a subject; the one that waits for its answer, where one does."""
    name = turn.word("subject")
    return ask(turn, name) if name in SUBJECTS else menu(turn)


def answer(turn: Turn) -> list[SaidMessage]:
    """A pressed choice: it counts once, and only while its question is known."""
    place, number = turn.number("choice"), turn.number("asked")
    found = next((one for one in askings(turn.session, turn.conversation.id) if one.asked == number), None)
    item = practice_items(turn.courses.library.data).get(found.item) if found else None
    if found is None or item is None or found.item != turn.word("item") or place is None or place > len(item.wrong):
        return _past(turn)
    return _answered(turn, found, place)


def typed(turn: Turn) -> list[SaidMessage]:
    """Free words after a question: a choice, its letter or its number. A lone sign that could be two or none: the question again."""
    items = practice_items(turn.courses.library.data)
    waiting = open_asking(turn.session, turn.conversation.id, items)
    if waiting is None:
        return []
    place = chosen(turn.text, shuffled(items[waiting.item], waiting.asked))
    if place is None:
        return ask(turn, items[waiting.item].subject) if is_lone_sign(turn.text) else []
    return _answered(turn, waiting, place)


def takes(session: Session, conversation: Conversation, library: Library, text: str) -> bool:
    """True where words after a question are its answer; all others are for the assistant."""
    items = practice_items(library.data)
    waiting = open_asking(session, conversation.id, items)
    if waiting is None:
        return False
    return is_lone_sign(text) or chosen(text, shuffled(items[waiting.item], waiting.asked)) is not None


def relevant(turn: Turn) -> list[SaidMessage]:
    """Whether a skill is on the tests, said honestly, and where to check."""
    name, skill = turn.word("subject"), turn.word("skill")
    if skill not in SKILLS.get(name, ()):
        return menu(turn)
    library = turn.courses.library
    lines = relevance_lines(library, turn.session, turn.course, f"practice:{name}:{skill}", turn.language)
    buttons = [to_next(name), choice("practice_menu", "/practice")]
    return [composed(library, "practice_relevant", turn.language, lines, choices=buttons)] if lines else menu(turn)


def stop(turn: Turn) -> list[SaidMessage]:
    """Enough for now; nothing is lost."""
    buttons = [choice("practice_continue", "/practice"), PROGRESS]
    return [composed(turn.courses.library, "practice_stopped", turn.language, [line("practice_stopped")], choices=buttons)]


def ask(turn: Turn, name: str, before: Line | None = None) -> list[SaidMessage]:
    """Asks the next question of a subject."""
    items = practice_items(turn.courses.library.data)
    bank, waiting = bank_of(name, items.values()), open_asking(turn.session, turn.conversation.id, items)
    own = bank.part_of(_memory(turn))
    if waiting is not None and waiting.item in bank.items:
        return [question(reader_of(turn), items[waiting.item], waiting.asked, own, before)]
    item = next_item(bank, own, turn.now, str(min(_chats(turn))))
    if item is None:
        return [composed(turn.courses.library, "practice_none", turn.language, [line("practice_none")])]
    return [question(reader_of(turn), item, next_number(turn.session, turn.conversation.id), own, before)]


def _answered(turn: Turn, asking: Asking, place: int) -> list[SaidMessage]:
    items = practice_items(turn.courses.library.data)
    item, waiting = items[asking.item], open_asking(turn.session, turn.conversation.id, items)
    right = shuffled(item, asking.asked)[place] == item.right
    # Where the same item was asked anew since, this is the answer to that asking, or it would count twice.
    number = waiting.asked if waiting is not None and waiting.item == item.id else asking.asked
    bank, before = bank_of(item.subject, items.values()), _memory(turn)
    counted = answered_since(turn.session, turn.conversation.id, item.id, asking.asked)
    if counted or not store_answer(turn.session, turn.conversation.id, _chats(turn), number, item.id, right, turn.now):
        key, buttons = "practice_counted", [to_next(item.subject)]
        return [composed(turn.courses.library, key, turn.language, [line(key)], choices=buttons)]
    return answer_messages(reader_of(turn), bank, item, bank.part_of(before), bank.part_of(_memory(turn)))


def _past(turn: Turn) -> list[SaidMessage]:
    items = practice_items(turn.courses.library.data)
    item = items.get(turn.word("item"))
    return ask(turn, item.subject, line("practice_past")) if item else menu(turn)


def _chats(turn: Turn) -> tuple[int, ...]:
    return chats_of(turn.session, turn.conversation.id)


def _memory(turn: Turn) -> Memory:
    return read_memory(turn.session, _chats(turn))


HANDLERS: dict[str, Handler] = {
    "practice": menu,
    "practice_subject": choose_subject,
    "practice_next": choose_subject,
    "practice_answer": answer,
    "practice_progress": progress,
    "practice_share": share,
    "practice_relevant": relevant,
    "practice_stop": stop,
}
EXPECTS: dict[str, Handler] = {QUESTION: typed}
TAKES = {QUESTION: takes}  # by the same keys: which words EXPECTS is for
WORDS = {"words_practice": "/practice"}
ABOUT_TESTS = frozenset(
    {
        "norskprove_prepare",
        "norskprove_what",
        "norskprove_levels",
        "norwegian_self_study",
        "vgs_intake_test_oslo",
        "vgs_intake_test_elsewhere",
        "vgs_language_level",
        "help_menu",
    }
)
BESIDE = ((ABOUT_TESTS, "practice_start", "/practice"),)
