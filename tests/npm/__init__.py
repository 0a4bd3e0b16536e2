"""Packages of npm that tests use: pinned here, installed once into a cache folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PINS = ("package.json", "package-lock.json")


def npm_folder() -> Path | None:
    """The folder in which the pinned packages are installed, without their scripts; None where there is no npm or no registry."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in PINS)).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "veiviser-tests"
    folder = cache / f"npm-{digest}"
    if folder.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    # Installed beside and moved into place, so that two processes at once, or one that is stopped, leave nothing half done.
    with tempfile.TemporaryDirectory(dir=cache) as made:
        for name in PINS:
            shutil.copy(HERE / name, made)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        if subprocess.run(command, cwd=made, capture_output=True, timeout=300).returncode:
            return None
        try:
            Path(made).rename(folder)
        except OSError:
            return folder if folder.exists() else None
        Path(made).mkdir()  # for its own tidying up
    return folder
