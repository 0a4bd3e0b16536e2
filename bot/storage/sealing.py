"""Seals the words people write: encrypted at rest with a key from the environment (Fernet: AES-128-CBC with HMAC)."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken


class SealError(Exception):
    """Stored words cannot be opened: the key is another one than they were sealed with."""


class Seal:
    """Seals and opens texts with one key (32 url-safe base64 bytes)."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise SealError("VEIVISER_TEXT_KEY is not a key. Make one with `veiviser new-key`.") from error

    def close(self, text: str) -> bytes:
        """The text, sealed."""
        return self.close_bytes(text.encode())

    def close_bytes(self, content: bytes) -> bytes:
        """A file's bytes, sealed."""
        return self._fernet.encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """A file's bytes again. Raises SealError for another key."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise SealError("The text was sealed with another key. Set the VEIVISER_TEXT_KEY it was written with.") from error

    def open(self, sealed: bytes) -> str:
        """The text again. Raises SealError for another key."""
        return self.open_bytes(sealed).decode()
