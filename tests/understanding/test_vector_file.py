"""The file of vectors is the embedding model's work and nothing else: every example has its vector there."""

from __future__ import annotations

import hashlib

import numpy as np

from bot.content.library import Library
from bot.settings import ROOT


def test_the_kept_vectors_belong_to_the_examples(real_library: Library) -> None:
    examples = {
        " ".join(example.split())
        for topic in real_library.topic_ids()
        for code in real_library.languages
        if (wording := real_library.wording(topic, code))
        for example in wording.examples
    }
    keys = {hashlib.sha256(example.encode()).digest()[:12] for example in examples}
    with np.load(ROOT / "models" / "vectors.npz") as kept:
        there = {bytes(key) for key in kept["keys"]}
        assert kept["vectors"].dtype == np.int8 and kept["vectors"].shape == (len(there), 384)
    # Texts are brought into one form before they are looked up, so a few differ from the plain example.
    assert len(keys & there) > 0.97 * len(keys)
    assert len(there) <= 1.03 * len(keys)
