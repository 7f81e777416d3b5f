"""What happened in the chats, in order: for the chat page, and for whoever waits for an answer."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from itertools import islice

from local_telegram.protocol.json_values import Json

EVENTS_KEPT = 1000


@dataclass(slots=True, frozen=True)
class Event:
    """One thing that happened; `body` is what the chat page is sent."""

    id: int
    type: str
    chat_id: int
    by_bot: bool
    body: Json


class EventLog:
    """The last events, numbered from 1 without gaps, and those who wait for the next."""

    def __init__(self) -> None:
        self.last_id = 0
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._waiting: dict[int | None, set[asyncio.Future[None]]] = defaultdict(set)

    def add(self, kind: str, chat_id: int, body: Json, *, by_bot: bool) -> Event:
        """Record an event and wake those who wait for one in its chat or in any."""
        self.last_id += 1
        event = Event(self.last_id, kind, chat_id, by_bot, body)
        self._events.append(event)
        if self._waiting:
            self._wake(chat_id)
            self._wake(None)
        return event

    def since(self, event_id: int) -> list[Event]:
        """Return the kept events after that one, oldest first."""
        count = min(self.last_id - event_id, len(self._events))
        if count <= 0:
            return []
        newest_first = list(islice(reversed(self._events), count))
        newest_first.reverse()
        return newest_first

    async def next(self, chat_id: int | None = None) -> None:
        """Return when something has happened in that chat, or in any."""
        waiter = asyncio.get_running_loop().create_future()
        waiting = self._waiting[chat_id]
        waiting.add(waiter)
        try:
            await waiter
        finally:
            waiting.discard(waiter)

    def wake_all(self) -> None:
        """Wake everybody who waits, so that they look again."""
        for chat_id in list(self._waiting):
            self._wake(chat_id)

    def _wake(self, chat_id: int | None) -> None:
        for waiter in self._waiting.pop(chat_id, ()):
            if not waiter.done():
                waiter.set_result(None)
