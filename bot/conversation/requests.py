"""Requests: the parts of a message or a tap that handlers need."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final
from zlib import crc32

from bot.conversation.replies import Button
from bot.locale.language import Language
from bot.telegram.client import BotApiClient
from bot.telegram.updates import CallbackQuery, Message, TappedMessage, User
from fridge.request_keys import RequestKey

EDITS_IN_A_SECOND: Final = 1000

QUERY_NUMBER: Final = re.compile("[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Request:
    """A person's message or tap.

    Args:
        key: names the message or the tap; the bot handles each key once.
        in_group: whether the chat is a group.
        person_id: None where a group or a channel speaks: the message of an anonymous group admin
            comes from a stand-in account.
        told_language: the language of the person's Telegram; None where Telegram does not tell it.
        message_id: of the message, or of the message whose button was tapped.
        text: the text after the command, or the data of the tapped button.
        now: when the request is handled.
        answered: the text of the bot's message to which this message replies, if it does.
        quoted: the words of the message to which this one replies, or the part that it quotes.
        to_this_bot: False for a text in a group that does not name this bot, since a command in
            it may be for another bot.
        bot_username: without the @.
        mentions_bot: whether the text mentions this bot, so that it is meant for the bot also in a
            group. `text` is without the mention.
        topic_id: the forum topic in which the person wrote or tapped; None outside topics.
        offers: the rows of the tapped message whose buttons outlive a tap.
    """

    key: RequestKey
    in_group: bool
    person_id: int | None
    told_language: Language | None
    message_id: int
    text: str
    now: datetime
    answered: str | None = None
    quoted: str = ""
    to_this_bot: bool = True
    bot_username: str = ""
    mentions_bot: bool = False
    topic_id: int | None = None
    offers: Sequence[Sequence[Button]] = ()

    @property
    def chat_id(self) -> int:
        """Return the id of the chat."""
        return self.key.chat_id

    @property
    def person_language(self) -> Language:
        """Return the language for this person, where the chat has chosen none."""
        return self.told_language or Language.ENGLISH


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap on a button: the callback query to answer, and the request."""

    query_id: str
    request: Request


def read_message(message: Message, bot: BotApiClient, now: datetime) -> Request:
    """Return the request of a new message."""
    person = message.person
    in_group = not message.chat.is_private
    command = message.command
    text, mentions_bot = _without_mention(message.words[len(command) :], bot.username)
    return Request(
        key=RequestKey(message.chat.id, f"m{message.message_id}", message.sent_at),
        in_group=in_group,
        person_id=person.id if person else None,
        told_language=_told_language(person),
        message_id=message.message_id,
        text=text,
        now=now,
        answered=_answered(message, bot),
        quoted=_quoted(message),
        to_this_bot=(
            not in_group or mentions_bot or command.lower().endswith(f"@{bot.username.lower()}")
        ),
        bot_username=bot.username,
        mentions_bot=mentions_bot,
        topic_id=message.topic_id,
    )


def read_edit(message: Message, bot: BotApiClient, now: datetime) -> Request:
    """Return the request of a message that was edited; its key is that of this edit.

    Edits of the same second differ by a number that is made of the text.
    """
    request = read_message(message, bot, now)
    number = (message.edit_date or 0) * EDITS_IN_A_SECOND
    number += crc32(message.words.encode(errors="replace")) % EDITS_IN_A_SECOND
    return replace(request, key=request.key.edit(number))


def read_tap(query: CallbackQuery, now: datetime, outliving: tuple[str, ...]) -> Tap | None:
    """Return the request of a tap; None where the button is not below a message or has no data.

    Args:
        query: the tap, as Telegram tells of it.
        now: when the tap is handled.
        outliving: the prefixes of the buttons that outlive a tap.
    """
    if query.message is None or not query.data:
        return None
    return Tap(
        query.id,
        Request(
            key=RequestKey(query.message.chat.id, f"q{_number(query.id)}", query.message.sent_at),
            in_group=not query.message.chat.is_private,
            person_id=query.sender.id,
            told_language=_told_language(query.sender),
            message_id=query.message.message_id,
            text=query.data,
            now=now,
            offers=_offers(query.message, outliving),
            topic_id=query.message.topic_id,
        ),
    )


def _without_mention(text: str, bot_username: str) -> tuple[str, bool]:
    """Return a text without mentions of the bot, and whether there were any."""
    if "@" not in text:
        return text.strip(), False
    mention = rf"(?<![\w@/])@{re.escape(bot_username)}(?!\w)[,:]?"
    rest, count = re.subn(mention, "", text, flags=re.IGNORECASE)
    return rest.strip(), count > 0


def _number(query_id: str) -> str:
    """Return the id of a query if it is a number, as Telegram's are, otherwise a hash of the id.

    The number becomes part of the data of buttons, which has no room for a longer id.
    """
    if QUERY_NUMBER.fullmatch(query_id):
        return query_id
    return str(int.from_bytes(sha256(query_id.encode()).digest()[:8]))


def _told_language(person: User | None) -> Language | None:
    return Language.of_person(person.language_code) if person and person.language_code else None


def _offers(message: TappedMessage, outliving: tuple[str, ...]) -> Sequence[Sequence[Button]]:
    """Return the rows in which every button outlives a tap.

    Telegram does not give the buttons of a message that is too old.
    """
    if message.reply_markup is None:
        return ()
    rows = (
        [(key.text, key.callback_data) for key in row if key.callback_data is not None]
        for row in message.reply_markup.inline_keyboard
    )
    return [
        [Button(text, data) for text, data in row]
        for row in rows
        if row and all(data.startswith(outliving) for _, data in row)
    ]


def _quoted(message: Message) -> str:
    if message.quote is not None:
        return message.quote.text
    return message.reply_to_message.words if message.reply_to_message else ""


def _answered(message: Message, bot: BotApiClient) -> str | None:
    asked = message.reply_to_message
    if asked is None or asked.sender is None or asked.sender.id != bot.id:
        return None
    return asked.text
