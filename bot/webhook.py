"""Receives updates over HTTP, and acknowledges one only after its effect is committed."""

import hmac
from http import HTTPStatus
from typing import Final, TypeGuard
from urllib.parse import urlsplit

from aiohttp import web

from bot.api import RawUpdate
from bot.application import ALLOWED_UPDATES, BotApplication

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)
LARGEST_UPDATE_BYTES: Final = 1024 * 1024


class Webhook:
    """The HTTP endpoint that Telegram posts updates to.

    python-telegram-bot's own acknowledges an update when it is queued: what a killed process had
    queued is then lost. Telegram sends the updates of one chat one after the other, each when the
    last one was acknowledged, and so keeps their order.
    """

    def __init__(self, application: BotApplication, url: str, secret: str) -> None:
        self._application = application
        self._url = url
        self._secret = secret

    async def register(self) -> None:
        """Tell Telegram where to post."""
        await self._application.bot.set_webhook(
            self._url, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES
        )

    def build_server(self) -> web.Application:
        """The web application that takes the posts."""
        server = web.Application(client_max_size=LARGEST_UPDATE_BYTES)
        server.add_routes([web.post(urlsplit(self._url).path or "/", self._receive)])
        return server

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(_as_bytes(given), _as_bytes(self._secret)):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        try:
            raw: object = await request.json()
        except (ValueError, RecursionError):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        if not _is_update(raw):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        # Refused, an update that can't be read would come again and again, and hold up its chat.
        if update := self._application.bot.read(raw):
            await self._application.process_update(update)
        return web.Response()


def _is_update(raw: object) -> TypeGuard[RawUpdate]:
    match raw:
        case {"update_id": int()}:
            return True
        case _:
            return False


def _as_bytes(secret: str) -> bytes:
    """The secret as it came: a header may hold bytes that are no UTF-8."""
    return secret.encode("utf-8", "surrogateescape")
