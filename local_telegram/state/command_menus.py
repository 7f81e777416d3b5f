"""The menus of commands, by scope and language."""

from dataclasses import dataclass, field

from local_telegram.protocol.json_values import Json
from local_telegram.state.chats import Chat
from local_telegram.state.people import Person

MenuKey = tuple[str, int, int, str]
"""Scope, chat id, user id, language code."""


@dataclass(slots=True)
class CommandMenus:
    """The menus that setMyCommands has set."""

    _menus: dict[MenuKey, list[Json]] = field(default_factory=dict[MenuKey, list[Json]])

    def set(self, key: MenuKey, commands: list[Json]) -> None:
        """Set one menu; an empty one is deleted."""
        if commands:
            self._menus[key] = commands
        else:
            self._menus.pop(key, None)

    def get(self, key: MenuKey) -> list[Json]:
        """Return one menu, empty if it is not set."""
        return self._menus.get(key, [])

    def resolve(self, person: Person, chat: Chat) -> list[Json]:
        """Return the menu that a person sees in a chat: the one of the most specific scope.

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
