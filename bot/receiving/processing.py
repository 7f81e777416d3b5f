"""Processes an update until it is handled and answered, or recorded as failed."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from telegram.error import NetworkError

from bot.fault_log import OutageLog
from bot.receiving.routing import Routes
from bot.sending.delivery import Delivery
from bot.telegram.back_off import growing_pauses
from bot.telegram.calls import ApiCall
from bot.telegram.updates import Update
from db.connection.errors import DatabaseAway
from db.updates.failed_updates import FailedUpdateRepository

logger = logging.getLogger(__name__)

MOST_TRIES: Final = 3
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 2.0


class Processing:
    """Handles updates and delivers the answers, whether an update was polled or posted.

    A passing fault is waited out. Any other fault is a bug: after a few tries the update is
    recorded with the traceback, its sender gets an apology, and the next update has its turn.

    Args:
        routes: handle updates.
        delivery: makes the calls that answer them.
        failed_updates: where failures are recorded.
        outage: logs that the database is away.
        clock: tells the time.
        redact: takes the secrets out of a traceback.
    """

    def __init__(
        self,
        routes: Routes,
        delivery: Delivery,
        failed_updates: FailedUpdateRepository,
        outage: OutageLog,
        *,
        clock: Callable[[], datetime],
        redact: Callable[[str], str],
    ) -> None:
        self._routes = routes
        self._delivery = delivery
        self._failed_updates = failed_updates
        self._clock = clock
        self._redact = redact
        self._outage = outage

    async def process(self, update: Update) -> None:
        """Handle an update and deliver the answer, however long that takes."""
        waits = growing_pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        while True:
            try:
                await self.deliver(update, await self.handle(update))
            except DatabaseAway:
                await asyncio.sleep(next(waits))
            else:
                return

    async def handle(self, update: Update) -> Sequence[ApiCall]:
        """Handle an update, and return the calls that answer it; its effect is then committed.

        Raises:
            DatabaseAway: the database stays away. To handle the update again does no harm.
        """
        try:
            try:
                calls = await self._try(update)
            except DatabaseAway:
                # A server that was restarted has broken all older connections; new ones work.
                calls = await self._try(update)
        except DatabaseAway as error:
            self._outage.failed(error)
            raise
        self._outage.over()
        return calls

    async def deliver(self, update: Update, calls: Sequence[ApiCall]) -> None:
        """Deliver calls, side by side.

        A call that Telegram finds wrong is recorded as a failure; there is one apology for all.

        Raises:
            DatabaseAway: as in `handle`.
        """
        if len(calls) == 1:
            are_delivered = [await self._deliver(update, calls[0])]
        else:
            are_delivered = await _all_of(self._deliver(update, call) for call in calls)
        if all(are_delivered):
            return
        wrong = [call for call, done in zip(calls, are_delivered, strict=True) if not done]
        for said in self._routes.apology(update):
            if said not in wrong:
                await self._apologise(said)

    async def _deliver(self, update: Update, call: ApiCall) -> bool:
        """Deliver a call, and return whether that succeeded; a failure is recorded."""
        try:
            await self._delivery.deliver(call)
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 (as in `_try`)
            await self._record(update, error)
            return False
        return True

    async def _apologise(self, call: ApiCall) -> None:
        try:
            await self._delivery.deliver(call)
        except NetworkError as error:  # Telegram refuses it, or it can't be encoded
            logger.warning("An apology can't be sent: %s", error)

    async def _try(self, update: Update) -> Sequence[ApiCall]:
        for left in reversed(range(MOST_TRIES)):
            try:
                return await self._routes.handle(update)
            except DatabaseAway:
                raise
            except Exception as error:  # noqa: BLE001 (a bug may raise anything; it is recorded)
                if not left:
                    await self._record(update, error)
        return self._routes.apology(update)

    async def _record(self, update: Update, error: Exception) -> None:
        await self._failed_updates.record(
            update.chat_id,
            update.update_id,
            self._redact(f"{type(error).__name__}: {error}"),
            self._redact("".join(traceback.format_exception(error))),
            self._clock(),
        )
        # Logged only now: while the failure can't be recorded, it comes again and again.
        logger.error("Update %d failed", update.update_id, exc_info=error)


async def _all_of(work: Iterable[Awaitable[bool]]) -> list[bool]:
    """Await work side by side, and return its results. An error is raised after all has ended."""
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if isinstance(result, bool)]
