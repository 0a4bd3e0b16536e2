"""A desk on each kind of database."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.content import Library
from bot.storage.sealing import Seal
from tests.desk.common import Place


@pytest.fixture
def place(sessions: sessionmaker[Session], seal: Seal, real_library: Library) -> Place:
    """Opened on a Monday at ten."""
    return Place(sessions, seal, real_library)
