"""Notices that the machine's clock was set: what is planned by that clock is then planned wrong."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS: Final = 1.0
"""As long as the shortest interval of a job."""

SMALLEST_JUMP: Final = timedelta(seconds=2)


class ClockWatch:
    """Compares the machine's clock with a count of seconds, again and again.

    A machine that slept looks like one whose clock was set forward.

    Args:
        clock: tells the time.
        elapsed: counts seconds, also while the clock is set.
        pause: the seconds from one look to the next.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float] = time.monotonic,
        pause: float = SECONDS_BETWEEN_LOOKS,
    ) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._pause = pause

    async def run(self, on_jump: Callable[[], None]) -> None:
        """Log each jump of the clock, and call `on_jump`, until cancelled."""
        while True:
            time_before, count_before = self._clock(), self._elapsed()
            await asyncio.sleep(self._pause)
            counted = timedelta(seconds=self._elapsed() - count_before)
            jump = self._clock() - time_before - counted
            if abs(jump) >= SMALLEST_JUMP:
                logger.warning(
                    "The clock was set %s by %.0f s: the jobs go by the new time",
                    "forward" if jump > timedelta() else "back",
                    abs(jump).total_seconds(),
                )
                on_jump()
