"""Sends replies through the Bot API."""

import asyncio
from typing import Final

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.api import BotApi
from bot.replies import Edit, Message, Notice, Question, Reply, TapReply
from bot.requests import Request, Tap

# A name that looks like an address must not bring a picture of some page into the chat.
NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


async def send(bot: BotApi, request: Request, reply: Reply) -> None:
    """Send a reply into the chat of the request."""
    markup: InlineKeyboardMarkup | ForceReply | None
    match reply:
        case Message():
            markup = _keyboard(reply)
            # In a group, where several may speak at once, an answer shows what it answers.
            answers = request.in_group
        case Question():
            # Selective, and as a reply: so it opens for the one who is asked, and nobody else.
            markup = ForceReply(selective=True, input_field_placeholder=reply.placeholder)
            answers = True
    await bot.send_message(
        request.chat_id,
        reply.text,
        parse_mode=ParseMode.HTML,
        link_preview_options=NO_PREVIEW,
        reply_markup=markup,
        reply_parameters=ReplyParameters(request.message_id, allow_sending_without_reply=True)
        if answers
        else None,
    )


async def answer(bot: BotApi, tap: Tap, reply: TapReply) -> None:
    """Answer a tap: edit the message under whose button it was, or show a notice."""
    match reply:
        case Edit(message):
            await asyncio.gather(_edit(bot, tap.request, message), answer_query(bot, tap.query_id))
        case Notice(text):
            await answer_query(bot, tap.query_id, text)


async def _edit(bot: BotApi, request: Request, message: Message) -> None:
    """Edit the tapped message; where Telegram no longer lets it, the content comes anew."""
    try:
        await bot.edit_message_text(
            message.text,
            chat_id=request.chat_id,
            message_id=request.message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=NO_PREVIEW,
            reply_markup=_keyboard(message),
        )
    except BadRequest as error:
        if not error.message.startswith("Message is not modified"):
            await send(bot, request, message)


async def answer_query(bot: BotApi, query_id: str, text: str | None = None) -> None:
    """End the wait that the tapped button shows; after too long a wait it has ended by itself."""
    try:
        await bot.answer_callback_query(query_id, text)
    except BadRequest as error:
        if not error.message.startswith("Query is too old"):
            raise


def _keyboard(message: Message) -> InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(button.text, callback_data=button.data) for button in row]
            for row in message.buttons
        ]
    )
