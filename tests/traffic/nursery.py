"""Where worker processes are born, to be killed: for every line on its input one more is forked, and its process id printed.

Everything is imported before, so that the next one works at once. When the input ends, all of them end.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import threading
from pathlib import Path

from sqlalchemy.orm import sessionmaker

from bot.content.library import Library
from bot.conversations.reception import Reception
from bot.conversations.traffic.arriving import Arrivals
from bot.conversations.traffic.delivering import Delivery
from bot.conversations.traffic.inbox import Inbox
from bot.conversations.traffic.workers import Workers
from bot.storage.database import engine_for
from bot.storage.sealing import Seal
from tests.fake_messengers.simple import NAME, OverHttp, SimpleChannel
from tests.fakes import SmallIdentifier, StubAssistant

LEASE = dt.timedelta(seconds=2)
PATIENCE = 2.0


def work(library: Library, database: str, messenger: str, key: str) -> None:
    """Works until it is killed."""
    sessions, seal = sessionmaker(engine_for(database), expire_on_commit=False), Seal(key)
    reception = Reception(sessions, seal, library, SmallIdentifier(), StubAssistant(), "nb")  # type: ignore[arg-type]
    channels = {NAME: SimpleChannel(OverHttp(messenger), reception, waits=PATIENCE)}
    arrivals = Arrivals(Inbox(sessions, seal), channels, lambda waiting: None, lambda waiting: None)  # type: ignore[arg-type]
    delivery = Delivery(sessions, seal, channels, "nb")  # type: ignore[arg-type]
    Workers(sessions, [arrivals.step, delivery.step, delivery.step], lease=LEASE).start()
    threading.Event().wait()


def main(database: str, messenger: str, key: str, data: str) -> None:
    library = Library(Path(data))
    library.languages  # noqa: B018  # read before the first is born
    born: list[int] = []
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            work(library, database, messenger, key)
        born.append(child)
        print(child, flush=True)
    for child in born:
        if os.waitpid(child, os.WNOHANG) == (0, 0):  # it lives; no other process can have its number
            os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
