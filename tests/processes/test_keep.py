"""A process that dies is started again; one that cannot live, or is told to stop, is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

LIVES = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
DIES = "import sys; open(sys.argv[1], 'a').write('tried\\n'); sys.exit(3)"


def started(program: str, file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "bot.processes.keep", sys.executable, "-c", program, str(file)], stderr=subprocess.PIPE)


def lines_of(file: Path, number: int) -> list[str]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if file.exists() and len(lines := file.read_text().split()) >= number:
            return lines
        time.sleep(0.05)
    pytest.fail(f"the process was not started {number} times")


def test_a_killed_process_is_started_again_and_ends_with_its_keeper(tmp_path: Path) -> None:
    file = tmp_path / "starts"
    with started(LIVES, file) as keeper:
        os.kill(int(lines_of(file, 1)[0]), signal.SIGKILL)
        second = int(lines_of(file, 2)[1])
        keeper.terminate()
        assert keeper.wait(timeout=10) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_a_process_that_cannot_live_is_given_up_with_its_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "starts"
    with started(DIES, file) as keeper:
        assert keeper.wait(timeout=20) == 3
        assert keeper.stderr and keeper.stderr.read().count(b"started again") == 2
    assert file.read_text().count("tried") == 3


def test_a_keeper_without_a_command_says_what_it_needs() -> None:
    ended = subprocess.run([sys.executable, "-m", "bot.processes.keep"], capture_output=True, text=True, check=False)
    assert (ended.returncode, "command" in ended.stderr) == (1, True)
