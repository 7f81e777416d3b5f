"""python-telegram-bot's bot, with a way to get updates that it can't read."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from telegram import Update
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

logger = logging.getLogger(__name__)

CONNECTIONS: Final = 100
POOL_TIMEOUT_SECONDS: Final = 30

RawUpdate = Mapping[str, Any]


class BotApi(ExtBot[None]):
    """The Bot API.

    Args:
        token: the bot's token.
        root: of the Bot API server, without a slash at its end.
    """

    def __init__(self, token: str, root: str) -> None:
        super().__init__(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=HTTPXRequest(
                connection_pool_size=CONNECTIONS, pool_timeout=POOL_TIMEOUT_SECONDS
            ),
        )

    async def get_raw_updates(
        self, offset: int, *, timeout: int, read_timeout: float, allowed_updates: Sequence[str]
    ) -> Sequence[RawUpdate]:
        """Poll for updates and give them as they come.

        `get_updates` reads a batch as a whole: one update that it can't read, and it gives none,
        and none of their ids. Times are in seconds; `read_timeout` is on top of `timeout`.

        Raises:
            TelegramError: as any call.
        """
        updates: Sequence[RawUpdate] = await self._post(
            "getUpdates",
            {"offset": offset, "timeout": timeout, "allowed_updates": allowed_updates},
            read_timeout=timeout + read_timeout,
        )
        return updates

    def read(self, raw: RawUpdate) -> Update | None:
        """Read an update; None, and a line in the log, for one that can't be read.

        python-telegram-bot takes what comes for what Telegram documents, and fails in whatever
        way on anything else: a newer kind of content, or a server that is older than the library.
        """
        try:
            return Update.de_json(dict(raw), self)
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            logger.warning("Update %s can't be read: %r", raw.get("update_id"), error)
            return None
