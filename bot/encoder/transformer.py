"""The encoder as TensorFlow reads it: embeddings, attention layers, mean; with the four bits its engine will see."""

from __future__ import annotations

from typing import Dict, List

import numpy as np
import tensorflow as tf

from bot.encoder.packed_file import BLOCK, PackedEncoder

MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")


def embedded(model: PackedEncoder, words: np.ndarray, cut: List[List[int]]) -> List[np.ndarray]:
    """What goes into the first layer, for each cut text: float32 of shape (pieces, width)."""
    places = model.numbers("emb.pos").reshape(-1, model.width)
    kind = model.numbers("emb.type").reshape(-1, model.width)[0]
    weight, bias = model.numbers("emb.ln.w"), model.numbers("emb.ln.b")
    rows = []
    for pieces in cut:
        row = words[pieces] + places[: len(pieces)] + kind
        row = (row - row.mean(axis=1, keepdims=True)) / np.sqrt(row.var(axis=1, keepdims=True) + model.epsilon)
        rows.append((row * weight + bias).astype(np.float32))
    return rows


class Layer(tf.Module):
    """One attention layer. With `trainable` its matrices are rounded to four bits in every step, and learn through it."""

    def __init__(self, model: PackedEncoder, number: int, trainable: bool) -> None:
        super().__init__(name=f"l{number}")
        self.number, self.heads, self.epsilon, self.learns = number, model.heads, model.epsilon, trainable
        sizes = {"fi": (model.inner, model.width), "fo": (model.width, model.inner)}
        self.weights: Dict[str, tf.Variable] = {}
        for name in MATRICES:
            matrix = model.numbers(f"l{number}.{name}.w").reshape(sizes.get(name, (model.width, model.width)))
            self._keep(f"{name}.w", matrix)
            self._keep(f"{name}.b", model.numbers(f"l{number}.{name}.b"))
        for name in NORMS:
            for part in "wb":
                self._keep(f"{name}.{part}", model.numbers(f"l{number}.{name}.{part}"))

    def _keep(self, name: str, numbers: np.ndarray) -> None:
        self.weights[name] = tf.Variable(numbers, trainable=self.learns, name=name.replace(".", "_"))

    def __call__(self, rows: tf.Tensor, away: tf.Tensor, dropout: float = 0.0) -> tf.Tensor:
        """rows: (texts, pieces, width); away: (texts, 1, 1, pieces), very low where there is no piece."""
        mixed = self._drop(self._times(self._attention(rows, away), "ao"), dropout)
        rows = self._norm(rows + mixed, "aln")
        inner = self._times(tf.nn.gelu(self._times(rows, "fi"), approximate=False), "fo")
        return self._norm(rows + self._drop(inner, dropout), "oln")

    def _attention(self, rows: tf.Tensor, away: tf.Tensor) -> tf.Tensor:
        shape = tf.shape(rows)
        width = rows.shape[-1] // self.heads

        def heads(name: str) -> tf.Tensor:
            return tf.transpose(tf.reshape(self._times(rows, name), (shape[0], shape[1], self.heads, width)), (0, 2, 1, 3))

        scores = tf.matmul(heads("q"), heads("k"), transpose_b=True) / width**0.5 + away
        seen = tf.matmul(tf.nn.softmax(scores), heads("v"))
        return tf.reshape(tf.transpose(seen, (0, 2, 1, 3)), (shape[0], shape[1], rows.shape[-1]))

    def _times(self, rows: tf.Tensor, name: str) -> tf.Tensor:
        matrix = self.weights[f"{name}.w"]
        if self.learns:
            matrix = matrix + tf.stop_gradient(four_bits(matrix) - matrix)
        flat = tf.matmul(tf.reshape(rows, (-1, rows.shape[-1])), matrix, transpose_b=True) + self.weights[f"{name}.b"]
        return tf.reshape(flat, tf.concat([tf.shape(rows)[:-1], [matrix.shape[0]]], 0))

    def _norm(self, rows: tf.Tensor, name: str) -> tf.Tensor:
        mean, variance = tf.nn.moments(rows, axes=[-1], keepdims=True)
        return (rows - mean) * tf.math.rsqrt(variance + self.epsilon) * self.weights[f"{name}.w"] + self.weights[f"{name}.b"]

    @staticmethod
    def _drop(rows: tf.Tensor, share: float) -> tf.Tensor:
        return tf.nn.dropout(rows, share) if share else rows


def four_bits(matrix: tf.Tensor) -> tf.Tensor:
    """The matrix as four bits will hold it; the same rounding as `packed_file.packed`."""
    blocks = tf.reshape(matrix, (-1, BLOCK))
    highest, lowest = tf.reduce_max(blocks, 1, keepdims=True), tf.reduce_min(blocks, 1, keepdims=True)
    steps = tf.where(highest > -lowest, highest, lowest) / -8
    steps = tf.cast(tf.cast(steps, tf.float16), tf.float32)
    numbers = tf.clip_by_value(tf.round(tf.math.divide_no_nan(blocks, steps)), -8, 7)
    return tf.reshape(numbers * steps, tf.shape(matrix))


def far_away(kept: tf.Tensor) -> tf.Tensor:
    """(texts, pieces) of 1 and 0 as what attention adds to its scores."""
    return (1 - kept)[:, None, None, :] * -1e9


def mean(rows: tf.Tensor, kept: tf.Tensor) -> tf.Tensor:
    """One row of length one per text: the mean of its pieces."""
    return tf.math.l2_normalize(tf.reduce_sum(rows * kept[:, :, None], 1), axis=1)
