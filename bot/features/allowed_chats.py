"""The chats that may use the bot, and counts of the messages from others."""

import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

logger = logging.getLogger(__name__)

MOST_REMEMBERED: Final = 10_000
"""How many chats are remembered; at one more, the oldest is forgotten."""


class RecentChats:
    """The chats that were added last, up to MOST_REMEMBERED."""

    def __init__(self) -> None:
        self._chats: OrderedDict[int, None] = OrderedDict()

    def __contains__(self, chat_id: int) -> bool:
        """Tell whether the chat was added, and is not forgotten."""
        return chat_id in self._chats

    def add(self, chat_id: int) -> bool:
        """Add a chat; return whether it is new."""
        if chat_id in self._chats:
            return False
        self._chats[chat_id] = None
        if len(self._chats) > MOST_REMEMBERED:
            self._chats.popitem(last=False)
        return True


@dataclass(slots=True)
class TurnedAway:
    """Counts since the start: messages and taps that were turned away, and chats that sent them.

    A chat that was forgotten in between counts again.
    """

    messages: int = 0
    chats: int = 0


class AllowedChats:
    """The chats that may use the bot. A person's private chat has the person's id.

    Args:
        ids: of the people and groups that may use the bot; empty: everybody may.
        admin_ids: of the admins, who always may.
    """

    def __init__(self, ids: Iterable[int] = (), admin_ids: Iterable[int] = ()) -> None:
        self._ids = set(ids)
        if self._ids:
            self._ids.update(admin_ids)
        self._others = RecentChats()
        self._to_be_told: set[int] = set()
        self.turned_away = TurnedAway()

    @property
    def allows_everybody(self) -> bool:
        """Whether everybody may use the bot."""
        return not self._ids

    def __contains__(self, chat_id: int) -> bool:
        """Tell whether the chat may use the bot."""
        return not self._ids or chat_id in self._ids

    def follow(self, old_chat: int, new_chat: int) -> None:
        """Allow the supergroup that an allowed group became, and tell the operator in the log."""
        if not self._ids or old_chat not in self._ids or new_chat in self._ids:
            return
        self._ids.add(new_chat)
        self._to_be_told.add(new_chat)
        logger.warning(
            "Group %d has become %d: put that into ALLOWED_IDS in its place", old_chat, new_chat
        )

    def is_untold(self, new_chat: int) -> bool:
        """Tell whether a supergroup from `follow` is still to be sent its new number."""
        return new_chat in self._to_be_told

    def pop_untold(self, new_chat: int) -> bool:
        """Tell whether to send a supergroup from `follow` its new number; true once for each."""
        if new_chat not in self._to_be_told:
            return False
        self._to_be_told.remove(new_chat)
        return True

    def count_turned_away(self, chat_id: int) -> None:
        """Count a message or a tap from a chat that may not use the bot."""
        self.turned_away.messages += 1
        self.turned_away.chats += self._others.add(chat_id)
