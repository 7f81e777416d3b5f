"""The events of all chats in order, for the chat page and for callers that wait for the bot."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from itertools import islice

from local_telegram.protocol.json_values import Json

EVENTS_KEPT = 1000


@dataclass(slots=True, frozen=True)
class Event:
    """One event; `body` is sent to the chat page."""

    id: int
    type: str
    chat_id: int
    by_bot: bool
    body: Json


class EventLog:
    """The last events, numbered from 1 without gaps."""

    def __init__(self) -> None:
        self.last_id = 0
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._waiting: dict[int | None, set[asyncio.Future[None]]] = defaultdict(set)

    def add(self, kind: str, chat_id: int, body: Json, *, by_bot: bool) -> Event:
        """Record an event, and let the calls of `next` for its chat or for any chat return."""
        self.last_id += 1
        event = Event(self.last_id, kind, chat_id, by_bot, body)
        self._events.append(event)
        if self._waiting:
            self._wake(chat_id)
            self._wake(None)
        return event

    def since(self, event_id: int) -> list[Event]:
        """Return the kept events after the event with this number, oldest first."""
        count = min(self.last_id - event_id, len(self._events))
        if count <= 0:
            return []
        newest_first = list(islice(reversed(self._events), count))
        newest_first.reverse()
        return newest_first

    async def next(self, chat_id: int | None = None) -> None:
        """Return at the next event in a chat, or in any chat."""
        waiter = asyncio.get_running_loop().create_future()
        waiting = self._waiting[chat_id]
        waiting.add(waiter)
        try:
            await waiter
        finally:
            waiting.discard(waiter)

    def wake_all(self) -> None:
        """Let all calls of `next` return."""
        for chat_id in list(self._waiting):
            self._wake(chat_id)

    def _wake(self, chat_id: int | None) -> None:
        for waiter in self._waiting.pop(chat_id, ()):
            if not waiter.done():
                waiter.set_result(None)
