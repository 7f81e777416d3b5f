"""Polls for updates, and confirms one only after its effect is committed."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from telegram import Update
from telegram.error import InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.api import RawUpdate
from bot.application import ALLOWED_UPDATES, BotApplication

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 50
ANSWER_SECONDS: Final = 10.0
CONFIRMATION_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0


class Polling:
    """The loop that asks for updates and has the application process them.

    python-telegram-bot's own loop confirms a batch before it is handled: what a killed process had
    taken is then lost. Here the next poll, which confirms the batch, comes after the batch is done.
    Chats go side by side, the updates of one chat in their order.
    """

    def __init__(self, application: BotApplication) -> None:
        self._application = application
        self._bot = application.bot
        self._offset = 0

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until `stopping` is set; what was begun is then finished and confirmed.

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
                await self._process(poll.result())
        finally:
            stop.cancel()
        if self._offset:
            await self._confirm()

    async def _poll(self) -> Sequence[RawUpdate]:
        """The next updates; a passing fault is waited out."""
        pause = 1.0
        while True:
            try:
                return await self._ask(POLL_SECONDS, ANSWER_SECONDS)
            except InvalidToken:
                raise
            except RetryAfter as error:
                logger.warning("Telegram asks to wait: %s", error)
                pause = max(pause, _seconds(error.retry_after))
            except TelegramError as error:
                logger.warning("Polling failed, trying again in %.0f s: %s", pause, error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _ask(self, timeout: int, read_timeout: float) -> Sequence[RawUpdate]:
        return await self._bot.get_raw_updates(
            self._offset,
            timeout=timeout,
            read_timeout=read_timeout,
            allowed_updates=ALLOWED_UPDATES,
        )

    async def _process(self, batch: Sequence[RawUpdate]) -> None:
        updates = [update for update in map(self._bot.read, batch) if update]
        await asyncio.gather(*(self._process_in_order(chat) for chat in _by_chat(updates)))
        # Ids may begin anew after a quiet week, and lower. A poll that returned nothing has
        # confirmed everything before it, so that the next one needs no offset.
        self._offset = batch[-1]["update_id"] + 1 if batch else 0

    async def _process_in_order(self, updates: Iterable[Update]) -> None:
        for update in updates:
            await self._application.process_update(update)

    async def _confirm(self) -> None:
        """Have Telegram forget what was processed; the poll that was broken off may not have."""
        try:
            await self._ask(0, CONFIRMATION_SECONDS)
        except TimedOut:
            # Telegram lets a poll wait that comes soon after another, but takes its offset at once.
            return
        except TelegramError as error:
            logger.warning("The last updates could not be confirmed: %s", error)


def _by_chat(updates: Sequence[Update]) -> Iterable[Sequence[Update]]:
    chats: dict[int, list[Update]] = {}
    for update in updates:
        chat = update.effective_chat
        chats.setdefault(chat.id if chat else update.update_id, []).append(update)
    return chats.values()


def _seconds(retry_after: float | timedelta) -> float:
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else retry_after
