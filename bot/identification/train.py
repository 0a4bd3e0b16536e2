"""Trains the identifier on texts whose language is known. Needs fastText's training half (package fasttext-wheel)."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.identification.identify import LATIN
from bot.identification.prepare import prepared, without_marks, without_terms
from bot.identification.scripts import WRITTEN_IN, script_of

# Measured on the development set named in this folder's README.
SETTINGS = {
    "lr": 0.5,
    "dim": 24,
    "epoch": 12,
    "minn": 1,
    "maxn": 5,
    "wordNgrams": 1,
    "bucket": 300_000,
    "loss": "softmax",
    "thread": 1,
}
WINDOWS = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4)


def train_identifier(texts: Iterable[tuple[str, str]], file: Path, seed: int) -> None:
    """Writes a model to `file` from (text, language code) pairs. Two runs with one seed give one model."""
    import fasttext

    fasttext.FastText.eprint = lambda *args, **kwargs: None
    lines = list(training_lines(texts, random.Random(seed)))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "lines.txt"
        source.write_text("\n".join(lines), encoding="utf-8")
        model = fasttext.train_supervised(str(source), verbose=0, seed=seed, **SETTINGS)
        model.save_model(str(file))


def training_lines(texts: Iterable[tuple[str, str]], chance: random.Random) -> list[str]:
    """fastText's input lines, shuffled: whole texts, windows of one to four words, and copies without diacritics.

    Each language gets the same number of lines, or the ones with many examples would win every doubtful word.
    """
    by_label: dict[str, list[str]] = {}
    for text, code in texts:
        line = prepared(without_terms(text))
        if not line:
            continue
        latin = script_of(without_terms(text)) == "Latn" and code not in WRITTEN_IN["Latn"]
        by_label.setdefault(code + LATIN * latin, []).extend(_variants(line, chance))
    most = max(map(len, by_label.values()), default=0)
    lines = []
    for label, variants in by_label.items():
        wanted = min(most, 3 * len(variants)) if not label.endswith(LATIN) else len(variants)
        repeated = variants * (wanted // len(variants)) + chance.sample(variants, wanted % len(variants))
        lines += [f"__label__{label} {line}" for line in repeated]
    chance.shuffle(lines)
    return lines


def _variants(line: str, chance: random.Random) -> Iterator[str]:
    words = line.split()
    yield line
    for size in WINDOWS:
        start = chance.randrange(max(1, len(words) - size + 1))
        yield " ".join(words[start : start + size])
    plain = without_marks(line)
    if plain != line:
        yield plain
        bare_words = plain.split()
        for size in WINDOWS[1:4]:
            start = chance.randrange(max(1, len(bare_words) - size + 1))
            yield " ".join(bare_words[start : start + size])
