"""The way of an update to the handler that answers it."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from telegram.constants import UpdateType
from telegram.error import TelegramError

from bot.conversation.replies import Message as ReplyMessage
from bot.conversation.replies import Privately, Reply
from bot.conversation.requests import Request, Tap, read_edit, read_message, read_tap
from bot.features.admin.handlers import is_admin, only_for_admins
from bot.features.edits.handlers import correct_message
from bot.features.files.fridge_files import LIST_NAMES, LIST_TYPES
from bot.features.files.import_handlers import (
    import_checklist,
    import_done_tasks,
    import_file,
)
from bot.features.guide import handlers as guide
from bot.features.guide import views as guide_view
from bot.features.plain_words.handlers import PlainWords
from bot.features.records import Command
from bot.features.registry import Registry
from bot.features.services import Handler, Services
from bot.locale.language import Language
from bot.receiving.albums import Album, Albums, Answered, together
from bot.receiving.bot_name import BotName
from bot.sending.answers import Answers
from bot.sending.reachability import Reachability
from bot.sending.reply_calls import (
    edit_calls,
    message_call,
    query_call,
    reply_calls,
    tap_calls,
)
from bot.telegram import menus
from bot.telegram.calls import ApiCall
from bot.telegram.client import BotApiClient
from bot.telegram.documents import fetch, read_document
from bot.telegram.updates import (
    LAST_SUPERGROUP,
    CallbackQuery,
    File,
    Message,
    StandingChange,
    Update,
    is_basic_group,
)
from bot.understanding.command_words import slash_command

logger = logging.getLogger(__name__)

ALLOWED_UPDATES: Final = (
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.MY_CHAT_MEMBER,
)


class Routes:
    """Takes each update to the one handler that answers it.

    Args:
        bot: the bot that people write to.
        services: what handlers work with.
        reachability: knows which chats take no messages.
        registry: the commands and the buttons that there are.
        albums: have one answer each.
        answers: the messages with which the bot answered, for those that are edited.
    """

    def __init__(
        self,
        bot: BotApiClient,
        services: Services,
        reachability: Reachability,
        registry: Registry,
        albums: Albums,
        *,
        answers: Answers,
    ) -> None:
        self._bot = bot
        self._bot_name = BotName(bot)
        self._albums = albums
        self._answers = answers
        self._services = services
        self._reachability = reachability
        self._registry = registry
        self._handlers = {
            name: self._handler_of(command) for name, command in registry.by_name.items()
        }
        self._plain_words = PlainWords(
            self._handlers,
            registry.by_word,
            {
                text: self._handlers[command.name]
                for command in registry.commands
                if command.question
                for text in (
                    *(command.question(language).text for language in Language),
                    *command.former_questions,
                )
            },
        )

    async def handle(self, update: Update) -> Sequence[ApiCall]:
        """Have a handler handle an update, and return the calls that answer it.

        Raises:
            Exception: whatever the handler raises.
        """
        if update.message is not None:
            return await self._message(update.message)
        if update.edited_message is not None:
            return await self._edited_message(update.edited_message)
        if update.callback_query is not None:
            return await self._tap(update.callback_query)
        if update.my_chat_member is not None:
            return await self._change_standing(update.my_chat_member)
        return ()

    def apology(self, update: Update) -> Sequence[ApiCall]:
        """Return the calls that say that something went wrong, if somebody waits for an answer."""
        now = self._services.clock()
        if said := update.message or update.edited_message:
            request = read_message(said, self._bot, now)
            return reply_calls(request, guide_view.went_wrong(request.person_language))
        tap = self._read_tap(update.callback_query, now) if update.callback_query else None
        if tap is None:
            return ()
        notice = guide_view.went_wrong(tap.request.person_language)
        return (query_call(tap.query_id, tap.request.chat_id, notice.text),)

    async def _message(self, message: Message) -> Sequence[ApiCall]:
        if "@" in message.words:
            await self._bot_name.look(message.words)
        reader = self._reader(message)
        handler = reader or self._refuser(message)
        if handler is None:
            return await self._migrate(message)
        request = read_message(message, self._bot, self._services.clock())
        self._reachability.heard_from(request.chat_id, message.sent_at)
        reply = await handler(request, self._services)
        calls = reply_calls(request, reply) if reply else ()
        if message.media_group_id is None or not (reply and calls):
            return calls
        album = Album(request.chat_id, message.media_group_id)
        if reader is None:
            self._albums.answer_once(album, calls)
            return ()
        before = self._albums.mark_answered(album, request.message_id, reply)
        # A further caption needs the id of the answer, which a response to a webhook does not tell.
        sent = [replace(call, fits_in_response=False) for call in calls]
        return self._answer_of_album(request, reply, before) or sent

    def _answer_of_album(
        self, request: Request, reply: Reply | Privately, before: Answered | None
    ) -> Sequence[ApiCall]:
        """Return the calls that add an answer to that of an earlier caption, if its id is known."""
        if before is None or not isinstance(reply, ReplyMessage):
            return ()
        answer_id = self._answers.find(request.chat_id, before.message_id)
        if answer_id is None:
            return ()
        both = together(before.reply, reply)
        self._albums.replace_answer(before, both)
        self._answers.remember(request.chat_id, request.message_id, answer_id)
        return edit_calls(request, both, answer_id)

    async def _edited_message(self, message: Message) -> Sequence[ApiCall]:
        """Correct what a message did by what it says now.

        Telegram also tells of changes that are no edits, such as a preview; these have no date.
        """
        is_list = message.document is not None and _is_list(message.document)
        is_list = is_list or message.checklist is not None
        handler = None if is_list or message.edit_date is None else self._reader(message)
        if handler is None:
            return ()
        if "@" in message.words:
            await self._bot_name.look(message.words)
        first = read_message(message, self._bot, self._services.clock())
        request = read_edit(message, self._bot, first.now)
        replies = await correct_message(
            request, first.key, handler, self._services, is_command=bool(message.command)
        )
        answer_id = self._answers.find(request.chat_id, request.message_id)
        return [call for reply in replies for call in edit_calls(request, reply, answer_id)]

    def _reader(self, message: Message) -> Handler | None:
        """Return the handler of a message that the bot can read; a caption is a text."""
        if message.document is not None and _is_list(message.document):
            return partial(self._file, message, message.document)
        if message.checklist or message.checklist_tasks_done:
            return partial(self._checklist, message)
        if message.words and not message.is_somebody_elses:
            command = message.command
            return self._command(command) if command else self._plain_words.answer_text
        return None

    def _refuser(self, message: Message) -> Handler | None:
        """Return the handler that tells why the bot does not read a message."""
        if message.chat.is_private and message.is_somebody_elses:
            return guide.forwarded
        if message.has_attachment or message.is_somebody_elses:
            return self._plain_words.answer_no_text
        return None

    def _command(self, command: str) -> Handler:
        name, _, addressee = command[1:].lower().partition("@")
        if addressee not in {"", self._bot.username.lower()}:
            return guide.unknown_command
        return self._handlers.get(name, guide.unknown_command)

    def _handler_of(self, command: Command) -> Handler:
        """Return the handler of a command, wrapped as the command's record says."""
        handler = command.handler
        if command.for_admins:
            handler = only_for_admins(handler)
        if command.brings_admin_menu:
            handler = partial(self._with_admin_menu, handler)
        return handler

    async def _with_admin_menu(
        self, handler: Handler, request: Request, services: Services
    ) -> Reply | Privately | None:
        """Answer, and register an admin's menu: the admin has a chat with the bot now."""
        reply = await handler(request, services)
        if is_admin(request, services) and not request.in_group:
            try:
                await menus.register_admin(self._bot, self._registry.menu, request.chat_id)
            except TelegramError as error:
                logger.warning("An admin's menu could not be registered: %s", error)
        return reply

    async def _file(
        self, message: Message, file: File, request: Request, services: Services
    ) -> Reply | None:
        """Handle a list in a file, which is fetched only if it is meant for the bot."""
        if not self._is_for_the_bot(message):
            return None
        return await import_file(request, read_document(file), partial(fetch, self._bot), services)

    async def _checklist(
        self, message: Message, request: Request, services: Services
    ) -> Reply | None:
        """Handle a checklist, or tasks that were ticked; in a group, lists are between people."""
        if request.in_group and request.answered is None:
            return None
        if message.checklist is not None:
            return await import_checklist(request, message.checklist.tasks, services)
        ticked = message.checklist_tasks_done
        return await import_done_tasks(request, ticked.tasks, services) if ticked else None

    def _is_for_the_bot(self, message: Message) -> bool:
        """Whether a file is meant for the bot: in a group, as a reply to it or with a command."""
        if message.chat.is_private:
            return True
        answered = message.reply_to_message
        if answered and answered.sender and answered.sender.id == self._bot.id:
            return True
        said = slash_command(message.caption or "", self._bot.username, self._registry.by_word)
        return said is not None and self._registry.by_name[said.command].takes_files

    async def _tap(self, query: CallbackQuery) -> Sequence[ApiCall]:
        tap = self._read_tap(query, self._services.clock())
        if tap is None:
            return (query_call(query.id, query.sender.id),)
        # A person who taps a button has not blocked the bot.
        self._reachability.mark_reachable(tap.request.chat_id)
        handler = self._registry.handler_of_tap(tap.request.text) or guide.stale_button
        return tap_calls(tap, await handler(tap.request, self._services))

    def _read_tap(self, query: CallbackQuery, now: datetime) -> Tap | None:
        return read_tap(query, now, self._registry.outliving_a_tap)

    async def _migrate(self, message: Message) -> Sequence[ApiCall]:
        """Move the fridge of a group that became a supergroup: both chats send such a message."""
        if message.migrate_to_chat_id or message.migrate_from_chat_id:
            old = message.migrate_from_chat_id or message.chat.id
            new = message.migrate_to_chat_id or message.chat.id
            if is_basic_group(old) and new < LAST_SUPERGROUP:
                await self._services.move_group(old, new)
                return await self._tell_new_id(old, new, message)
        return ()

    async def _tell_new_id(self, old: int, new: int, message: Message) -> Sequence[ApiCall]:
        """Tell the supergroup of a group that was allowed its new id."""
        if not self._services.allowed.is_untold(new):
            return ()
        chosen = await self._services.chats.language(new)
        # Last, because a retry after a failed read has to find the mark; and the news comes twice.
        if not self._services.allowed.pop_untold(new):
            return ()
        told = Language.of_person(message.person.language_code if message.person else None)
        notice = guide_view.put_new_id(old, new, Language(chosen) if chosen else told)
        return (message_call(new, notice),)

    async def _change_standing(self, change: StandingChange) -> Sequence[ApiCall]:
        """Record that a chat blocked or removed the bot, or took it back, and greet a new group."""
        if change.new_chat_member.is_out:
            await self._reachability.lose(change.chat.id)
        else:
            await self._reachability.regain(change.chat.id)
        if not change.is_new_in_group:
            return ()
        language = Language.of_person(change.sender.language_code)
        greeting = await guide.greet(change.chat.id, language, self._services)
        return (message_call(change.chat.id, greeting),)


def _is_list(document: File) -> bool:
    """Whether a file may hold a list, by its name and type."""
    name = (document.file_name or "").lower()
    return name.endswith(LIST_NAMES) or document.mime_type in LIST_TYPES
