"""How near a message is to the nearest example of each label: what a plane between labels cannot say.

An example's nearness is the cosine of the sentence vectors plus the cosine of the letter trigrams. Measured gain: see the folder's README.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import List, Sequence

import numpy as np
import scipy.sparse as sp

from bot.understanding.weighed_ngrams import WeighedNgrams

AXES = 128  # of the vector's dimensions, turned so that the first ones hold most of the spread
BITS = 16
FOLDER, ARRAYS = "nearest", "examples.npz"


def _trigrams(rarity: "np.ndarray | None" = None) -> WeighedNgrams:
    return WeighedNgrams("char_wb", 3, 3, BITS, rarity)


@dataclass
class NearestExamples:
    """vectors: (n, AXES); grams: (n, 2**BITS), both sorted by label; starts: first row of each label; mean: (d,); axes: (d, AXES)."""

    vectors: np.ndarray
    grams: sp.csc_matrix
    starts: np.ndarray
    mean: np.ndarray
    axes: np.ndarray
    trigrams: WeighedNgrams

    def nearness(self, texts: List[str], dense: np.ndarray) -> np.ndarray:
        """The nearness of the nearest example of each label, about 0 to 2; shape (len(texts), labels)."""
        turned = _unit(dense - self.mean) @ self.axes
        grams = self.trigrams.features(texts)
        rows = []
        for number in range(len(texts)):
            each = self.vectors @ turned[number]
            for place in range(grams.indptr[number], grams.indptr[number + 1]):
                # Only the few columns of the message's own trigrams: a product with the whole matrix costs ten times as much.
                start, end = self.grams.indptr[grams.indices[place]], self.grams.indptr[grams.indices[place] + 1]
                each[self.grams.indices[start:end]] += grams.data[place] * self.grams.data[start:end]
            rows.append(np.maximum.reduceat(each, self.starts))
        return np.array(rows)

    def save(self, folder: Path) -> None:
        """Writes the arrays into a folder of their own, one byte per number: a model is unpacked at every start."""
        place = folder / FOLDER
        place.mkdir(exist_ok=True)
        grams = self.grams.tocsr()
        np.savez(
            place / ARRAYS,
            vectors=np.round(self.vectors * 127).astype(np.int8),
            data=np.round(grams.data * 255).astype(np.uint8),
            indices=grams.indices.astype(np.uint16),
            indptr=grams.indptr,
            starts=self.starts,
            mean=self.mean,
            axes=self.axes,
            rarity=self.trigrams.rarity,
        )

    @staticmethod
    def kept_in(folder: Path) -> bool:
        """True when a model holds its examples; without sentence vectors it has none."""
        return (folder / FOLDER).is_dir()

    @classmethod
    def open(cls, folder: Path) -> NearestExamples:
        """The examples in a model's folder. Raises FileNotFoundError."""
        with np.load(folder / FOLDER / ARRAYS) as kept:
            vectors = kept["vectors"].astype(np.float32) / 127
            data, indices = kept["data"].astype(np.float32) / 255, kept["indices"].astype(np.int32)
            grams = sp.csr_matrix((data, indices, kept["indptr"]), shape=(len(vectors), 2**BITS)).tocsc()
            return cls(vectors, grams, kept["starts"], kept["mean"], kept["axes"], _trigrams(kept["rarity"]))


def remember(texts: Sequence[str], dense: np.ndarray, labels: Sequence[str], order: Sequence[str]) -> NearestExamples:
    """Keeps all examples: texts and their (n, d) vectors, sorted by the place of their label in `order`."""
    place = {label: number for number, label in enumerate(order)}
    rows = sorted(range(len(texts)), key=lambda row: place[labels[row]])
    mean = dense.mean(axis=0)
    even = _unit(dense[rows] - mean)
    _, axes = np.linalg.eigh(even.T @ even)  # the smallest come first
    axes = np.ascontiguousarray(axes[:, ::-1][:, :AXES], dtype=np.float32)
    trigrams = _trigrams()
    sorted_texts = [texts[row] for row in rows]
    trigrams.learn(sorted_texts)
    starts = np.searchsorted([place[labels[row]] for row in rows], range(len(order)))
    return NearestExamples((even @ axes).astype(np.float32), trigrams.features(sorted_texts).tocsc(), starts, mean, axes, trigrams)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
