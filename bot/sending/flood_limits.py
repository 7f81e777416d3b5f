"""Keeps messages within Telegram's flood limits.

Source: Telegram's Bots FAQ, "My bot is hitting limits": about 30 messages a second over all, one a
second in a chat (short bursts are tolerated), 20 a minute in a group.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

OVERALL_BURST: Final = 30
OVERALL_SECONDS: Final = 1 / 30
CHAT_BURST: Final = 3
CHAT_SECONDS: Final = 1.0
GROUP_BURST: Final = 20
GROUP_SECONDS: Final = 3.0

# Slightly slower than allowed, because messages may arrive closer together than they were sent.
SLOWNESS: Final = 1.001
# The rounding error of a sum of times.
TOLERANCE_SECONDS: Final = 1e-6

# Each message reviews so many chats: with two, all are reviewed before their number doubles.
CHATS_TO_REVIEW: Final = 2


class FloodLimits:
    """Says when a message may be sent.

    A chat is remembered only while a message to it still counts, or a message to it waits.

    Args:
        paced: whether to keep to the limits; if not, only a chat on `hold` has to wait.
        clock: the time in seconds, never going back.
        sleep: waits for so many seconds of that clock.
    """

    def __init__(
        self,
        *,
        paced: bool,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._paced = paced
        self._clock = clock
        self._sleep = sleep
        self._overall = _Allowance(OVERALL_BURST, OVERALL_SECONDS)
        self._overall_turn = asyncio.Lock()
        self._ready_chats = 0
        self._chats: OrderedDict[int, _Chat] = OrderedDict()

    def __len__(self) -> int:
        """Return how many chats are remembered."""
        return len(self._chats)

    def take(self, chat_id: int) -> bool:
        """Count a message if it may be sent at once, and return whether it may."""
        now = self._clock()
        self._forget_some(now)
        chat = self._chats.get(chat_id)
        if chat is not None and (chat.waiting or chat.seconds_to_wait(now) > 0):
            return False
        if not self._paced:
            return True
        if self._ready_chats or self._overall.seconds_to_wait(now) > 0:
            return False
        self._count(chat or self._remember(chat_id), now)
        return True

    async def wait(self, chat_id: int) -> None:
        """Wait until a message may be sent, and count it. First come, first served."""
        if self.take(chat_id):
            return
        chat = self._chats.get(chat_id) or self._remember(chat_id)
        chat.waiting += 1
        try:
            async with chat.turn:
                await self._wait_in_turn(chat)
        finally:
            chat.waiting -= 1

    def hold(self, chat_id: int, seconds: float) -> None:
        """Let nothing be sent to a chat for so many seconds: Telegram has answered 429."""
        now = self._clock()
        self._forget_some(now)
        chat = self._chats.get(chat_id) or self._remember(chat_id)
        chat.held_until = max(chat.held_until, now + seconds)

    def seconds_held(self, chat_id: int) -> float:
        """Return the seconds for which Telegram has asked to send nothing to a chat."""
        chat = self._chats.get(chat_id)
        return max(0.0, chat.held_until - self._clock()) if chat else 0.0

    async def _wait_in_turn(self, chat: "_Chat") -> None:
        while True:
            while (seconds := chat.seconds_to_wait(self._clock())) > 0:
                await self._sleep(seconds)
            if not self._paced:
                return
            # Only chats whose own limits are met compete for the overall limit.
            self._ready_chats += 1
            try:
                async with self._overall_turn:
                    while (seconds := self._overall.seconds_to_wait(self._clock())) > 0:
                        await self._sleep(seconds)
                    now = self._clock()
                    # A 429 may have put the chat on hold meanwhile.
                    if chat.seconds_to_wait(now) <= 0:
                        self._count(chat, now)
                        return
            finally:
                self._ready_chats -= 1

    def _count(self, chat: "_Chat", now: float) -> None:
        self._overall.take(now)
        for allowance in chat.allowances:
            allowance.take(now)

    def _remember(self, chat_id: int) -> "_Chat":
        chat = self._chats[chat_id] = _Chat(is_group=chat_id < 0, paced=self._paced)
        return chat

    def _forget_some(self, now: float) -> None:
        """Review the chats that have not been reviewed for longest."""
        for _ in range(min(CHATS_TO_REVIEW, len(self._chats))):
            chat_id = next(iter(self._chats))
            if self._chats[chat_id].is_idle(now):
                del self._chats[chat_id]
            else:
                self._chats.move_to_end(chat_id)


class _Allowance:
    """Allows a burst of messages, and then one every so many seconds."""

    __slots__ = ("_ahead", "_full_at", "_seconds")

    def __init__(self, burst: int, seconds: float) -> None:
        self._seconds = seconds * SLOWNESS
        self._ahead = (burst - 1) * self._seconds + TOLERANCE_SECONDS
        self._full_at = -math.inf

    def seconds_to_wait(self, now: float) -> float:
        return self._full_at - now - self._ahead

    def is_full(self, now: float) -> bool:
        return self._full_at <= now

    def take(self, now: float) -> None:
        self._full_at = max(self._full_at, now) + self._seconds


class _Chat:
    """The allowances of a chat, and how many messages wait for them."""

    __slots__ = ("allowances", "held_until", "turn", "waiting")

    def __init__(self, *, is_group: bool, paced: bool) -> None:
        self.allowances: list[_Allowance] = []
        if paced:
            self.allowances.append(_Allowance(CHAT_BURST, CHAT_SECONDS))
            if is_group:
                self.allowances.append(_Allowance(GROUP_BURST, GROUP_SECONDS))
        self.held_until = -math.inf
        self.turn = asyncio.Lock()
        self.waiting = 0

    def seconds_to_wait(self, now: float) -> float:
        seconds = self.held_until - now
        for allowance in self.allowances:
            seconds = max(seconds, allowance.seconds_to_wait(now))
        return seconds

    def is_idle(self, now: float) -> bool:
        return (
            not self.waiting
            and self.held_until <= now
            and all(allowance.is_full(now) for allowance in self.allowances)
        )
