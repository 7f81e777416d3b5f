"""What handlers need of a message or a tap, read from python-telegram-bot's optional fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    User,
)
from telegram.constants import ChatType

from bot.api import BotApi
from bot.language import Language
from bot.replies import Button
from db.handled_requests import RequestKey


@dataclass(frozen=True, slots=True)
class Request:
    """A person's message or tap.

    `person_id` is None where a group or a channel spoke, not a person: an anonymous group admin's
    message carries a stand-in account. `told_language` is None where Telegram does not tell it, as
    there. `key` names the message or tap. `text` is what follows the
    command, or the tapped data. `answered` is the text of the bot's message that this one replies
    to. `to_this_bot` is False in a group where a command does not name the bot: it may be for
    another one. `buttons` are the rows of buttons of the message that was tapped.
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
    buttons: Sequence[Sequence[Button]] = ()

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
    person = None if message.sender_chat else message.from_user
    in_group = message.chat.type != ChatType.PRIVATE
    text = message.text or ""
    command = text[: _command_length(message)]
    return Request(
        key=RequestKey(message.chat.id, f"m{message.message_id}"),
        in_group=in_group,
        person_id=person.id if person else None,
        told_language=_told_language(person),
        message_id=message.message_id,
        text=text[len(command) :].strip(),
        now=now,
        answered=_answered(message, bot),
        to_this_bot=not in_group or command.lower().endswith(f"@{bot.username.lower()}"),
        bot_username=bot.username,
    )


def read_tap(query: CallbackQuery, now: datetime) -> Tap | None:
    """The request of a tap; None where it was not on a button under a message of the bot."""
    if query.message is None or not query.data:
        return None
    return Tap(
        query.id,
        Request(
            key=RequestKey(query.message.chat.id, f"q{query.id}"),
            in_group=query.message.chat.type != ChatType.PRIVATE,
            person_id=query.from_user.id,
            told_language=_told_language(query.from_user),
            message_id=query.message.message_id,
            text=query.data,
            now=now,
            buttons=_buttons(query.message),
        ),
    )


def is_out(member: ChatMember) -> bool:
    """Whether the bot, with this standing in a chat, is not in it or was blocked there."""
    return member.status in {ChatMember.BANNED, ChatMember.LEFT}


def is_new_in_group(change: ChatMemberUpdated) -> bool:
    """Whether the bot was added to a group, and not only given or denied some right."""
    return (
        change.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}
        and is_out(change.old_chat_member)
        and not is_out(change.new_chat_member)
    )


def _told_language(person: User | None) -> Language | None:
    return Language.of_person(person.language_code) if person and person.language_code else None


def _buttons(message: MaybeInaccessibleMessage) -> Sequence[Sequence[Button]]:
    """The buttons that bring data; Telegram gives none of a message that is too old."""
    if not isinstance(message, Message) or message.reply_markup is None:
        return ()
    return [
        [Button(key.text, key.callback_data) for key in row if isinstance(key.callback_data, str)]
        for row in message.reply_markup.inline_keyboard
    ]


def _answered(message: Message, bot: BotApi) -> str | None:
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != bot.id:
        return None
    return asked.text


def _command_length(message: Message) -> int:
    # A command is ASCII, so that its length in UTF-16 is its length.
    return next(
        (
            entity.length
            for entity in message.entities
            if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0
        ),
        0,
    )
