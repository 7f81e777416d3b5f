"""What handlers need of a message or a tap."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from bot.conversation.replies import Button
from bot.locale.language import Language
from bot.telegram.client import BotApi
from bot.telegram.updates import CallbackQuery, Message, TappedMessage, User
from fridge.request_keys import RequestKey

QUERY_NUMBER: Final = re.compile("[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Request:
    """A person's message or tap.

    `person_id` is None where a group or a channel spoke, not a person: an anonymous group admin's
    message carries a stand-in account. `told_language` is None where Telegram does not tell it, as
    there. `key` names the message or tap. `text` is what follows the
    command, or the tapped data. `answered` is the text of the bot's message that this one replies
    to. `to_this_bot` is False in a group where a command does not name the bot: it may be for
    another one. `offers` are the rows of buttons of the tapped message that outlive a tap.
    """

    key: RequestKey
    in_group: bool
    person_id: int | None
    told_language: Language | None
    message_id: int
    text: str
    now: datetime
    answered: str | None = None
    to_this_bot: bool = True
    bot_username: str = ""
    offers: Sequence[Sequence[Button]] = ()

    @property
    def chat_id(self) -> int:
        """The chat that it came from."""
        return self.key.chat_id

    @property
    def person_language(self) -> Language:
        """The language to answer this person in, where the chat chose none."""
        return self.told_language or Language.ENGLISH


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap on a button: the query to answer, and the request it makes."""

    query_id: str
    request: Request


def read_message(message: Message, bot: BotApi, now: datetime) -> Request:
    """The request of a new message."""
    person = message.person
    in_group = not message.chat.is_private
    command = message.command
    return Request(
        key=RequestKey(message.chat.id, f"m{message.message_id}", message.sent_at),
        in_group=in_group,
        person_id=person.id if person else None,
        told_language=_told_language(person),
        message_id=message.message_id,
        text=(message.text or "")[len(command) :].strip(),
        now=now,
        answered=_answered(message, bot),
        to_this_bot=not in_group or command.lower().endswith(f"@{bot.username.lower()}"),
        bot_username=bot.username,
    )


def read_tap(query: CallbackQuery, now: datetime, outliving: tuple[str, ...]) -> Tap | None:
    """The request of a tap; None where it was not on a button under a message of the bot.

    Args:
        query: the tap.
        now: when it is handled.
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
        ),
    )


def _number(query_id: str) -> str:
    """The id if it is a number, as Telegram's are, otherwise a number that stands for it.

    The number goes into the data of buttons, where a longer id would have no room.
    """
    if QUERY_NUMBER.fullmatch(query_id):
        return query_id
    return str(int.from_bytes(sha256(query_id.encode()).digest()[:8]))


def _told_language(person: User | None) -> Language | None:
    return Language.of_person(person.language_code) if person and person.language_code else None


def _offers(message: TappedMessage, outliving: tuple[str, ...]) -> Sequence[Sequence[Button]]:
    """The rows of which every button stays; Telegram gives none of a message that is too old."""
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


def _answered(message: Message, bot: BotApi) -> str | None:
    asked = message.reply_to_message
    if asked is None or asked.sender is None or asked.sender.id != bot.id:
        return None
    return asked.text
