"""The python-telegram-bot application: which handler answers what."""

import logging
import re
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    JobQueue,
    MessageHandler,
    filters,
)

from bot import menus
from bot.api import LAST_SUPERGROUP, BotApi, is_group
from bot.calls import Call
from bot.delivery import Delivery
from bot.documents import fetch, read_document
from bot.handlers import (
    add,
    admin,
    clear,
    export,
    forget,
    fridge,
    guide,
    import_,
    keep,
    remove,
    text,
    undo,
    warning,
)
from bot.handlers import language as language_handlers
from bot.handlers import settings as settings_handlers
from bot.language import Language
from bot.requests import is_new_in_group, is_out, read_message, read_tap
from bot.services import Handler, Services, TapHandler
from bot.time_zones import TIME_ZONES
from bot.transport import message_call, query_call, reply_calls, tap_calls
from bot.views import guide as guide_view
from db.errors import DatabaseAway

logger = logging.getLogger(__name__)

Data = dict[Any, Any]


class Context(CallbackContext[BotApi, Data, Data, Data]):
    """What python-telegram-bot hands to a callback. We use its bot, and keep nothing in it."""


BotApplication = Application[BotApi, Context, Data, Data, Data, JobQueue[Context]]
Callback = Callable[[Update, Context], Coroutine[Any, Any, Sequence[Call]]]

ALLOWED_UPDATES: Final = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)

DEFAULT_GROUP: Final = 0


NEW: Final = filters.UpdateType.MESSAGE
SOMEBODY_ELSES: Final = filters.FORWARDED | filters.VIA_BOT
OWN_WORDS: Final = NEW & ~SOMEBODY_ELSES

LISTS: Final = (
    filters.Document.FileExtension("csv")
    | filters.Document.FileExtension("tsv")
    | filters.Document.FileExtension("txt")
    | filters.Document.FileExtension("json")
    | filters.Document.MimeType("text/csv")
    | filters.Document.MimeType("text/tab-separated-values")
    | filters.Document.MimeType("text/plain")
    | filters.Document.MimeType("application/json")
)
"""The files that may hold a list. Nothing comes of one before a look at it, also if forwarded."""

COMMANDS: Final[dict[str, Handler]] = {
    "help": guide.usage,
    "add": add.add,
    "fridge": fridge.fridge,
    "list": fridge.fridge,
    "remove": remove.remove,
    "clear": clear.clear,
    "keep": keep.keep,
    "export": export.export,
    "import": import_.import_,
    "language": language_handlers.language,
    "settings": settings_handlers.settings,
    "forget": forget.forget,
    "stats": admin.stats,
    "cleanup": admin.cleanup,
}

TEXT: Final = text.understanding({"start": guide.start, **COMMANDS})

NUMBER: Final = r"[1-9]\d{0,3}"
PLACE: Final = rf"{NUMBER}\.\d\d?"
REFERENCE: Final = r"([1-9]\d{0,8}|n[0-9a-f]{12})"
REQUEST: Final = r"[mq]\d{1,20}"

TAPS: Final[dict[str, TapHandler]] = {
    rf"fridge:{NUMBER}(\.\d\d?)?": fridge.turn_page,
    rf"filter:{PLACE}": fridge.choose_category,
    rf"take:{REFERENCE}:{PLACE}": fridge.take,
    rf"undo:{REQUEST} (add|remove|clear|replace|take)": undo.undo,
    rf"back:{REQUEST} take\|{PLACE}": undo.undo_in_list,
    rf"out:{REFERENCE}": remove.take_likely,
    rf"swap:{REFERENCE}:[1-9]\d{{0,8}}": add.swap,
    "put:.+": add.put,
    "try:add": guide.try_add,
    "try:fridge": guide.try_fridge,
    "try:help": guide.try_help,
    r"clear:\d{1,17}": clear.confirm_clear,
    "clear:no": clear.cancel_clear,
    r"import:m\d{1,20}": import_.put_in,
    r"import:no:m\d{1,20}": import_.cancel,
    r"keep:\d{1,17}": warning.keep,
    "language:(ko|en)": language_handlers.choose_language,
    "set:show": settings_handlers.show,
    "set:zones": settings_handlers.zones,
    "set:language:(ko|en)": settings_handlers.choose_language,
    "set:warnings:(on|off)": settings_handlers.choose_warnings,
    f"zone:({'|'.join(TIME_ZONES)})": settings_handlers.choose_zone,
    r"forget:yes:\d{1,17}\.(ko|en)": forget.confirm_forget,
    "forget:no": forget.cancel_forget,
    ".*": guide.stale_button,
}
"""What the whole of a button's data matches. What nothing else does is of an older version."""


def build_application(bot: BotApi, services: Services, delivery: Delivery) -> BotApplication:
    """Make the application, which is then to be initialised; `handle` gives it updates."""
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
    _Routes(services, delivery).add_to(application)
    return application


async def handle(application: BotApplication, update: Update) -> Sequence[Call]:
    """Have the first handler that takes an update handle it, and return the calls that answer it.

    `Application.process_update` does the same, but hides what a handler raises.

    Raises:
        Exception: whatever the handler raises.
    """
    for handler in application.handlers[DEFAULT_GROUP]:
        check = handler.check_update(update)
        if check is not None and check is not False:
            context = application.context_types.context.from_update(update, application)
            calls: Sequence[Call] = await handler.handle_update(update, application, check, context)
            return calls
    return ()


def apology(update: Update, bot: BotApi, now: datetime) -> Sequence[Call]:
    """The calls that say that something went wrong, where somebody waits for an answer."""
    if update.message is not None:
        request = read_message(update.message, bot, now)
        return reply_calls(request, guide_view.went_wrong(request.person_language))
    tap = read_tap(update.callback_query, now) if update.callback_query else None
    if tap is None:
        return ()
    notice = guide_view.went_wrong(tap.request.person_language)
    return (query_call(tap.query_id, tap.request.chat_id, notice.text),)


class _Routes:
    """The handlers, wrapped as python-telegram-bot wants them, with the services they work with."""

    def __init__(self, services: Services, delivery: Delivery) -> None:
        self._services = services
        self._delivery = delivery

    def add_to(self, application: BotApplication) -> None:
        """Add the handlers; the first that takes an update is the only one."""
        content = NEW & ~filters.StatusUpdate.ALL
        handlers: Sequence[BaseHandler[Update, Context, Sequence[Call]]] = [
            CommandHandler("start", self._start, filters=OWN_WORDS),
            *(
                CommandHandler(command, self._reply(handler), filters=OWN_WORDS)
                for command, handler in COMMANDS.items()
            ),
            CallbackQueryHandler(self._tap),
            MessageHandler(OWN_WORDS & filters.COMMAND, self._reply(guide.unknown_command)),
            MessageHandler(OWN_WORDS & filters.TEXT, self._reply(TEXT)),
            MessageHandler(NEW & LISTS, self._document),
            MessageHandler(NEW & filters.StatusUpdate.MIGRATE, self._migrate),
            MessageHandler(
                content & SOMEBODY_ELSES & filters.ChatType.PRIVATE, self._reply(guide.forwarded)
            ),
            MessageHandler(content, self._reply(text.no_text)),
            ChatMemberHandler(self._change_standing, ChatMemberHandler.MY_CHAT_MEMBER),
        ]
        application.add_handlers(handlers, DEFAULT_GROUP)
        application.add_error_handler(_on_job_error)

    def _reply(self, handler: Handler) -> Callback:
        async def callback(update: Update, context: Context) -> Sequence[Call]:
            if update.message is None:
                return ()
            request = read_message(update.message, context.bot, self._services.clock())
            self._delivery.heard_from(request.chat_id, update.message.date)
            reply = await handler(request, self._services)
            return reply_calls(request, reply) if reply else ()

        return callback

    async def _start(self, update: Update, context: Context) -> Sequence[Call]:
        """Greet; an admin's menu can be registered as soon as there is a chat."""
        if update.message is None:
            return ()
        request = read_message(update.message, context.bot, self._services.clock())
        self._delivery.heard_from(request.chat_id, update.message.date)
        greeting = await guide.start(request, self._services)
        if admin.is_admin(request, self._services) and not request.in_group:
            try:
                await menus.register_admin(context.bot, request.chat_id)
            except TelegramError as error:
                logger.warning("An admin's menu could not be registered: %s", error)
        return reply_calls(request, greeting) if greeting else ()

    async def _document(self, update: Update, context: Context) -> Sequence[Call]:
        """Handle a file, which is fetched only where it is for the bot."""
        message = update.message
        document = read_document(message, context.bot) if message else None
        if message is None or document is None:
            return ()
        request = read_message(message, context.bot, self._services.clock())
        self._delivery.heard_from(request.chat_id, message.date)
        content = partial(fetch, context.bot)
        reply = await import_.import_file(request, document, content, self._services)
        return reply_calls(request, reply) if reply else ()

    async def _tap(self, update: Update, _: Context) -> Sequence[Call]:
        query = update.callback_query
        if query is None:
            return ()
        tap = read_tap(query, self._services.clock())
        if tap is None:
            return (query_call(query.id, query.from_user.id),)
        # Whoever taps has the chat open.
        self._delivery.mark_reachable(tap.request.chat_id)
        handler = next(
            handler
            for pattern, handler in TAPS.items()
            if re.fullmatch(pattern, tap.request.text, re.DOTALL)
        )
        return tap_calls(tap, await handler(tap.request, self._services))

    async def _migrate(self, update: Update, _: Context) -> Sequence[Call]:
        """Take along what a group has: both chats tell that the one became the other."""
        message = update.message
        if message is not None:
            old = message.migrate_from_chat_id or message.chat.id
            new = message.migrate_to_chat_id or message.chat.id
            if is_group(old) and new < LAST_SUPERGROUP:
                await self._services.migrated_groups.move(old, new, self._services.clock())
        return ()

    async def _change_standing(self, update: Update, _: Context) -> Sequence[Call]:
        """Say nothing to a chat that blocked the bot or put it out, until it takes it back."""
        change = update.my_chat_member
        if change is not None:
            if is_out(change.new_chat_member):
                await self._delivery.lose(change.chat.id)
            else:
                await self._delivery.regain(change.chat.id)
            if is_new_in_group(change):
                language = Language.of_person(change.from_user.language_code)
                greeting = await guide.greet(change.chat.id, language, self._services)
                return (message_call(change.chat.id, greeting),)
        return ()


async def _on_job_error(_: object, context: Context) -> None:
    """Record what went wrong in a job; the next run does what is left."""
    if isinstance(context.error, DatabaseAway):
        logger.warning("A job could not run, the next one does its work: %s", context.error)
    else:
        logger.error("A job failed", exc_info=context.error)
