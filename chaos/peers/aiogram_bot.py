"""The bot on aiogram, with its defaults: its polling, or with WEBHOOK_URL its webhook."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatType, ParseMode
from aiogram.filters import Command
from aiogram.types import Message, ReplyParameters
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from chaos.peers.household import Household

Answer = Callable[[int, int, str, str | None], Awaitable[str]]


def main() -> None:
    """Run until a signal comes."""
    household = Household()
    dispatcher = Dispatcher()
    dispatcher.message.register(_handler(household.add), Command("add"))
    dispatcher.message.register(_handler(household.remove), Command("remove"))
    dispatcher.message.register(_handler(household.show), Command("fridge"))
    server = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=server))
    if "WEBHOOK_URL" in os.environ:
        _serve(dispatcher, bot, os.environ["WEBHOOK_URL"], os.environ["WEBHOOK_SECRET"])
    else:
        asyncio.run(_poll(dispatcher, bot))


async def _poll(dispatcher: Dispatcher, bot: Bot) -> None:
    await dispatcher.start_polling(bot)


def _serve(dispatcher: Dispatcher, bot: Bot, url: str, secret: str) -> None:
    async def register() -> None:
        await bot.set_webhook(url, secret_token=secret)

    dispatcher.startup.register(register)
    application = web.Application()
    parts = urlsplit(url)
    handler = SimpleRequestHandler(dispatcher, bot, secret_token=secret)
    handler.register(application, path=parts.path)
    setup_application(application, dispatcher, bot=bot)
    web.run_app(application, host=parts.hostname, port=parts.port, print=None)


def _handler(answer: Answer) -> Callable[[Message], Awaitable[None]]:
    async def handle(message: Message) -> None:
        if message.text is None or message.from_user is None:
            return
        text = await answer(
            message.chat.id, message.message_id, message.text, message.from_user.language_code
        )
        in_group = message.chat.type != ChatType.PRIVATE
        await message.answer(
            text,
            parse_mode=ParseMode.HTML,
            reply_parameters=ReplyParameters(message_id=message.message_id) if in_group else None,
        )

    return handle


if __name__ == "__main__":
    main()
