"""How long to wait before the next try of a call that failed."""

from collections.abc import Iterator
from datetime import timedelta
from random import uniform

from telegram.error import RetryAfter


def growing_pauses(first: float, longest: float) -> Iterator[float]:
    """Yield the seconds to wait before each next try: twice as many each time, up to `longest`.

    Each pause is cut by a random part, so that callers that failed together do not retry together.
    """
    pause = first
    while True:
        yield pause * uniform(0.5, 1)  # noqa: S311 (no secret)
        pause = min(2 * pause, longest)


def requested_pause(error: RetryAfter) -> float:
    """Return the seconds that Telegram asks to wait (429 with `retry_after`)."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else wait
