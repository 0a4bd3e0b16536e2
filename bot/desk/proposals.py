"""Better texts and new values of facts: one person proposes, a second one publishes, the file is written and the log says why.

What publishing does, in an order that a crash at any moment leaves whole: the change is checked in memory, then the log and the files
are put in place, read again and checked as they stand, then the proposal is published in the database. When a step fails the files are
put back. When the machine stops in between, the proposal is still open and the text stands already: publishing once more finishes it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from bot.content import ContentError, Library
from bot.content.trial import Found, new_problems
from bot.content.writing import Edit, edit_of, in_place, one_writer, text_of
from bot.desk.access import require
from bot.desk.audit import record
from bot.desk.colleagues import Colleague
from bot.desk.problems import DeskProblem, FieldMissing, NoSuchCase, NotAllowed, TextTooLong
from bot.plans.checks import check_no_national_number
from bot.storage.desk_tables import TextProposal

WORDING, FACT = "wording", "fact"
AREA = {WORDING: "texts", FACT: "facts"}
LONGEST_WHY = 1000
Transaction = Callable[[], AbstractContextManager[Session]]


class NoSuchText(NoSuchCase):
    """There is no such topic, language, fact or proposal."""

    key = "no_such_text"


class OwnProposal(NotAllowed):
    """Nobody publishes what they proposed themselves."""

    key = "own_proposal"


class ProposalDecided(DeskProblem):
    """Somebody published or refused it already."""

    key = "proposal_decided"


class NothingChanged(DeskProblem):
    """The proposal says what the text says."""

    key = "nothing_changed"


class TextChanged(DeskProblem):
    """The text is no longer what the proposal was made from; it is not overwritten."""

    key = "text_changed"


class ChecksFailed(DeskProblem):
    """The content checks found something that was not wrong before: `problems`; nothing was changed."""

    key = "checks_failed"

    def __init__(self, problems: Sequence[Found]) -> None:
        super().__init__(problems="; ".join(f"{name}: {problem}" for name, _, problem in problems))
        self.problems = tuple(problems)


class FileByHand(DeskProblem):
    """A file of data/ cannot be read or is laid out in a way only a person can change: `words` says what."""

    key = "file_by_hand"


@contextmanager
def files_readable() -> Iterator[None]:
    """What is wrong with a file becomes a problem that the console has a sentence for."""
    try:
        yield
    except ContentError as error:
        raise FileByHand(words=f"{error.file.name}: {error.problem}") from error


@dataclass(frozen=True)
class Change:
    """What publishing does to files. `tried` are the checks in memory, `standing` on what the files say, `holds` whether they say it."""

    edits: tuple[Edit, ...]
    tried: Callable[[], list[Found]]
    standing: Callable[[], list[Found]]
    holds: Callable[[], bool]


def store(session: Session, who: Colleague, proposal: TextProposal) -> TextProposal:
    """Stores a proposal; the same one of the same person a second time is the first one. Raises FieldMissing, TextTooLong, PlanProblem."""
    require(who, AREA[proposal.kind], "propose")
    proposal.why = check_why(proposal.why, "text_why")
    same = select(TextProposal).where(
        TextProposal.kind == proposal.kind,
        TextProposal.name == proposal.name,
        TextProposal.language == proposal.language,
        TextProposal.made_by == who.id,
        TextProposal.state == "open",
    )
    for row in session.scalars(same):
        if (row.after, row.before, row.why) == (proposal.after, proposal.before, proposal.why):
            return row
    session.add(proposal)
    session.flush()
    record(session, who, "propose", proposal.kind, _resource(proposal), proposal=proposal.id)
    return proposal


def check_why(why: str, field: str) -> str:
    """A reason or an answer somebody wrote, trimmed. Raises FieldMissing, TextTooLong, or HoldsNationalNumber."""
    why = why.strip()
    if not why:
        raise FieldMissing(field=field)
    if len(why) > LONGEST_WHY:
        raise TextTooLong(limit=str(LONGEST_WHY))
    check_no_national_number(field, why)
    return why


def proposal_of(session: Session, proposal_id: int) -> TextProposal:
    """One proposal. Raises NoSuchText."""
    row = session.get(TextProposal, proposal_id)
    if row is None:
        raise NoSuchText
    return row


def open_proposals(session: Session, kind: str = "", name: str = "", language: str = "") -> list[TextProposal]:
    """What waits for a second person, oldest first; of one text or fact when it is named."""
    found = select(TextProposal).where(TextProposal.state == "open")
    for column, wanted in ((TextProposal.kind, kind), (TextProposal.name, name), (TextProposal.language, language)):
        found = found.where(column == wanted) if wanted else found
    return list(session.scalars(found.order_by(TextProposal.id)))


def count_open(session: Session) -> int:
    """How many proposals wait."""
    return session.scalar(select(func.count()).select_from(TextProposal).where(TextProposal.state == "open")) or 0


def decided_proposals(session: Session, limit: int = 30) -> list[TextProposal]:
    """The newest that were published or refused."""
    found = select(TextProposal).where(TextProposal.state != "open")
    return list(session.scalars(found.order_by(TextProposal.decided_at.desc(), TextProposal.id.desc()).limit(limit)))


def refuse(session: Session, who: Colleague, proposal_id: int, answer: str, now: dt.datetime) -> None:
    """Closes a proposal with an answer; who made it may take it back. Raises ProposalDecided, NotAllowed, FieldMissing."""
    row = proposal_of(session, proposal_id)
    if row.made_by != who.id:
        require(who, AREA[row.kind], "publish")
    _decide(session, who, row, "refused", now, check_why(answer, "text_answer"))


def publish(
    transaction: Transaction,
    library: Library,
    who: Colleague,
    proposal_id: int,
    now: dt.datetime,
    change_of: Callable[[TextProposal], Change],
) -> None:
    """Writes what somebody else proposed into its file. Raises OwnProposal, ProposalDecided, TextChanged, ChecksFailed, FileByHand."""
    with files_readable(), one_writer(library.data):
        with transaction() as session:
            row = proposal_of(session, proposal_id)
            _may_publish(who, row)
            change = change_of(row)
            log = log_edit(library, row.language or "facts", entry_of(row, who, now))
        write(change, log, lambda: _finish(transaction, who, proposal_id, now))


def write(change: Change, log: Edit | None, finish: Callable[[], None]) -> None:
    """Checks, puts the files in place, checks them as they stand, and finishes; puts them back when anything fails."""
    before = change.standing()
    if worse := new_problems(before, change.tried()):
        raise ChecksFailed(worse)
    edits = [edit for edit in ((log,) if log else ()) + change.edits if edit.before != edit.after]
    with in_place(edits):
        if not change.holds():
            raise ChecksFailed([("readable", str(change.edits[0].file), "The file does not say what it should after writing.")])
        if worse := new_problems(before, change.standing()):
            raise ChecksFailed(worse)
        finish()


def entry_of(row: TextProposal, who: Colleague, now: dt.datetime) -> dict[str, Any]:
    """What the log beside the data keeps of a published proposal."""
    maker = row.maker.name if row.maker else ""
    said = {"at": now.isoformat(timespec="seconds"), "kind": row.kind, "name": row.name, "language": row.language, "proposal": row.id}
    return {**said, "proposed_by": maker, "published_by": who.name, "why": row.why, "before": row.before, "after": row.after}


def log_edit(library: Library, name: str, entry: dict[str, Any]) -> Edit:
    """One line more in data/edited/<name>.jsonl, unless a publishing that was cut short has written it already."""
    file: Path = library.data / "edited" / f"{name}.jsonl"
    before = text_of(file) if file.exists() else None
    same = ("proposal", "name", "language", "before", "after")
    lines = [json.loads(line) for line in (before or "").splitlines()]
    if "proposal" in entry and any(all(line.get(key) == entry[key] for key in same) for line in lines):
        return edit_of(file, before or "", before)
    return edit_of(file, (before or "") + json.dumps(entry, ensure_ascii=False) + "\n", before)


def _may_publish(who: Colleague, row: TextProposal) -> None:
    require(who, AREA[row.kind], "publish")
    if row.made_by == who.id:
        raise OwnProposal
    if row.state != "open":
        raise ProposalDecided


def _finish(transaction: Transaction, who: Colleague, proposal_id: int, now: dt.datetime) -> None:
    with transaction() as session:
        _decide(session, who, proposal_of(session, proposal_id), "published", now, "")


def _decide(session: Session, who: Colleague, row: TextProposal, state: str, now: dt.datetime, answer: str) -> None:
    """Only one decision counts, also when two people press at once."""
    still_open = update(TextProposal).where(TextProposal.id == row.id, TextProposal.state == "open")
    done = session.execute(still_open.values(state=state, decided_by=who.id, decided_at=now, answer=answer))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise ProposalDecided
    record(session, who, "publish" if state == "published" else "refuse", row.kind, _resource(row), proposal=row.id)


def _resource(row: TextProposal) -> str:
    return f"{row.name}/{row.language}" if row.language else row.name
