"""The command menus, for each language and scope."""

import logging
from collections.abc import Iterable, Sequence

from telegram import BotCommand, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.locale.language import Language
from bot.telegram.client import BotApi

logger = logging.getLogger(__name__)


async def register(bot: BotApi, admin_ids: Iterable[int]) -> None:
    """Register everybody's menu, and the admins' own in their private chats.

    An admin who has never written to the bot has no chat with it yet, and gets the menu later. The
    bot works without menus, so a failure is only told.
    """
    try:
        for language in Language:
            await bot.set_my_commands(
                _everybody(language),
                scope=BotCommandScopeDefault(),
                language_code=_language_code(language),
            )
        for admin_id in admin_ids:
            await register_admin(bot, admin_id)
    except TelegramError as error:
        logger.warning("The menus could not be registered, the next start tries again: %s", error)


async def register_admin(bot: BotApi, admin_id: int) -> None:
    """Register an admin's menu, if the admin has a chat with the bot."""
    try:
        for language in Language:
            await bot.set_my_commands(
                [*_everybody(language), *_admins(language)],
                scope=BotCommandScopeChat(admin_id),
                language_code=_language_code(language),
            )
    except (BadRequest, Forbidden):
        # "Chat not found": /start will bring the menu.
        return


def _language_code(language: Language) -> str | None:
    """English is for everybody whose language has no menu of its own."""
    return None if language is Language.ENGLISH else language.value


def _everybody(language: Language) -> Sequence[BotCommand]:
    return [
        BotCommand("add", language.gettext("Put things into the fridge")),
        BotCommand("fridge", language.gettext("Show what is in the fridge")),
        BotCommand("remove", language.gettext("Take things out of the fridge")),
        BotCommand("clear", language.gettext("Empty the fridge")),
        BotCommand("keep", language.gettext("Keep the fridge for longer")),
        BotCommand("settings", language.gettext("Choose language, time zone and more")),
        BotCommand("export", language.gettext("Save the fridge as a file")),
        BotCommand("import", language.gettext("Put in a whole list or a file")),
        BotCommand("language", language.gettext("Choose the language")),
        BotCommand("forget", language.gettext("Delete everything about this chat")),
        BotCommand("help", language.gettext("Show what I can do")),
    ]


def _admins(language: Language) -> Sequence[BotCommand]:
    return [
        BotCommand("stats", language.gettext("Show the statistics")),
        BotCommand("cleanup", language.gettext("Purge expired sessions now")),
    ]
