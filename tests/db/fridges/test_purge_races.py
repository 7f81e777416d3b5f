"""The purge against people who use their fridges, in real time and with lives of milliseconds."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

from db.connection.database import Engine
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.items import ItemKey, NewItem
from fridge.lifetime import Lifetime
from fridge.outcomes import Outcome
from tests.db.requests import sent

SHORTEST_TTL = timedelta(milliseconds=50)
CHATS = 24
ROUNDS = 160


def now() -> datetime:
    return datetime.now(UTC)


class Household:
    """Adds one thing after the other. What is answered within a life finds all of it there."""

    def __init__(self, fridges: FridgeRepository, chat: int, ttl: timedelta) -> None:
        self._fridges = fridges
        self._chat = chat
        self._ttl = ttl
        self._chance = random.Random(chat)  # noqa: S311 (reproducible, nothing secret)
        self._held = 0
        self._used_at = now() - ttl
        self.seen_live = 0
        self.lost: list[str] = []

    async def live(self) -> None:
        for n in range(ROUNDS):
            await self._add(f"thing{n}")
            if self._held > 40:
                await self._fridges.clear(sent(self._chat), now(), now())
                self._held = 0
            # Idle for about a life: as often a little less as a little more.
            lives = self._chance.choice((0.0, 0.0, 0.88, 1.0, 1.12))
            await asyncio.sleep(lives * self._ttl.total_seconds())

    async def _add(self, name: str) -> None:
        key = ItemKey(0, name)
        asked_at = now()
        result = await self._fridges.add(sent(self._chat), [NewItem(key, name)], asked_at)
        answered_at = now()
        assert result.outcomes[key] is Outcome.ADDED
        if asked_at >= self._used_at + self._ttl:
            assert result.count == 1
        elif answered_at < self._used_at + self._ttl:
            # No purge that has a time up to now may have thought it dead.
            self.seen_live += 1
            if result.count != self._held + 1:
                self.lost.append(f"{self._held} items, then {result.count} with one more")
        self._held = result.count
        self._used_at = asked_at


async def time_to_answer_all(engine: Engine) -> timedelta:
    """How long all chats wait that write at once; this differs much from machine to machine."""
    fridges = FridgeRepository(engine, Lifetime(timedelta(hours=1)))

    async def take() -> timedelta:
        began = now()
        await asyncio.gather(*(fridges.keep(sent(chat), began) for chat in range(CHATS)))
        return now() - began

    await take()  # connections are made
    return await take()


async def test_a_purge_removes_no_session_that_is_live(engine: Engine) -> None:
    ttl = max(SHORTEST_TTL, 2 * await time_to_answer_all(engine))
    lifetime = Lifetime(ttl)
    fridges = FridgeRepository(engine, lifetime)
    sessions = SessionRepository(engine, lifetime, batch_size=8)
    households = [Household(fridges, chat, ttl) for chat in range(CHATS)]
    finished = asyncio.Event()

    async def purge() -> int:
        purged = 0
        while not finished.is_set():
            purged += await sessions.purge_expired(now())
        return purged

    async def extend() -> None:
        while not finished.is_set():
            await sessions.extend_used(now() + 2 * ttl, now())

    purges = [asyncio.create_task(purge()) for _ in range(2)]
    extends = asyncio.create_task(extend())
    await asyncio.gather(*(household.live() for household in households))
    finished.set()
    purged = sum(await asyncio.gather(*purges))
    await extends

    assert [household.lost for household in households] == [[]] * CHATS
    # How many of each there are depends on the machine: without any, nothing would be tested.
    assert sum(household.seen_live for household in households)
    assert purged
