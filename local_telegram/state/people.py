"""The people, and the bot they talk to."""

from dataclasses import dataclass

from local_telegram.protocol.json_values import Json

ANONYMOUS_ADMIN: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
"""The `from` of a message by an anonymous group administrator, which is there for old bots."""


@dataclass(slots=True)
class Person:
    """A Telegram user; `is_admin` marks the one the playground runs the bot for."""

    id: int
    first_name: str
    language_code: str
    username: str | None = None
    is_admin: bool = False

    def as_user(self) -> Json:
        """Return the Bot API's User."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        user["language_code"] = self.language_code
        return user

    def as_listed(self) -> Json:
        """Return the person as the playground lists them."""
        return {
            "id": self.id,
            "first_name": self.first_name,
            "username": self.username,
            "language_code": self.language_code,
            "is_admin": self.is_admin,
        }


@dataclass(slots=True)
class BotAccount:
    """The bot, as others see it."""

    id: int
    username: str
    first_name: str

    def as_user(self) -> Json:
        """Return the Bot API's User, as in a message's sender."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.first_name,
            "username": self.username,
        }

    def as_me(self) -> Json:
        """Return the result of getMe; privacy mode is on, which is Telegram's default."""
        return self.as_user() | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
