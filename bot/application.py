"""The python-telegram-bot application: which handler answers what."""

import logging
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from telegram import Update
from telegram.error import Forbidden, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackContext,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    JobQueue,
    MessageHandler,
    filters,
)

from bot import menus
from bot.api import BotApi
from bot.handlers import add, admin, clear, fridge, guide, keep, remove, text
from bot.handlers import language as language_handlers
from bot.requests import Request, read_message, read_tap
from bot.services import Handler, Services, TapHandler
from bot.transport import answer, answer_query, send
from bot.views import guide as guide_view

logger = logging.getLogger(__name__)

Data = dict[Any, Any]


class Context(CallbackContext[BotApi, Data, Data, Data]):
    """What python-telegram-bot hands to a callback. We use its bot, and keep nothing in it."""


BotApplication = Application[BotApi, Context, Data, Data, Data, JobQueue[Context]]
Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]

ALLOWED_UPDATES: Final = (Update.MESSAGE, Update.CALLBACK_QUERY)

NEW: Final = filters.UpdateType.MESSAGE
SOMEBODY_ELSES: Final = filters.FORWARDED | filters.VIA_BOT
OWN_WORDS: Final = NEW & ~SOMEBODY_ELSES

COMMANDS: Final[dict[str, Handler]] = {
    "help": guide.usage,
    "add": add.add,
    "fridge": fridge.fridge,
    "list": fridge.fridge,
    "remove": remove.remove,
    "clear": clear.clear,
    "keep": keep.keep,
    "language": language_handlers.language,
    "stats": admin.stats,
    "cleanup": admin.cleanup,
}

TAPS: Final[dict[str, TapHandler]] = {
    r"fridge:[1-9]\d{0,3}": fridge.turn_page,
    r"clear:\d{1,17}": clear.confirm_clear,
    "clear:no": clear.cancel_clear,
    "language:(ko|en)": language_handlers.choose_language,
    ".*": guide.stale_button,
}
"""What the whole of a button's data matches. What nothing matches is of an older version."""


def build_application(bot: BotApi, services: Services) -> BotApplication:
    """Make the application, which is then to be initialised and fed with updates."""
    queue = JobQueue[Context]()
    context_types = ContextTypes(context=Context)
    application = (
        ApplicationBuilder()
        .bot(bot)
        .context_types(context_types)
        .updater(None)
        .job_queue(queue)
        .build()
    )
    _Routes(services).add_to(application)
    return application


class _Routes:
    """The handlers, wrapped as python-telegram-bot wants them, with the services they work with."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def add_to(self, application: BotApplication) -> None:
        """Add the handlers; the first that takes an update is the only one."""
        private = NEW & filters.ChatType.PRIVATE & ~filters.StatusUpdate.ALL
        application.add_handlers(
            [
                CommandHandler("start", self._start, filters=OWN_WORDS),
                *(
                    CommandHandler(command, self._reply(handler), filters=OWN_WORDS)
                    for command, handler in COMMANDS.items()
                ),
                CallbackQueryHandler(self._tap),
                MessageHandler(OWN_WORDS & filters.COMMAND, self._reply(guide.unknown_command)),
                MessageHandler(OWN_WORDS & filters.TEXT, self._reply(text.text)),
                MessageHandler(private & SOMEBODY_ELSES, self._reply(guide.forwarded)),
                MessageHandler(private, self._reply(guide.no_text)),
            ]
        )
        application.add_error_handler(self._on_error)

    def _reply(self, handler: Handler) -> Callback:
        async def callback(update: Update, context: Context) -> None:
            if update.message is None:
                return
            request = read_message(update.message, context.bot, self._services.clock())
            if reply := await handler(request, self._services):
                await send(context.bot, request, reply)

        return callback

    async def _start(self, update: Update, context: Context) -> None:
        """Greet; an admin's menu can be registered as soon as there is a chat."""
        if update.message is None:
            return
        request = read_message(update.message, context.bot, self._services.clock())
        await send(context.bot, request, await guide.start(request, self._services))
        if admin.is_admin(request, self._services) and not request.in_group:
            await menus.register_admin(context.bot, request.chat_id)

    async def _tap(self, update: Update, context: Context) -> None:
        if update.callback_query is None:
            return
        tap = read_tap(update.callback_query, self._services.clock())
        if tap is None:
            await answer_query(context.bot, update.callback_query.id)
            return
        handler = next(
            handler
            for pattern, handler in TAPS.items()
            if re.fullmatch(pattern, tap.request.text, re.DOTALL)
        )
        await answer(context.bot, tap, await handler(tap.request, self._services))

    async def _on_error(self, update: object, context: Context) -> None:
        """Record what went wrong and, where somebody waits for an answer, apologise."""
        if isinstance(context.error, Forbidden):
            logger.info("A chat no longer wants messages: %s", context.error)
            return
        logger.error("An update or a job failed", exc_info=context.error)
        request = self._awaiting_answer(update, context.bot)
        if request is not None:
            with suppress(TelegramError):
                await send(context.bot, request, guide_view.went_wrong(request.person_language))

    def _awaiting_answer(self, update: object, bot: BotApi) -> Request | None:
        if not isinstance(update, Update):
            return None
        now = self._services.clock()
        if update.message is not None:
            return read_message(update.message, bot, now)
        tap = read_tap(update.callback_query, now) if update.callback_query else None
        return tap.request if tap else None
