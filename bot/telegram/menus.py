"""The command menus, for each language and scope."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from telegram import BotCommand, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.locale.language import Language
from bot.telegram.client import BotApiClient

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A command in a menu, with its description in each language."""

    command: str
    description: Callable[[Language], str]
    for_admins: bool


async def register(
    bot: BotApiClient, entries: Sequence[MenuEntry], admin_ids: Iterable[int]
) -> None:
    """Register everybody's menu, and the admins' own in their private chats.

    An admin who has never written to the bot has no chat with it yet, and gets the menu later. The
    bot works without menus, so a failure is only logged.
    """
    for_everybody = [entry for entry in entries if not entry.for_admins]
    try:
        for language in Language:
            await bot.set_my_commands(
                _menu(for_everybody, language),
                scope=BotCommandScopeDefault(),
                language_code=_language_code(language),
            )
        for admin_id in admin_ids:
            await register_admin(bot, entries, admin_id)
    except TelegramError as error:
        logger.warning("The menus could not be registered, the next start tries again: %s", error)


async def register_admin(bot: BotApiClient, entries: Sequence[MenuEntry], admin_id: int) -> None:
    """Register an admin's menu, which has all entries, if the admin has a chat with the bot."""
    try:
        for language in Language:
            await bot.set_my_commands(
                _menu(entries, language),
                scope=BotCommandScopeChat(admin_id),
                language_code=_language_code(language),
            )
    except (BadRequest, Forbidden):
        # "Chat not found": /start will bring the menu.
        return


def _language_code(language: Language) -> str | None:
    """Return None for English, the menu of all languages that have no menu of their own."""
    return None if language is Language.ENGLISH else language.value


def _menu(entries: Sequence[MenuEntry], language: Language) -> Sequence[BotCommand]:
    return [BotCommand(entry.command, entry.description(language)) for entry in entries]
