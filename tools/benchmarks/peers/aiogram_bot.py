"""The bot on aiogram, with our statements and our answers, and replies in the response."""

from collections.abc import Awaitable, Callable

from aiogram import Dispatcher
from aiogram.enums import ParseMode
from aiogram.filters import Command
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.conversation.replies import Button
from bot.conversation.replies import Message as Reply
from tools.chaos.peers.aiogram_bot import run
from tools.chaos.peers.household import Household

Answer = Callable[[int, int, str, str | None], Awaitable[Reply]]


def main() -> None:
    """Run until a signal comes."""
    household = Household()
    dispatcher = Dispatcher()
    dispatcher.message.register(_handler(household.add), Command("add"))
    dispatcher.message.register(_handler(household.remove), Command("remove"))
    dispatcher.message.register(_handler(household.show), Command("fridge"))
    run(dispatcher, handle_in_background=False)


def _handler(answer: Answer) -> Callable[[Message], Awaitable[SendMessage | None]]:
    async def handle(message: Message) -> SendMessage | None:
        if message.text is None or message.from_user is None:
            return None
        reply = await answer(
            message.chat.id, message.message_id, message.text, message.from_user.language_code
        )
        # aiogram sends a handler's result as a call when polling, and in the response to a webhook.
        return message.answer(reply.text, parse_mode=ParseMode.HTML, reply_markup=_keyboard(reply))

    return handle


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.buttons:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text=button.text, callback_data=button.data)
                for button in row
                if isinstance(button, Button)
            ]
            for row in reply.buttons
        ]
    )


if __name__ == "__main__":
    main()
