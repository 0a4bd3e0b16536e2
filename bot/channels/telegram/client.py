"""The Bot API for our threads: python-telegram-bot's Bot on an event loop of its own, behind calls that wait for their answer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

# httpx writes every address at INFO, and the bot's token stands in it; the library writes answers that it cannot read, words of people
# among them. What went wrong is told by whoever called.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("telegram").setLevel(logging.CRITICAL)

CONNECT, READ, WRITE, POOL = 5.0, 20.0, 20.0, 5.0  # seconds; nobody knows what became of a sending that was not read to its end
UPLOAD = 60.0  # seconds for a file
CONNECTIONS = 32
T = TypeVar("T")


class Client:
    """One bot. `api`: the address of the Bot API, without the token. Raises telegram.error.InvalidToken for an empty token."""

    def __init__(self, token: str, api: str) -> None:
        self._token, self._api = token, api.rstrip("/")
        self._requests = HTTPXRequest(
            connection_pool_size=CONNECTIONS,
            connect_timeout=CONNECT,
            read_timeout=READ,
            write_timeout=WRITE,
            pool_timeout=POOL,
            media_write_timeout=UPLOAD,
            httpx_kwargs={"trust_env": False},  # no proxy of the environment between us and people's words
        )
        self._polls = HTTPXRequest(
            connection_pool_size=1,
            connect_timeout=CONNECT,
            read_timeout=READ,
            pool_timeout=POOL,
            httpx_kwargs={"trust_env": False},
        )
        self._bot = _Bot(
            token,
            base_url=f"{self._api}/bot",
            base_file_url=f"{self._api}/file/bot",
            request=self._requests,
            get_updates_request=self._polls,
        )
        self._guard, self._closed = threading.Lock(), False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def call(self, method: str, parameters: dict[str, Any] | None = None, wait: float = READ) -> Any:
        """What a method answers, as JSON. `wait`: seconds for the answer. Raises telegram.error.TelegramError."""
        return self._run(self._bot.do_api_request(method, parameters, read_timeout=wait)).result()

    def cast(self, method: str, parameters: dict[str, Any]) -> None:
        """Calls a method without waiting and without minding what comes of it, such as showing that somebody types."""
        with contextlib.suppress(CancelledError):
            self._run(self._quietly(method, parameters))

    def download(self, path: str) -> bytes:
        """A file by the path that getFile gave. Raises telegram.error.TelegramError."""
        address = f"{self._api}/file/bot{self._token}/{path.lstrip('/')}"
        return self._run(self._requests.retrieve(address, read_timeout=UPLOAD)).result()

    def close(self) -> None:
        """Ends all connections and whatever is under way or begun later, which then raises concurrent.futures.CancelledError."""
        with self._guard:
            self._closed = True
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        with self._guard:
            if self._closed:
                work.close()
                raise CancelledError
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _quietly(self, method: str, parameters: dict[str, Any]) -> None:
        with contextlib.suppress(TelegramError):
            await self._bot.do_api_request(method, parameters, read_timeout=CONNECT)

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for request in (self._requests, self._polls):
            await request.shutdown()


class _Bot(Bot):
    """A bot whose raw answers are wanted: a server that leaves out a field which the typed methods insist on is still understood."""

    @classmethod
    def _warn(cls, *_: Any, **__: Any) -> None:
        """The library only advises to use its typed methods."""
