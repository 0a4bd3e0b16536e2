"""Which language to speak: one pure function over what is known (DESIGN section 4)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

CONFIDENT = 0.8
UNMISTAKABLE = 0.95
FEWEST_WORDS = 2
ASK_AFTER = 2


@dataclass(frozen=True)
class LanguageState:
    """What a conversation remembers: the language chosen, the one settled by a clear message, and another one heard lately.

    `anew`: the person chose it just now; a choice that is only carried along must not undo one made meanwhile in another chat.
    """

    chosen: str | None = None
    settled: str | None = None
    other: str | None = None
    other_count: int = 0
    anew: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Heard:
    """What the identifier heard in one message. `words` leaves Norwegian terms out; `code` is None for a language not ours."""

    code: str | None
    confidence: float
    words: int

    @property
    def clear(self) -> bool:
        """Enough words, and sure enough, to be taken at its word."""
        return self.words >= FEWEST_WORDS and self.confidence >= CONFIDENT


@dataclass(frozen=True)
class Decision:
    """The language to answer in and what else to say about language."""

    language: str
    state: LanguageState
    offer_languages: bool = False
    ask_to_continue_in: str | None = None
    unknown: bool = False


def decide(state: LanguageState, heard: Heard, hint: str | None, default: str, first: bool) -> Decision:
    """Decides for one message.

    `hint` is what the channel knows (a browser's or messenger's language), `first` is true for the first message of a
    conversation. The order: what was chosen; what an earlier clear message settled; this message if it is clear; the hint;
    the default. One message never changes what is chosen or settled.
    """
    current = state.chosen or state.settled
    if heard.code is None and heard.clear:
        # A person whose language we know may be misread; only an unmistakable text counts then.
        unknown = current is None or heard.confidence >= UNMISTAKABLE
        return Decision(current or hint or default, state, unknown=unknown)
    if current is None:
        settled = heard.code if heard.clear else None
        return Decision(settled or hint or default, replace(state, settled=settled), offer_languages=first)
    if heard.clear and heard.code != current:
        return _another(state, current, heard.code)
    if heard.clear:
        state = replace(state, other=None, other_count=0)
    return Decision(current, state)


def _another(state: LanguageState, current: str, heard: str | None) -> Decision:
    count = state.other_count + 1 if state.other == heard else 1
    if count < ASK_AFTER:
        return Decision(current, replace(state, other=heard, other_count=count))
    return Decision(current, replace(state, other=None, other_count=0), ask_to_continue_in=heard)


def choose(language: str) -> LanguageState:
    """The state after a person chose a language: nothing else is remembered."""
    return LanguageState(chosen=language, anew=True)
