"""What several tests of guidance share."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, settings

# A busy machine is no error of the arithmetic.
steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def day(text: str) -> dt.date:
    """The day of an ISO date."""
    return dt.date.fromisoformat(text)
