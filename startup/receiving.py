"""Starts to receive updates: by a webhook where one is set, otherwise by polling."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial

from telegram.error import BadRequest

from bot.receiving.polling import Polling
from bot.receiving.polling_conflicts import poll_instead_of_webhook
from bot.receiving.webhook import Webhook
from bot.receiving.webhook_watch import WebhookWatch
from bot.receiving.wiring import Pipeline
from startup.errors import StartError
from startup.serving import serve
from startup.settings.settings import Settings

Receive = Callable[[asyncio.Event], Awaitable[None]]
"""Receives updates until the event is set."""

Reach = Callable[[Callable[[], Awaitable[object]]], Awaitable[None]]
"""Makes a call that the start needs; waits while Telegram is away."""


async def start_receiving(
    pipeline: Pipeline,
    settings: Settings,
    sockets: Sequence[socket.socket],
    reach: Reach,
    stack: AsyncExitStack,
) -> Receive:
    """Tell Telegram to post updates, or that the bot polls.

    Args:
        pipeline: handles the updates.
        settings: whether there is a webhook, and where.
        sockets: reserved at `LISTEN`, where the webhook listens.
        reach: calls Telegram.
        stack: stops the webhook's server at the end.

    Raises:
        StartError: Telegram can't be reached, or refuses the webhook; or the address is taken.
    """
    if not settings.webhook_url or not settings.webhook_secret:
        await reach(partial(poll_instead_of_webhook, pipeline.bot))
        return Polling(pipeline).run
    webhook = Webhook(
        pipeline,
        url=settings.webhook_url,
        secret=settings.webhook_secret.get_secret_value(),
        reply_in_response=settings.reply_in_response,
    )
    await stack.enter_async_context(serve(webhook.build_server(), sockets, settings.listen))
    await reach(partial(_register, webhook))
    return WebhookWatch(pipeline.bot, webhook).run


async def _register(webhook: Webhook) -> None:
    try:
        await webhook.register()
    except BadRequest as error:
        raise StartError(
            f"Telegram refuses WEBHOOK_URL ({error}): "
            "it must be an https address on port 443, 80, 88 or 8443 that Telegram can reach"
        ) from error
