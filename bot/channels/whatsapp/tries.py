"""How often something was tried, as far as this process remembers."""

from __future__ import annotations

import threading
from collections import OrderedDict

REMEMBERED = 10_000


class Tries:
    """Counts tries by an id. After a restart it counts anew, which only means a few tries more."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counted: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def again(self, name: str) -> int:
        """Notes a try; its number from 1, or 0 when there were enough."""
        with self._lock:
            number = self._counted.pop(name, 0) + 1
            if number > self._most:
                return 0
            self._counted[name] = number
            if len(self._counted) > REMEMBERED:
                self._counted.popitem(last=False)
            return number
