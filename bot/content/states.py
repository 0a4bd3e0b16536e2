"""The state of a wording, computed from the files and never typed by hand."""

from __future__ import annotations

from enum import Enum

from bot.content.languages import Language
from bot.content.topics import Wording


class State(str, Enum):
    """What may be said of a text in one language."""

    MISSING = "missing"
    DRAFT = "draft"
    MACHINE = "machine"
    OUTDATED = "outdated"
    UP_TO_DATE = "up_to_date"


def state_of(wording: Wording | None, source: Wording | None) -> State:
    """The state of a wording beside its source wording (Bokmål).

    Outdated comes first: a text made from an older source says something else, whoever has read it.
    """
    if wording is None or not wording.answer:
        return State.MISSING
    is_source = source is not None and wording.language == source.language
    if source is not None and source.answer and not is_source and wording.based_on != source.fingerprint:
        return State.OUTDATED
    if wording.status == "reviewed" and wording.reviewed_by:
        return State.UP_TO_DATE
    return State.MACHINE if wording.status == "machine" else State.DRAFT


def may_be_spoken(state: State, language: Language) -> bool:
    """Whether a text in this state may reach a participant; a deployment decides about drafts in languages.yml."""
    if state in (State.DRAFT, State.MACHINE):
        return language.speaks_drafts
    return state is State.UP_TO_DATE
