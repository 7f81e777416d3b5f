"""The Bot API's methods for the menus of commands."""

import re
from typing import Any

from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json, is_array, is_object
from local_telegram.protocol.parameters import Parameters
from local_telegram.protocol.utf16 import utf16_length
from local_telegram.state.command_menus import MenuKey
from local_telegram.telegram import LocalTelegram

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


class MenuMethods:
    """Each method has the name of the Bot API's, in snake case, and returns its result."""

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram

    def set_my_commands(self, parameters: Parameters) -> bool:
        """Set the menu of a scope and language."""
        commands = _read_commands(parameters)
        self._telegram.menus.set(self._key(parameters), commands)
        return True

    def get_my_commands(self, parameters: Parameters) -> list[Json]:
        """Return the menu of a scope and language."""
        return self._telegram.menus.get(self._key(parameters))

    def delete_my_commands(self, parameters: Parameters) -> bool:
        """Delete the menu of a scope and language."""
        self._telegram.menus.set(self._key(parameters), [])
        return True

    def _key(self, parameters: Parameters) -> MenuKey:
        scope, chat_id, user_id = _read_scope(parameters)
        if chat_id:
            self._telegram.chats.find_for_bot(chat_id)
        return (scope, chat_id, user_id, _read_language(parameters))


def _read_language(parameters: Parameters) -> str:
    """Return the two-letter code of the language, or "" if the menu is for all others."""
    language = parameters.text("language_code")
    if language and not (len(language) == len("en") and language.isalpha() and language.islower()):
        raise BadRequestError("invalid language code specified")
    return language


def _read_commands(parameters: Parameters) -> list[Json]:
    """Return the commands of a setMyCommands call.

    Raises:
        BadRequestError: The commands break Telegram's rules.
    """
    commands = parameters.structure("commands", "can't parse commands JSON object")
    if not is_array(commands):
        raise BadRequestError("expected an Array of BotCommand")
    if len(commands) > COMMANDS_LIMIT:
        raise BadRequestError("BOT_COMMANDS_TOO_MUCH")
    return [_read_command(command) for command in commands]


def _read_scope(parameters: Parameters) -> tuple[str, int, int]:
    """Return a call's scope with the ids of its chat and its user, 0 where the scope has none.

    Raises:
        BadRequestError: There is no such scope, or one of its ids is missing.
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
