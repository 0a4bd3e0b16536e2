"""How it goes, told to the person; and to the teacher only where the person wants it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.lines import BLANK, Line, choice, line, words
from bot.content.practice import LEVELS, practice_items
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.practice.answering import skill_name
from bot.courses.practice.keeping import read_memory
from bot.courses.practice.memory import bank_of
from bot.courses.practice.progress import Progress, progress_of
from bot.courses.turn import Turn
from bot.plans.chats import chats_of

MENU = choice("practice_menu", "/practice")
BEGIN = choice("practice_share_begin", "/practice_share")
END = choice("practice_share_end", '/practice_share{"on": false}')


def progress(turn: Turn) -> list[SaidMessage]:
    """Every subject that was practised: level, what lasts, the newest answers, each skill."""
    memory = read_memory(turn.session, chats_of(turn.session, turn.conversation.id))
    items = practice_items(turn.courses.library.data)
    found = [progress_of(bank_of(subject, items.values()), memory) for subject in LEVELS]
    lines = [one for shown in found if shown.items.seen for one in (*_subject(shown), BLANK)]
    begin = [line("practice_progress_begin"), line("practice_known_means"), BLANK] if lines else [line("practice_progress_none"), BLANK]
    member = turn.member
    seen = "practice_teacher_sees" if member and member.shares_progress_at else "practice_only_you"
    buttons = [MENU] if member is None else [MENU, END if member.shares_progress_at else BEGIN]
    return [composed(turn.courses.library, "practice_progress", turn.language, [*begin, *lines, line(seen)], choices=buttons)]


def share(turn: Turn) -> list[SaidMessage]:
    """Says what the teacher would see and asks; with `on` it begins or ends. The same button takes it back."""
    on, member = (turn.values or {}).get("on"), turn.member
    if member is None:
        return [composed(turn.courses.library, "course_none", turn.language, [line("course_none")], choices=[MENU])]
    if on is True:
        member.shares_progress_at = member.shares_progress_at or turn.now
        return [_told(turn, "practice_share_on", END)]
    if on is False:
        member.shares_progress_at = None
        return [_told(turn, "practice_share_off", BEGIN)]
    yes, no = choice("practice_share_yes", '/practice_share{"on": true}'), choice("practice_share_no", '/practice_share{"on": false}')
    lines = [line("practice_share_ask"), line("practice_share_what")]
    return [composed(turn.courses.library, "practice_share_ask", turn.language, lines, choices=[yes, no])]


def _told(turn: Turn, key: str, button: Line) -> SaidMessage:
    lines = [line(key), *([line("practice_share_what")] if key == "practice_share_on" else [])]
    return composed(turn.courses.library, key, turn.language, lines, choices=[button, MENU])


def _subject(shown: Progress) -> Iterator[Line]:
    numbers = {"known": shown.items.known, "seen": shown.items.seen, "all": shown.items.all}
    yield line("practice_subject_line", subject=line(f"practice_subject_{shown.subject}"), **numbers)
    if len(LEVELS[shown.subject]) > 1:
        yield line("practice_progress_level", level=words(shown.level))
    yield line("practice_progress_last", count=shown.answered, right=shown.right)
    for skill, part in shown.skills.items():
        yield line("practice_progress_skill", skill=skill_name(skill), known=part.known, seen=part.seen, all=part.all)
