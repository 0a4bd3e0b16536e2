"""Whisper on this machine (faster-whisper), with a model folder of the operator's. Nothing is ever downloaded or sent.

Install with `make speech`; name the folder in VEIVISER_SPEECH_MODEL. It holds model.bin, config.json, tokenizer.json and the vocabulary
(the form of CTranslate2).
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import logging
import math
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from pathlib import Path
from typing import Any

from bot.conversations.first_bytes import AAC, AMR, MP3, MP4, OGG, WAV, WEBM
from bot.conversations.speech import LONGEST, CannotHear, Heard, Listener
from bot.settings import SettingsError

logger = logging.getLogger(__name__)
RATE = 16_000  # samples a second, as the model wants them
TURN_WITHIN = 10.0  # seconds to wait while another recording is heard; the person must not wait for an answer longer than a person's
DONE_WITHIN = 45.0  # seconds; a machine that needs longer leaves it to a person
REPEATING = 2.4  # a text that can be packed so tightly is one phrase over and over: the model was dreaming (its own limit)
NO_SPEECH = 0.6  # the model's own limit
# What a recording is taken for is settled before it is opened: some forms name other files and addresses to read.
FORMS = {OGG: "ogg", MP3: "mp3", MP4: "mov", AAC: "aac", AMR: "amr", WEBM: "matroska", WAV: "wav"}
# The codes of Whisper that are not ours. What it does not know at all (Sorani, Kurmanji, Tigrinya, Kinyarwanda) it must not guess at.
OURS = {"no": "nb"}
THEIRS = {"nb": "no"}


def listener_of(model: str) -> Listener | None:
    """What listens, with the model folder of the settings; None where there is none. Raises SettingsError with what to do."""
    if not model:
        return None
    folder = Path(model)
    if not (folder / "model.bin").is_file():
        raise SettingsError(
            f"VEIVISER_SPEECH_MODEL names {folder}, and there is no model.bin. Name the folder of a CTranslate2 Whisper model."
        )
    if importlib.util.find_spec("faster_whisper") is None:
        raise SettingsError("VEIVISER_SPEECH_MODEL is set, but the program that listens is not installed. Run `make speech`, or unset it.")
    return WhisperListener(folder)


class WhisperListener:
    """One recording at a time, in a thread of its own; the model is read when the first one comes."""

    def __init__(self, folder: Path, turn_within: float = TURN_WITHIN, done_within: float = DONE_WITHIN, threads: int = 2) -> None:
        self._folder, self._turn_within, self._done_within, self._threads = folder, turn_within, done_within, threads
        self._turn = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="listening")
        self._model: Any = None

    def hear(self, content: bytes, content_type: str, language_hint: str | None) -> Heard:
        """As in the contract: what takes too long, or fails in any way, was not heard."""
        if not self._turn.acquire(timeout=self._turn_within):
            raise CannotHear("busy")
        try:
            work: Future[Heard] = self._thread.submit(self._hear, content, content_type, language_hint)
        except RuntimeError as error:  # the program is ending
            self._turn.release()
            raise CannotHear("ending") from error
        work.add_done_callback(lambda _: self._turn.release())
        try:
            return work.result(timeout=self._done_within)
        except TooLate as error:
            raise CannotHear("slow") from error

    def _hear(self, content: bytes, content_type: str, language_hint: str | None) -> Heard:
        try:
            return self._heard(self._ready(), samples_of(content, content_type), language_hint)
        except CannotHear:
            raise
        except Exception as error:  # of the decoder and the model, whose errors are of many kinds
            logger.warning("A recording could not be heard (%s)", type(error).__name__)
            raise CannotHear(type(error).__name__) from error

    def _ready(self) -> Any:
        if self._model is None:
            whisper: Any = importlib.import_module("faster_whisper")
            self._model = whisper.WhisperModel(
                str(self._folder), device="cpu", compute_type="int8", cpu_threads=self._threads, local_files_only=True
            )
        return self._model

    def _heard(self, model: Any, samples: Any, language_hint: str | None) -> Heard:
        hint = THEIRS.get(language_hint or "", language_hint)
        if hint is not None and hint not in model.supported_languages:
            raise CannotHear("language")
        # One try without chance, no words carried from one piece to the next, silence left out: nothing is made up, and it ends in time.
        segments, about = model.transcribe(
            samples, beam_size=5, temperature=0.0, vad_filter=True, condition_on_previous_text=False, without_timestamps=True
        )
        said = list(segments)
        if not said or any(part.compression_ratio > REPEATING or part.no_speech_prob > NO_SPEECH for part in said):
            raise CannotHear("no_words")
        text = " ".join(part.text.strip() for part in said).strip()
        sure = about.language_probability * min(math.exp(part.avg_logprob) for part in said)
        return Heard(text, OURS.get(about.language, about.language), min(1.0, sure))


def samples_of(content: bytes, content_type: str) -> Any:
    """A recording as numbers between -1 and 1, at the model's rate. Raises CannotHear for one that is too long or of another type."""
    import numpy

    return numpy.frombuffer(b"".join(_pieces(content, content_type)), numpy.int16).astype(numpy.float32) / 32768.0


def _pieces(content: bytes, content_type: str) -> Iterator[bytes]:
    """Piece by piece, so that a small file that unpacks to hours is left as soon as it is known to be one."""
    av: Any = importlib.import_module("av")
    left, form = LONGEST * RATE, FORMS.get(content_type)
    if form is None:
        raise CannotHear("form")
    with av.open(io.BytesIO(content), mode="r", format=form, metadata_errors="ignore") as recording:
        if not recording.streams.audio:
            raise CannotHear("no_sound")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for frame in recording.decode(recording.streams.audio[0]):
            for piece in resampler.resample(frame):
                left -= piece.samples
                if left < -RATE:
                    raise CannotHear("too_long")
                yield piece.to_ndarray().tobytes()
        for piece in resampler.resample(None):
            yield piece.to_ndarray().tobytes()
