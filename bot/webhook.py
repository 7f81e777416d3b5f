"""Receives updates over HTTP, and acknowledges one only after its effect is committed."""

import hmac
import logging
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Update

from bot.application import ALLOWED_UPDATES, BotApplication

logger = logging.getLogger(__name__)

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
        """Tells Telegram where to post."""
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
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        try:
            update = Update.de_json(await request.json(), self._application.bot)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # Not JSON, or JSON of another shape: python-telegram-bot reads it as it comes.
            logger.warning("A post that is no update: %r", error)
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        await self._application.process_update(update)
        return web.Response()
