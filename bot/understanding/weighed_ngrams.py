"""Hashed n-grams weighed by rarity: the arithmetic behind the n-gram features and the nearest examples."""

from __future__ import annotations

from typing import List, Optional

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import HashingVectorizer

from bot.understanding.text import bare


class WeighedNgrams:
    """TF-IDF of hashed n-grams, without case and diacritics. Hashing needs no vocabulary, only one array of rarities."""

    def __init__(self, analyzer: str, shortest: int, longest: int, bits: int, rarity: Optional[np.ndarray] = None) -> None:
        """`analyzer`: char_wb (inside words) or word; `shortest` and `longest` n-gram; 2**`bits` columns."""
        self.rarity = rarity
        self._vectorizer = HashingVectorizer(
            analyzer=analyzer,
            ngram_range=(shortest, longest),
            n_features=2**bits,
            norm=None,
            alternate_sign=False,
            lowercase=False,
            preprocessor=bare,
            token_pattern=r"\w+",
        )

    def learn(self, texts: List[str]) -> None:
        """Learns how rare each n-gram is: 1 + ln((1 + texts) / (1 + texts that have it))."""
        counts = self._vectorizer.transform(texts)
        having = np.bincount(counts.indices, minlength=counts.shape[1])
        self.rarity = (1 + np.log((1 + counts.shape[0]) / (1 + having))).astype(np.float32)

    def features(self, texts: List[str]) -> sp.csr_matrix:
        """(1 + ln count) times rarity, rows of length one; shape (len(texts), 2**bits)."""
        weighed = self._vectorizer.transform(texts).astype(np.float32)
        weighed.data = 1 + np.log(weighed.data)
        if self.rarity is not None:
            weighed.data *= self.rarity[weighed.indices]
        lengths = np.sqrt(np.add.reduceat(np.append(weighed.data**2, 0), weighed.indptr[:-1]) * (np.diff(weighed.indptr) > 0))
        weighed.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(weighed.indptr))
        return weighed
