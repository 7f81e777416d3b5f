"""The time as it is asked for and waited for, so that a test can move it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment as an aware datetime."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits for a number of seconds."""


def utc_now() -> datetime:
    """Return the present moment; the clock that is used unless another is given."""
    return datetime.now(UTC)
