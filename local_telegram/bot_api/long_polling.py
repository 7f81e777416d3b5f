"""getUpdates: the long poll, confirmation by offset, and what slows a bot that polls too often."""

import asyncio

from local_telegram.protocol.errors import ConflictError
from local_telegram.protocol.json_values import Json
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.clock import Clock
from local_telegram.state.update_queue import UpdateQueue

LONGEST_POLL_SECONDS = 50
BATCH_LIMIT = 100
ONE_UPDATE_WITHIN_SECONDS = 0.5
FUTURE_OFFSETS_ACCEPTED = 10
REPLACED = "terminated by other getUpdates request; make sure that only one bot instance is running"
REPLACED_BY_WEBHOOK = "terminated by setWebhook request"


class LongPolling:
    """At most one poll waits at a time; a new poll replaces it.

    A poll that repeats the last offset within `shortest_repeated_poll` seconds lasts as long.
    """

    def __init__(self, updates: UpdateQueue, clock: Clock, shortest_repeated_poll: float) -> None:
        self._updates = updates
        self._clock = clock
        self._shortest_repeated_poll = shortest_repeated_poll
        self._waiting: asyncio.Future[None] | None = None
        self._previous_offset: int | None = None
        self._previous_start = 0.0

    async def poll(self, parameters: Parameters) -> list[Json]:
        """Return the updates from an offset on; if there are none, wait for the first.

        Raises:
            ConflictError: Another poll or setWebhook replaced this poll.
        """
        offset = parameters.integer("offset")
        limit = parameters.integer("limit", BATCH_LIMIT, minimum=1, maximum=BATCH_LIMIT)
        asked = parameters.integer("timeout", minimum=0, maximum=LONGEST_POLL_SECONDS)
        limit, timeout = self._slow_down_repeated_poll(offset, limit, asked)
        self.end(REPLACED)
        start = self._confirm(offset)
        batch = self._updates.unconfirmed(start, limit)
        if not batch and timeout and await self._wait(timeout):
            batch = self._updates.unconfirmed(start, limit)
        return [update.body for update in batch]

    def end(self, reason: str) -> None:
        """End the waiting poll, if there is one, with a conflict."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConflictError(reason))

    def end_quietly(self) -> None:
        """Let the waiting poll, if there is one, return the pending updates."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _slow_down_repeated_poll(
        self, offset: int, limit: int, timeout: float
    ) -> tuple[int, float]:
        now = self._clock().timestamp()
        if offset == self._previous_offset:
            since = now - self._previous_start
            if since < self._shortest_repeated_poll:
                timeout = max(timeout, self._shortest_repeated_poll)
            if since < ONE_UPDATE_WITHIN_SECONDS:
                limit = 1
        self._previous_offset = offset
        self._previous_start = now
        return limit, timeout

    def _confirm(self, offset: int) -> int:
        """Confirm all updates below an offset; return the id of the first update to return."""
        if offset < 0:
            offset = self._updates.last_id + 1 + offset
        if offset > self._updates.last_id + 1 + FUTURE_OFFSETS_ACCEPTED:
            return 0  # Telegram takes the offset for another queue's: it starts from the oldest
        self._updates.confirm_below(offset)
        return offset

    async def _wait(self, timeout: float) -> bool:
        """Wait for an update; return whether one came before the time was over."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        try:
            async with asyncio.timeout(timeout):
                await waiting
        except TimeoutError:
            return False
        return True
