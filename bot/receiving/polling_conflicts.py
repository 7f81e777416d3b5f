"""Conflicts with other programs that take updates with the same token (409)."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import Final

from telegram.error import (
    BadRequest,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from bot.fault_log import OutageLog
from bot.telegram.back_off import growing_pauses
from bot.telegram.client import BotApiClient

logger = logging.getLogger(__name__)

SECONDS_TO_LEAVE_A_WEBHOOK: Final = 300.0
"""An operator who sets a webhook while this program polls may be about to stop this program."""

FIRST_SECONDS_BETWEEN_DELETIONS: Final = 600.0
LONGEST_SECONDS_BETWEEN_DELETIONS: Final = 3600.0

SECONDS_BETWEEN_LINES: Final = 3600.0
"""A conflict lasts until an operator reads the log."""

REFUSALS: Final = (BadRequest, Forbidden, InvalidToken)
"""Answers of a server that does not know the method, to a token that it took before."""

ANOTHER_POLLS: Final = (
    "another program polls with this token, probably another copy of this bot: stop it, or give it "
    "a token of its own"
)
A_WEBHOOK_IS_SET: Final = (
    "a webhook is set by another program with this token, probably a copy of this bot with "
    "WEBHOOK_URL: stop one of the two (a webhook that stays for "
    f"{SECONDS_TO_LEAVE_A_WEBHOOK / 60:.0f} minutes is deleted)"
)


async def poll_instead_of_webhook(bot: BotApiClient) -> None:
    """Delete the webhook before the first poll, and log that if there was one.

    Some Bot API servers do not know the method, and so have no webhook.

    Raises:
        TelegramError: a passing fault.
    """
    try:
        was_set = bool((await bot.webhook_info()).url)
    except (*REFUSALS, EndPointNotFound):
        was_set = False
    try:
        await bot.delete_webhook()
    except REFUSALS as error:
        logger.warning("A webhook could not be removed, polling without that: %s", error)
        return
    if was_set:
        logger.warning(
            "The webhook is deleted, as WEBHOOK_URL is not set: a program that relies on it gets "
            "nothing"
        )


class PollingConflicts:
    """Handles polls that Telegram refuses because of another program.

    Args:
        bot: deletes the webhook of another program.
        elapsed: counts seconds.
    """

    def __init__(self, bot: BotApiClient, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._elapsed = elapsed
        self._poller = OutageLog(logger, "Polling", elapsed, SECONDS_BETWEEN_LINES)
        self._webhook = OutageLog(logger, "Polling", elapsed, SECONDS_BETWEEN_LINES)
        self._deletes_at: float | None = None
        self._deleted_at = float("-inf")
        self._patience = SECONDS_TO_LEAVE_A_WEBHOOK
        self._patiences = _patiences()

    async def handle(self, error: Conflict) -> None:
        """Log which program is likely in the way, and delete a webhook that stays.

        If the other program sets the webhook again, it is left alone for twice as long each time:
        two operators who do not know of each other should not fight by the second.

        Raises:
            InvalidToken: Telegram does not take the token any more.
        """
        if "webhook" not in str(error).lower():
            self._poller.failed(f"{ANOTHER_POLLS} ({error})")
            return
        self._webhook.failed(f"{A_WEBHOOK_IS_SET} ({error})")
        now = self._elapsed()
        if self._deletes_at is None:
            if now - self._deleted_at > 2 * LONGEST_SECONDS_BETWEEN_DELETIONS:
                self._patience, self._patiences = SECONDS_TO_LEAVE_A_WEBHOOK, _patiences()
            self._deletes_at = now + self._patience
        elif now >= self._deletes_at:
            self._patience = next(self._patiences)
            self._deletes_at = now + self._patience
            self._deleted_at = now
            await self._delete_webhook()

    def end(self) -> None:
        """End the conflict: a poll was answered."""
        self._poller.over()
        self._webhook.over()
        self._deletes_at = None

    async def _delete_webhook(self) -> None:
        try:
            await self._bot.delete_webhook()
        except InvalidToken:
            raise
        except TelegramError as error:
            logger.warning("The webhook of another program can't be deleted: %s", error)
        else:
            logger.warning("The webhook of another program is deleted, as this one polls")


def _patiences() -> Iterator[float]:
    return growing_pauses(FIRST_SECONDS_BETWEEN_DELETIONS, LONGEST_SECONDS_BETWEEN_DELETIONS)
