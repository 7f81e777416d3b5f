"""Polls for updates, and confirms an update only after it is answered or stored."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.fault_log import OutageLog
from bot.receiving.polling_conflicts import PollingConflicts
from bot.receiving.routing import ALLOWED_UPDATES
from bot.receiving.wiring import Pipeline
from bot.telegram.back_off import growing_pauses, requested_pause
from bot.telegram.updates import RawUpdate

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 50
ANSWER_SECONDS: Final = 10.0
CONFIRMATION_SECONDS: Final = 0.5
SECONDS_TO_STORE: Final = 0.5
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 8.0

SHORTEST_EMPTY_POLL_SECONDS: Final = 1.0


class Polling:
    """The loop that asks for updates and puts them into the queues of their chats.

    python-telegram-bot's own loop confirms a batch before it is handled, so that a process that is
    killed loses the batch. Here the next poll, which confirms the batch, comes after each of its
    updates is answered, or is stored because its answer takes long.

    Args:
        pipeline: the parts that an update passes.
        poll_seconds: how long Telegram waits for an update before it answers a poll with none.
        shortest_empty_poll_seconds: the shortest time between a poll that brings no update and the
            next poll, for a server that answers at once.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        poll_seconds: int = POLL_SECONDS,
        shortest_empty_poll_seconds: float = SHORTEST_EMPTY_POLL_SECONDS,
    ) -> None:
        self._bot = pipeline.bot
        self._queues = pipeline.queues
        self._door = pipeline.door
        self._poll_seconds = poll_seconds
        self._shortest_empty_poll_seconds = shortest_empty_poll_seconds
        self._offset = 0
        self._outage = OutageLog(logger, "Polling")
        self._conflicts = PollingConflicts(pipeline.bot)

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until `stopping` is set; then finish and confirm the updates in process.

        Raises:
            InvalidToken: Telegram does not take the token any more.
        """
        stop = asyncio.create_task(stopping.wait())
        try:
            while not stopping.is_set():
                poll = asyncio.create_task(self._poll())
                await asyncio.wait((poll, stop), return_when=asyncio.FIRST_COMPLETED)
                if not poll.done():
                    poll.cancel()
                    await asyncio.wait((poll,))
                    break
                await self._accept(poll.result(), stop)
        finally:
            stop.cancel()
            await self._queues.stop()
        if self._offset:
            await self._confirm()

    async def _poll(self) -> Sequence[RawUpdate]:
        """Return the next updates; retry while a passing fault lasts."""
        waits = growing_pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        while True:
            pause = next(waits)
            asked_at = time.monotonic()
            try:
                updates = await self._ask(self._poll_seconds, ANSWER_SECONDS)
            except InvalidToken:
                raise
            except RetryAfter as error:
                self._outage.failed(error)
                pause = max(pause, requested_pause(error))
            except Conflict as error:
                await self._conflicts.handle(error)
            except TelegramError as error:
                self._outage.failed(error)
            else:
                self._outage.over()
                self._conflicts.end()
                if not updates:
                    took = time.monotonic() - asked_at
                    await asyncio.sleep(self._shortest_empty_poll_seconds - took)
                return updates
            await asyncio.sleep(pause)
            if time.monotonic() - asked_at > 2 * LONGEST_PAUSE_SECONDS:
                # Telegram took the poll, which broke while it waited: no reason for longer pauses.
                waits = growing_pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)

    async def _ask(self, timeout: int, read_timeout: float) -> Sequence[RawUpdate]:
        return await self._bot.get_raw_updates(
            self._offset,
            timeout=timeout,
            read_timeout=read_timeout,
            allowed_updates=ALLOWED_UPDATES,
        )

    async def _accept(self, batch: Sequence[RawUpdate], stop: asyncio.Task[bool]) -> None:
        accepting = asyncio.create_task(self._queues.accept(self._door.let_in(batch)))
        await asyncio.wait((accepting, stop), return_when=asyncio.FIRST_COMPLETED)
        # A stop does not wait for a batch that can't be stored because the database is away.
        await asyncio.wait((accepting,), timeout=SECONDS_TO_STORE if stop.done() else None)
        if not accepting.done():
            accepting.cancel()
            await asyncio.wait((accepting,))
            return
        accepting.result()
        # After a week without updates, ids may begin anew at a lower number. An empty poll has
        # confirmed all updates before it, so the next poll needs no offset.
        self._offset = batch[-1]["update_id"] + 1 if batch else 0

    async def _confirm(self) -> None:
        """Confirm the processed updates: the poll that was broken off may not have done so."""
        try:
            await self._ask(0, CONFIRMATION_SECONDS)
        except TimedOut:
            # Telegram delays a poll that comes soon after another, but takes its offset at once.
            return
        except TelegramError as error:
            logger.warning("The last updates could not be confirmed: %s", error)
