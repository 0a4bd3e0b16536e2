"""Identifies languages: our own fastText model over our languages, a general one behind it for all others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import fasttext

from bot.identification.prepare import prepared, without_terms
from bot.identification.scripts import FOREIGN, ONLY, WRITTEN_IN, script_of

UNKNOWN = "und"
LATIN = "_latin"
OURS = frozenset().union(*WRITTEN_IN.values())
# What py3langid can tell of ours, and the neighbours it takes for them: Danish and Swedish for Bokmål, dialects for Arabic.
KNOWN_TO_GENERAL = frozenset("am ar en es fa fr kmr nb nn ps ru rw so sw tr uk".split())
# Where it knows only some of a script's languages (Amharic but not Tigrinya), its voice would go to the wrong one.
ALL_KNOWN = frozenset(script for script, codes in WRITTEN_IN.items() if codes <= KNOWN_TO_GENERAL)
NEAR = {"da": "nb", "sv": "nb", "arz": "ar", "ary": "ar", "sdh": "ckb"}
# Measured on the development set named in this folder's README.
WEIGHT, FLOOR, DOUBT, CERTAIN = 0.7, 0.02, 0.001, 0.98


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
        script = script_of(without_terms(text))
        if not script:
            return NOTHING
        if script not in WRITTEN_IN:
            return Identified(UNKNOWN, 1.0, name=script)
        stranger = next((name for name, letters in FOREIGN.items() if sum(letter in letters for letter in text.casefold()) > 0), "")
        if stranger:
            return Identified(UNKNOWN, 0.9, name=stranger)
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
        """Weighs both models for our languages; lets the general one overrule where ours has never seen the language."""
        general = self._general.chances(text) if self._general else {}
        asked = general if script in ALL_KNOWN else {}
        scores = {code: math.log(chance + DOUBT) + self._voice(code, asked) for code, chance in own.items()}
        if not scores:
            return Identified(UNKNOWN, 0.0)
        best = max(scores, key=lambda code: scores[code])
        foreign = max((code for code in general if code not in NEAR and code not in OURS), key=lambda code: general[code], default="")
        if foreign and is_foreign(general[foreign], general.get(best.removesuffix(LATIN), 0.0), own[best]):
            return Identified(UNKNOWN, general[foreign], name=foreign)
        total = sum(math.exp(score) for score in scores.values())
        return Identified(best.removesuffix(LATIN), math.exp(scores[best]) / total, best.endswith(LATIN))

    def _voice(self, code: str, general: dict[str, float]) -> float:
        """What the general model adds to one of our languages; nothing for those it does not know."""
        if not general or code not in KNOWN_TO_GENERAL:
            return math.log(FLOOR) * WEIGHT if general else 0.0
        near = sum(chance for other, chance in general.items() if NEAR.get(other) == code)
        return WEIGHT * math.log(general.get(code, 0.0) + near + FLOOR)


def is_foreign(foreign: float, ours: float, own: float) -> bool:
    """True when a language that is not ours is likelier than not, clearly likelier than our best, and ours is not certain."""
    return foreign > 0.5 and foreign > 3 * ours and own < CERTAIN
