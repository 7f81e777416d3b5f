"""python-telegram-bot's bot, with updates and calls as they are on the wire."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from pydantic import ValidationError
from telegram import Update
from telegram.error import BadRequest, NetworkError
from telegram.ext import ExtBot

from bot.calls import Call
from bot.http import AiohttpRequest
from bot.update_shape import LARGEST_CHAT_ID, UpdateShape

logger = logging.getLogger(__name__)

RawUpdate = Mapping[str, Any]

NO_CHAT: Final = 0

# https://core.telegram.org/api/bots/ids: the ids of supergroups are below, of groups above.
LAST_SUPERGROUP: Final = -1_000_000_000_000


NO_FILE: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""What answers an address at which there is no file, or none any more."""


class BotApi(ExtBot[None]):
    """The Bot API.

    Args:
        token: the bot's token.
        root: of the Bot API server, without a slash at its end.
    """

    def __init__(self, token: str, root: str) -> None:
        self._http = AiohttpRequest()
        super().__init__(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._http,
            get_updates_request=AiohttpRequest(connections=2),
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

    async def make(self, call: Call) -> None:
        """Make a call whose result nobody needs, and so nobody reads.

        Raises:
            TelegramError: as any call.
        """
        await self._post(call.method, dict(call.parameters))

    async def download(self, file_id: str, most_bytes: int) -> bytes:
        """Fetch a file that somebody sent, as far as `most_bytes`.

        The address of a file holds the token, so nothing that is raised here holds one.

        Raises:
            BadRequest: there is no such file any more, or it is too big for Telegram to give.
            TelegramError: as any call.
        """
        found: Mapping[str, Any] = await self._post("getFile", {"file_id": file_id})
        path = found.get("file_path")
        if not isinstance(path, str):
            raise BadRequest("The file has no path")
        status, content = await self._http.download(
            f"{self.base_file_url}/{quote(path)}", most_bytes
        )
        if status in NO_FILE:
            raise BadRequest("The file is not there")
        if status != HTTPStatus.OK:
            raise NetworkError(f"The file is answered with status {status}")
        return content

    def read(self, raw: RawUpdate) -> Update | None:
        """Read an update; None, and a line in the log, for one that can't be read.

        python-telegram-bot takes what comes for what Telegram documents, and fails in whatever
        way on anything else: a newer kind of content, or a server that is older than the library.
        """
        try:
            UpdateShape.model_validate(raw)
            kinds = UpdateShape.model_fields
            return Update.de_json({kind: raw[kind] for kind in kinds if kind in raw}, self)
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            OSError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            logger.warning("Update %s can't be read: %s", raw.get("update_id"), _reason(error))
            return None


def _reason(error: Exception) -> str:
    """In one line, and without what was sent."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return type(error).__name__


def is_group(chat_id: int) -> bool:
    """Whether the chat is a group that may become a supergroup, and so another chat."""
    return LAST_SUPERGROUP <= chat_id < 0


def chat_of(raw: RawUpdate) -> int:
    """The chat whose order an update belongs to; `NO_CHAT` where it is in none."""
    for content in raw.values():
        match content:
            case {"chat": {"id": int(chat_id)}} | {"message": {"chat": {"id": int(chat_id)}}}:
                return chat_id if abs(chat_id) < LARGEST_CHAT_ID else NO_CHAT
            case _:
                continue
    return NO_CHAT
