"""Telegram's flood limits.

Source: Telegram's Bots FAQ, "My bot is hitting limits": about 30 messages a second over all, one a
second in a chat (short bursts are tolerated), 20 a minute in a group.
"""

import math
from dataclasses import dataclass

from local_telegram.protocol.errors import TooManyRequestsError
from local_telegram.state.chats import Chat
from local_telegram.state.clock import Clock

OVERALL_PER_SECOND = 30.0
CHAT_PER_SECOND = 1.0
CHAT_BURST = 3.0
GROUP_PER_MINUTE = 20.0


@dataclass(slots=True)
class TokenBucket:
    """A bucket that holds `capacity` messages and refills by `per_second`."""

    capacity: float
    per_second: float
    left: float
    filled_at: float

    def seconds_to_wait(self, now: float) -> float:
        """Return after how many seconds one more message is allowed."""
        refilled = self.left + (now - self.filled_at) * self.per_second
        self.left = min(self.capacity, refilled)
        self.filled_at = now
        return max(0.0, (1 - self.left) / self.per_second)


class FloodLimits:
    """Counts the bot's messages."""

    def __init__(self, clock: Clock, *, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        now = clock().timestamp()
        self._overall = TokenBucket(OVERALL_PER_SECOND, OVERALL_PER_SECOND, OVERALL_PER_SECOND, now)
        self._chats: dict[int, list[TokenBucket]] = {}

    def count(self, chat: Chat) -> None:
        """Count a message to a chat.

        Raises:
            TooManyRequestsError: The message is one too many, and is not counted.
        """
        if not self.enabled:
            return
        now = self._clock().timestamp()
        buckets = [self._overall, *self._buckets(chat, now)]
        wait = max(bucket.seconds_to_wait(now) for bucket in buckets)
        if wait > 0:
            raise TooManyRequestsError(math.ceil(wait))
        for bucket in buckets:
            bucket.left -= 1

    def _buckets(self, chat: Chat, now: float) -> list[TokenBucket]:
        if chat.id not in self._chats:
            self._chats[chat.id] = [TokenBucket(CHAT_BURST, CHAT_PER_SECOND, CHAT_BURST, now)]
            if chat.is_group:
                group = TokenBucket(GROUP_PER_MINUTE, GROUP_PER_MINUTE / 60, GROUP_PER_MINUTE, now)
                self._chats[chat.id].append(group)
        return self._chats[chat.id]
