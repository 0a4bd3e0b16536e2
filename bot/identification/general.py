"""Languages we do not speak: py3langid (BSD), which knows ninety-seven and more."""

from __future__ import annotations

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# py3langid's codes where they differ from ours.
OURS = {"no": "nb", "ku": "kmr"}


class General:
    """Chances of languages by a general model."""

    def __init__(self) -> None:
        self._model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def chances(self, text: str, most: int = 8) -> dict[str, float]:
        """The most likely codes with their chances, best first."""
        return {OURS.get(code, code): float(chance) for code, chance in self._model.rank(text)[:most]}
