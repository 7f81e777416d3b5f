"""Telegram's flood limits.

Source: Telegram's Bots FAQ, "My bot is hitting limits": about 30 messages a second over all, one a
second in a chat (short bursts are tolerated), 20 a minute in a group.
"""

import math
from dataclasses import dataclass

from local_telegram.chats import Chat
from local_telegram.errors import TooManyRequestsError
from local_telegram.shapes import Clock

OVERALL_PER_SECOND = 30.0
CHAT_PER_SECOND = 1.0
CHAT_BURST = 3.0
GROUP_PER_MINUTE = 20.0


@dataclass(slots=True)
class Allowance:
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
    """Counts what the bot sends."""

    def __init__(self, clock: Clock, *, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        now = clock().timestamp()
        self._overall = Allowance(OVERALL_PER_SECOND, OVERALL_PER_SECOND, OVERALL_PER_SECOND, now)
        self._chats: dict[int, list[Allowance]] = {}

    def count(self, chat: Chat) -> None:
        """Count a message to a chat.

        Raises:
            TooManyRequestsError: It is one too many; it is not counted then.
        """
        if not self.enabled:
            return
        now = self._clock().timestamp()
        allowances = [self._overall, *self._allowances(chat, now)]
        wait = max(allowance.seconds_to_wait(now) for allowance in allowances)
        if wait > 0:
            raise TooManyRequestsError(math.ceil(wait))
        for allowance in allowances:
            allowance.left -= 1

    def _allowances(self, chat: Chat, now: float) -> list[Allowance]:
        if chat.id not in self._chats:
            self._chats[chat.id] = [Allowance(CHAT_BURST, CHAT_PER_SECOND, CHAT_BURST, now)]
            if chat.is_group:
                group = Allowance(GROUP_PER_MINUTE, GROUP_PER_MINUTE / 60, GROUP_PER_MINUTE, now)
                self._chats[chat.id].append(group)
        return self._chats[chat.id]
