import asyncio

import pytest

from db.connection.database import Engine
from db.updates.waiting_updates import WaitingUpdate, WaitingUpdateRepository
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.lock_order import chats_not_locked_yet


@pytest.fixture
def waiting_updates(engine: Engine) -> WaitingUpdateRepository:
    return WaitingUpdateRepository(engine)


def numbered(chat: int, *update_ids: int) -> list[WaitingUpdate]:
    return [
        WaitingUpdate(chat, update_id, f'{{"update_id": {update_id}}}') for update_id in update_ids
    ]


async def test_the_updates_of_a_chat_come_in_their_order_whatever_order_they_were_put_in(
    waiting_updates: WaitingUpdateRepository,
) -> None:
    await waiting_updates.put([*numbered(CHAT, 30, 10), *numbered(OTHER_CHAT, 20)])
    await waiting_updates.put(numbered(CHAT, 20, 9))

    assert await waiting_updates.next(CHAT, 0, 10) == numbered(CHAT, 9, 10, 20, 30)
    assert await waiting_updates.next(OTHER_CHAT, 0, 10) == numbered(OTHER_CHAT, 20)


async def test_no_more_come_than_asked_for_and_none_that_came_before(
    waiting_updates: WaitingUpdateRepository,
) -> None:
    await waiting_updates.put(numbered(CHAT, *range(1, 8)))

    assert await waiting_updates.next(CHAT, 0, 3) == numbered(CHAT, 1, 2, 3)
    assert await waiting_updates.next(CHAT, 3, 3) == numbered(CHAT, 4, 5, 6)
    assert await waiting_updates.next(CHAT, 6, 3) == numbered(CHAT, 7)
    assert await waiting_updates.next(CHAT, 7, 3) == []


async def test_an_update_that_is_put_again_waits_once_and_stays_as_it_was(
    waiting_updates: WaitingUpdateRepository,
) -> None:
    [update] = numbered(CHAT, 5)
    changed = update._replace(content="{}")
    await waiting_updates.put([update, changed])
    await waiting_updates.put([changed, *numbered(CHAT, 6)])

    assert await waiting_updates.next(CHAT, 0, 10) == [update, *numbered(CHAT, 6)]


async def test_of_updates_that_are_twice_in_a_batch_the_first_is_put(
    waiting_updates: WaitingUpdateRepository,
) -> None:
    batch = numbered(CHAT, *range(1, 301))
    again = [update._replace(content="{}") for update in batch]

    await waiting_updates.put([*reversed(batch), *again])

    assert await waiting_updates.next(CHAT, 0, 1000) == batch


async def test_simultaneous_puts_of_one_batch_keep_each_update_once(
    waiting_updates: WaitingUpdateRepository,
) -> None:
    batch = numbered(CHAT, *range(100))

    await asyncio.gather(*(waiting_updates.put(batch) for _ in range(10)))

    assert await waiting_updates.next(CHAT, -1, 1000) == batch


async def test_replicas_that_put_the_same_chats_never_wait_for_one_another_in_a_circle(
    waiting_updates: WaitingUpdateRepository, engine: Engine
) -> None:
    batch = [update for chat in (1, 2, 3) for update in numbered(chat, 1)]
    await waiting_updates.put(batch)

    free = await chats_not_locked_yet(engine, "waiting_updates", 2, waiting_updates.put(batch))

    # As people's commands do, which lock the highest chat first.
    assert free == [1]


async def test_an_update_that_was_handled_is_dropped_from_its_own_chat(
    waiting_updates: WaitingUpdateRepository,
) -> None:
    await waiting_updates.put([*numbered(CHAT, 1, 2), *numbered(OTHER_CHAT, 1)])

    await waiting_updates.drop(CHAT, 1)
    await waiting_updates.drop(CHAT, 1)

    assert await waiting_updates.next(CHAT, 0, 10) == numbered(CHAT, 2)
    assert await waiting_updates.next(OTHER_CHAT, 0, 10) == numbered(OTHER_CHAT, 1)


async def test_the_chats_with_updates_are_named_once(
    waiting_updates: WaitingUpdateRepository,
) -> None:
    assert await waiting_updates.chats() == []
    await waiting_updates.put([*numbered(CHAT, 1, 2, 3), *numbered(OTHER_CHAT, 4)])

    assert sorted(await waiting_updates.chats()) == [OTHER_CHAT, CHAT]
    await waiting_updates.drop(OTHER_CHAT, 4)
    assert await waiting_updates.chats() == [CHAT]


@pytest.mark.parametrize(
    "content",
    [
        '{"message": {"text": "\\u0000"}}',
        '{"message": {"text": "\\ud83d"}}',
        '{"message": {"text": "우유 🥛 \'quoted\' \\" :name %s $1"}}',
        '{"spaces":  [ ] , "twice": 1, "twice": 2}',
        '{"text": "' + "김치" * 100_000 + '"}',
    ],
    ids=["a character zero", "half a character", "signs", "oddly written", "long"],
)
async def test_an_update_is_kept_to_the_letter(
    content: str, waiting_updates: WaitingUpdateRepository
) -> None:
    update = WaitingUpdate(-(2**51), 2**40, content)
    await waiting_updates.put([update])

    assert await waiting_updates.next(-(2**51), 0, 1) == [update]
