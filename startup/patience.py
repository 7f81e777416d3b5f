"""Lets a start wait for a database or a Telegram that is away."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from bot.telegram.back_off import growing_pauses
from db.connection.errors import DatabaseUnreachable
from startup.errors import AwayError

logger = logging.getLogger("fridge")

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 5.0

Result = TypeVar("Result")


class Patience:
    """Waits while a server is away; an error that waiting can't mend passes at once.

    Args:
        limit: how long to wait for each server.
    """

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit.total_seconds()

    async def wait_for(self, what: str, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """Repeat an attempt until it succeeds; log one line when waiting begins, one when it ends.

        Args:
            what: the name of the server, with which a line of the log begins.
            attempt: called again after it raised one of the errors below.

        Raises:
            AwayError, DatabaseUnreachable: by the last attempt, after the limit.
        """
        began_at = time.monotonic()
        waits = growing_pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        waiting = False
        while True:
            try:
                result = await attempt()
            except (AwayError, DatabaseUnreachable) as error:
                left = began_at + self._limit - time.monotonic()
                if left <= 0:
                    raise
                if not waiting:
                    logger.warning("Waiting for up to %.0f s: %s", self._limit, error)
                waiting = True
                await asyncio.sleep(min(next(waits), left))
            else:
                if waiting:
                    logger.info("%s is there, after %.1f s", what, time.monotonic() - began_at)
                return result
