"""The weights of the linear classifier: fitted by scikit-learn, kept and used as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import List, Sequence, Text

import numpy as np
import scipy.sparse as sp


@dataclass
class LinearModel:
    """labels: n names; sparse_weights: (columns, n); dense_weights: (dimensions, n); mean, spread: (dimensions,); bias: (n,)."""

    labels: List[Text]
    sparse_weights: np.ndarray
    dense_weights: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    bias: np.ndarray

    def chances(self, sparse: sp.csr_matrix, dense: np.ndarray) -> np.ndarray:
        """Probabilities of shape (rows, n), each row summing to one."""
        scores = np.tile(self.bias, (dense.shape[0], 1)).astype(np.float32)
        if sparse.shape[1]:
            for row in range(sparse.shape[0]):
                start, end = sparse.indptr[row], sparse.indptr[row + 1]
                counts = squashed(sparse.data[start:end])
                scores[row] += counts @ self.sparse_weights[sparse.indices[start:end]].astype(np.float32)
        if dense.shape[1]:
            scores += ((dense - self.mean) / self.spread) @ self.dense_weights
        exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
        return exponents / exponents.sum(axis=1, keepdims=True)

    def save(self, file: Path) -> None:
        """Writes the arrays; half precision for the many n-gram weights."""
        np.savez(
            file,
            labels=np.array(self.labels),
            sparse=self.sparse_weights.astype(np.float16),
            dense=self.dense_weights.astype(np.float32),
            mean=self.mean.astype(np.float32),
            spread=self.spread.astype(np.float32),
            bias=self.bias.astype(np.float32),
        )

    @classmethod
    def open(cls, file: Path) -> LinearModel:
        """The model in a file. Raises FileNotFoundError."""
        with np.load(file) as kept:
            labels = [str(label) for label in kept["labels"]]
            return cls(labels, kept["sparse"], kept["dense"], kept["mean"], kept["spread"], kept["bias"])


def squashed(counts: np.ndarray) -> np.ndarray:
    """Counts as they are weighed."""
    return counts


def fit(
    sparse: sp.csr_matrix, dense: np.ndarray, labels: Sequence[Text], dense_weight: float, strength: float, iterations: int
) -> LinearModel:
    """Fits multinomial logistic regression; dense features are brought to unit spread and times `dense_weight`."""
    from sklearn.linear_model import LogisticRegression

    mean = dense.mean(axis=0) if dense.shape[1] else np.zeros(0)
    spread = (dense.std(axis=0) + 1e-6) / dense_weight if dense.shape[1] else np.ones(0)
    scaled = sp.csr_matrix(((dense - mean) / spread).astype(np.float32))
    together = sp.hstack([sparse, scaled], format="csr")
    model = LogisticRegression(C=strength, max_iter=iterations, solver="lbfgs")
    model.fit(together, labels)
    weights, columns = model.coef_.T, sparse.shape[1]
    return LinearModel(list(model.classes_), weights[:columns], weights[columns:], mean, spread, model.intercept_)
