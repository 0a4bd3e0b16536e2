"""Vectors of examples, kept in one file between trainings, because computing them is most of the work of a training."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Dict, Iterable, Optional, Sequence

import numpy as np

# Components of a vector of length one stay below 0.2; a 600th of a unit in one byte each is finer than the 4-bit model itself.
STEPS = 600
KEY_BYTES = 12


class VectorFile:
    """Vectors by text, one byte per component. Without a path it only remembers.

    `encoder` names what made them: a file of another encoder's vectors counts as empty.
    """

    def __init__(self, path: Optional[str], encoder: str = "") -> None:
        self._file, self._encoder = Path(path) if path else None, encoder
        self._known: Dict[bytes, np.ndarray] = {}
        if self._file and self._file.exists():
            with np.load(self._file) as kept:
                if (str(kept["encoder"]) if "encoder" in kept else "") == encoder:
                    self._known = {bytes(key): vector for key, vector in zip(kept["keys"], kept["vectors"])}

    def __contains__(self, text: str) -> bool:
        return _key(text) in self._known

    def __len__(self) -> int:
        return len(self._known)

    def add(self, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Remembers the vectors (rows of length one) of texts."""
        steps = np.clip(np.rint(vectors * STEPS), -127, 127).astype(np.int8)
        self._known.update(zip(map(_key, texts), steps))

    def vectors(self, texts: Iterable[str]) -> np.ndarray:
        """float32 of shape (texts, dimensions), rows of length one. Raises KeyError for an unknown text."""
        steps = np.stack([self._known[_key(text)] for text in texts]).astype(np.float32)
        return steps / np.linalg.norm(steps, axis=1, keepdims=True)

    def write(self, only: Iterable[str]) -> None:
        """Writes the vectors of these texts; what nobody asks any more is forgotten. Two writes of one content are equal."""
        if self._file is None:
            return
        keys = sorted({_key(text) for text in only} & set(self._known))
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._file.with_suffix(".tmp.npz")
        packed = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, KEY_BYTES)
        vectors = np.stack([self._known[key] for key in keys])
        np.savez_compressed(unfinished, keys=packed, vectors=vectors, encoder=np.array(self._encoder))
        unfinished.replace(self._file)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:KEY_BYTES]
