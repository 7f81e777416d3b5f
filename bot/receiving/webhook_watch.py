"""Watches the webhook: without it the bot gets no updates, and would not notice."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise
from random import uniform
from typing import Final

from telegram.error import InvalidToken, TelegramError

from bot.fault_log import ConditionLog
from bot.receiving.webhook import MAX_CONNECTIONS, Webhook
from bot.telegram.back_off import growing_pauses
from bot.telegram.client import BotApiClient
from bot.telegram.webhook_info import WebhookInfo

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS: Final = 180.0

LONGEST_SECONDS_BETWEEN_REGISTRATIONS: Final = 3600.0

LOOKS_AT_GROWTH: Final = 4
"""If the number of waiting updates grows over so many looks, and is larger than the number of
connections, too many updates wait.
"""

OWN_REFUSAL: Final = " 503 "


class WebhookWatch:
    """Compares the webhook that Telegram knows with the registered one, every few minutes.

    Each replica does so. If several replicas register the same webhook again, that does no harm.

    Args:
        bot: makes the calls.
        webhook: the registered webhook.
        elapsed: counts seconds.
        seconds_between_looks: the longest pause between two looks. A random part is cut off, so
            that replicas do not all look at the same time.
    """

    def __init__(
        self,
        bot: BotApiClient,
        webhook: Webhook,
        elapsed: Callable[[], float] = time.monotonic,
        seconds_between_looks: float = SECONDS_BETWEEN_LOOKS,
    ) -> None:
        self._bot = bot
        self._webhook = webhook
        self._elapsed = elapsed
        self._seconds_between_looks = seconds_between_looks
        self._unknown = ConditionLog(logger, "Telegram tells of the webhook again", elapsed)
        self._lost = ConditionLog(logger, "The webhook is as it was registered", elapsed)
        self._undelivered = ConditionLog(logger, "Updates are delivered again", elapsed)
        self._unfetched = ConditionLog(logger, "The Bot API server fetches updates again", elapsed)
        self._piling_up = ConditionLog(logger, "The updates that wait become fewer", elapsed)
        self._registers_at = self._registered_at = float("-inf")
        self._waits = _waits()
        self._last_error: int | None = None
        self._last_synchronization_error: int | None = None
        self._postponed = 0
        self._pending: deque[int] = deque(maxlen=LOOKS_AT_GROWTH)

    async def run(self, stopping: asyncio.Event) -> None:
        """Look every few minutes until `stopping` is set.

        Raises:
            InvalidToken: Telegram does not take the token any more.
        """
        looking = asyncio.create_task(self._look_again_and_again())
        stop = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait((looking, stop), return_when=asyncio.FIRST_COMPLETED)
            if looking.done():
                looking.result()
        finally:
            for task in (looking, stop):
                task.cancel()
            await asyncio.wait((looking, stop))

    async def _look_again_and_again(self) -> None:
        while True:
            await self.look()
            pause = self._seconds_between_looks * uniform(0.5, 1)  # noqa: S311 (no secret)
            await asyncio.sleep(pause)

    async def look(self) -> None:
        """Compare once, log what has changed, and register the webhook again if it is lost.

        Raises:
            InvalidToken: Telegram does not take the token any more.
        """
        try:
            info = await self._bot.webhook_info()
        except InvalidToken:
            raise
        except TelegramError as error:
            self._unknown.is_wrong(f"Telegram does not tell how the webhook is: {error}")
            return
        self._unknown.is_good()
        if difference := self._webhook.differs(info):
            await self._register(difference)
        else:
            self._lost.is_good()
        self._note_errors(info)
        self._note_pending(info.pending_update_count or 0)

    async def _register(self, difference: str) -> None:
        """Register again, after growing pauses: another program may do the same."""
        self._lost.is_wrong(f"The webhook is lost, registering it again: {difference}")
        now = self._elapsed()
        if now < self._registers_at:
            return
        if now - self._registered_at > 2 * LONGEST_SECONDS_BETWEEN_REGISTRATIONS:
            self._waits = _waits()
        self._registers_at = now + next(self._waits)
        self._registered_at = now
        try:
            await self._webhook.register()
        except InvalidToken:
            raise
        except TelegramError as error:
            self._lost.is_wrong(f"The webhook can't be registered again: {error}")

    def _note_errors(self, info: WebhookInfo) -> None:
        """Log errors since the last look; those that the first look sees may be old."""
        failed = _is_new(info.last_error_date, self._last_error)
        unfetched = _is_new(info.last_synchronization_error_date, self._last_synchronization_error)
        self._last_error = info.last_error_date or 0
        self._last_synchronization_error = info.last_synchronization_error_date or 0
        message = str(info.last_error_message)
        # If the bot itself asked for an update to be sent again, it has logged why.
        ours = OWN_REFUSAL in f" {message} " and self._webhook.postponed > self._postponed
        self._postponed = self._webhook.postponed
        if failed and not ours:
            self._undelivered.is_wrong(f"Telegram can't deliver updates to the webhook: {message}")
        elif not failed:
            self._undelivered.is_good()
        if unfetched:
            self._unfetched.is_wrong("The Bot API server can't fetch updates from Telegram")
        else:
            self._unfetched.is_good()

    def _note_pending(self, count: int) -> None:
        """Log that more and more updates wait, and more than are always on their way."""
        self._pending.append(count)
        grows = all(earlier < later for earlier, later in pairwise(self._pending))
        if grows and len(self._pending) == LOOKS_AT_GROWTH and count > MAX_CONNECTIONS:
            self._piling_up.is_wrong(
                "More and more updates wait at Telegram: the bot, or the way to it, is too slow"
            )
        elif not grows:
            self._piling_up.is_good()


def _waits() -> Iterator[float]:
    return growing_pauses(SECONDS_BETWEEN_LOOKS, LONGEST_SECONDS_BETWEEN_REGISTRATIONS)


def _is_new(date: int | None, known: int | None) -> bool:
    return known is not None and (date or 0) > known
