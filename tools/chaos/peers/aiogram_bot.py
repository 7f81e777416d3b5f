"""The bot on aiogram with aiogram's defaults: polling, or a webhook if WEBHOOK_URL is set."""

import os
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatType, ParseMode
from aiogram.filters import Command
from aiogram.types import Message, ReplyParameters
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from bot.conversation.replies import Message as Reply
from tools.chaos.peers.household import Household

Answer = Callable[[int, int, str, str | None], Awaitable[Reply]]


def main() -> None:
    """Run until a signal comes."""
    household = Household()
    dispatcher = Dispatcher()
    dispatcher.message.register(_handler(household.add), Command("add"))
    dispatcher.message.register(_handler(household.remove), Command("remove"))
    dispatcher.message.register(_handler(household.show), Command("fridge"))
    run(dispatcher)


def run(dispatcher: Dispatcher, *, handle_in_background: bool = True) -> None:
    """Run a bot until a signal comes.

    Args:
        dispatcher: Has the handlers.
        handle_in_background: Whether the webhook acknowledges an update before it is handled.
    """
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=server))
    if "WEBHOOK_URL" not in os.environ:
        dispatcher.run_polling(bot)
        return
    url, secret = os.environ["WEBHOOK_URL"], os.environ["WEBHOOK_SECRET"]

    async def register() -> None:
        await bot.set_webhook(url, secret_token=secret)

    dispatcher.startup.register(register)
    application = web.Application()
    parts = urlsplit(url)
    handler = SimpleRequestHandler(
        dispatcher, bot, secret_token=secret, handle_in_background=handle_in_background
    )
    handler.register(application, path=parts.path)
    setup_application(application, dispatcher, bot=bot)
    # aiogram's polling uses the current loop.
    loop = uvloop.new_event_loop()
    web.run_app(application, host=parts.hostname, port=parts.port, print=None, loop=loop)


def _handler(answer: Answer) -> Callable[[Message], Awaitable[None]]:
    async def handle(message: Message) -> None:
        if message.text is None or message.from_user is None:
            return
        reply = await answer(
            message.chat.id, message.message_id, message.text, message.from_user.language_code
        )
        in_group = message.chat.type != ChatType.PRIVATE
        await message.answer(
            reply.text,
            parse_mode=ParseMode.HTML,
            reply_parameters=ReplyParameters(message_id=message.message_id) if in_group else None,
        )

    return handle


if __name__ == "__main__":
    main()
