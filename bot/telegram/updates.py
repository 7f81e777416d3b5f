"""The fields of an update that the bot uses, validated when the update comes.

https://core.telegram.org/bots/api#update. Other fields are neither parsed nor validated.
python-telegram-bot's own objects hold all fields, and take many times as long to make.
"""

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from telegram.constants import (
    ChatMemberStatus,
    ChatType,
    MessageAttachmentType,
    MessageEntityType,
)

logger = logging.getLogger(__name__)

RawUpdate = Mapping[str, Any]
"""An update as it came, decoded from JSON."""

NO_CHAT: Final = 0

# https://core.telegram.org/bots/api#chat: "at most 52 significant bits".
LARGEST_CHAT_ID: Final = 1 << 52

# https://core.telegram.org/api/bots/ids: the ids of supergroups are below, those of groups above.
LAST_SUPERGROUP: Final = -1_000_000_000_000

LAST_SECOND: Final = 253_402_300_799
"""The last second of the year 9999: Python has no dates after it."""

ChatId = Annotated[int, Field(gt=-LARGEST_CHAT_ID, lt=LARGEST_CHAT_ID)]
Number = Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)]
Position = Annotated[int, Field(ge=0)]
UnixTime = Annotated[int, Field(ge=0, le=LAST_SECOND)]

GROUPS: Final = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
OUT: Final = frozenset({ChatMemberStatus.BANNED, ChatMemberStatus.LEFT})

SOMEBODY_ELSES: Final = frozenset({"forward_origin", "via_bot"})
"""A message with one of these fields was not written by its sender."""

ATTACHMENTS: Final = frozenset(MessageAttachmentType)
"""Fields of a message with content other than text."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, hide_input_in_errors=True)


class User(_Part):
    """https://core.telegram.org/bots/api#user."""

    id: ChatId
    language_code: str | None = None


class Chat(_Part):
    """https://core.telegram.org/bots/api#chat."""

    id: ChatId
    type: str

    @property
    def is_private(self) -> bool:
        """Whether it is a person's chat with the bot."""
        return self.type == ChatType.PRIVATE


class Entity(_Part):
    """https://core.telegram.org/bots/api#messageentity: positions in UTF-16 code units."""

    type: str
    offset: Position
    length: Position


class Answered(_Part):
    """A message that another message replies to."""

    sender: User | None = Field(None, alias="from")
    text: str | None = None
    caption: str | None = None
    reply_markup: "Keyboard | None" = None

    @property
    def words(self) -> str:
        """The text or the caption, with the labels of its buttons below."""
        rows = self.reply_markup.inline_keyboard if self.reply_markup else ()
        labels = [key.text for row in rows for key in row]
        return "\n".join([self.text or self.caption or "", *labels])


class Quote(_Part):
    """https://core.telegram.org/bots/api#textquote: the part of a message that is replied to."""

    text: str


class Task(_Part):
    """https://core.telegram.org/bots/api#checklisttask."""

    id: Number
    text: str
    completion_date: Number | None = None

    @property
    def is_done(self) -> bool:
        """Whether somebody has ticked it."""
        return bool(self.completion_date)


class Checklist(_Part):
    """https://core.telegram.org/bots/api#checklist."""

    tasks: list[Task]


class ListMessage(_Part):
    """A message with a checklist, of which a service message tells."""

    checklist: Checklist | None = None


class TasksDone(_Part):
    """https://core.telegram.org/bots/api#checklisttasksdone."""

    checklist_message: ListMessage | None = None
    marked_as_done_task_ids: list[Number] | None = None

    @property
    def tasks(self) -> Sequence[Task]:
        """The tasks that were ticked."""
        found = self.checklist_message.checklist if self.checklist_message else None
        ticked = self.marked_as_done_task_ids or ()
        return [task for task in found.tasks if task.id in ticked] if found else ()


class File(_Part):
    """https://core.telegram.org/bots/api#document."""

    file_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: Number | None = None


class _InTopic(_Part):
    message_thread_id: Number | None = None
    is_topic_message: bool | None = None

    @property
    def topic_id(self) -> int | None:
        """The topic that the message is in; None outside topics, also in a forum's General.

        A thread of replies has a number too, but is no topic.
        """
        return self.message_thread_id if self.is_topic_message else None


class Message(_InTopic):
    """https://core.telegram.org/bots/api#message. Of other fields, only the names are used."""

    model_config = ConfigDict(extra="allow")

    message_id: Number
    date: UnixTime
    chat: Chat
    sender: User | None = Field(None, alias="from")
    text: str | None = None
    entities: list[Entity] | None = None
    caption: str | None = None
    caption_entities: list[Entity] | None = None
    media_group_id: str | None = None
    document: File | None = None
    reply_to_message: Answered | None = None
    quote: Quote | None = None
    checklist: Checklist | None = None
    checklist_tasks_done: TasksDone | None = None
    edit_date: UnixTime | None = None
    migrate_to_chat_id: ChatId | None = None
    migrate_from_chat_id: ChatId | None = None

    @property
    def sent_at(self) -> datetime:
        """When the message was sent."""
        return datetime.fromtimestamp(self.date, UTC)

    @property
    def words(self) -> str:
        """The text, or the caption of a picture or a file; empty if there is neither."""
        return self.text or self.caption or ""

    @property
    def command(self) -> str:
        """The command at the beginning, such as `/add@fridge_bot`; empty if there is none."""
        for entity in (self.entities if self.text else self.caption_entities) or ():
            if entity.offset == 0 and entity.type == MessageEntityType.BOT_COMMAND:
                # A command is ASCII, so its length in UTF-16 is its length in characters.
                return self.words[: entity.length]
        return ""

    @property
    def person(self) -> User | None:
        """The person who wrote the message; None if a group or a channel did."""
        return None if "sender_chat" in self._others else self.sender

    @property
    def is_somebody_elses(self) -> bool:
        """Whether the message was forwarded, or made by another bot for its sender."""
        return not SOMEBODY_ELSES.isdisjoint(self._others)

    @property
    def has_attachment(self) -> bool:
        """Whether the message has content other than text: a picture, a file, a place."""
        return self.document is not None or not ATTACHMENTS.isdisjoint(self._others)

    @property
    def _others(self) -> Collection[str]:
        """The names of the other fields. A server may write an absent field as null."""
        extra = self.model_extra
        return [name for name, value in extra.items() if value is not None] if extra else ()


class Key(_Part):
    """https://core.telegram.org/bots/api#inlinekeyboardbutton."""

    text: str
    callback_data: str | None = None


class Keyboard(_Part):
    """https://core.telegram.org/bots/api#inlinekeyboardmarkup."""

    inline_keyboard: list[list[Key]]


class TappedMessage(_InTopic):
    """https://core.telegram.org/bots/api#maybeinaccessiblemessage: without buttons if too old."""

    message_id: Number
    date: UnixTime | None = None
    chat: Chat
    reply_markup: Keyboard | None = None

    @property
    def sent_at(self) -> datetime | None:
        """When the message was sent: 1970 if it is too old, None if the date is absent."""
        return None if self.date is None else datetime.fromtimestamp(self.date, UTC)


class CallbackQuery(_Part):
    """https://core.telegram.org/bots/api#callbackquery."""

    id: str = Field(pattern=r"(?s).")  # any text that can be sent back: not half a surrogate pair
    sender: User = Field(alias="from")
    data: str | None = None
    message: TappedMessage | None = None


class Member(_Part):
    """https://core.telegram.org/bots/api#chatmember."""

    status: str

    @property
    def is_out(self) -> bool:
        """Whether the bot has left the chat, was removed from it, or was blocked in it."""
        return self.status in OUT


class StandingChange(_Part):
    """https://core.telegram.org/bots/api#chatmemberupdated, for the bot itself."""

    chat: Chat
    sender: User = Field(alias="from")
    old_chat_member: Member
    new_chat_member: Member

    @property
    def is_new_in_group(self) -> bool:
        """Whether the bot was added to a group; a right that it got or lost does not count."""
        return (
            self.chat.type in GROUPS
            and self.old_chat_member.is_out
            and not self.new_chat_member.is_out
        )


class Update(_Part):
    """https://core.telegram.org/bots/api#update, with the kinds that the bot asks for."""

    update_id: Number
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: StandingChange | None = None

    @property
    def chat_id(self) -> int:
        """The chat of the update; `NO_CHAT` if it has none."""
        query = self.callback_query
        about = (
            self.message
            or self.edited_message
            or self.my_chat_member
            or (query.message if query else None)
        )
        return about.chat.id if about else NO_CHAT


def read_update(raw: RawUpdate) -> Update | None:
    """Parse an update. If that fails, log the reason and return None."""
    try:
        return Update.model_validate(raw)
    except ValidationError as error:
        logger.warning("Update %s can't be read: %s", raw.get("update_id"), first_reason(error))
        return None


def read_body(body: bytes) -> Update | None:
    """Parse the body of a post as an update. If that fails, log the reason and return None.

    Raises:
        ValueError: the body is no update at all.
    """
    try:
        # To decode the JSON first, and to validate the result, takes nearly twice as long.
        return Update.model_validate_json(body)
    except ValidationError:
        pass
    try:
        raw: object = json.loads(body)
    except RecursionError as error:
        raise ValueError("It is nested too deeply") from error
    if not _is_update(raw):
        raise ValueError("It has no update_id")
    return read_update(raw)


def is_basic_group(chat_id: int) -> bool:
    """Whether a chat is a group that may become a supergroup, and so another chat."""
    return LAST_SUPERGROUP <= chat_id < 0


def chat_of(raw: RawUpdate) -> int:
    """Return the chat in whose order an update is handled; `NO_CHAT` if it has none."""
    for content in raw.values():
        match content:
            case {"chat": {"id": int(chat_id)}} | {"message": {"chat": {"id": int(chat_id)}}}:
                return chat_id if abs(chat_id) < LARGEST_CHAT_ID else NO_CHAT
            case _:
                continue
    return NO_CHAT


def first_reason(error: ValidationError) -> str:
    """Describe the first error in one line, without the value that was sent."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _is_update(raw: object) -> TypeGuard[RawUpdate]:
    match raw:
        case {"update_id": int()}:
            return True
        case _:
            return False
