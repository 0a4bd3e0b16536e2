"""One of everything, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bot.content.library import Library
from bot.storage.sealing import Seal
from tests.traffic.setting import Office


@pytest.fixture
def office(sessions: sessionmaker[Session], seal: Seal, library: Library) -> Office:
    return Office(sessions, seal, library)
