"""A person who practises in a test: every answer of the service is stored, as reception does, so that its buttons are known."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content import Library
from bot.content.practice import practice_items
from bot.conversations.assistant import SaidMessage
from bot.conversations.history import store_answers
from bot.courses.practice.asking import QUESTION
from bot.courses.practice.handlers import HANDLERS
from bot.courses.turn import Handler
from bot.plans.changing import create_participant
from bot.plans.checks import places_of
from bot.plans.linking import make_code, use_code
from bot.settings import ROOT
from tests.courses.common import KEY, Classroom, values_of

ITEMS = practice_items(ROOT / "data")


@dataclass
class Practising:
    """A member's chat ("nb", "ar", ...; or None), with the handlers called by the names that buttons carry."""

    room: Classroom
    who: str = "nb"
    language: str = ""

    def do(self, handler: Handler | str, *, text: str = "", **values: Any) -> list[SaidMessage]:
        """One message and its answer, both stored."""
        found = HANDLERS[handler] if isinstance(handler, str) else handler
        with self.room.sessions.begin() as session:
            turn = self.room.turn(session, self.who, text=text, in_language=self.language, values=values)
            said = found(turn)
            store_answers(session, self.room.seal, turn.question, said)
            return said

    def press(self, payload: str) -> list[SaidMessage]:
        """Presses a button."""
        return self.do(payload[1:].split("{")[0], **values_of(payload))

    def ask(self, subject: str = "norwegian") -> SaidMessage:
        """The next question of a subject."""
        (said,) = self.do("practice_subject", subject=subject)
        assert said.key == QUESTION
        return said

    def answer(self, question: SaidMessage, right: bool) -> list[SaidMessage]:
        """Presses the right choice of a question, or the first wrong one."""
        return self.press(choice_of(question, right))


def item_of(question: SaidMessage) -> str:
    return str(values_of(question.choices[0]["payload"])["item"])


def choice_of(question: SaidMessage, right: bool) -> str:
    """The payload of the right choice, or of a wrong one."""
    wanted = ITEMS[item_of(question)].right
    return next(one["payload"] for one in question.choices if (bare(one["title"]) == wanted) == right)


def bare(text: str) -> str:
    """Without the marks of right-to-left texts."""
    return text.translate(dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f")))


def linked(room: Classroom, *chats: str) -> int:
    """Makes these chats one participant's; the participant."""
    with room.sessions.begin() as session:
        now = room.courses.clock()
        person = create_participant(session, room.seal, places_of(room.courses.library), "OSL-9", "Rania Haddad", "oslo", now=now)
        for chat in chats:
            use_code(session, room.chats[chat], make_code(session, person, "x", now, key=KEY), now, key=KEY)
        return person


def with_stand_ins(folder: Path, *languages: str) -> Library:
    """The real content, where phrases and texts that a language does not have yet are there in Norwegian, each led by a word of its own."""
    shutil.copytree(ROOT / "data", folder)
    nb = Library(folder).phrases("nb").texts
    for language in languages:
        file = folder / "phrases" / f"{language}.yml"
        missing = {key: words for key, words in nb.items() if key not in Library(folder).phrases(language).texts}
        lines = "".join(f"  {key}: {_quoted(f'نعم {words}')}\n" for key, words in missing.items())
        file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + lines, encoding="utf-8")
        for name in ("courses/relevance", "self_assessment"):
            if not (folder / name / f"{language}.yml").exists():
                text = (folder / name / "nb.yml").read_text(encoding="utf-8").replace("language: nb", f"language: {language}")
                (folder / name / f"{language}.yml").write_text(text, encoding="utf-8")
    return Library(folder)


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
