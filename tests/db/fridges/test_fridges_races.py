"""Statements on one chat that wait for each other: each says what was so when its turn came."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.fridges.repository import FridgeRepository
from fridge.items import NewItem
from fridge.outcomes import Fridge, Outcome, Replaced, Taken, TakenEarlier, Undone
from fridge.request_keys import RequestKind
from tests.conftest import Clock
from tests.db.conftest import CHAT
from tests.db.requests import by_name, sent
from tests.db.tables import Tables
from tests.waiting import wait_until

Result = TypeVar("Result")
Item = Callable[[str], NewItem]


class Queue:
    """Lets statements queue up behind a lock on the session's row, in a known order."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._tables = Tables(engine)
        self._waiting = 0

    @asynccontextmanager
    async def closed(self) -> AsyncGenerator[None]:
        """Holds the lock meanwhile."""
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")
            async with connection.begin():
                await connection.execute(
                    text("SELECT FROM user_fridge_sessions WHERE chat_id = :chat FOR UPDATE"),
                    {"chat": CHAT},
                )
                yield

    async def enter(self, command: Awaitable[Result]) -> asyncio.Future[Result]:
        """Runs a command, and comes back when it waits."""
        task = asyncio.ensure_future(command)
        self._waiting += 1
        await wait_until(self._all_wait)
        return task

    async def _all_wait(self) -> bool:
        return await self._tables.count_waiting() == self._waiting


@pytest.fixture
def queue(engine: AsyncEngine) -> Queue:
    return Queue(engine)


async def test_an_add_behind_a_remove_puts_back_what_that_took_out(
    fridges: FridgeRepository, queue: Queue, tables: Tables, clock: Clock, item: Item
) -> None:
    milk, egg = item("milk"), item("egg")
    await fridges.add(sent(CHAT), [milk], clock.now)

    async with queue.closed():
        remove = await queue.enter(fridges.remove(sent(CHAT), [milk.key], clock.now))
        add = await queue.enter(fridges.add(sent(CHAT), [milk, egg], clock.now))

    assert (await remove).keys == {milk.key}
    added = await add
    assert set(added.outcomes.values()) == {Outcome.ADDED}
    assert added.count == len(await tables.items(CHAT)) == 2


async def test_of_two_removes_the_second_finds_nothing_and_says_what_is_left(
    fridges: FridgeRepository, queue: Queue, clock: Clock, item: Item
) -> None:
    milk, egg = item("milk"), item("egg")
    await fridges.add(sent(CHAT), [milk, egg], clock.now)

    async with queue.closed():
        first = await queue.enter(fridges.remove(sent(CHAT), [milk.key, egg.key], clock.now))
        second = await queue.enter(fridges.remove(sent(CHAT), [milk.key], clock.now))

    assert (await first).keys == {milk.key, egg.key}
    assert ((await second).keys, (await second).count) == (frozenset(), 0)


async def test_a_remove_behind_an_add_counts_what_that_put_in(
    fridges: FridgeRepository, queue: Queue, clock: Clock, item: Item
) -> None:
    milk, egg, tofu = item("milk"), item("egg"), item("tofu")
    await fridges.add(sent(CHAT), [milk], clock.now)

    async with queue.closed():
        add = await queue.enter(fridges.add(sent(CHAT), [egg, tofu], clock.now))
        remove = await queue.enter(fridges.remove(sent(CHAT), [milk.key, egg.key], clock.now))

    assert (await add).count == 3
    removed = await remove
    assert removed.keys == {milk.key, egg.key}
    assert removed.count == 1


async def test_a_keep_behind_a_clear_counts_nothing(
    fridges: FridgeRepository, queue: Queue, clock: Clock, item: Item
) -> None:
    await fridges.add(sent(CHAT), [item("milk")], clock.now)

    async with queue.closed():
        clear = await queue.enter(fridges.clear(sent(CHAT), clock.now, clock.now))
        keep = await queue.enter(fridges.keep(sent(CHAT), clock.now))

    assert (await clear).count == 1
    assert (await keep).count == 0


async def test_an_add_that_waited_while_the_session_was_purged_and_begun_anew_is_not_fooled(
    fridges: FridgeRepository, engine: AsyncEngine, tables: Tables, clock: Clock, item: Item
) -> None:
    milk, egg = item("milk"), item("egg")
    await fridges.add(sent(CHAT), [milk], clock.now)
    queue = Queue(engine)

    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        async with connection.begin():
            await connection.execute(
                text("DELETE FROM user_fridge_sessions WHERE chat_id = :chat"), {"chat": CHAT}
            )
            await connection.execute(
                text(
                    "INSERT INTO user_fridge_sessions"
                    " (chat_id, created_at, expires_at, last_accessed, revision)"
                    " VALUES (:chat, :now, :later, :now, 1)"
                ),
                {"chat": CHAT, "now": clock.now, "later": clock.now + timedelta(hours=24)},
            )
            add = await queue.enter(fridges.add(sent(CHAT), [milk, egg], clock.now))

    added = await add
    assert set(added.outcomes.values()) == {Outcome.ADDED}
    assert added.count == len(await tables.items(CHAT)) == 2


async def test_a_remove_that_waits_twice_for_its_turn_removes_once_and_says_so_twice(
    fridges: FridgeRepository, queue: Queue, tables: Tables, clock: Clock, item: Item
) -> None:
    milk, egg = item("milk"), item("egg")
    await fridges.add(sent(CHAT), [milk, egg], clock.now)
    clock.advance(minutes=1)
    key = sent(CHAT)

    async with queue.closed():
        first = await queue.enter(fridges.remove(key, [milk.key], clock.now))
        add = await queue.enter(fridges.add(sent(CHAT), [milk], clock.now))
        again = await queue.enter(fridges.remove(key, [milk.key], clock.now))

    removed = await again
    assert removed == await first
    assert (await add).outcomes == {milk.key: Outcome.ADDED}
    assert removed.keys == {milk.key}
    assert len(await tables.items(CHAT)) == removed.count + 1 == 2


async def test_an_add_that_waits_twice_for_its_turn_adds_once_and_says_so_twice(
    fridges: FridgeRepository, queue: Queue, tables: Tables, clock: Clock, item: Item
) -> None:
    milk, egg = item("milk"), item("egg")
    await fridges.add(sent(CHAT), [milk], clock.now)
    key = sent(CHAT)

    async with queue.closed():
        first = await queue.enter(fridges.add(key, [milk, egg], clock.now))
        remove = await queue.enter(fridges.remove(sent(CHAT), [milk.key, egg.key], clock.now))
        again = await queue.enter(fridges.add(key, [milk, egg], clock.now))

    added = await again
    assert added == await first
    assert (await remove).keys == {milk.key, egg.key}
    assert added.outcomes == {milk.key: Outcome.ALREADY_THERE, egg.key: Outcome.ADDED}
    assert await tables.items(CHAT) == []


async def test_of_two_undos_the_second_is_declined(
    fridges: FridgeRepository, queue: Queue, clock: Clock, item: Item
) -> None:
    milk, take = item("milk"), sent(CHAT)
    await fridges.add(sent(CHAT), [milk], clock.now)
    await fridges.take(take, milk.key.reference, clock.now)

    async with queue.closed():
        undos = [
            await queue.enter(fridges.undo(sent(CHAT), take.to(RequestKind.TAKE), clock.now))
            for _ in range(2)
        ]

    first, second = [await undo for undo in undos]
    assert (first.put_back, second.put_back) == ([milk], [])
    assert first.fridge == second.fridge == await fridges.list(CHAT, clock.now)


async def test_an_undo_behind_an_add_of_something_else_is_done(
    fridges: FridgeRepository, queue: Queue, clock: Clock, item: Item
) -> None:
    milk, egg, clear = item("milk"), item("egg"), sent(CHAT)
    await fridges.add(sent(CHAT), [milk], clock.now)
    await fridges.clear(clear, clock.now, clock.now)

    async with queue.closed():
        add = await queue.enter(fridges.add(sent(CHAT), [egg], clock.now))
        undo = await queue.enter(fridges.undo(sent(CHAT), clear.to(RequestKind.CLEAR), clock.now))

    assert (await add).count == 1
    assert (await undo).put_back == [milk]
    assert {there.key for there in (await undo).fridge.items} == {milk.key, egg.key}


async def test_an_undo_behind_an_add_of_what_it_would_put_back_changes_nothing(
    fridges: FridgeRepository, queue: Queue, tables: Tables, clock: Clock, item: Item
) -> None:
    milk, egg, clear = item("milk"), item("egg"), sent(CHAT)
    await fridges.add(sent(CHAT), [milk, egg], clock.now)
    await fridges.clear(clear, clock.now, clock.now)
    clock.advance(hours=1)

    async with queue.closed():
        await queue.enter(fridges.add(sent(CHAT), [milk], clock.now))
        undo = await queue.enter(fridges.undo(sent(CHAT), clear.to(RequestKind.CLEAR), clock.now))

    assert (await undo).put_back == []
    [there] = await tables.items(CHAT)
    assert (there["ingredient_id"], there["added_at"]) == (milk.key.ingredient_id, clock.now)


async def test_an_undo_behind_a_change_of_the_same_item_is_declined(
    fridges: FridgeRepository, queue: Queue, tables: Tables, clock: Clock, item: Item
) -> None:
    milk, egg, add = item("milk"), item("egg"), sent(CHAT)
    await fridges.add(add, [milk, egg], clock.now)

    async with queue.closed():
        take = await queue.enter(fridges.take(sent(CHAT), milk.key.reference, clock.now))
        undo = await queue.enter(fridges.undo(sent(CHAT), add.to(RequestKind.ADD), clock.now))

    assert (await take).item == milk
    assert (await undo).taken_out == []
    assert [item.key for item in (await undo).fridge.items] == [egg.key]
    assert len(await tables.items(CHAT)) == 1


async def test_of_two_who_tap_the_same_item_one_takes_it_and_both_see_the_truth(
    fridges: FridgeRepository, queue: Queue, clock: Clock, item: Item
) -> None:
    milk, egg, keys = item("milk"), item("egg"), [sent(CHAT), sent(CHAT)]
    await fridges.add(sent(CHAT), [milk, egg], clock.now)

    async with queue.closed():
        taps = [await queue.enter(fridges.take(key, milk.key.reference, clock.now)) for key in keys]

    first, second = [await tap for tap in taps]
    assert (first.item, first.earlier, second.item) == (milk, None, None)
    assert second.earlier == TakenEarlier(milk, by_name(keys[0]))
    assert first.fridge == second.fridge
    assert [item.key for item in first.fridge.items] == [egg.key]


async def test_an_undo_that_waits_twice_for_its_turn_undoes_once_and_says_so_twice(
    fridges: FridgeRepository, queue: Queue, clock: Clock, item: Item
) -> None:
    milk, clear, undo = item("milk"), sent(CHAT), sent(CHAT)
    await fridges.add(sent(CHAT), [milk], clock.now)
    await fridges.clear(clear, clock.now, clock.now)
    clock.advance(minutes=1)

    async with queue.closed():
        first = await queue.enter(fridges.undo(undo, clear.to(RequestKind.CLEAR), clock.now))
        take = await queue.enter(fridges.take(sent(CHAT), milk.key.reference, clock.now))
        again = await queue.enter(fridges.undo(undo, clear.to(RequestKind.CLEAR), clock.now))

    assert (await first).put_back == (await again).put_back == [milk]
    # Both of these had to run again, whichever was first.
    assert (await take).item == milk
    assert (await fridges.list(CHAT, clock.now)).items == []


@pytest.mark.parametrize("command", ["undo", "take", "replace"])
async def test_what_waited_while_the_session_was_purged_changes_nothing(
    *,
    command: str,
    fridges: FridgeRepository,
    engine: AsyncEngine,
    tables: Tables,
    clock: Clock,
    item: Item,
) -> None:
    milk, egg, take = item("milk"), item("egg"), sent(CHAT)
    await fridges.add(sent(CHAT), [milk, egg], clock.now)
    await fridges.take(take, milk.key.reference, clock.now)
    late: Awaitable[Undone | Taken | Replaced]
    match command:
        case "undo":
            late = fridges.undo(sent(CHAT), take.to(RequestKind.TAKE), clock.now)
        case "take":
            late = fridges.take(sent(CHAT), egg.key.reference, clock.now)
        case _:
            late = fridges.replace(sent(CHAT), egg.key.reference, milk, clock.now)

    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        async with connection.begin():
            await connection.execute(
                text("DELETE FROM user_fridge_sessions WHERE chat_id = :chat"), {"chat": CHAT}
            )
            waiting = await Queue(engine).enter(late)

    empty = Fridge([], None, None)
    expected = {
        "undo": Undone([], [], empty),
        "take": Taken(None, empty),
        "replace": Replaced(None, 0, None),
    }
    assert await waiting == expected[command]
    assert await tables.items(CHAT) == []
