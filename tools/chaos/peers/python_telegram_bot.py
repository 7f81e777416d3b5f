"""The bot on python-telegram-bot's own polling or webhook, with its defaults."""

import os
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any
from urllib.parse import urlsplit

from telegram import ReplyParameters, Update
from telegram.constants import ChatType, ParseMode
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes

from bot.conversation.replies import Message as Reply
from tools.chaos.peers.household import Household

Answer = Callable[[int, int, str, str | None], Awaitable[Reply]]
Context = ContextTypes.DEFAULT_TYPE
Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]


def main() -> None:
    """Run until a signal comes."""
    household = Household()
    run(
        [
            CommandHandler("add", _handler(household.add)),
            CommandHandler("remove", _handler(household.remove)),
            CommandHandler("fridge", _handler(household.show)),
        ]
    )


def run(handlers: Sequence[CommandHandler[Context, None]]) -> None:
    """Run a bot with these handlers until a signal comes."""
    application = (
        ApplicationBuilder()
        .token(os.environ["BOT_TOKEN"])
        .base_url(f"{os.environ['TELEGRAM_API_URL']}/bot")
        .build()
    )
    application.add_handlers(handlers)
    if url := os.environ.get("WEBHOOK_URL"):
        host, _, port = os.environ["LISTEN"].rpartition(":")
        application.run_webhook(
            listen=host,
            port=int(port),
            url_path=urlsplit(url).path.lstrip("/"),
            webhook_url=url,
            secret_token=os.environ["WEBHOOK_SECRET"],
        )
    else:
        application.run_polling()


def _handler(answer: Answer) -> Callback:
    async def callback(update: Update, _context: Context) -> None:
        message = update.message
        if message is None or message.text is None or message.from_user is None:
            return
        reply = await answer(
            message.chat.id, message.message_id, message.text, message.from_user.language_code
        )
        in_group = message.chat.type != ChatType.PRIVATE
        parameters = ReplyParameters(message.message_id) if in_group else None
        await message.reply_text(reply.text, parse_mode=ParseMode.HTML, reply_parameters=parameters)

    return callback


if __name__ == "__main__":
    main()
