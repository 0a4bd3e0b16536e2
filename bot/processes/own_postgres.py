"""A PostgreSQL for one measurement or one run of the tests: a fresh cluster in a temporary folder, removed at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"  # Debian's package makes it; PostgreSQL refuses to run as root


@contextmanager
def own_postgres(careless: bool = False) -> Iterator[str | None]:
    """The SQLAlchemy address of an empty database; None when PostgreSQL is not installed.

    `careless`: it does not wait for the disk, as is enough for tests.
    """
    programs = _programs()
    if programs is None:
        yield None
        return
    prefix = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 and _is_there(USER) else []
    folder = Path(tempfile.mkdtemp(prefix="veiviser-measure-"))
    if prefix:
        shutil.chown(folder, USER)
    port = _free_port()
    data = folder / "data"

    def call(program: str, *given: object) -> None:
        command = [*prefix, str(programs / program), "-D", str(data), *map(str, given)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    try:
        call("initdb", "-U", "veiviser", "--auth=trust", "-E", "UTF8", *(["--no-sync"] if careless else []))
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}" + (" -c fsync=off" if careless else "")
        call("pg_ctl", "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql+psycopg://veiviser@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _is_there(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
