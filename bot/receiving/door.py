"""Turns away people and groups that may not use the bot, before their updates are handled."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from itertools import islice
from typing import Any, Final

from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.features.allowed_chats import AllowedChats, RecentChats
from bot.features.guide import views as view
from bot.locale.language import Language
from bot.sending.flood_limits import FloodLimits
from bot.sending.reply_calls import leave_call, message_call, query_call
from bot.telegram.back_off import growing_pauses, requested_pause
from bot.telegram.calls import ApiCall
from bot.telegram.client import BotApiClient
from bot.telegram.updates import RawUpdate, StandingChange, Update, User, chat_of, read_update

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 10
"""Strangers who are answered at a time. An answer to other people waits for no more than these."""

MOST_GROUPS: Final = 1_000
"""Groups that wait to be told and left."""

GROUPS_AT_ONCE: Final = 5
"""Groups that are told and left at a time."""

MOST_TRIES: Final = 5
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 8.0


class Door:
    """Lets in the updates of the chats that the bot works for.

    A stranger is told once that the bot is not for them, as far as this replica remembers. A group
    that adds the bot is told each time, and left. These messages are lost if they can't be sent.

    Args:
        bot: makes the calls.
        limits: Telegram's limits on sending.
        allowed: the chats that the bot works for.
    """

    def __init__(self, bot: BotApiClient, limits: FloodLimits, allowed: AllowedChats) -> None:
        self._bot = bot
        self._limits = limits
        self._allowed = allowed
        self._told = RecentChats()
        self._answers: set[asyncio.Task[None]] = set()
        self._farewells: set[asyncio.Task[None]] = set()
        self._turns_of_groups = asyncio.Semaphore(GROUPS_AT_ONCE)

    def let_in(self, batch: Sequence[RawUpdate]) -> Sequence[RawUpdate]:
        """Turn away the strangers of a batch, and return the other updates."""
        if self._allowed.allows_everybody:
            return batch
        return [raw for raw in batch if self._lets_in_raw(raw)]

    def lets_in(self, update: Update) -> bool:
        """Return whether an update may be handled; if not, turn it away."""
        if self._allowed.allows_everybody or update.chat_id in self._allowed:
            return True
        if _former_group(update) in self._allowed:
            return True
        self._turn_away(update)
        return False

    async def stop(self) -> None:
        """Break off the messages that are not yet sent."""
        tasks = self._answers | self._farewells
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _lets_in_raw(self, raw: RawUpdate) -> bool:
        if chat_of(raw) in self._allowed:
            return True
        update = read_update(raw)
        return update is not None and self.lets_in(update)

    def _turn_away(self, update: Update) -> None:
        if update.my_chat_member is not None:
            if update.my_chat_member.is_new_in_group:
                self._leave(update.my_chat_member)
            return
        self._allowed.count_turned_away(update.chat_id)
        call = _notice(update)
        if call and update.chat_id not in self._told and len(self._answers) < MOST_AT_ONCE:
            self._told.add(update.chat_id)
            _begin(self._make(call), self._answers)

    def _leave(self, change: StandingChange) -> None:
        """Tell a group that the bot is not for it, and leave it."""
        if len(self._farewells) < MOST_GROUPS:
            _begin(self._make_in_turn(_farewell(change)), self._farewells)

    async def _make_in_turn(self, calls: Sequence[ApiCall]) -> None:
        async with self._turns_of_groups:
            for call in calls:
                await self._make(call)

    async def _make(self, call: ApiCall) -> None:
        waits = growing_pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        for pause in islice(waits, MOST_TRIES):
            if call.counts_as_message:
                await self._limits.wait(call.chat_id)
            try:
                await self._bot.make(call)
            except (BadRequest, Forbidden) as error:
                logger.debug("A chat that is turned away can't be told: %s", error)
                return
            except RetryAfter as error:
                await asyncio.sleep(requested_pause(error))
            except TelegramError:
                await asyncio.sleep(pause)
            else:
                return
        logger.info("Telegram does not take %s for a chat that is turned away", call.method)


def _begin(work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]) -> None:
    """Begin work in the background; its task is in `tasks` until it ends."""
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def _former_group(update: Update) -> int:
    """Return the group that became the chat of an update, if the update says so, or its chat."""
    message = update.message
    return (
        message.migrate_from_chat_id if message and message.migrate_from_chat_id else update.chat_id
    )


def _notice(update: Update) -> ApiCall | None:
    """Return the call that tells a person that the bot is not for them; None in a group."""
    message, query = update.message, update.callback_query
    if message is not None and message.chat.is_private:
        text = view.not_allowed(message.chat.id, _language(message.sender))
        return message_call(message.chat.id, text)
    if query is not None and query.message is not None and query.message.chat.is_private:
        text = view.not_allowed(query.message.chat.id, _language(query.sender))
        return query_call(query.id, query.message.chat.id, text.text)
    return None


def _farewell(change: StandingChange) -> Sequence[ApiCall]:
    text = view.group_not_allowed(change.chat.id, _language(change.sender))
    return message_call(change.chat.id, text), leave_call(change.chat.id)


def _language(person: User | None) -> Language:
    return Language.of_person(person.language_code if person else None)
