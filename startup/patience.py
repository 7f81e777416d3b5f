"""How a start waits for what is away."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from bot.telegram.outages import pauses
from db.connection.errors import DatabaseUnreachable
from startup.errors import AwayError

logger = logging.getLogger("fridge")

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 5.0

Result = TypeVar("Result")


class Patience:
    """Waits for a database or a Telegram that is away, but for nothing that is wrong for good.

    Args:
        limit: how long it waits for each of them.
    """

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit.total_seconds()

    async def wait_for(self, what: str, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """Try until it goes, and say in a line that it waits, and in another that it is over.

        Args:
            what: what is waited for, as the beginning of a line.
            attempt: may be made again after it raised one of the errors below.

        Raises:
            AwayError, DatabaseUnreachable: the last attempt's, when the time is over.
        """
        began_at = time.monotonic()
        waits = pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
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
