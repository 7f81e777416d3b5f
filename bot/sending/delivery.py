"""Delivers replies: until Telegram has accepted them, or has said that it never will."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.sending.flood_limits import FloodLimits
from bot.telegram.calls import Call
from bot.telegram.client import BotApi
from bot.telegram.outages import Outage, pauses, seconds_asked
from db.chats.unreachable_chats import UnreachableChatRepository

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 4.0
MOST_UNREACHABLE: Final = 10_000

# What Telegram says (after "Bad Request: ") of a chat that does not take the call, or no more, and
# of a call that has nothing to do. Anything else is a mistake of ours.
REFUSALS: Final = (
    "channel_private",
    "chat not found",
    "chat_admin_required",
    "chat_restricted",
    "chat_send_docs_forbidden",
    "chat_send_plain_forbidden",
    "chat_write_forbidden",
    "group chat was deactivated",
    "have no rights to send",
    "message is not modified",
    "need administrator rights",
    "not enough rights",
    "peer_id_invalid",
    "query is too old",
    "topic_closed",
    "user_is_blocked",
)

DELETED_AT_ONCE: Final = "sent message was immediately deleted"
"""What Telegram says, as an error of its own, where another bot keeps a group clean of messages."""

Move = Callable[[int, int], Awaitable[None]]


class Delivery:
    """Makes calls, and knows which chats take none.

    Args:
        bot: makes the calls.
        limits: Telegram's limits on sending.
        move: takes what a chat has to the chat that it became.
        unreachable: where it is recorded which chats take no messages, for all replicas.
        clock: tells the time.
        bound: the prefixes of the buttons that are valid only in the chat of their request.
    """

    def __init__(
        self,
        bot: BotApi,
        limits: FloodLimits,
        move: Move,
        unreachable: UnreachableChatRepository,
        clock: Callable[[], datetime],
        *,
        bound: tuple[str, ...],
    ) -> None:
        self._bot = bot
        self._limits = limits
        self._move = move
        self._recorded = unreachable
        self._clock = clock
        self._bound = bound
        self._unreachable: OrderedDict[int, datetime] = OrderedDict()
        self._outage = Outage(logger, "Sending")

    async def deliver(self, call: Call) -> int | None:
        """Make a call, again and again where it fails for a passing reason.

        Returns:
            The chat that it was made for, another one where the chat has become one; None if that
            takes no messages.

        Raises:
            BadRequest: Telegram finds a mistake in it.
            NetworkError: it can't even be written down.
            DatabaseAway: the chat has become another one, or takes no messages any more, which
                could not be recorded.
        """
        waits = pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        left: Call | None = call
        while left is not None and (left.refused or left.chat_id not in self._unreachable):
            call = left
            try:
                left = await self._make(call)
            except BadRequest:
                raise
            except RetryAfter as error:
                await self._wait_as_asked(call, error)
            except TelegramError as error:
                if _is_ours(error):
                    raise
                self._outage.failed(error)
                await asyncio.sleep(next(waits))
        return None if call.chat_id in self._unreachable else call.chat_id

    async def _make(self, call: Call) -> Call | None:
        """Make a call once; return the one that is to be made in its place, if any."""
        if call.counted:
            await self._limits.wait(call.chat_id)
        try:
            await self._bot.make(call)
        except ChatMigrated as error:
            await self._move(call.chat_id, error.new_chat_id)
            # A message that it would edit has another id in the new chat, if it is there at all.
            return (call.instead or call).to_chat(error.new_chat_id, self._bound)
        except Forbidden as error:
            if call.refused:
                return call.refused
            logger.info("A chat takes no messages any more: %s", error)
            await self.lose(call.chat_id)
        except BadRequest as error:
            if call.instead is None and not _is_refusal(error):
                raise
            return call.refused if _is_refusal(error) else call.instead
        except NetworkError as error:
            # It has been sent. Again and again, it would be just as often.
            if DELETED_AT_ONCE not in error.message:
                raise
        else:
            self._outage.over()
            return call.then
        return None

    def take(self, call: Call) -> bool:
        """Whether the call may go its own way at once; it is then counted as made."""
        if call.chat_id in self._unreachable:
            return False
        return not call.counted or self._limits.take(call.chat_id)

    def seconds_held(self, chat_id: int) -> float:
        """How long Telegram has asked to send nothing more to a chat."""
        return self._limits.seconds_held(chat_id)

    async def lose(self, chat_id: int) -> None:
        """Record that a chat blocked the bot, or put it out, and make no more calls for it.

        Raises:
            DatabaseAway: it could not be recorded, and is not taken note of.
        """
        await self._recorded.put(chat_id, self._clock())
        self.mark_unreachable(chat_id)

    async def regain(self, chat_id: int) -> None:
        """Record that a chat has taken the bot back, and make calls for it again.

        Raises:
            DatabaseAway: it could not be recorded, and is not taken note of.
        """
        await self._recorded.drop(chat_id)
        self.mark_reachable(chat_id)

    def mark_unreachable(self, chat_id: int) -> None:
        """Make no more calls for a chat."""
        self._unreachable[chat_id] = self._clock()
        if len(self._unreachable) > MOST_UNREACHABLE:
            self._unreachable.popitem(last=False)

    def mark_reachable(self, chat_id: int) -> None:
        """Make calls for the chat again."""
        self._unreachable.pop(chat_id, None)

    def heard_from(self, chat_id: int, sent_at: datetime) -> None:
        """Take a message that was sent since for a sign that the chat is reachable again.

        That it is may have been told to another replica.
        """
        marked_at = self._unreachable.get(chat_id)
        if marked_at is not None and sent_at > marked_at:
            self.mark_reachable(chat_id)

    async def _wait_as_asked(self, call: Call, error: RetryAfter) -> None:
        self._outage.failed(error)
        seconds = seconds_asked(error)
        if "chat_id" in call.parameters:
            self._limits.hold(call.chat_id, seconds)
        if not call.counted:
            await asyncio.sleep(seconds)


def _is_ours(error: TelegramError) -> bool:
    """Whether it is a mistake in a call, of which python-telegram-bot makes a network error."""
    return isinstance(error.__cause__, TypeError | ValueError)


def _is_refusal(error: BadRequest) -> bool:
    message = error.message.lower()
    return any(refusal in message for refusal in REFUSALS)
