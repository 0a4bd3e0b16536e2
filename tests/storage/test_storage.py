"""Migrations and tables agree on both databases; sealed words open only with their key."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session, sessionmaker

from bot.storage.all_tables import Base
from bot.storage.database import migrate, open_database
from bot.storage.sealing import Seal, SealError


def test_the_migrations_make_exactly_the_tables(sessions: sessionmaker[Session]) -> None:
    with sessions.kw["bind"].connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_opening_twice_changes_nothing(sessions: sessionmaker[Session], database_url: str) -> None:
    migrate(sessions.kw["bind"])
    open_database(database_url).kw["bind"].dispose()


def test_sealed_words_open_with_their_key_only() -> None:
    one, other = Seal(Fernet.generate_key().decode()), Seal(Fernet.generate_key().decode())
    sealed = one.close("ሰላም")
    assert one.open(sealed) == "ሰላም"
    with pytest.raises(SealError, match="another key"):
        other.open(sealed)
    with pytest.raises(SealError, match="veiviser new-key"):
        Seal("short")
