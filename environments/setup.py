"""Sets up the two environments; standard library only, because nothing else is there yet. `make setup` calls it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "environments"
MAIN, RASA = ROOT / ".venv", ROOT / ".venv-rasa"
NEEDED = (3, 11)


def main() -> None:
    """Makes what is missing or out of date; ends with 1 and a sentence when it cannot."""
    if sys.version_info < NEEDED:
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Say which with: make PYTHON=python3.12 setup")
    if not up_to_date(MAIN, "bootstrap.txt", "main.txt"):
        print("Setting up .venv ...", flush=True)
        if not ((MAIN / "bin" / "python").exists() and (MAIN / "bin" / "pip").exists()):
            make_main_environment()
        call(MAIN / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", HERE / "bootstrap.txt")
        install(MAIN, "main.txt")
        note(MAIN, "bootstrap.txt", "main.txt")
    if not up_to_date(RASA, "rasa.txt"):
        print("Setting up .venv-rasa (Rasa needs Python 3.10) ...", flush=True)
        if not (RASA / "bin" / "python").exists():
            make_rasa_environment()
        install(RASA, "rasa.txt")
        note(RASA, "rasa.txt")
    write_command()


def make_main_environment() -> None:
    """A fresh .venv with pip; ends with 1 and a sentence where this Python cannot make one."""
    try:
        venv.create(MAIN, with_pip=True, clear=True)
    except subprocess.CalledProcessError:
        sys.exit("This Python cannot make environments. On Debian and Ubuntu: apt install python3-venv. Then run make again.")


def make_rasa_environment() -> None:
    """An environment on Python 3.10: one that is here already, else the one uv manages and may download."""
    found = find_python_3_10()
    wanted = str(found) if found else "3.10"
    if subprocess.run([MAIN / "bin" / "uv", "venv", "--quiet", "--python", wanted, str(RASA)], check=False).returncode:
        sys.exit(
            "Rasa needs Python 3.10, and there is none here and none could be downloaded.\n"
            "Install one of these and run make again:\n"
            "  uv python install 3.10        (any system, needs the network)\n"
            "  pyenv install 3.10            (any system, needs a compiler)\n"
            "  brew install python@3.10      (macOS)\n"
            "Or name one yourself: PYTHON_3_10=/path/to/python3.10 make setup"
        )


def find_python_3_10() -> Path | None:
    """The first Python 3.10 that runs: PYTHON_3_10, then python3.10 on the path, then pyenv's versions."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [os.environ.get("PYTHON_3_10"), shutil.which("python3.10")]
    candidates += [str(file) for file in sorted(pyenv.glob("3.10*/bin/python3.10"), reverse=True)]
    return next((Path(name) for name in candidates if name and is_3_10(name)), None)


def is_3_10(python: str) -> bool:
    """True when the interpreter starts and is a 3.10; a pyenv shim may exist and not start."""
    try:
        said = subprocess.run([python, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.stdout.strip() == "(3, 10)"


def install(folder: Path, lock: str) -> None:
    """Brings an environment to exactly what its lock file says, bytecode included."""
    call(MAIN / "bin" / "uv", "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", "--python", folder, HERE / lock)


def write_command() -> None:
    """Puts the program `veiviser` into .venv/bin."""
    file = MAIN / "bin" / "veiviser"
    text = f'#!/bin/sh\nPYTHONPATH="{ROOT}${{PYTHONPATH:+:$PYTHONPATH}}" exec "{MAIN}/bin/python" -m bot.command_line "$@"\n'
    if not file.exists() or file.read_text() != text:
        file.write_text(text)
        file.chmod(0o755)


def up_to_date(folder: Path, *locks: str) -> bool:
    """True when the environment was made from these lock files as they are now."""
    stamp = folder / "made-from"
    return (folder / "bin" / "python").exists() and stamp.exists() and stamp.read_text() == digest(*locks)


def note(folder: Path, *locks: str) -> None:
    """Remembers what the environment was made from."""
    (folder / "made-from").write_text(digest(*locks))


def digest(*locks: str) -> str:
    """A hash over lock files."""
    return hashlib.sha256(b"".join((HERE / lock).read_bytes() for lock in locks)).hexdigest()


def call(*command: object) -> None:
    """Runs a command; ends with its exit code when it fails."""
    ended = subprocess.run([str(word) for word in command], check=False)
    if ended.returncode:
        sys.exit(f"This failed: {' '.join(map(str, command))}")


if __name__ == "__main__":
    main()
