"""python-telegram-bot's bot, with updates and calls as they are on the wire."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from pydantic import ValidationError
from telegram import Bot
from telegram.error import (
    BadRequest,
    EndPointNotFound,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from bot.telegram.aiohttp_request import AiohttpRequest
from bot.telegram.calls import ApiCall
from bot.telegram.updates import RawUpdate, first_reason
from bot.telegram.webhook_info import WebhookInfo

NOT_FOUND: Final = "Not Found"
"""What the Bot API says to a method that it does not know."""

NO_FILE: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""What answers an address at which there is no file, or none any more."""


class NoBotError(TelegramError):
    """What answers in Telegram's place says nothing of the bot that would be of use."""


class BotApiClient(Bot):
    """The Bot API.

    Args:
        token: the bot's token.
        root: the URL of the Bot API server, without a slash at its end.
        http: makes the requests of calls.
    """

    def __init__(self, token: str, root: str, http: AiohttpRequest | None = None) -> None:
        self._http = http or AiohttpRequest()
        super().__init__(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._http,
            get_updates_request=AiohttpRequest(connections=2),
        )

    def __repr__(self) -> str:
        """Without the token, which python-telegram-bot's own holds."""
        return f"{type(self).__name__}()"

    async def initialize(self) -> None:
        """Get ready for calls, and learn who this bot is.

        Raises:
            NoBotError: the answer is none about a bot.
            TelegramError: as any call.
        """
        try:
            await super().initialize()
        except (AttributeError, TypeError) as error:  # what is read has another form
            raise NoBotError("getMe gives no user") from error
        if not self.username:
            raise NoBotError("getMe gives no username")

    async def get_raw_updates(
        self, offset: int, *, timeout: int, read_timeout: float, allowed_updates: Sequence[str]
    ) -> Sequence[RawUpdate]:
        """Poll for updates and give them as they come.

        `get_updates` reads a batch as a whole: one update that it can't read, and it gives none,
        and none of their ids. Times are in seconds; `read_timeout` is on top of `timeout`.

        Raises:
            TelegramError: as any call.
        """
        updates: Sequence[RawUpdate] | None = await self._post(
            "getUpdates",
            {"offset": offset, "timeout": timeout, "allowed_updates": allowed_updates},
            read_timeout=timeout + read_timeout,
        )
        return updates or ()

    async def webhook_info(self) -> WebhookInfo:
        """Ask how updates are delivered.

        `get_webhook_info` fails where a field is lacking, as it may be with a server of others. Of
        a server that does not know this method python-telegram-bot says that the token is wrong.

        Raises:
            EndPointNotFound: the server does not know the method, or nothing can be read of it.
            TelegramError: as any call.
        """
        try:
            info: object = await self._post("getWebhookInfo")
        except InvalidToken as error:
            if error.message == NOT_FOUND:
                raise EndPointNotFound("The server does not know getWebhookInfo") from None
            raise
        if not info:
            raise EndPointNotFound("The server gives nothing for getWebhookInfo")
        try:
            return WebhookInfo.model_validate(info)
        except ValidationError as error:
            raise EndPointNotFound(
                f"The server's getWebhookInfo can't be read: {first_reason(error)}"
            ) from None

    async def make(self, call: ApiCall) -> None:
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
        found: Mapping[str, Any] | None = await self._post("getFile", {"file_id": file_id})
        path = found and found.get("file_path")
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
