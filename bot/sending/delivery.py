"""Delivers calls: until Telegram has accepted them, or has said that it never will."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.fault_log import OutageLog
from bot.sending.answers import Answers
from bot.sending.flood_limits import FloodLimits
from bot.sending.reachability import Reachability
from bot.sending.refusals import is_mistake, is_refusal, was_made
from bot.telegram.back_off import growing_pauses, requested_pause
from bot.telegram.calls import ApiCall
from bot.telegram.client import BotApiClient

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 4.0

Move = Callable[[int, int], Awaitable[None]]


class Delivery:
    """Makes calls, and retries them where they fail for a passing reason.

    Args:
        bot: makes the calls.
        limits: Telegram's limits on sending.
        reachability: knows the chats that take no messages.
        move: moves what the database has of a chat to the chat that it became.
        bound_to_chat: prefixes of the buttons that are valid only in the chat of their request.

    Attributes:
        answers: the messages with which the bot answered.
    """

    def __init__(
        self,
        bot: BotApiClient,
        limits: FloodLimits,
        reachability: Reachability,
        move: Move,
        *,
        bound_to_chat: tuple[str, ...],
    ) -> None:
        self.answers = Answers()
        self._bot = bot
        self._limits = limits
        self._reachability = reachability
        self._unreachable = reachability.unreachable
        self._move = move
        self._bound_to_chat = bound_to_chat
        self._outage = OutageLog(logger, "Sending")

    async def deliver(self, call: ApiCall) -> int | None:
        """Make a call, and then those that follow from it.

        Returns:
            The chat that the last call was made for: another chat, where the call's chat has become
            one. None if that chat takes no messages.

        Raises:
            BadRequest: Telegram finds a mistake in a call.
            NetworkError: a call can't be encoded.
            DatabaseAway: a chat has become another one, or takes no messages any more, and that
                could not be recorded.
        """
        pauses = growing_pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        following: ApiCall | None = call
        while following and (following.if_refused or following.chat_id not in self._unreachable):
            call = following
            following = await self._make(call, pauses)
        return None if call.chat_id in self._unreachable else call.chat_id

    def take_for_response(self, call: ApiCall) -> bool:
        """Count a call as made, for a caller that sends it in a response to Telegram.

        Returns:
            Whether the call may be sent now. If not, nothing is counted.
        """
        if call.chat_id in self._unreachable:
            return False
        return not call.counts_as_message or self._limits.take(call.chat_id)

    async def _make(self, call: ApiCall, pauses: Iterator[float]) -> ApiCall | None:
        """Make a call once, and return the call to make next: a retry is the same call again."""
        if call.counts_as_message:
            await self._limits.wait(call.chat_id)
        try:
            sent = await self._bot.make(call)
        except TelegramError as error:
            return await self._after(error, call, pauses)
        self._outage.over()
        if sent is not None and call.answers is not None:
            self.answers.remember(call.chat_id, call.answers, sent)
        return call.then

    async def _after(
        self, error: TelegramError, call: ApiCall, pauses: Iterator[float]
    ) -> ApiCall | None:
        """Do what the error of a call asks for, and return the call to make next."""
        match error:
            case ChatMigrated():
                return await self._follow(call, error.new_chat_id)
            case Forbidden():
                return await self._give_up_chat(call, error)
            case _ if is_refusal(error):
                return call.if_refused
            case BadRequest() if call.if_wrong:
                return call.if_wrong
            case _ if is_mistake(error):
                raise error
            case _ if was_made(error):
                return None
            case RetryAfter():
                await self._wait_as_asked(call, error)
            case _:
                self._outage.failed(error)
                await asyncio.sleep(next(pauses))
        return call

    async def _follow(self, call: ApiCall, new_chat_id: int) -> ApiCall:
        await self._move(call.chat_id, new_chat_id)
        # A message that the call would edit has another id in the new chat, if it is there at all.
        return (call.if_wrong or call).to_chat(new_chat_id, self._bound_to_chat)

    async def _give_up_chat(self, call: ApiCall, error: Forbidden) -> ApiCall | None:
        if call.if_refused is None:
            logger.info("A chat takes no messages any more: %s", error)
            await self._reachability.lose(call.chat_id)
        return call.if_refused

    async def _wait_as_asked(self, call: ApiCall, error: RetryAfter) -> None:
        """Wait for as long as a 429 asks; for a message, the flood limits do so at the retry."""
        self._outage.failed(error)
        seconds = requested_pause(error)
        if "chat_id" in call.parameters:
            self._limits.hold(call.chat_id, seconds)
        if not call.counts_as_message:
            await asyncio.sleep(seconds)
