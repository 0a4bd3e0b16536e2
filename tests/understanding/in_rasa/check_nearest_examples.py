"""The nearest example of each label, kept in one byte per number, says the same as before it was kept."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import numpy as np

from bot.understanding.linear_model import in_steps
from bot.understanding.nearest_examples import NearestExamples, remember

TEXTS = ["how much money", "how much cash do I get", "where is the school", "the school is where", "my child is ill"]
LABELS = ["money", "money", "school", "school", "illness"]
ORDER = ["illness", "money", "school"]


def some_vectors() -> np.ndarray:
    """A vector for each text, near the others of its label."""
    random = np.random.default_rng(7)
    centres = {label: random.normal(size=160) for label in ORDER}
    return np.stack([centres[label] + 0.2 * random.normal(size=160) for label in LABELS]).astype(np.float32)


class NearestExamplesTest(unittest.TestCase):
    """What is remembered, kept and asked."""

    def setUp(self) -> None:
        """Five examples of three labels."""
        self.fresh = remember(TEXTS, some_vectors(), LABELS, ORDER)

    def test_an_example_is_nearest_to_its_own_label(self) -> None:
        """Each example finds itself: both cosines are one."""
        nearness = self.fresh.nearness(TEXTS, some_vectors())
        self.assertEqual([ORDER[best] for best in nearness.argmax(axis=1)], LABELS)
        self.assertTrue(np.allclose(nearness.max(axis=1), 2, atol=0.2))

    def test_what_was_kept_says_nearly_the_same(self) -> None:
        """One byte per number costs less than 0.02 of 2."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self.assertFalse(NearestExamples.kept_in(folder))
            self.fresh.save(folder)
            kept = NearestExamples.open(folder)
        asked = ["how much money for a child"], some_vectors()[:1]
        self.assertLess(np.abs(kept.nearness(*asked) - self.fresh.nearness(*asked)).max(), 0.02)

    def test_a_text_without_letters_has_a_nearness_too(self) -> None:
        """Only the vectors count then."""
        nearness = self.fresh.nearness(["??"], some_vectors()[:1])
        self.assertEqual(nearness.shape, (1, 3))
        self.assertTrue(np.isfinite(nearness).all())

    def test_weights_in_steps_are_off_by_half_a_step_at_most(self) -> None:
        """Whole numbers from -127 to 127, one step size for each label."""
        weights = np.random.default_rng(7).normal(size=(50, 4))
        rounded, step = in_steps(weights)
        self.assertEqual(rounded.dtype, np.int8)
        self.assertTrue((np.abs(rounded * step - weights) <= step / 2 + 1e-9).all())


if __name__ == "__main__":
    unittest.main()
