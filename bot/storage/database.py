"""Opens the database, SQLite by default and PostgreSQL beyond one machine, and brings its tables up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from bot.storage import all_tables as all_tables  # every foreign key must be known

MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(url: str) -> sessionmaker[Session]:
    """Sessions on a database whose tables are at the newest revision. Raises sqlalchemy.exc.OperationalError when it is away."""
    engine = engine_for(url)
    migrate(engine)
    return sessionmaker(engine, expire_on_commit=False)


def engine_for(url: str) -> Engine:
    """An engine; for SQLite with a write-ahead journal, so that readers never wait for the writer."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    file = url.removeprefix("sqlite:///")
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "savepoint")
    def begin_before(connection: Connection, name: str | None) -> None:
        # Python's sqlite3 begins a transaction before the first change, but not before a savepoint: the savepoint would be the
        # transaction then, and its release would commit, whatever happens to the rest.
        if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def migrate(engine: Engine, revision: str = "head") -> None:
    """Runs the migrations up to a revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
