"""A client of the Bot API: that of python-telegram-bot, with updates and calls unparsed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
"""The Bot API's description of the error for an unknown method."""

NO_FILE: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""The statuses for the address of a file that does not exist, or no longer exists."""


class NoBotError(TelegramError):
    """The answer to getMe describes no bot, so the server is no Bot API server."""


class BotApiClient(Bot):
    """Calls the Bot API in the name of one bot.

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
        """Leave out the token, which python-telegram-bot's own representation shows."""
        return f"{type(self).__name__}()"

    async def initialize(self) -> None:
        """Open connections, and ask Telegram who this bot is.

        Raises:
            NoBotError: the answer does not describe a bot.
            TelegramError: as any call.
        """
        await self._identify(super().initialize)

    async def learn_username(self) -> None:
        """Ask Telegram for this bot's username, which its owner may change at any time.

        Raises:
            NoBotError: the answer does not describe a bot; the known username stays.
            TelegramError: as any call.
        """
        known = self._bot_user
        try:
            await self._identify(self.get_me)
        except NoBotError:
            self._bot_user = known
            raise

    async def _identify(self, call: Callable[[], Awaitable[object]]) -> None:
        """Make a call that asks who this bot is, and check the answer."""
        try:
            await call()
        except (AttributeError, TypeError) as error:  # the answer has another form
            raise NoBotError("getMe gives no user") from error
        if not self.username:
            raise NoBotError("getMe gives no username")

    async def get_raw_updates(
        self, offset: int, *, timeout: int, read_timeout: float, allowed_updates: Sequence[str]
    ) -> Sequence[RawUpdate]:
        """Poll for updates, and return them unparsed.

        `Bot.get_updates` parses a batch as a whole: one update that it can't parse costs all
        updates of the batch, and their ids. Times are in seconds; `read_timeout` is on top of
        `timeout`.

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
        """Ask Telegram for the state of the webhook.

        `Bot.get_webhook_info` fails if a field is missing, which other Bot API servers may leave
        out. For a server that does not know the method, python-telegram-bot reports a wrong token.

        Raises:
            EndPointNotFound: the server does not know the method, or its answer can't be parsed.
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

    async def make(self, call: ApiCall) -> int | None:
        """Make a call, and return the id of the message that it sent, if it sent one.

        Raises:
            TelegramError: as any call.
        """
        result: object = await self._post(call.method, dict(call.parameters))
        match result:
            case {"message_id": int(message_id)}:
                return message_id
            case _:
                return None

    async def download(self, file_id: str, most_bytes: int) -> bytes:
        """Fetch the first `most_bytes` bytes of a file that a person sent.

        The address of a file contains the token, so no error that is raised here has an address.

        Raises:
            BadRequest: the file no longer exists, or is too big for Telegram to give.
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
