"""Identifies languages: our own fastText model over our languages, a general one behind it for all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import fasttext

from bot.identification.prepare import prepared, without_terms
from bot.identification.scripts import ONLY, WRITTEN_IN, script_of

UNKNOWN = "und"
LATIN = "_latin"


@dataclass(frozen=True)
class Identified:
    """A language code (`und` for one we do not speak), how sure from 0 to 1, whether it is typed in Latin letters.

    `name` is the general model's own code for a language that is not ours, else an empty text.
    """

    code: str
    confidence: float
    latin: bool = False
    name: str = ""


NOTHING = Identified(UNKNOWN, 0.0)


class GeneralModel(Protocol):
    """A model for the languages of the world, such as bot.identification.general."""

    def chances(self, text: str, most: int = 8) -> dict[str, float]:
        """The most likely codes with their chances, best first."""


class Identifier:
    """Opens a trained model file and identifies texts. Safe for use from several threads.

    Without a general model every text is taken for one of our languages.
    """

    def __init__(self, file: Path, general: GeneralModel | None = None) -> None:
        self._model = fasttext.load_model(str(file))
        self._general = general
        self._identify = lru_cache(maxsize=4096)(self._fresh)

    def identify(self, text: str) -> Identified:
        """The language of a text; confidence 0.0 for a text without letters."""
        return self._identify(text)

    def _fresh(self, text: str) -> Identified:
        script = script_of(text)
        if not script:
            return NOTHING
        if script not in WRITTEN_IN:
            return Identified(UNKNOWN, 1.0, name=script)
        own = self._own_chances(without_terms(text), script)
        return self._with_general(text, script, own)

    def _own_chances(self, text: str, script: str) -> dict[str, float]:
        line = prepared(text)
        labels, chances = self._predict(line)
        found: dict[str, float] = {}
        for label, chance in zip(labels, chances):
            code = label.replace("__label__", "")
            if code.removesuffix(LATIN) in WRITTEN_IN[script] or (script == "Latn" and code.endswith(LATIN)):
                found[code] = chance
        only = {code for code, letters in ONLY.get(script, {}).items() if any(letter in letters for letter in line)}
        if len(only) == 1:
            found = {code: chance for code, chance in found.items() if code in only} or {only.pop(): 1.0}
        total = sum(found.values())
        return {code: chance / total for code, chance in found.items()} if total else {}

    def _predict(self, line: str) -> tuple[list[str], list[float]]:
        try:
            pairs = self._model.f.predict(line + "\n", 40, 0.0, "strict")  # fasttext-wheel
        except AttributeError:
            labels, chances = self._model.predict(line, k=40)  # fasttext-predict
            return list(labels), [float(chance) for chance in chances]
        return [label for _, label in pairs], [float(chance) for chance, _ in pairs]

    def _with_general(self, text: str, script: str, own: dict[str, float]) -> Identified:
        best = max(own, key=lambda code: own[code], default="")
        return Identified(best.removesuffix(LATIN) or UNKNOWN, own.get(best, 0.0), best.endswith(LATIN))
