"""What the bot reads of an update: checked when it comes, so that nothing after it has to.

https://core.telegram.org/bots/api#update. What the bot does not look at is neither read nor
checked. python-telegram-bot's own objects hold everything there is, which takes many times as long.
"""

import json
import logging
from collections.abc import Collection, Mapping
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

# https://core.telegram.org/api/bots/ids: the ids of supergroups are below, of groups above.
LAST_SUPERGROUP: Final = -1_000_000_000_000

LAST_SECOND: Final = 253_402_300_799
"""Of the year 9999, after which there are no dates."""

ChatId = Annotated[int, Field(gt=-LARGEST_CHAT_ID, lt=LARGEST_CHAT_ID)]
Number = Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)]
Position = Annotated[int, Field(ge=0)]
UnixTime = Annotated[int, Field(ge=0, le=LAST_SECOND)]

GROUPS: Final = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
OUT: Final = frozenset({ChatMemberStatus.BANNED, ChatMemberStatus.LEFT})

SOMEBODY_ELSES: Final = frozenset({"forward_origin", "via_bot"})
"""What a message has that its sender did not write."""

ATTACHMENTS: Final = frozenset(MessageAttachmentType)
"""What a message has that brings something other than text."""


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
    """The message that another one replies to."""

    sender: User | None = Field(None, alias="from")
    text: str | None = None


class File(_Part):
    """https://core.telegram.org/bots/api#document."""

    file_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: Number | None = None


class Message(_Part):
    """https://core.telegram.org/bots/api#message. Of the other fields only the names matter."""

    model_config = ConfigDict(extra="allow")

    message_id: Number
    date: UnixTime
    chat: Chat
    sender: User | None = Field(None, alias="from")
    text: str | None = None
    entities: list[Entity] | None = None
    caption: str | None = None
    document: File | None = None
    reply_to_message: Answered | None = None
    migrate_to_chat_id: ChatId | None = None
    migrate_from_chat_id: ChatId | None = None

    @property
    def sent_at(self) -> datetime:
        """When it was sent."""
        return datetime.fromtimestamp(self.date, UTC)

    @property
    def command(self) -> str:
        """The command that it begins with, as in `/add@fridge_bot`, or nothing."""
        for entity in self.entities or ():
            if entity.offset == 0 and entity.type == MessageEntityType.BOT_COMMAND:
                # A command is ASCII, so that its length in UTF-16 is its length.
                return (self.text or "")[: entity.length]
        return ""

    @property
    def person(self) -> User | None:
        """Who wrote it; nobody where a group or a channel speaks."""
        return None if "sender_chat" in self._others else self.sender

    @property
    def is_somebody_elses(self) -> bool:
        """Whether its sender did not write it: it was forwarded, or came from another bot."""
        return not SOMEBODY_ELSES.isdisjoint(self._others)

    @property
    def has_attachment(self) -> bool:
        """Whether it brings something other than text: a picture, a file, a place."""
        return self.document is not None or not ATTACHMENTS.isdisjoint(self._others)

    @property
    def _others(self) -> Collection[str]:
        """The names of the other fields; a server may write one that is absent as null."""
        extra = self.model_extra
        return [name for name, value in extra.items() if value is not None] if extra else ()


class Key(_Part):
    """https://core.telegram.org/bots/api#inlinekeyboardbutton."""

    text: str
    callback_data: str | None = None


class Keyboard(_Part):
    """https://core.telegram.org/bots/api#inlinekeyboardmarkup."""

    inline_keyboard: list[list[Key]]


class TappedMessage(_Part):
    """https://core.telegram.org/bots/api#maybeinaccessiblemessage: too old, it has no buttons."""

    message_id: Number
    date: UnixTime | None = None
    chat: Chat
    reply_markup: Keyboard | None = None

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent; the beginning of Unix time where it is too old."""
        return None if self.date is None else datetime.fromtimestamp(self.date, UTC)


class CallbackQuery(_Part):
    """https://core.telegram.org/bots/api#callbackquery."""

    id: str = Field(pattern=r"(?s).")  # any text that can be sent back: no half of a surrogate pair
    sender: User = Field(alias="from")
    data: str | None = None
    message: TappedMessage | None = None


class Member(_Part):
    """https://core.telegram.org/bots/api#chatmember."""

    status: str

    @property
    def is_out(self) -> bool:
        """Whether the bot, with this standing in a chat, is not in it or was blocked there."""
        return self.status in OUT


class StandingChange(_Part):
    """https://core.telegram.org/bots/api#chatmemberupdated, of the bot itself."""

    chat: Chat
    sender: User = Field(alias="from")
    old_chat_member: Member
    new_chat_member: Member

    @property
    def is_new_in_group(self) -> bool:
        """Whether the bot was added to a group, and not only given or denied some right."""
        return (
            self.chat.type in GROUPS
            and self.old_chat_member.is_out
            and not self.new_chat_member.is_out
        )


class Update(_Part):
    """An update; kinds that are not here are none that the bot asks for."""

    update_id: Number
    message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: StandingChange | None = None

    @property
    def chat_id(self) -> int:
        """The chat that it comes from; `NO_CHAT` where it is from none."""
        query = self.callback_query
        about = self.message or self.my_chat_member or (query.message if query else None)
        return about.chat.id if about else NO_CHAT


def read_update(raw: RawUpdate) -> Update | None:
    """Read an update; None, and a line in the log, for one that can't be read."""
    try:
        return Update.model_validate(raw)
    except ValidationError as error:
        logger.warning("Update %s can't be read: %s", raw.get("update_id"), first_reason(error))
        return None


def read_body(body: bytes) -> Update | None:
    """Read the update of a post's body; None, and a line in the log, for one that can't be read.

    Raises:
        ValueError: it is no update.
    """
    try:
        # In one go: to read JSON first, and then what came of it, takes nearly twice as long.
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


def is_group(chat_id: int) -> bool:
    """Whether the chat is a group that may become a supergroup, and so another chat."""
    return LAST_SUPERGROUP <= chat_id < 0


def chat_of(raw: RawUpdate) -> int:
    """The chat whose order an update belongs to; `NO_CHAT` where it is in none."""
    for content in raw.values():
        match content:
            case {"chat": {"id": int(chat_id)}} | {"message": {"chat": {"id": int(chat_id)}}}:
                return chat_id if abs(chat_id) < LARGEST_CHAT_ID else NO_CHAT
            case _:
                continue
    return NO_CHAT


def first_reason(error: ValidationError) -> str:
    """Say in one line what is wrong first, and nothing of what was sent."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _is_update(raw: object) -> TypeGuard[RawUpdate]:
    match raw:
        case {"update_id": int()}:
            return True
        case _:
            return False
