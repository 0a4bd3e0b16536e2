"""A PostgreSQL of the tests' own: a fresh cluster in a temporary folder, stopped and removed at the end."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from bot.storage.database import migrate

COUNTER = itertools.count()
TEMPLATES: dict[str, str] = {}


@dataclass(frozen=True)
class Server:
    """A running cluster: its programs, folder, port and the system user it runs as (None for our own)."""

    programs: Path
    folder: Path
    port: int
    user: str | None


def start_postgres() -> Server | None:
    """A running server, or None when PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        return None
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    user = "postgres" if os.geteuid() == 0 and _has_user("postgres") else None
    folder = Path(tempfile.mkdtemp(prefix="veiviser-postgres-"))
    if user:
        shutil.chown(folder, user)
    server = Server(programs, folder, _free_port(), user)
    _call(server, "initdb", "-D", folder / "data", "-U", "veiviser", "--auth=trust", "-E", "UTF8", "--no-sync")
    options = f"-p {server.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    _call(server, "pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")
    return server


def stop_postgres(server: Server) -> None:
    """Stops a server and removes its folder."""
    _call(server, "pg_ctl", "-D", server.folder / "data", "-m", "immediate", "-w", "stop")
    shutil.rmtree(server.folder, ignore_errors=True)


def postgres_url(server: Server, database: str = "postgres") -> str:
    """The SQLAlchemy address of a database."""
    return f"postgresql+psycopg://veiviser@127.0.0.1:{server.port}/{database}"


def fresh_database(url: str) -> str:
    """A new database with empty tables on the server of an address; its own address.

    The migrations run once per server; each further database is a copy, which takes a tenth of the time.
    """
    if url not in TEMPLATES:
        TEMPLATES[url] = "migrated"
        _create(url, "migrated")
        engine = create_engine(_beside(url, "migrated"))
        migrate(engine)
        engine.dispose()
    name = f"test_{next(COUNTER)}"
    _create(url, name, f"TEMPLATE {TEMPLATES[url]}")
    return _beside(url, name)


def _create(url: str, name: str, more: str = "") -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} {more}"))
    engine.dispose()


def _beside(url: str, name: str) -> str:
    return url.rsplit("/", 1)[0] + f"/{name}"


def _call(server: Server, program: str, *arguments: object) -> None:
    prefix = ["runuser", "-u", server.user, "--"] if server.user else []
    command = [*prefix, str(server.programs / program), *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
