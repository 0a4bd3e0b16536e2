"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL write the same and SQLAlchemy keeps apart."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.storage.tables import Base


def insert_into(session: Session, table: type[Base]) -> sqlite.Insert:
    """An insert of the session's own dialect. PostgreSQL's has the same methods for what we use of it."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]
    return sqlite.insert(table)
