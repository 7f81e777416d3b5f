"""The menus of commands, by scope and language."""

import re
from dataclasses import dataclass, field
from typing import Any

from local_telegram.chats import Chat
from local_telegram.errors import BadRequestError
from local_telegram.parameters import Parameters
from local_telegram.people import Person
from local_telegram.shapes import Json, is_array, is_object, utf16_length

COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
DESCRIPTION_LIMIT = 256
COMMANDS_LIMIT = 100
SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)

MenuKey = tuple[str, int, int, str]
"""Scope, chat id, user id, language code."""


@dataclass(slots=True)
class CommandMenus:
    """What setMyCommands has set."""

    _menus: dict[MenuKey, list[Json]] = field(default_factory=dict[MenuKey, list[Json]])

    def set(self, key: MenuKey, commands: list[Json]) -> None:
        """Set one menu; an empty one is deleted."""
        if commands:
            self._menus[key] = commands
        else:
            self._menus.pop(key, None)

    def get(self, key: MenuKey) -> list[Json]:
        """Return one menu as it was set, empty if it was not."""
        return self._menus.get(key, [])

    def resolve(self, person: Person, chat: Chat) -> list[Json]:
        """Return the menu that a person sees in a chat, most specific scope first.

        Source: Telegram's documentation, "Determining list of commands".
        """
        for scope, chat_id, user_id in _scopes(person, chat):
            for language in (person.language_code.partition("-")[0], ""):
                commands = self._menus.get((scope, chat_id, user_id, language))
                if commands:
                    return commands
        return []


def _scopes(person: Person, chat: Chat) -> list[tuple[str, int, int]]:
    if not chat.is_group:
        return [("chat", chat.id, 0), ("all_private_chats", 0, 0), ("default", 0, 0)]
    scopes = [("chat_member", chat.id, person.id)]
    is_administrator = person.id in chat.administrators
    if is_administrator:
        scopes.append(("chat_administrators", chat.id, 0))
    scopes.append(("chat", chat.id, 0))
    if is_administrator:
        scopes.append(("all_chat_administrators", 0, 0))
    return [*scopes, ("all_group_chats", 0, 0), ("default", 0, 0)]


def read_commands(parameters: Parameters) -> list[Json]:
    """Return the commands of a setMyCommands call.

    Raises:
        BadRequestError: They break Telegram's rules.
    """
    commands = parameters.structure("commands", "can't parse commands JSON object")
    if not is_array(commands):
        raise BadRequestError("expected an Array of BotCommand")
    if len(commands) > COMMANDS_LIMIT:
        raise BadRequestError("BOT_COMMANDS_TOO_MUCH")
    return [_read_command(command) for command in commands]


def read_scope(parameters: Parameters) -> tuple[str, int, int]:
    """Return the scope of a call with its chat's and its user's id, 0 where it has none.

    Raises:
        BadRequestError: There is no such scope, or a part of it is missing.
    """
    scope = parameters.structure("scope", "can't parse BotCommandScope JSON object")
    if scope is None:
        return ("default", 0, 0)
    if not is_object(scope):
        raise BadRequestError("can't parse BotCommandScope: BotCommandScope must be an Object")
    fields = Parameters(scope)
    kind = fields.text("type")
    if kind not in SCOPES:
        raise BadRequestError("can't parse BotCommandScope: Unsupported type specified")
    needs_chat = kind in {"chat", "chat_administrators", "chat_member"}
    chat_id = fields.big_integer("chat_id") if needs_chat else 0
    user_id = fields.big_integer("user_id") if kind == "chat_member" else 0
    if needs_chat and not chat_id:
        raise BadRequestError("chat_id is empty")
    if kind == "chat_member" and not user_id:
        raise BadRequestError("invalid user_id specified")
    return (kind, chat_id, user_id)


def _read_command(command: Any) -> Json:  # noqa: ANN401 (any JSON value)
    if not is_object(command):
        raise BadRequestError("can't parse BotCommand: expected an Object")
    name = str(command.get("command", "")).strip().removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not COMMAND_NAME.fullmatch(name):
        raise BadRequestError("BOT_COMMAND_INVALID")
    if not 1 <= utf16_length(description) <= DESCRIPTION_LIMIT:
        raise BadRequestError("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
