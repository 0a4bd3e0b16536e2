"""What a person can do: choose a part, answer one statement at a time, read what they said, show it to the teacher, delete it."""

from __future__ import annotations

import json

from bot.content.lines import BLANK, Line, choice, line
from bot.conversations.assistant import SaidMessage
from bot.conversations.saying import composed
from bot.courses.replies import in_no_course, reply
from bot.courses.self_assessment import sharing
from bot.courses.self_assessment.keeping import delete_answers, read_answers, store_answers
from bot.courses.self_assessment.parts import (
    Answers,
    answer,
    answers_of,
    begin,
    following,
    next_statement,
    notice,
    parts_of,
    statement,
    statements_of,
    title,
)
from bot.courses.self_assessment.result import part_lines
from bot.courses.turn import Handler, Turn
from bot.plans.chats import chats_of

NEXT_STEPS = ("career_guidance", "cv_application", "career_choose")
MENU = choice("self_menu", "/self")
RESULT = choice("self_to_result", "/self_result")
DELETE = choice("self_delete_begin", "/self_delete")
SHARE = choice("self_share_begin", "/self_share")
TAKE_BACK = choice("self_share_end", '/self_share{"on": false}')


def menu(turn: Turn) -> list[SaidMessage]:
    """What it is, how far each part is, and the parts to choose from."""
    library, given = turn.courses.library, _answers(turn)
    lines: list[Line] = [line("self_goes_on") if given else notice(library, turn.language, "begin"), BLANK]
    for part in parts_of(library):
        count, done = len(statements_of(library, part)), len(given.get(part, {}))
        lines.append(line("self_part_line", part=title(library, turn.language, part), done=done, count=count))
    buttons = [{**title(library, turn.language, part), "payload": _payload("self_part", part=part)} for part in parts_of(library)]
    return reply(turn, "self_menu", *lines, choices=[*buttons, *([RESULT, DELETE] if given else [])])


def choose_part(turn: Turn) -> list[SaidMessage]:
    """The next statement of a part without an answer; what was said, where all have one. With `again` from the first one."""
    part, given = turn.word("part"), _answers(turn)
    names = statements_of(turn.courses.library, part)
    if not names:
        return menu(turn)
    again = (turn.values or {}).get("again") is True
    name = names[0] if again else next_statement(turn.courses.library, part, given)
    return [_question(turn, part, name, given, again, first=True)] if name else [_done(turn, part, given)]


def store(turn: Turn) -> list[SaidMessage]:
    """Keeps an answer, also one that changes an earlier one, and goes on."""
    library, part, name, said = turn.courses.library, turn.word("part"), turn.word("statement"), turn.word("answer")
    if name not in statements_of(library, part) or said not in answers_of(library, part):
        return menu(turn)
    given = _answers(turn)
    given.setdefault(part, {})[name] = said
    store_answers(turn.session, turn.courses.seal, turn.conversation.id, _chats(turn), given, turn.now)
    again = (turn.values or {}).get("again") is True
    coming = following(library, part, name) if again else next_statement(library, part, given, name)
    return [_question(turn, part, coming, given, again)] if coming else [_done(turn, part, given)]


def result(turn: Turn) -> list[SaidMessage]:
    """What was said, of one part or of all."""
    library, part, given = turn.courses.library, turn.word("part"), _answers(turn)
    if not given:
        return _nothing_yet(turn)
    if part in given:
        return [_done(turn, part, given)]
    shown = [_said(turn, "self_result", part_lines(library, turn.language, one, given)) for one in parts_of(library) if one in given]
    whole = all(next_statement(library, one, given) is None for one in parts_of(library))
    before = [_said(turn, "self_done", [notice(library, turn.language, "done")])] if whole else []
    member = turn.member
    share = [] if member is None else [SHARE, TAKE_BACK] if member.sealed_self_assessment else [SHARE]
    return [*before, *shown, *_next_steps(turn, [*share, MENU, DELETE])]


def share(turn: Turn) -> list[SaidMessage]:
    """Shows what the teacher would see and asks; with `on` the teacher gets that copy, or it is deleted again."""
    on, member = (turn.values or {}).get("on"), turn.member
    if member is None:
        return in_no_course(turn)
    if on is False:
        sharing.take_back(member)
        return reply(turn, "self_share_off", choices=[RESULT, MENU])
    copy = sharing.copy_of(turn.courses.library, _answers(turn))
    if not copy:
        return _nothing_yet(turn)
    if on is True:
        sharing.give(turn.courses, member, copy, turn.now)
        return [*_shown(turn, "self_share_on", copy), *reply(turn, "self_share_later", choices=[TAKE_BACK, MENU])]
    yes, no = choice("self_share_yes", _payload("self_share", on=True)), choice("self_share_no", _payload("self_share", on=False))
    return [*_shown(turn, "self_share_ask", copy), *reply(turn, "self_share_sure", choices=[yes, no])]


def delete(turn: Turn) -> list[SaidMessage]:
    """Asks first; then all is deleted, and the teacher's copy too."""
    if (turn.values or {}).get("sure") is not True:
        yes, no = choice("self_delete_yes", _payload("self_delete", sure=True)), choice("self_delete_no", "/self")
        return reply(turn, "self_delete_ask", choices=[yes, no])
    chats = _chats(turn)
    for member in sharing.all_memberships(turn.session, turn.conversation.id, chats):
        sharing.take_back(member)
    turn.session.flush()
    delete_answers(turn.session, chats)
    return reply(turn, "self_deleted", choices=[MENU])


def _question(turn: Turn, part: str, name: str, given: Answers, again: bool, first: bool = False) -> SaidMessage:
    library, language = turn.courses.library, turn.language
    names = statements_of(library, part)
    place = names.index(name) + 1
    before = [begin(library, language, part), line("self_any_time"), BLANK] if first and (again or not given.get(part)) else []
    asked = line("self_ask", number=place, count=len(names), statement=statement(library, language, part, name))
    values = {"part": part, "statement": name, **({"again": True} if again else {})}
    buttons = [
        {**answer(library, language, part, one), "payload": _payload("self_answer", **values, answer=one)}
        for one in answers_of(library, part)
    ]
    return composed(library, "self_question", language, [*before, asked], choices=buttons)


def _done(turn: Turn, part: str, given: Answers) -> SaidMessage:
    library, language = turn.courses.library, turn.language
    parts = parts_of(library)
    begun = parts.index(part) + 1
    following = [one for one in parts[begun:] + parts[:begun] if next_statement(library, one, given) is not None and one != part]
    go_on = [{**title(library, language, one), "payload": _payload("self_part", part=one)} for one in following[:1]]
    again = choice("self_again", _payload("self_part", part=part, again=True))
    return _said(turn, "self_result", part_lines(library, language, part, given), [*go_on, RESULT, again])


def _next_steps(turn: Turn, buttons: list[Line]) -> list[SaidMessage]:
    library = turn.courses.library
    lines = [notice(library, turn.language, "next")]
    return [composed(library, "self_next", turn.language, lines, choices=buttons, topics=NEXT_STEPS)]


def _nothing_yet(turn: Turn) -> list[SaidMessage]:
    return reply(turn, "self_nothing_yet", choices=[MENU])


def _shown(turn: Turn, key: str, copy: dict[str, object]) -> list[SaidMessage]:
    """A sentence, then the copy in words, part by part."""
    parts = sharing.parts_shown(turn.courses.library, turn.language, copy)
    return [*reply(turn, key), *(_said(turn, f"{key}_part", sharing.shown_lines(part)) for part in parts)]


def _said(turn: Turn, key: str, lines: list[Line], choices: list[Line] | None = None) -> SaidMessage:
    return composed(turn.courses.library, key, turn.language, lines, choices=choices or [])


def _payload(name: str, **values: object) -> str:
    return f"/{name}{json.dumps(values)}"


def _chats(turn: Turn) -> tuple[int, ...]:
    return chats_of(turn.session, turn.conversation.id)


def _answers(turn: Turn) -> Answers:
    return read_answers(turn.session, turn.courses.seal, turn.courses.library, _chats(turn))


HANDLERS: dict[str, Handler] = {
    "self": menu,
    "self_part": choose_part,
    "self_answer": store,
    "self_result": result,
    "self_share": share,
    "self_delete": delete,
}
EXPECTS: dict[str, Handler] = {}
WORDS = {"words_self": "/self"}
# Topics, phrase of the button, payload, and whether it is for members of a course only.
BESIDE = (
    (frozenset({"career_choose", "career_guidance", "cv_application"}), "self_start", "/self", False),
    (frozenset({"help_menu"}), "self_start", "/self", True),
)
