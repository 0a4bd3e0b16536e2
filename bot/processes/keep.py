"""Keeps one process running: starts it again when it dies, so that a crash costs seconds and nobody has to be there.

    python -m bot.processes.keep COMMAND...

A process that ends at once again and again cannot be helped by starting it; then this ends with its exit code.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

PAUSES = (0.2, 1.0, 5.0)  # seconds before the first, second and later starts in a row
AT_ONCE = 20.0  # a process that lived shorter never really ran
PATIENCE = 3  # how often in a row it may end at once


def keep(command: Sequence[str], say: Callable[[str], None], starts: Callable[[Sequence[str]], subprocess.Popen[bytes]]) -> int:
    """Runs a command until it ends by itself with 0, is told to stop, or cannot live; its exit code (128 + number for a signal)."""
    short = 0
    stopped = False
    child = starts(command)

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while True:
        began = time.monotonic()
        code = child.wait()
        if stopped or code == 0:
            return _exit_code(code)
        short = short + 1 if time.monotonic() - began < AT_ONCE else 0
        if short >= PATIENCE:
            return _exit_code(code)
        say(f"The process ended with {code} and is started again.")
        time.sleep(PAUSES[min(short, len(PAUSES) - 1)])
        if stopped:
            return _exit_code(code)
        child = starts(command)


def _exit_code(code: int) -> int:
    return 128 - code if code < 0 else code


def main() -> None:
    """Keeps the command of the arguments."""
    if len(sys.argv) < 2:
        sys.exit("Name the command to keep running.")
    sys.exit(keep(sys.argv[1:], lambda words: print(words, file=sys.stderr, flush=True), lambda command: subprocess.Popen(list(command))))


if __name__ == "__main__":
    main()
