import asyncio
import logging
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from bot.fault_log import OutageLog
from bot.receiving.chat_queues import MOST_IN_MEMORY, SECONDS_TO_STOP, ChatQueues
from bot.telegram.updates import NO_CHAT, RawUpdate, chat_of
from db.connection.database import Engine
from db.updates.waiting_updates import WaitingUpdate, WaitingUpdateRepository
from tests.bot.away import FOR_EVER, AwayRepository
from tests.waiting import wait_until

GRACE = 0.05
LONG_SECONDS = 600.0


class Handling:
    """Stands for the handling of updates: it can be held up for a chat, and notes what it did."""

    def __init__(self) -> None:
        self.handled: list[int] = []
        self.begun: list[int] = []
        self._gates: dict[int, asyncio.Event] = {}

    async def __call__(self, raw: RawUpdate) -> None:
        self.begun.append(raw["update_id"])
        gate = self._gates.get(chat_of(raw))
        if gate is not None:
            await gate.wait()
        self.handled.append(raw["update_id"])

    def hold(self, *chats: int) -> None:
        for chat in chats:
            self._gates[chat] = asyncio.Event()

    def release(self, *chats: int) -> None:
        for chat in chats:
            self._gates[chat].set()

    async def reaches(self, count: int) -> None:
        async def is_reached() -> bool:
            return len(self.handled) >= count

        await wait_until(is_reached)


class Content(dict[str, Any]):
    """An update that can be watched: whether anything still holds it."""


def update(chat_id: int, update_id: int) -> Content:
    return Content(update_id=update_id, message={"chat": {"id": chat_id}})


@pytest.fixture
def handling() -> Handling:
    return Handling()


@pytest.fixture
def table(engine: Engine) -> WaitingUpdateRepository:
    return WaitingUpdateRepository(engine)


MakeQueues = Callable[..., ChatQueues]


@pytest.fixture
async def make_queues(
    handling: Handling, table: WaitingUpdateRepository
) -> AsyncIterator[MakeQueues]:
    made: list[ChatQueues] = []

    def make(
        process: Callable[[RawUpdate], Awaitable[None]] = handling,
        waiting: WaitingUpdateRepository = table,
        grace: float = GRACE,
        most_in_memory: int = MOST_IN_MEMORY,
        seconds_to_stop: float = SECONDS_TO_STOP,
    ) -> ChatQueues:
        outage = OutageLog(logging.getLogger(__name__), "The database")
        made.append(
            ChatQueues(
                process,
                waiting,
                outage,
                grace,
                most_in_memory=most_in_memory,
                seconds_to_stop=seconds_to_stop,
            )
        )
        return made[-1]

    yield make
    for queues in made:
        await queues.stop()


@pytest.fixture
def queues(make_queues: MakeQueues) -> ChatQueues:
    return make_queues()


Stored = Callable[[], Awaitable[list[int]]]


@pytest.fixture
def stored(engine: Engine) -> Stored:
    """The ids of the updates in the table."""

    async def read() -> list[int]:
        async with engine.connect() as connection:
            rows = await connection.execute(
                text("SELECT update_id FROM waiting_updates ORDER BY update_id")
            )
            return list(rows.scalars())

    return read


async def wait_until_nothing_is(stored: Stored) -> None:
    async def is_empty() -> bool:
        return not await stored()

    await wait_until(is_empty)


# In their order, side by side


async def test_the_updates_of_a_chat_are_handled_in_their_order(
    queues: ChatQueues, handling: Handling
) -> None:
    await queues.accept([update(1, n) for n in range(50)])
    await handling.reaches(50)

    assert handling.handled == list(range(50))


async def test_a_chat_that_takes_long_does_not_hold_up_the_others_or_the_next_batch(
    queues: ChatQueues, handling: Handling
) -> None:
    handling.hold(1)

    await queues.accept([update(1, 1), update(2, 2), update(1, 3), update(3, 4)])
    await queues.accept([update(1, 5), update(2, 6)])

    assert handling.handled == [2, 4, 6]
    handling.release(1)
    await handling.reaches(6)
    assert handling.handled == [2, 4, 6, 1, 3, 5]


async def test_updates_of_no_chat_are_handled_in_their_order_beside_the_chats(
    queues: ChatQueues, handling: Handling
) -> None:
    handling.hold(1)
    without_chat: list[RawUpdate] = [
        {"update_id": 2, "poll": {"id": "1"}},
        {"update_id": 3},
        {"update_id": 4, "message": {"chat": {"id": 1 << 60}}},
    ]

    await queues.accept([update(1, 1), *without_chat])

    assert [chat_of(raw) for raw in without_chat] == [NO_CHAT] * 3
    assert handling.handled == [2, 3, 4]
    handling.release(1)


async def test_an_empty_batch_is_accepted_at_once(make_queues: MakeQueues) -> None:
    await asyncio.wait_for(make_queues(grace=LONG_SECONDS).accept([]), 60)


async def test_it_knows_which_chats_it_holds_something_of(
    queues: ChatQueues, handling: Handling
) -> None:
    handling.hold(1)
    await queues.accept([update(1, 1), update(2, 2)])
    assert queues.holds(1)
    assert not queues.holds(2)

    handling.release(1)
    await handling.reaches(2)

    async def is_let_go() -> bool:
        return not queues.holds(1)

    await wait_until(is_let_go)


async def test_an_update_that_can_not_be_processed_stops_nobody(
    make_queues: MakeQueues, caplog: pytest.LogCaptureFixture, stored: Stored
) -> None:
    handled: list[int] = []

    async def process(raw: RawUpdate) -> None:
        if raw["update_id"] == 1:
            raise ZeroDivisionError
        handled.append(raw["update_id"])

    await asyncio.wait_for(
        make_queues(process, grace=LONG_SECONDS).accept([update(1, 1), update(1, 2)]), 60
    )

    assert handled == [2]
    assert await stored() == []
    [complaint] = caplog.records
    assert complaint.getMessage() == "Update 1 could not be processed"
    assert complaint.exc_info


# What is stored


async def test_what_takes_longer_than_the_grace_is_stored_until_it_is_handled(
    queues: ChatQueues, handling: Handling, stored: Stored
) -> None:
    handling.hold(1)

    await queues.accept([update(1, 1), update(2, 2), update(1, 3)])

    assert await stored() == [1, 3]
    handling.release(1)
    await wait_until_nothing_is(stored)
    assert handling.handled == [2, 1, 3]


async def test_what_is_handled_within_the_grace_needs_no_table(
    make_queues: MakeQueues, handling: Handling, engine: Engine
) -> None:
    gone = AwayRepository(engine, times=1)
    queues = make_queues(waiting=gone, grace=LONG_SECONDS)

    await asyncio.wait_for(queues.accept([update(1, 1), update(2, 2)]), 60)

    assert handling.handled == [1, 2]
    assert gone.times == 1


async def test_while_the_table_is_away_nothing_is_accepted_that_is_not_handled(
    make_queues: MakeQueues, handling: Handling, engine: Engine, stored: Stored
) -> None:
    away = AwayRepository(engine, times=FOR_EVER)
    queues = make_queues(waiting=away)
    handling.hold(1)

    accepting = asyncio.create_task(queues.accept([update(1, 1)]))

    async def has_tried_twice() -> bool:
        return away.times <= FOR_EVER - 2

    await wait_until(has_tried_twice)
    assert not accepting.done()
    away.times = 0
    await asyncio.wait_for(accepting, 60)
    assert await stored() == [1]
    handling.release(1)
    await wait_until_nothing_is(stored)
    assert handling.handled == [1]


async def test_what_is_handled_while_the_table_is_away_does_not_stay_in_it(
    make_queues: MakeQueues, handling: Handling, engine: Engine, stored: Stored
) -> None:
    away = AwayRepository(engine, times=FOR_EVER)
    queues = make_queues(waiting=away)
    handling.hold(1)
    accepting = asyncio.create_task(queues.accept([update(1, 1)]))

    async def has_tried() -> bool:
        return away.times < FOR_EVER

    await wait_until(has_tried)

    handling.release(1)
    await handling.reaches(1)
    away.times = 0
    await asyncio.wait_for(accepting, 60)

    assert await stored() == []


async def test_a_table_that_is_away_when_something_is_to_be_dropped_is_waited_for(
    make_queues: MakeQueues, handling: Handling, engine: Engine, stored: Stored
) -> None:
    away = AwayRepository(engine, times=0)
    queues = make_queues(waiting=away)
    handling.hold(1)
    await queues.accept([update(1, 1), update(1, 2)])

    away.times = 2
    handling.release(1)

    await wait_until_nothing_is(stored)
    assert handling.handled == [1, 2]


# A flood


async def test_a_flood_of_one_chat_holds_up_nobody_takes_little_memory_and_keeps_its_order(
    queues: ChatQueues, handling: Handling, stored: Stored
) -> None:
    handling.hold(1)
    others: list[int] = []
    kept: list[weakref.ref[Content]] = []
    next_id = 1
    for other in range(2, 5):
        flood = [update(1, next_id + n) for n in range(99)]
        kept += map(weakref.ref, flood)
        others.append(next_id + 99)
        await asyncio.wait_for(queues.accept([*flood, update(other, others[-1])]), 60)
        del flood
        next_id += 100
        await handling.reaches(len(others))

    assert handling.handled == others
    assert sum(content() is not None for content in kept) <= 101
    of_the_flood = [n for n in range(1, next_id) if n not in others]
    assert await stored() == of_the_flood
    handling.release(1)
    await wait_until_nothing_is(stored)
    assert handling.handled == others + of_the_flood


async def test_a_flood_goes_on_where_the_table_is_away_for_a_moment(
    make_queues: MakeQueues, handling: Handling, engine: Engine, stored: Stored
) -> None:
    away = AwayRepository(engine, times=0)
    queues = make_queues(waiting=away)
    handling.hold(1)
    for first in (0, 100):
        await queues.accept([update(1, first + n) for n in range(100)])

    away.times = 2
    handling.release(1)

    await wait_until_nothing_is(stored)
    assert handling.handled == list(range(200))


async def test_what_comes_while_the_table_is_read_for_the_last_time_is_not_forgotten(
    make_queues: MakeQueues, handling: Handling, engine: Engine, stored: Stored
) -> None:
    class SlowToRead(WaitingUpdateRepository):
        """Has read before the others, and says so only when it is let."""

        def __init__(self, engine: Engine) -> None:
            super().__init__(engine)
            self.found_nothing = asyncio.Event()
            self.may_say_so = asyncio.Event()

        async def next(self, chat_id: int, after: int, limit: int) -> Sequence[WaitingUpdate]:
            found = await super().next(chat_id, after, limit)
            if not found:
                self.found_nothing.set()
                await self.may_say_so.wait()
            return found

    slow = SlowToRead(engine)
    queues = make_queues(waiting=slow)
    await slow.put([WaitingUpdate(1, 1, '{"update_id": 1, "message": {"chat": {"id": 1}}}')])
    await queues.resume()
    await asyncio.wait_for(slow.found_nothing.wait(), 60)

    await queues.accept([update(1, 2)])
    slow.may_say_so.set()

    await wait_until_nothing_is(stored)
    assert handling.handled == [1, 2]


async def test_with_too_much_in_memory_the_next_batch_waits(
    make_queues: MakeQueues, handling: Handling
) -> None:
    queues = make_queues(most_in_memory=3)
    handling.hold(1, 2)
    await queues.accept([update(1, 1), update(1, 2), update(2, 3)])

    accepting = asyncio.create_task(queues.accept([update(3, 4)]))
    await asyncio.wait((accepting,), timeout=4 * GRACE)
    assert not accepting.done()
    assert handling.handled == []

    handling.release(2)
    await asyncio.wait_for(accepting, 60)
    assert handling.handled == [3, 4]
    handling.release(1)


async def test_many_floods_take_no_more_memory_together_than_there_is(
    make_queues: MakeQueues,
    engine: Engine,
    stored: Stored,
) -> None:
    first_ten_may_go, all_may_go = asyncio.Event(), asyncio.Event()
    handled: list[int] = []

    async def process(raw: RawUpdate) -> None:
        await first_ten_may_go.wait()
        if raw["update_id"] % 100 >= 10:
            await all_may_go.wait()
        handled.append(raw["update_id"])

    class Counting(WaitingUpdateRepository):
        """Counts what was read."""

        reads = 0
        read = 0

        async def next(self, chat_id: int, after: int, limit: int) -> Sequence[WaitingUpdate]:
            found = await super().next(chat_id, after, limit)
            self.reads += 1
            self.read += len(found)
            return found

    table = Counting(engine)
    queues = make_queues(process, table, most_in_memory=30)
    flood = [update(chat, 100 * chat + n) for chat in range(5) for n in range(30)]
    await queues.accept(flood)

    first_ten_may_go.set()

    async def all_have_read() -> bool:
        return table.reads == 5

    await wait_until(all_have_read)
    assert table.read <= 30 + 5
    all_may_go.set()
    await wait_until_nothing_is(stored)
    for chat in range(5):
        assert [n for n in handled if n // 100 == chat] == [100 * chat + n for n in range(30)]


# After a start


async def store(table: WaitingUpdateRepository, *updates: Content) -> None:
    await table.put([WaitingUpdate(chat_of(u), u["update_id"], as_json(u)) for u in updates])


def as_json(raw: RawUpdate) -> str:
    return f'{{"update_id": {raw["update_id"]}, "message": {{"chat": {{"id": {chat_of(raw)}}}}}}}'


async def test_what_was_stored_when_the_program_ended_is_handled_at_the_next_start(
    queues: ChatQueues, handling: Handling, table: WaitingUpdateRepository, stored: Stored
) -> None:
    await store(table, *[update(1, n) for n in range(250)], update(2, 250))

    await queues.resume()

    await wait_until_nothing_is(stored)
    assert [n for n in handling.handled if n < 250] == list(range(250))
    assert 250 in handling.handled


async def test_what_was_stored_comes_before_what_is_polled_for_that_chat(
    queues: ChatQueues, handling: Handling, table: WaitingUpdateRepository, stored: Stored
) -> None:
    await store(table, update(1, 5), update(1, 6))
    handling.hold(1)
    await queues.resume()
    assert queues.holds(1)

    await queues.accept([update(1, 7), update(2, 8)])

    assert handling.handled == [8]
    handling.release(1)
    await wait_until_nothing_is(stored)
    assert handling.handled == [8, 5, 6, 7]


async def test_what_is_stored_and_comes_again_is_handled_in_its_turn_and_once(
    queues: ChatQueues, handling: Handling, table: WaitingUpdateRepository, stored: Stored
) -> None:
    await store(table, update(1, 5), update(1, 6))
    handling.hold(1)
    await queues.resume()

    await queues.accept([update(1, 5), update(1, 6), update(1, 7)])

    handling.release(1)
    await wait_until_nothing_is(stored)
    assert handling.handled == [5, 6, 7]


async def test_what_comes_again_when_it_was_just_handled_does_not_stay_in_the_table(
    make_queues: MakeQueues, table: WaitingUpdateRepository, stored: Stored
) -> None:
    handled: list[int] = []
    first_is_done = asyncio.Event()
    second_may_end = asyncio.Event()

    async def process(raw: RawUpdate) -> None:
        if raw["update_id"] == 6:
            first_is_done.set()
            await second_may_end.wait()
        handled.append(raw["update_id"])

    queues = make_queues(process)
    await store(table, update(1, 5), update(1, 6))
    await queues.resume()
    await asyncio.wait_for(first_is_done.wait(), 60)

    # The program was killed before the next poll could confirm what it had stored.
    await queues.accept([update(1, 5), update(1, 6), update(1, 7)])
    second_may_end.set()

    async def is_let_go() -> bool:
        return not queues.holds(1)

    await wait_until(is_let_go)
    assert handled[-2:] == [6, 7]
    assert await stored() == []


async def test_what_waits_for_a_start_is_not_all_taken_into_memory_at_once(
    make_queues: MakeQueues,
    handling: Handling,
    table: WaitingUpdateRepository,
    stored: Stored,
) -> None:
    queues = make_queues(most_in_memory=3)
    chats = range(1, 31)
    await store(table, *[update(chat, chat) for chat in chats])
    handling.hold(*chats)

    await queues.resume()

    released: set[int] = set()

    async def has_begun() -> bool:
        return len(handling.begun) >= 3

    async def another_has_begun() -> bool:
        return not released.issuperset(handling.begun)

    await wait_until(has_begun)
    # Each goes on only when it is let: meanwhile the others could begin, if there were no bound.
    while len(released) < len(chats):
        await wait_until(another_has_begun)
        assert len(handling.begun) - len(released) < 10
        one = next(chat for chat in handling.begun if chat not in released)
        released.add(one)
        handling.release(one)
    await wait_until_nothing_is(stored)
    assert sorted(handling.handled) == list(chats)


# At the end


async def test_a_stop_finishes_what_was_begun_and_the_next_start_does_the_rest_once(
    make_queues: MakeQueues, handling: Handling, stored: Stored
) -> None:
    queues = make_queues()
    handling.hold(1)
    await queues.accept([update(1, 1), update(1, 2), update(1, 3)])

    stopping = asyncio.create_task(queues.stop())
    await asyncio.wait((stopping,), timeout=GRACE)
    assert not stopping.done()
    handling.release(1)
    await asyncio.wait_for(stopping, 60)

    assert handling.handled == [1]
    assert await stored() == [2, 3]
    await make_queues().resume()
    await wait_until_nothing_is(stored)
    assert handling.handled == [1, 2, 3]


async def test_a_stop_does_not_wait_for_ever(
    make_queues: MakeQueues,
    handling: Handling,
    stored: Stored,
) -> None:
    queues = make_queues(seconds_to_stop=0.1)
    handling.hold(1)
    await queues.accept([update(1, 1)])

    await asyncio.wait_for(queues.stop(), 60)

    assert handling.handled == []
    assert await stored() == [1]


async def test_a_stop_ends_the_going_on_with_what_was_stored(
    make_queues: MakeQueues,
    handling: Handling,
    table: WaitingUpdateRepository,
    stored: Stored,
) -> None:
    queues = make_queues(most_in_memory=1)
    handling.hold(1)
    await queues.accept([update(1, 1)])
    await store(table, update(2, 2))
    await queues.resume()

    stopping = asyncio.create_task(queues.stop())
    handling.release(1)
    await asyncio.wait_for(stopping, 60)

    assert handling.handled == [1]
    assert await stored() == [2]
