"""How often somebody may try a password: per network address at the sign-in page, per account on the own pages."""

from __future__ import annotations

import math
import time

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.desk.problems import DeskProblem

PER_ADDRESS = RateLimitItemPerMinute(30)  # an office behind one address signs in at eight o'clock
PER_ACCOUNT = RateLimitItemPerMinute(5, 15)


class TooManyTries(DeskProblem):
    """So many tries that the next must wait `minutes`."""

    key = "too_many_tries"


def count_address(request: Request) -> None:
    """Counts a try from the address of a request. Raises TooManyTries."""
    _count(request, PER_ADDRESS, f"address {request.client.host if request.client else ''}")


def count_account(request: Request, account_id: int) -> None:
    """Counts a password typed by somebody who is signed in. Raises TooManyTries."""
    _count(request, PER_ACCOUNT, f"account {account_id}")


def _count(request: Request, limit: RateLimitItem, name: str) -> None:
    limiter = _limiter(request)
    if not limiter.hit(limit, name):
        reset, _ = limiter.get_window_stats(limit, name)
        raise TooManyTries(minutes=str(max(1, math.ceil((reset - time.time()) / 60))))


def _limiter(request: Request) -> MovingWindowRateLimiter:
    state = request.app.state
    if not hasattr(state, "console_tries"):
        state.console_tries = MovingWindowRateLimiter(MemoryStorage())
    found: MovingWindowRateLimiter = state.console_tries
    return found
