"""Chats: private ones, groups, supergroups and channels, and the bot's standing in them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from local_telegram.protocol.errors import BadRequestError, ForbiddenError
from local_telegram.protocol.json_values import Json
from local_telegram.state.people import Person

ChatType = Literal["private", "group", "supergroup", "channel"]

SUPERGROUP_BASE = -1_000_000_000_000
"""Ids of supergroups and channels start below this."""


class Standing(StrEnum):
    """The bot's membership; in a private chat KICKED means that the person blocked it."""

    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"


@dataclass(slots=True)
class Chat:
    """A chat; a private chat has its person's id, and is open once the person wrote to the bot.

    A bot that is an administrator of a group receives all messages. A group with topics is a forum;
    a topic has the id of the message that tells of its creation.
    """

    id: int
    type: ChatType
    title: str = ""
    person: Person | None = None
    members: dict[int, Person] = field(default_factory=dict[int, Person])
    administrators: set[int] = field(default_factory=set[int])
    standing: Standing = Standing.MEMBER
    migrated_to: int | None = None
    is_open: bool = True
    bot_is_admin: bool = False
    topics: set[int] = field(default_factory=set[int])

    @property
    def is_group(self) -> bool:
        """Tell whether several people write here (privacy mode applies)."""
        return self.type in {"group", "supergroup"}

    def as_chat(self) -> Json:
        """Return the Bot API's Chat."""
        chat: Json
        if self.person is None:
            chat = {"id": self.id, "type": self.type, "title": self.title}
            return chat | {"is_forum": True} if self.topics else chat
        chat = {"id": self.id, "type": "private", "first_name": self.person.first_name}
        if self.person.username:
            chat["username"] = self.person.username
        return chat

    def as_listed(self) -> Json:
        """Return the chat as the playground lists it."""
        return {
            "id": self.id,
            "type": self.type,
            "title": self.person.first_name if self.person else self.title,
            "members": list(self.members),
            "bot_is_member": self.standing is Standing.MEMBER,
        }

    def require_bot_can_write(self) -> None:
        """Do nothing if the bot may write to this chat.

        Raises:
            BadRequestError: The group has become a supergroup.
            ForbiddenError: The bot is not a member, is blocked, or was never written to.
        """
        if self.migrated_to is not None:
            raise BadRequestError(
                "group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": self.migrated_to},
            )
        if not self.is_open:
            raise ForbiddenError("bot can't initiate conversation with a user")
        if self.standing is Standing.MEMBER:
            return
        if self.type == "private":
            raise ForbiddenError("bot was blocked by the user")
        place = f"{self.type} chat"
        if self.standing is Standing.KICKED:
            raise ForbiddenError(f"bot was kicked from the {place}")
        raise ForbiddenError(f"bot is not a member of the {place}")


class Chats:
    """All chats by id, in the order in which they were made."""

    def __init__(self) -> None:
        self._chats: dict[int, Chat] = {}

    def add(self, chat: Chat) -> Chat:
        """Keep a new chat."""
        self._chats[chat.id] = chat
        return chat

    def all(self) -> list[Chat]:
        """Return all chats."""
        return list(self._chats.values())

    def find(self, chat_id: int) -> Chat | None:
        """Return a chat if there is one."""
        return self._chats.get(chat_id)

    def find_for_bot(self, chat_id: int) -> Chat:
        """Return a chat that the bot names in a call.

        Raises:
            BadRequestError: There is no such chat.
        """
        chat = self._chats.get(chat_id)
        if chat is None:
            raise BadRequestError("chat not found")
        return chat
