"""Which chats take messages: those that blocked the bot or put it out take none."""

from collections import OrderedDict
from collections.abc import Callable, Container
from datetime import datetime
from typing import Final

from db.chats.unreachable_chats import UnreachableChatRepository

MOST_REMEMBERED: Final = 10_000


class Reachability:
    """Knows the chats that are unreachable: this replica in memory, all replicas in the table.

    A chat that was found unreachable long ago may be forgotten: the next call to it finds out anew.

    Args:
        recorded: the table.
        clock: tells the time.
        most_remembered: how many unreachable chats are kept in memory.

    Attributes:
        unreachable: the ids of the chats that take no messages, as far as this replica knows.
    """

    def __init__(
        self,
        recorded: UnreachableChatRepository,
        clock: Callable[[], datetime],
        *,
        most_remembered: int = MOST_REMEMBERED,
    ) -> None:
        self._recorded = recorded
        self._clock = clock
        self._most_remembered = most_remembered
        self._marked_at: OrderedDict[int, datetime] = OrderedDict()
        self.unreachable: Final[Container[int]] = self._marked_at

    async def lose(self, chat_id: int) -> None:
        """Record that a chat blocked the bot, or put it out.

        Raises:
            DatabaseAway: it could not be recorded, and the chat still counts as reachable.
        """
        now = self._clock()
        await self._recorded.put(chat_id, now)
        self._marked_at[chat_id] = now
        self._marked_at.move_to_end(chat_id)
        if len(self._marked_at) > self._most_remembered:
            self._marked_at.popitem(last=False)

    async def regain(self, chat_id: int) -> None:
        """Record that a chat has taken the bot back.

        Raises:
            DatabaseAway: it could not be recorded, and the chat still counts as unreachable.
        """
        await self._recorded.drop(chat_id)
        self.mark_reachable(chat_id)

    def mark_reachable(self, chat_id: int) -> None:
        """Count a chat as reachable in this replica: somebody just tapped a button in it."""
        self._marked_at.pop(chat_id, None)

    def heard_from(self, chat_id: int, sent_at: datetime) -> None:
        """Count a chat as reachable if a message in it is newer than its mark.

        Telegram may have told another replica that the chat took the bot back.
        """
        marked_at = self._marked_at.get(chat_id)
        if marked_at is not None and sent_at > marked_at:
            self.mark_reachable(chat_id)
