"""The bot at work, as it is in production: by polling, or by a webhook."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from bot.features.services import Services
from bot.receiving.chat_queues import GRACE_SECONDS
from bot.receiving.polling import POLL_SECONDS, SHORTEST_EMPTY_POLL_SECONDS, Polling
from bot.receiving.webhook import Webhook
from bot.receiving.wiring import Pipeline, build_pipeline
from bot.sending.flood_limits import FloodLimits
from bot.telegram.aiohttp_request import AiohttpRequest
from bot.telegram.client import BotApiClient
from local_telegram.server import LocalTelegramServer
from startup.log import Redactor

SECRET: Final = "hush_hush-hush_hush-42"
PATH: Final = "/hook"


@asynccontextmanager
async def new_pipeline(
    telegram: LocalTelegramServer,
    services: Services,
    *,
    paced: bool = False,
    grace: float = GRACE_SECONDS,
    http: AiohttpRequest | None = None,
) -> AsyncGenerator[Pipeline]:
    """What a program that starts anew builds, on the same database and the same Telegram.

    Args:
        grace: how many seconds a batch may take: long, for tests that take what is confirmed for
            handled, and not only stored.
        http: makes the requests of calls, instead of one with the usual timeouts.
    """
    token = telegram.telegram.token
    bot = BotApiClient(token, telegram.url, http)
    limits = FloodLimits(paced=paced)
    pipeline = build_pipeline(bot, services, limits, Redactor([token]), grace=grace)
    async with bot:
        yield pipeline
        await pipeline.albums.stop()
        await pipeline.door.stop()


@asynccontextmanager
async def polling(
    pipeline: Pipeline,
    *,
    poll_seconds: int = POLL_SECONDS,
    shortest_empty_poll_seconds: float = SHORTEST_EMPTY_POLL_SECONDS,
) -> AsyncGenerator[None]:
    """Begins with what was stored, and polls meanwhile; stops as a program does."""
    loop = Polling(
        pipeline,
        poll_seconds=poll_seconds,
        shortest_empty_poll_seconds=shortest_empty_poll_seconds,
    )
    await pipeline.queues.resume()
    stopping = asyncio.Event()
    work = asyncio.create_task(loop.run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await work


def webhook_url(port: int) -> str:
    return f"http://127.0.0.1:{port}{PATH}"


def new_webhook(pipeline: Pipeline, port: int, *, reply_in_response: bool = True) -> Webhook:
    """What takes posts at this port, as soon as it is served and registered."""
    return Webhook(
        pipeline, url=webhook_url(port), secret=SECRET, reply_in_response=reply_in_response
    )


@asynccontextmanager
async def serving(hook: Webhook, port: int) -> AsyncGenerator[None]:
    """Listens for posts meanwhile."""
    async with serving_by(hook.build_server(), port):
        yield


@asynccontextmanager
async def serving_by(server: web.Server, port: int) -> AsyncGenerator[None]:
    """Runs a web server meanwhile."""
    runner = web.ServerRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def webhook(
    pipeline: Pipeline, port: int, *, reply_in_response: bool = True
) -> AsyncGenerator[str]:
    """Takes posts meanwhile, and gives the address; Telegram knows it already."""
    hook = new_webhook(pipeline, port, reply_in_response=reply_in_response)
    async with serving(hook, port):
        await hook.register()
        try:
            yield webhook_url(port)
        finally:
            await pipeline.bot.delete_webhook()
