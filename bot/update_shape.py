"""What the bot relies on in an update, checked before anything looks at it.

https://core.telegram.org/bots/api#update. What it does not look at is not checked.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

# https://core.telegram.org/bots/api#chat: "at most 52 significant bits".
LARGEST_CHAT_ID: Final = 1 << 52

ChatId = Annotated[int, Field(gt=-LARGEST_CHAT_ID, lt=LARGEST_CHAT_ID)]
Number = Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)]
Position = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, hide_input_in_errors=True)


class _User(_Part):
    id: ChatId
    language_code: str | None = None


class _Chat(_Part):
    id: ChatId
    type: str


class _Entity(_Part):
    type: str
    offset: Position
    length: Position


class _Answered(_Part):
    sender: _User | None = Field(None, alias="from")
    text: str | None = None


class _Document(_Part):
    file_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: Number | None = None


class _Message(_Part):
    message_id: Number
    date: Number
    chat: _Chat
    sender: _User | None = Field(None, alias="from")
    text: str | None = None
    entities: list[_Entity] = []
    caption: str | None = None
    caption_entities: list[_Entity] = []
    document: _Document | None = None
    reply_to_message: _Answered | None = None
    migrate_to_chat_id: ChatId | None = None
    migrate_from_chat_id: ChatId | None = None


class _Key(_Part):
    text: str
    callback_data: str | None = None


class _Keyboard(_Part):
    inline_keyboard: list[list[_Key]]


class _Tapped(_Part):
    message_id: Number
    chat: _Chat
    reply_markup: _Keyboard | None = None


class _Query(_Part):
    id: str = Field(pattern=r"^-?[0-9]{1,20}$")
    sender: _User = Field(alias="from")
    data: str | None = None
    message: _Tapped | None = None


class _Member(_Part):
    status: str


class _Standing(_Part):
    chat: _Chat
    sender: _User = Field(alias="from")
    old_chat_member: _Member
    new_chat_member: _Member


class UpdateShape(_Part):
    """An update; kinds that are not here are none that the bot asks for."""

    update_id: Number
    message: _Message | None = None
    callback_query: _Query | None = None
    my_chat_member: _Standing | None = None
