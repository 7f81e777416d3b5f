"""The python-telegram-bot application: which handler answers what."""

import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from telegram import Update
from telegram.error import Forbidden, TelegramError
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    CommandHandler,
    ExtBot,
    JobQueue,
    MessageHandler,
    filters,
)

from bot import menus
from bot.handlers import add, admin, clear, fridge, guide, keep, remove
from bot.handlers import language as language_handlers
from bot.language import Language
from bot.requests import (
    Request,
    names_bot,
    question_answered,
    read_any,
    read_command,
    read_message,
    read_tap,
)
from bot.services import Handler, Services, TapHandler
from bot.transport import answer, send
from bot.views import add as add_view
from bot.views import guide as guide_view
from bot.views import remove as remove_view

logger = logging.getLogger(__name__)

Data = dict[Any, Any]
Context = CallbackContext[ExtBot[None], Data, Data, Data]
Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
Reader = Callable[[Update, datetime], Request]
BotApplication = Application[ExtBot[None], Context, Data, Data, Data, JobQueue[Context]]

ALLOWED_UPDATES: Final = (Update.MESSAGE, Update.CALLBACK_QUERY)

NEW: Final = filters.UpdateType.MESSAGE
OWN_WORDS: Final = NEW & ~filters.FORWARDED

COMMANDS: Final[dict[str, Handler]] = {
    "help": guide.usage,
    "add": add.add,
    "fridge": fridge.fridge,
    "list": fridge.fridge,
    "remove": remove.remove,
    "clear": clear.clear,
    "keep": keep.keep,
    "language": language_handlers.language,
}

ADMIN_COMMANDS: Final[dict[str, Handler]] = {"stats": admin.stats, "cleanup": admin.cleanup}

TAPS: Final[dict[str, TapHandler]] = {
    r"^fridge:[1-9]\d{0,3}\Z": fridge.turn_page,
    r"^clear:\d{1,17}\Z": clear.confirm_clear,
    r"^clear:no\Z": clear.cancel_clear,
    r"^language:(ko|en)\Z": language_handlers.choose_language,
    "": guide.stale_button,
}


def build_application(token: str, api_url: str, services: Services) -> BotApplication:
    """Makes the application, which is then to be initialised and fed with updates.

    Args:
        token: the bot's token.
        api_url: the root of the Bot API server, without a slash at its end.
        services: what the handlers work with.
    """
    application = (
        Application.builder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .updater(None)
        .connection_pool_size(100)
        .pool_timeout(30)
        .build()
    )
    _Routes(services).add_to(application)
    return application


class _Routes:
    """The handlers, wrapped as python-telegram-bot wants them, with the services they work with."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._questions: dict[str, Handler] = {
            **{add_view.question(language).text: add.add for language in Language},
            **{remove_view.question(language).text: remove.remove for language in Language},
        }

    def add_to(self, application: BotApplication) -> None:
        """Adds the handlers; the first that takes an update is the only one."""
        application.add_handler(CommandHandler("start", self._start, filters=OWN_WORDS))
        for command, handler in COMMANDS.items():
            application.add_handler(
                CommandHandler(command, self._reply(handler, read_command), filters=OWN_WORDS)
            )
        for command, handler in ADMIN_COMMANDS.items():
            application.add_handler(
                CommandHandler(command, self._admin_command(handler), filters=OWN_WORDS)
            )
        for pattern, tap_handler in TAPS.items():
            application.add_handler(CallbackQueryHandler(self._tap(tap_handler), pattern=pattern))
        application.add_handler(MessageHandler(OWN_WORDS & filters.COMMAND, self._unknown_command))
        application.add_handler(MessageHandler(OWN_WORDS & filters.TEXT, self._text))
        private = NEW & filters.ChatType.PRIVATE & ~filters.StatusUpdate.ALL
        application.add_handler(
            MessageHandler(private & filters.FORWARDED, self._reply(guide.forwarded))
        )
        application.add_handler(MessageHandler(private, self._reply(guide.no_text)))
        application.add_error_handler(self._on_error)

    def _reply(self, handler: Handler, read: Reader = read_message) -> Callback:
        async def callback(update: Update, context: Context) -> None:
            request = read(update, self._services.clock())
            await send(context.bot, request, await handler(request, self._services))

        return callback

    def _tap(self, handler: TapHandler) -> Callback:
        async def callback(update: Update, context: Context) -> None:
            tap = read_tap(update, self._services.clock())
            await answer(context.bot, tap, await handler(tap.request, self._services))

        return callback

    def _admin_command(self, handler: Handler) -> Callback:
        """To everybody else an admin's command is one that there is not."""
        command = self._reply(handler, read_command)

        async def callback(update: Update, context: Context) -> None:
            request = read_command(update, self._services.clock())
            if admin.is_admin(request, self._services):
                await command(update, context)
            else:
                await self._unknown_command(update, context)

        return callback

    async def _start(self, update: Update, context: Context) -> None:
        """Greets; an admin's menu can be registered as soon as there is a chat."""
        await self._reply(guide.start)(update, context)
        request = read_command(update, self._services.clock())
        if admin.is_admin(request, self._services) and not request.in_group:
            await menus.register_admin(context.bot, request.chat_id)

    async def _unknown_command(self, update: Update, context: Context) -> None:
        """In a group a command that names no bot may be for another one."""
        request = read_message(update, self._services.clock())
        if not request.in_group or names_bot(update, context.bot.username):
            await self._reply(guide.unknown_command)(update, context)

    async def _text(self, update: Update, context: Context) -> None:
        """A reply to a question of ours answers it. Other text in a group is between people."""
        question = question_answered(update, context.bot.id)
        handler = self._questions.get(question) if question else None
        if handler is not None:
            await self._reply(handler)(update, context)
        elif not read_message(update, self._services.clock()).in_group:
            await self._reply(guide.plain_text)(update, context)

    async def _on_error(self, update: object, context: Context) -> None:
        """Records what went wrong and, where somebody waits for an answer, apologises."""
        if isinstance(context.error, Forbidden):
            logger.info("A chat no longer wants messages: %s", context.error)
            return
        logger.error("An update or a job failed", exc_info=context.error)
        if not isinstance(update, Update):
            return
        request = read_any(update, self._services.clock())
        if request is not None:
            with suppress(TelegramError):
                await send(context.bot, request, guide_view.went_wrong(request.person_language))
