"""The Bot API's methods for the menus of commands."""

from local_telegram.commands import MenuKey, read_commands, read_scope
from local_telegram.errors import BadRequestError
from local_telegram.parameters import Parameters
from local_telegram.shapes import Json
from local_telegram.telegram import LocalTelegram


class MenuMethods:
    """Each method has the name of the Bot API's, in snake case, and returns its result."""

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram

    def set_my_commands(self, parameters: Parameters) -> bool:
        """Set the menu of a scope and language."""
        commands = read_commands(parameters)
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
        scope, chat_id, user_id = read_scope(parameters)
        if chat_id:
            self._telegram.chats.find_for_bot(chat_id)
        return (scope, chat_id, user_id, _read_language(parameters))


def _read_language(parameters: Parameters) -> str:
    """Return the two-letter code of a language, empty for all others."""
    language = parameters.text("language_code")
    if language and not (len(language) == len("en") and language.isalpha() and language.islower()):
        raise BadRequestError("invalid language code specified")
    return language
