"""How many messages one chat and one address may send."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class Flood:
    """Counts messages in a moving minute, per chat and per network address."""

    def __init__(self, per_chat: int, per_address: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._chat, self._address = RateLimitItemPerMinute(per_chat), RateLimitItemPerMinute(per_address)

    def wait(self, account: str, address: str) -> int:
        """Counts one message; 0 when it may pass, else the seconds to wait."""
        for limit, name in ((self._address, f"address {address}"), (self._chat, f"chat {account}")):
            if not self._limiter.hit(limit, name):
                return self._seconds(limit, name)
        return 0

    def _seconds(self, limit: RateLimitItem, name: str) -> int:
        reset, _ = self._limiter.get_window_stats(limit, name)
        return max(1, math.ceil(reset - time.time()))
