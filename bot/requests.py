"""What handlers need of an update; python-telegram-bot's optionals are narrowed only here."""

from dataclasses import dataclass
from datetime import datetime

from telegram import Message, MessageEntity, Update
from telegram.constants import ChatType

from bot.language import Language


@dataclass(frozen=True, slots=True)
class Request:
    """A person's message or tap.

    `person_id` is None where a group or a channel spoke, not a person: an anonymous group admin's
    message carries a stand-in account. `text` is what follows the command, or the tapped data.
    """

    chat_id: int
    in_group: bool
    person_id: int | None
    person_language: Language
    message_id: int
    text: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap on a button: the query to answer, and the request it makes."""

    query_id: str
    request: Request


class NotARequestError(TypeError):
    """The update is not of the kind that was to be read. Routing makes sure that it is."""


def read_message(update: Update, now: datetime) -> Request:
    """The request of a new message, whole."""
    message = _new_message(update)
    return _request(message, message.text or "", now)


def read_command(update: Update, now: datetime) -> Request:
    """The request of a new message that begins with a command, without the command."""
    message = _new_message(update)
    text = message.text or ""
    return _request(message, text[_command_length(message) :].strip(), now)


def names_bot(update: Update, username: str) -> bool:
    """Whether a new message begins with a command for the bot of this name: `/command@name`."""
    message = _new_message(update)
    command = (message.text or "")[: _command_length(message)]
    return command.lower().endswith(f"@{username.lower()}")


def question_answered(update: Update, bot_id: int) -> str | None:
    """The text of the bot's message that a new message replies to."""
    asked = _new_message(update).reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != bot_id:
        return None
    return asked.text


def read_tap(update: Update, now: datetime) -> Tap:
    """The request of a tap on a button under a message."""
    query = update.callback_query
    if query is None or query.message is None:
        raise NotARequestError
    return Tap(
        query.id,
        Request(
            chat_id=query.message.chat.id,
            in_group=query.message.chat.type != ChatType.PRIVATE,
            person_id=query.from_user.id,
            person_language=Language.of_person(query.from_user.language_code),
            message_id=query.message.message_id,
            text=query.data or "",
            now=now,
        ),
    )


def read_any(update: Update, now: datetime) -> Request | None:
    """The request of a new message or a tap; None where nobody waits for an answer."""
    try:
        return read_message(update, now) if update.message else read_tap(update, now).request
    except NotARequestError:
        return None


def _new_message(update: Update) -> Message:
    if update.message is None:
        raise NotARequestError
    return update.message


def _request(message: Message, text: str, now: datetime) -> Request:
    person = None if message.sender_chat else message.from_user
    return Request(
        chat_id=message.chat.id,
        in_group=message.chat.type != ChatType.PRIVATE,
        person_id=person.id if person else None,
        person_language=Language.of_person(person.language_code if person else None),
        message_id=message.message_id,
        text=text,
        now=now,
    )


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
