"""The Bot API's methods for what the bot shows of itself: menus of commands, name, descriptions."""

from local_telegram.commands import MenuKey, read_commands, read_scope
from local_telegram.errors import BadRequestError
from local_telegram.parameters import Parameters
from local_telegram.shapes import Json
from local_telegram.telegram import LocalTelegram

LENGTH_LIMITS = {"name": 64, "description": 512, "short_description": 120}


class MenuMethods:
    """Each method has the name of the Bot API's, in snake case, and returns its result."""

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram
        self._profile: dict[tuple[str, str], str] = {("name", ""): telegram.bot.first_name}

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

    def set_my_name(self, parameters: Parameters) -> bool:
        """Set the bot's name in a language."""
        return self._set_profile(parameters, "name")

    def get_my_name(self, parameters: Parameters) -> Json:
        """Return the bot's name in a language."""
        return self._get_profile(parameters, "name")

    def set_my_description(self, parameters: Parameters) -> bool:
        """Set what an empty chat with the bot shows, in a language."""
        return self._set_profile(parameters, "description")

    def get_my_description(self, parameters: Parameters) -> Json:
        """Return what an empty chat with the bot shows, in a language."""
        return self._get_profile(parameters, "description")

    def set_my_short_description(self, parameters: Parameters) -> bool:
        """Set what the bot's profile shows, in a language."""
        return self._set_profile(parameters, "short_description")

    def get_my_short_description(self, parameters: Parameters) -> Json:
        """Return what the bot's profile shows, in a language."""
        return self._get_profile(parameters, "short_description")

    def _key(self, parameters: Parameters) -> MenuKey:
        scope, chat_id, user_id = read_scope(parameters)
        if chat_id:
            self._telegram.chats.find_for_bot(chat_id)
        return (scope, chat_id, user_id, _read_language(parameters))

    def _set_profile(self, parameters: Parameters, field: str) -> bool:
        text = parameters.text(field)
        if len(text) > LENGTH_LIMITS[field]:
            raise BadRequestError(f"the bot's {field.replace('_', ' ')} is too long")
        self._profile[field, _read_language(parameters)] = text
        return True

    def _get_profile(self, parameters: Parameters, field: str) -> Json:
        default = self._profile.get((field, ""), "")
        return {field: self._profile.get((field, _read_language(parameters))) or default}


def _read_language(parameters: Parameters) -> str:
    """Return the two-letter code of a language, empty for all others."""
    language = parameters.text("language_code")
    if language and not (len(language) == len("en") and language.isalpha() and language.islower()):
        raise BadRequestError("invalid language code specified")
    return language
