"""A queue for each chat: chats are handled side by side, the updates of one chat in order."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from bot.fault_log import OutageLog
from bot.telegram.back_off import growing_pauses
from bot.telegram.updates import RawUpdate, chat_of
from db.updates.waiting_updates import WaitingUpdate, WaitingUpdateRepository

logger = logging.getLogger(__name__)

GRACE_SECONDS: Final = 0.3
"""How long a batch may take before the rest of it is stored: longer than answers usually take."""

SECONDS_TO_STOP: Final = 5.0

MOST_WAITING_OF_A_CHAT: Final = 10
"""More updates are a flood, and are stored at once, so that the next poll does not wait."""

MOST_READ_AT_ONCE: Final = 100
MOST_IN_MEMORY: Final = 10_000
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 2.0

BEFORE_ALL: Final = -1

Result = TypeVar("Result")


class ChatQueues:
    """Processes updates, and stores those that wait for longer than a poll should.

    Telegram keeps an update until `accept` returns: by then the update is processed or stored. The
    number of updates that wait in memory is bounded, for each chat and over all.

    Args:
        process: processes an update to its end, whatever happens.
        waiting: the table of stored updates.
        outage: logs that the database is away.
        grace: how many seconds a batch may take before the rest of it is stored.
        most_in_memory: how many updates may wait in memory, over all chats.
        seconds_to_stop: how long a stop waits for the updates that are being processed.
    """

    def __init__(
        self,
        process: Callable[[RawUpdate], Awaitable[None]],
        waiting: WaitingUpdateRepository,
        outage: OutageLog,
        grace: float = GRACE_SECONDS,
        *,
        most_in_memory: int = MOST_IN_MEMORY,
        seconds_to_stop: float = SECONDS_TO_STOP,
    ) -> None:
        self._process = process
        self._waiting = waiting
        self._grace = grace
        self._most_in_memory = most_in_memory
        self._seconds_to_stop = seconds_to_stop
        self._chats: dict[int, _Chat] = {}
        self._to_resume: set[int] = set()
        self._resuming: asyncio.Task[None] | None = None
        self._in_memory = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._stopping = False
        self._outage = outage

    async def resume(self) -> None:
        """Begin to process the updates that are stored; new updates queue behind them."""
        self._to_resume.update(await self._waiting.chats())
        if self._to_resume:
            logger.info("Going on with what %d chats wait for", len(self._to_resume))
            self._resuming = asyncio.create_task(self._resume())

    def holds(self, chat_id: int) -> bool:
        """Whether updates of the chat wait in its queue or in the table."""
        return chat_id in self._chats or chat_id in self._to_resume

    async def accept(self, batch: Sequence[RawUpdate]) -> None:
        """Take a batch, and return when each of its updates is processed or stored."""
        await self._has_room.wait()
        items = [_Item(raw, chat_of(raw)) for raw in batch]
        for item in items:
            self._enqueue(item)
        if not any(item.overflowed for item in items):
            with suppress(TimeoutError):
                async with asyncio.timeout(self._grace):
                    for item in items:
                        await item.processed.wait()
        if unprocessed := [item for item in items if not item.processed.is_set()]:
            await self._store(unprocessed)

    async def stop(self) -> None:
        """Let the updates in process end, for some seconds at most; the others stay stored."""
        self._stopping = True
        tasks = [chat.task for chat in self._chats.values() if chat.task]
        if self._resuming:
            self._resuming.cancel()
            tasks.append(self._resuming)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._seconds_to_stop)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _resume(self) -> None:
        while self._to_resume:
            await self._has_room.wait()
            chat = self._chat(next(iter(self._to_resume)))
            self._wake(chat)
            # How much memory the chat takes is known only after its first read.
            await chat.was_read.wait()

    def _chat(self, chat_id: int) -> "_Chat":
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = self._chats[chat_id] = _Chat(chat_id, overflowing=chat_id in self._to_resume)
            self._to_resume.discard(chat_id)
        return chat

    def _enqueue(self, item: "_Item") -> None:
        chat = self._chat(item.chat_id)
        if chat.overflowing or len(chat.items) >= MOST_WAITING_OF_A_CHAT:
            # The update comes back from the table in its turn: a flood takes no memory.
            chat.overflowing = item.overflowed = True
            chat.arrivals += 1
            chat.stored.clear()
        else:
            chat.items.append(item)
            self._count(1)
        self._wake(chat)

    def _wake(self, chat: "_Chat") -> None:
        if chat.task is None:
            chat.task = asyncio.create_task(self._work(chat))

    async def _work(self, chat: "_Chat") -> None:
        try:
            while not self._stopping and (chat.items or await self._refill(chat)):
                item = chat.items[0]
                try:
                    await self._process(item.raw)
                except Exception:
                    # No update may keep the next updates of its chat waiting.
                    logger.exception("Update %d could not be processed", item.update_id)
                item.processed.set()
                chat.last_id = item.update_id
                chat.items.popleft()
                self._count(-1)
                if item.stored:
                    await self._drop(item)
        finally:
            chat.was_read.set()
            self._count(-len(chat.items))
            del self._chats[chat.id]

    async def _refill(self, chat: "_Chat") -> bool:
        """Take the next updates from the table, and return whether there are any."""
        while chat.overflowing:
            await chat.stored.wait()
            arrivals = chat.arrivals
            stored = await self._read(chat)
            chat.items.extend(
                _Item(json.loads(update.content), chat.id, stored=True) for update in stored
            )
            chat.was_read.set()
            if stored:
                return True
            # More updates may have been stored during the read.
            chat.overflowing = chat.arrivals != arrivals
        return False

    async def _read(self, chat: "_Chat") -> Sequence[WaitingUpdate]:
        """Read the next updates from the table: as many as there is room for, but at least one."""
        room = max(1, min(MOST_READ_AT_ONCE, self._most_in_memory - self._in_memory))
        found: Sequence[WaitingUpdate] = ()
        # Reserved before the read, because other chats read at the same time.
        self._count(room)
        try:
            found = await self._persist(lambda: self._waiting.next(chat.id, chat.last_id, room))
        finally:
            self._count(len(found) - room)
        return found

    async def _store(self, items: "Sequence[_Item]") -> None:
        kept = [WaitingUpdate(i.chat_id, i.update_id, json.dumps(i.raw)) for i in items]
        await self._persist(lambda: self._waiting.put(kept))
        done: list[_Item] = []
        for item in items:
            item.stored = True
            chat = self._chats.get(item.chat_id)
            if item.overflowed and chat:
                chat.stored.set()
            # A redelivered update may have been handled and dropped before it was stored here.
            came_again = item.overflowed and chat and item.update_id <= chat.last_id
            if item.processed.is_set() or came_again:
                done.append(item)
        for item in done:
            await self._drop(item)

    async def _drop(self, item: "_Item") -> None:
        await self._persist(lambda: self._waiting.drop(item.chat_id, item.update_id))

    async def _persist(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Run a statement on the table, again and again until it succeeds."""
        waits = growing_pauses(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        while True:
            try:
                result = await work()
            except Exception as error:  # noqa: BLE001 (a retry is all that can be done)
                self._outage.failed(error)
                await asyncio.sleep(next(waits))
            else:
                self._outage.over()
                return result

    def _count(self, change: int) -> None:
        self._in_memory += change
        if self._in_memory < self._most_in_memory:
            self._has_room.set()
        else:
            self._has_room.clear()


class _Item:
    """An update, and whether it is processed or stored."""

    __slots__ = ("chat_id", "overflowed", "processed", "raw", "stored", "update_id")

    def __init__(self, raw: RawUpdate, chat_id: int, *, stored: bool = False) -> None:
        self.raw = raw
        self.chat_id = chat_id
        self.update_id: int = raw["update_id"]
        self.processed = asyncio.Event()
        self.overflowed = False
        self.stored = stored


class _Chat:
    """The queue of a chat; `overflowing` while the table may hold the updates after `items`."""

    __slots__ = (
        "arrivals",
        "id",
        "items",
        "last_id",
        "overflowing",
        "stored",
        "task",
        "was_read",
    )

    def __init__(self, chat_id: int, *, overflowing: bool) -> None:
        self.id = chat_id
        self.items: deque[_Item] = deque()
        self.last_id = BEFORE_ALL
        self.overflowing = overflowing
        self.arrivals = 0
        self.stored = asyncio.Event()
        self.stored.set()
        self.was_read = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
