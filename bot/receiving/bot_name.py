"""Notices that the bot has a new username, by which people address it in groups."""

import re
import time
from collections.abc import Callable
from typing import Final

from telegram.error import TelegramError

from bot.telegram.client import BotApiClient

SECONDS_BETWEEN_LOOKS: Final = 60.0
"""Commands for other bots cost one call of getMe in this time at most."""

ADDRESSEE: Final = re.compile(r"/\w+@(\w+)|@(\w*bot)\b", re.IGNORECASE)
"""The bot to which a text is addressed at its beginning. The usernames of bots end in "bot"."""


class BotName:
    """Asks Telegram for the bot's username when a text is for a bot of another name.

    Args:
        bot: knows its username since the start.
        elapsed: counts seconds.
    """

    def __init__(self, bot: BotApiClient, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._elapsed = elapsed
        self._looked_at = float("-inf")

    async def look(self, text: str) -> None:
        """Learn the bot's present username if the text may be addressed to the bot by it."""
        found = ADDRESSEE.match(text)
        if found is None or (found[1] or found[2]).lower() == self._bot.username.lower():
            return
        now = self._elapsed()
        if now - self._looked_at < SECONDS_BETWEEN_LOOKS:
            return
        self._looked_at = now
        try:
            await self._bot.learn_username()
        except TelegramError:
            # The known username stays in use, and the next text for another bot asks again.
            return
