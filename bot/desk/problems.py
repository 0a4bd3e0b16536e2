"""What can stand in the way of an advisor. Each carries a key that the console has a sentence for, and its values."""

from __future__ import annotations


class DeskProblem(Exception):
    """Something the advisor should know; nothing was changed."""

    key = "problem"

    def __init__(self, **values: str) -> None:
        super().__init__(f"{self.key} {values}" if values else self.key)
        self.values = values


class NoSuchCase(DeskProblem):
    """There is no such case, or it is not for this person to see."""

    key = "no_such_case"


class CaseClosed(DeskProblem):
    """The case is closed already; the conversation went back to the assistant."""

    key = "case_closed"


class HeldByOther(DeskProblem):
    """Another advisor has it: `name`."""

    key = "held_by_other"


class NotHeld(DeskProblem):
    """Only who has the case can do this; take it first."""

    key = "not_held"


class ChangedMeanwhile(DeskProblem):
    """Somebody else changed the case at the same moment; look again."""

    key = "changed_meanwhile"


class FieldMissing(DeskProblem):
    """A field of a phrase is empty or cannot be read: `field`."""

    key = "field_missing"


class MomentPassed(DeskProblem):
    """A meeting at a moment that is over."""

    key = "moment_passed"


class TextTooLong(DeskProblem):
    """More than `limit` characters."""

    key = "text_too_long"


class FileRefused(DeskProblem):
    """A file that is too large or of a kind nobody should open."""

    key = "file_refused"


class NotLinked(DeskProblem):
    """The chat is not linked to a participant, so there is no plan to write into."""

    key = "not_linked"


class NotAllowed(DeskProblem):
    """This person may not do this."""

    key = "not_allowed"
