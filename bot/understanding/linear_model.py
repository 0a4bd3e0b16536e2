"""The weights of the linear classifier: fitted by scikit-learn, kept and used as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np
import scipy.sparse as sp


@dataclass
class LinearModel:
    """labels: n names; sparse: (columns, n), in steps of `step` (n,); dense: (dimensions, n); mean, spread: (dimensions,); bias: (n,).

    `sharpness` turns the distances from the separating planes into chances.
    """

    labels: List[str]
    sparse: np.ndarray
    step: np.ndarray
    dense: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    bias: np.ndarray
    dense_weight: float
    sharpness: float

    def scores(self, sparse: sp.csr_matrix, dense: np.ndarray) -> np.ndarray:
        """Distances from the separating planes, shape (rows, n)."""
        scores = np.tile(self.bias, (dense.shape[0], 1))
        for row in range(sparse.shape[0]):
            start, end = sparse.indptr[row], sparse.indptr[row + 1]
            # Only the rows of the n-grams at hand are read, so most of the file stays on the disk.
            weights = np.asarray(self.sparse[sparse.indices[start:end]], dtype=np.float32)
            scores[row] += (sparse.data[start:end] @ weights) * self.step
        if dense.shape[1]:
            scores += scaled(dense, self.mean, self.spread, self.dense_weight) @ self.dense
        return scores

    def chances(self, scores: np.ndarray) -> np.ndarray:
        """Scores as chances, each row summing to one."""
        exponents = np.exp(self.sharpness * (scores - scores.max(axis=1, keepdims=True)))
        return exponents / exponents.sum(axis=1, keepdims=True)

    def save(self, folder: Path) -> None:
        """Writes the arrays; the many n-gram weights, one byte each, in a file of their own that can be mapped."""
        np.save(folder / "sparse.npy", self.sparse)
        np.savez(
            folder / "linear.npz",
            labels=np.array(self.labels),
            step=self.step.astype(np.float32),
            dense=self.dense.astype(np.float32),
            mean=self.mean.astype(np.float32),
            spread=self.spread.astype(np.float32),
            bias=self.bias.astype(np.float32),
            numbers=np.array([self.dense_weight, self.sharpness]),
        )

    @classmethod
    def open(cls, folder: Path) -> LinearModel:
        """The model in a folder; the n-gram weights stay open as a mapped file. Raises FileNotFoundError."""
        with np.load(folder / "linear.npz") as kept:
            labels = [str(label) for label in kept["labels"]]
            arrays = [kept[name] for name in ("step", "dense", "mean", "spread", "bias")]
            dense_weight, sharpness = (float(number) for number in kept["numbers"])
        return cls(labels, np.load(folder / "sparse.npy", mmap_mode="r"), *arrays, dense_weight, sharpness)

    def with_margins(self, margins: Dict[str, float]) -> LinearModel:
        """The same model with a head start for some labels, in units of the distance from a plane."""
        head_start = np.array([margins.get(label, 0.0) for label in self.labels], dtype=np.float32)
        return replace(self, bias=self.bias + head_start)


def scaled(dense: np.ndarray, mean: np.ndarray, spread: np.ndarray, weight: float) -> np.ndarray:
    """Vectors with every dimension at unit spread, then of length `weight`."""
    even = (dense - mean) / spread
    return even * (weight / np.maximum(np.linalg.norm(even, axis=1, keepdims=True), 1e-9))


def fit(
    sparse: sp.csr_matrix, dense: np.ndarray, labels: Sequence[str], dense_weight: float, strength: float, sharpness: float
) -> LinearModel:
    """Fits one separating plane per label (linear support vectors, squared hinge; liblinear)."""
    from sklearn.svm import LinearSVC

    width = dense.shape[1]
    mean = dense.mean(axis=0) if width else np.zeros(0, dtype=np.float32)
    spread = dense.std(axis=0) + 1e-6 if width else np.ones(0, dtype=np.float32)
    parts = [sparse]
    if width:
        parts.append(sp.csr_matrix(scaled(dense, mean, spread, dense_weight)))
    model = LinearSVC(C=strength, max_iter=100, tol=0.02, random_state=7)
    model.fit(sp.hstack(parts, format="csr"), labels)
    weights, columns = model.coef_.T, sparse.shape[1]
    bias = model.intercept_.astype(np.float32)
    rounded, step = in_steps(weights[:columns])
    return LinearModel(list(model.classes_), rounded, step, weights[columns:], mean, spread, bias, dense_weight, sharpness)


def in_steps(weights: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Weights of shape (columns, n) as whole numbers from -127 to 127, and the size of one step for each of the n."""
    step = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127 if weights.size else np.ones(weights.shape[1])
    return np.round(weights / step).astype(np.int8), step
