"""The Graph API over HTTP: what we send, what we fetch, and what is not in doubt when it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from bot.conversations.channel import Attached

TIMEOUT = httpx.Timeout(20.0, connect=5.0, pool=5.0)
QUICK = httpx.Timeout(3.0)  # seconds, for what may as well not happen
FIELD = "biz_opaque_callback_data"


class GraphError(Exception):
    """The API refused. `code` is Meta's (0 with `told` False: no error of theirs came, only an HTTP status)."""

    def __init__(
        self, status: int, code: int = 0, subcode: int = 0, told: bool = False, transient: bool = False, wait: float = 0.0
    ) -> None:
        super().__init__(f"error {code}" if told else f"HTTP {status}")
        self.status, self.code, self.subcode, self.told, self.transient, self.wait = status, code, subcode, told, transient, wait


class Garbled(Exception):
    """An answer that says neither yes nor no."""


class TooLarge(Exception):
    """A file beyond the limit; nothing more of it was read."""


@dataclass(frozen=True)
class MediaAt:
    """Where a file lies for some minutes, and what the API says of it. `size`: bytes, 0 unknown."""

    url: str
    content_type: str
    sha256: str
    size: int


class Graph:
    """A client for one telephone number. All methods may be called from several threads. Raise httpx.HTTPError, GraphError, Garbled."""

    def __init__(self, api: str, token: str, number_id: str) -> None:
        self.api, self.number_id, self._token = api.rstrip("/"), number_id, token
        self._client = httpx.Client(timeout=TIMEOUT, trust_env=False, headers={"Authorization": f"Bearer {token}"})

    def send(self, body: Mapping[str, Any], account: str, token: str) -> str:
        """Sends a message to digits or, in a field of its own, to an id without telephone number; the messenger's id of it.

        Such an id in `to` would be answered with 200 and dropped.
        """
        destination = {"to": account} if account.isdigit() else {"recipient": account}
        whole = {"messaging_product": "whatsapp", "recipient_type": "individual", **destination, **body, FIELD: token}
        answer = self._json(self._client.post(f"{self.api}/{self.number_id}/messages", json=whole))
        try:
            return str(answer["messages"][0]["id"])
        except (KeyError, IndexError, TypeError) as error:
            raise Garbled from error

    def upload(self, file: Attached) -> str:
        """Uploads a file that a message then names; its id, good for thirty days."""
        fields = {"messaging_product": "whatsapp", "type": file.content_type}
        parts = {"file": (file.name, file.content, file.content_type)}
        answer = self._json(self._client.post(f"{self.api}/{self.number_id}/media", data=fields, files=parts))
        try:
            return str(answer["id"])
        except (KeyError, TypeError) as error:
            raise Garbled from error

    def mark_read(self, wamid: str) -> None:
        """Two blue ticks, and "is writing" until the answer comes (at most 25 seconds)."""
        body = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid, "typing_indicator": {"type": "text"}}
        self._json(self._client.post(f"{self.api}/{self.number_id}/messages", json=body, timeout=QUICK))

    def media(self, media_id: str) -> MediaAt:
        """Where a file of a person lies now; the address is good for five minutes."""
        answer = self.get(f"{quote(media_id, safe='')}", phone_number_id=self.number_id)
        size = str(answer.get("file_size") or "")
        kind = str(answer.get("mime_type") or "").partition(";")[0].strip().lower()
        url = str(answer.get("url") or "")
        if httpx.URL(url).scheme not in ("https", httpx.URL(self.api).scheme):
            raise Garbled  # our token does not go over an open line
        return MediaAt(url, kind, str(answer.get("sha256") or ""), int(size) if size.isdigit() else 0)

    def download(self, url: str, most: int) -> bytes:
        """A file of at most `most` bytes. Raises TooLarge before or while reading."""
        with self._client.stream("GET", url) as answer:
            if answer.status_code != 200:
                raise GraphError(answer.status_code)
            announced = answer.headers.get("content-length", "")
            if announced.isdigit() and int(announced) > most:
                raise TooLarge
            content = bytearray()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > most:
                    raise TooLarge
        return bytes(content)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Asks for an object. `access_token` among the query replaces our own."""
        headers = {"Authorization": f"Bearer {query.pop('access_token')}"} if "access_token" in query else {}
        return self._json(self._client.get(f"{self.api}/{path}", params=query, headers=headers))

    def close(self) -> None:
        """Ends all connections."""
        self._client.close()

    def _json(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            content = answer.json()
        except ValueError:
            content = None
        if isinstance(content, dict) and isinstance(content.get("error"), dict):
            raise _error(answer, content["error"])
        if answer.status_code != 200:
            raise GraphError(answer.status_code, wait=_wait(answer))
        if not isinstance(content, dict):
            raise Garbled
        return content


def _error(answer: httpx.Response, error: Mapping[str, Any]) -> GraphError:
    code, subcode = (_number(error.get(name)) for name in ("code", "error_subcode"))
    return GraphError(answer.status_code, code, subcode, told=True, transient=error.get("is_transient") is True, wait=_wait(answer))


def _wait(answer: httpx.Response) -> float:
    given = answer.headers.get("retry-after", "")
    return float(given) if given.isdigit() and len(given) < 6 else 0.0


def _number(given: Any) -> int:
    return int(given) if isinstance(given, int | str) and str(given).isdigit() else -1
