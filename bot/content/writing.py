"""Puts changed files in place: all or none, each in one step, one writer at a time; a change can be taken back."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.content.errors import ContentError


@dataclass(frozen=True)
class Edit:
    """A file with its bytes before (None: there was none) and after."""

    file: Path
    before: bytes | None
    after: bytes


def edit_of(file: Path, after: str, before: str | None) -> Edit:
    """The change of a text file."""
    return Edit(file, None if before is None else before.encode(), after.encode())


def text_of(file: Path) -> str:
    """The text of a file with its own line endings. Raises ContentError."""
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(file, None, f"The file cannot be read ({error}).") from error


@contextmanager
def one_writer(data: Path) -> Iterator[None]:
    """Waits until nobody else changes files of data/, in this process or another one on this machine."""
    handle = os.open(data, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def in_place(edits: Sequence[Edit]) -> Iterator[None]:
    """The files are as the edits say; when what happens inside fails, they are again as before.

    Raises ContentError, and changes nothing, when a file is no longer what the edit was made from.
    """
    for edit in edits:
        if _bytes(edit.file) != edit.before:
            raise ContentError(edit.file, None, "Somebody changed the file at the same moment. Try again.")
    done: list[Edit] = []
    try:
        for edit in edits:
            done.append(edit)
            edit.file.parent.mkdir(exist_ok=True)
            _replace(edit.file, edit.after)
        yield
    except BaseException:
        for edit in reversed(done):
            if edit.before is None:
                edit.file.unlink(missing_ok=True)
            elif _bytes(edit.file) != edit.before:
                _replace(edit.file, edit.before)
        raise


def _bytes(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _replace(file: Path, content: bytes) -> None:
    """One step for whoever reads: the old file or the new one, on the disk before it counts."""
    file = file.resolve()
    old = file.stat() if file.exists() else None
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        Path(name).chmod(old.st_mode & 0o777 if old else 0o644)
        # The library knows a change by time and size: the time must differ, however soon after the last change this one comes.
        moment = max(time.time_ns(), old.st_mtime_ns + 1_000_000 if old else 0)
        os.utime(name, ns=(moment, moment))
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
