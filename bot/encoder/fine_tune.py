"""Teaches the upper layers of the encoder our topics, so that sentences of one topic come to lie together in every language.

Run in Rasa's environment (`veiviser encoder`), about an hour on two cores. The lower layers and the vocabulary stay as they are.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np
import tensorflow as tf

from bot.content import Library, content_folder
from bot.encoder.packed_file import PackedEncoder, packed
from bot.encoder.packed_model import CHANGED, packaged_model
from bot.encoder.pieces import Pieces
from bot.encoder.transformer import MATRICES, NORMS, Layer, embedded, far_away, mean
from bot.understanding.text import normal

LEARNING_LAYERS = 6
ROUNDS = 2
BATCH = 64
RATE, HEAD_RATE = 1.5e-4, 2e-3
WARM_UP = 0.06
DROPOUT = 0.1
PIECES_HIDDEN = 0.1  # a share of the pieces is hidden in each step, so that no single word decides
SMOOTHING = 0.05
SCALE = 30.0


@dataclass
class Texts:
    """rows: (all pieces, width) half floats; starts: first row of each text and one more; labels: topic number per text."""

    rows: np.ndarray
    starts: np.ndarray
    labels: np.ndarray

    def batch(self, numbers: Sequence[int]) -> Tuple[np.ndarray, np.ndarray]:
        """Texts side by side, filled up to the longest: (texts, pieces, width) and (texts, pieces) of 1 and 0."""
        lengths = [self.starts[n + 1] - self.starts[n] for n in numbers]
        rows = np.zeros((len(numbers), max(lengths), self.rows.shape[1]), np.float32)
        kept = np.zeros(rows.shape[:2], np.float32)
        for place, (number, length) in enumerate(zip(numbers, lengths)):
            rows[place, :length] = self.rows[self.starts[number] : self.starts[number] + length]
            kept[place, :length] = 1
        return rows, kept

    def batches(self, dice: np.random.Generator) -> Iterator[np.ndarray]:
        """All texts once, texts of about one length together, in chance order."""
        lengths = np.diff(self.starts) + dice.uniform(0, 3, len(self.labels))
        order = np.argsort(lengths)
        groups = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        dice.shuffle(groups)
        yield from groups


def examples(library: Library) -> Tuple[List[str], List[str]]:
    """All example sentences and their topics."""
    texts, topics = [], []
    for topic in library.topic_ids():
        for code in library.languages:
            wording = library.wording(topic, code)
            for example in wording.examples if wording else ():
                texts.append(example)
                topics.append(topic)
    return texts, topics


def lower_layers(model: PackedEncoder, texts: Sequence[str], bar: bool = True) -> Texts:
    """The texts as the frozen layers leave them."""
    cutter = Pieces(model)
    cut = [cutter.cut(text) for text in texts]
    words = model.numbers("emb.word").reshape(-1, model.width)
    starts = np.concatenate([[0], np.cumsum([len(pieces) for pieces in cut])])
    kept = Texts(np.empty((starts[-1], model.width), np.float16), starts, np.zeros(len(cut), np.int32))
    layers = [Layer(model, number, trainable=False) for number in range(model.layers - LEARNING_LAYERS)]

    @tf.function(autograph=False, input_signature=[tf.TensorSpec((None, None, model.width)), tf.TensorSpec((None, None))])
    def through(rows: tf.Tensor, here: tf.Tensor) -> tf.Tensor:
        for layer in layers:
            rows = layer(rows, far_away(here))
        return rows

    order = np.argsort(np.diff(starts))
    for start in _bar(range(0, len(order), 128), "Frozen layers", bar):
        numbers = order[start : start + 128]
        for number, rows in zip(numbers, embedded(model, words, [cut[n] for n in numbers])):
            kept.rows[starts[number] : starts[number + 1]] = rows
        rows = through(*kept.batch(numbers)).numpy()
        for place, number in enumerate(numbers):
            length = starts[number + 1] - starts[number]
            kept.rows[starts[number] : starts[number + 1]] = rows[place, :length]
    return kept


class Upper:
    """The learning layers, and a plane for each topic on top of them that only teaches."""

    def __init__(self, model: PackedEncoder) -> None:
        self.layers = [Layer(model, number, trainable=True) for number in range(model.layers - LEARNING_LAYERS, model.layers)]
        self.vectors = tf.function(
            self._vectors, autograph=False, input_signature=[tf.TensorSpec((None, None, model.width)), tf.TensorSpec((None, None))]
        )

    def _vectors(self, rows: tf.Tensor, kept: tf.Tensor, dropout: float = 0.0) -> tf.Tensor:
        for layer in self.layers:
            rows = layer(rows, far_away(kept), dropout)
        return mean(rows, kept)

    def all_vectors(self, texts: Texts, bar: bool = True) -> np.ndarray:
        """(texts, width) rows of length one."""
        found = np.empty((len(texts.labels), texts.rows.shape[1]), np.float32)
        order = np.argsort(np.diff(texts.starts))
        for start in _bar(range(0, len(order), 128), "Vectors", bar):
            numbers = order[start : start + 128]
            found[numbers] = self.vectors(*texts.batch(numbers)).numpy()
        return found

    def teach(
        self,
        texts: Texts,
        first: np.ndarray,
        topics: int,
        seed: int = 1,
        bar: bool = True,
        each: Optional[Callable[[int], None]] = None,
    ) -> None:
        """ROUNDS times through all texts, the rate rising first and then falling to nothing.

        `first`: their vectors before, (texts, width); `each` is called with the number of every step done.
        """
        middle = tf.constant(first.mean(axis=0))
        means = np.stack([first[texts.labels == topic].mean(axis=0) - middle for topic in range(topics)])
        planes = tf.Variable((means / np.linalg.norm(means, axis=1, keepdims=True)).T.astype(np.float32))
        inner = [variable for layer in self.layers for variable in layer.trainable_variables]
        steps = ROUNDS * -(-len(texts.labels) // BATCH)
        slow, fast = tf.keras.optimizers.Adam(RATE, clipnorm=1.0), tf.keras.optimizers.Adam(HEAD_RATE)

        @tf.function(autograph=False, input_signature=[*self.vectors.input_signature, tf.TensorSpec((None,), tf.int32)])
        def step(rows: tf.Tensor, kept: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                seen = kept * tf.cast(tf.random.uniform(tf.shape(kept)) > PIECES_HIDDEN, tf.float32)
                seen = tf.concat([kept[:, :1], seen[:, 1:]], 1)  # the mark of beginning stays, so that no text is empty
                logits = SCALE * tf.matmul(self._vectors(rows, seen, DROPOUT) - middle, planes)
                wanted = tf.one_hot(labels, topics) * (1 - SMOOTHING) + SMOOTHING / topics
                loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, logits))
            slopes = tape.gradient(loss, [*inner, planes])
            slow.apply_gradients(zip(slopes[:-1], inner))
            fast.apply_gradients([(slopes[-1], planes)])
            return loss

        dice, done, smooth = np.random.default_rng(seed), 0, 0.0
        shown = _bar(range(steps), "Teaching", bar)
        groups = (group for _ in range(ROUNDS) for group in texts.batches(dice))
        for done, (numbers, _) in enumerate(zip(groups, shown)):
            part = min(done / (WARM_UP * steps), (1 - done / steps) / (1 - WARM_UP))
            slow.learning_rate.assign(RATE * part)
            fast.learning_rate.assign(HEAD_RATE * part)
            loss = float(step(*texts.batch(numbers), texts.labels[numbers]))
            smooth = loss if not done else 0.98 * smooth + 0.02 * loss
            if bar:
                shown.set_postfix(loss=f"{smooth:.2f}")
            if each:
                each(done)

    def tensors(self) -> Dict[str, np.ndarray]:
        """What changed, as the packed file holds it."""
        found = {}
        for layer in self.layers:
            for name in MATRICES:
                found[f"l{layer.number}.{name}.w"] = packed(layer.weights[f"{name}.w"].numpy())
                found[f"l{layer.number}.{name}.b"] = layer.weights[f"{name}.b"].numpy()
            for name in NORMS:
                for part in "wb":
                    found[f"l{layer.number}.{name}.{part}"] = layer.weights[f"{name}.{part}"].numpy()
        return found


def main() -> None:
    """Teaches the encoder all examples of data/ and writes what changed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=CHANGED)
    out = options.parse_args().out
    texts, topics = examples(Library(content_folder()))
    names = sorted(set(topics))
    model = PackedEncoder(packaged_model())
    lower = lower_layers(model, [normal(text) for text in texts])
    lower.labels[:] = [names.index(topic) for topic in topics]
    tf.random.set_seed(1)
    upper = Upper(model)
    upper.teach(lower, upper.all_vectors(lower), len(names))
    np.savez(out, **upper.tensors())
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, taught with {len(texts)} sentences of {len(names)} topics. Now run `make train`.")


def _bar(steps: range, what: str, shown: bool) -> Any:
    from tqdm import tqdm

    return tqdm(steps, desc=what, disable=not shown, file=sys.stderr)


if __name__ == "__main__":
    main()
