"""What is said of a fault that passes or lasts: a line when it begins, a line when it is over."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import uniform
from typing import Final

from telegram.error import RetryAfter

SECONDS_BETWEEN_LINES: Final = 60.0


class Outage:
    """Counts failures of one thing, and says so at most once a minute, however many there are.

    Args:
        logger: where it says it.
        what: what fails, as the beginning of a line.
        clock: counts seconds.
        seconds_between_lines: instead of a minute, where it may last for days.
    """

    def __init__(
        self,
        logger: logging.Logger,
        what: str,
        clock: Callable[[], float] = time.monotonic,
        seconds_between_lines: float = SECONDS_BETWEEN_LINES,
    ) -> None:
        self._logger = logger
        self._what = what
        self._clock = clock
        self._seconds_between_lines = seconds_between_lines
        self._failures = 0
        self._began_at: float | None = None
        self._said_at: float | None = None

    def failed(self, why: object) -> None:
        """Count a failure, after which it will be tried again."""
        now = self._clock()
        self._failures += 1
        if self._began_at is None:
            self._began_at = now
        if self._said_at is None or now - self._said_at >= self._seconds_between_lines:
            self._said_at = now
            self._logger.warning(
                "%s fails (%d times by now), trying again until it works: %s",
                self._what,
                self._failures,
                why,
            )

    def over(self) -> None:
        """Say that it works again, if it was said that it does not."""
        if self._began_at is None or self._said_at is None:
            return
        if self._said_at >= self._began_at:
            self._logger.info(
                "%s works again, after %.1f s", self._what, self._clock() - self._began_at
            )
        self._began_at = None
        self._failures = 0


class Condition:
    """Something that is wrong at every look, for hours maybe, and is said only when it changes.

    Args:
        logger: where it says it.
        good: what it says when nothing is wrong any more.
    """

    def __init__(
        self, logger: logging.Logger, good: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logger = logger
        self._good = good
        self._clock = clock
        self._said: set[str] = set()
        self._began_at = 0.0

    def is_wrong(self, how: str) -> None:
        """Say what is wrong, unless that was said already."""
        if not self._said:
            self._began_at = self._clock()
        if how not in self._said:
            self._said.add(how)
            self._logger.warning("%s", how)

    def is_good(self) -> None:
        """Say that nothing is wrong any more, if something was."""
        if self._said:
            self._said.clear()
            self._logger.info("%s, after %.0f s", self._good, self._clock() - self._began_at)


def pauses(first: float, longest: float) -> Iterator[float]:
    """Yield how many seconds to wait before each next try: twice as long each time.

    Each is cut by a random part, so that those who failed together do not come back together.
    """
    pause = first
    while True:
        yield pause * uniform(0.5, 1)  # noqa: S311 (no secret)
        pause = min(2 * pause, longest)


def seconds_asked(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else wait
