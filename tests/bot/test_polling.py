import asyncio

import pytest
from telegram.error import InvalidToken

from bot.pipeline import Pipeline
from bot.polling import Polling
from local_telegram.people import Person
from local_telegram.server import LocalTelegramServer
from tests.bot.conversation import seen
from tests.db.tables import Tables
from tests.waiting import wait_until


async def test_an_update_is_confirmed_only_after_its_effect_is_committed(
    telegram: LocalTelegramServer, pipeline: Pipeline, tables: Tables
) -> None:
    local = telegram.telegram
    emma = local.people[1002]
    local.send_text(emma, 1002, "/add milk")
    update_id = local.updates.last_id
    stopping = asyncio.Event()
    polling = asyncio.create_task(Polling(pipeline.bot, pipeline.queues).run(stopping))

    await asyncio.wait_for(local.updates.confirmed(update_id), 5)

    assert len(await tables.items(1002)) == 1
    assert [seen(message["text"]) for message in local.messages(1002)][1:] == [
        "Added: 🥛 milk\n1 item in the fridge now."
    ]
    stopping.set()
    await polling


async def test_what_was_begun_is_finished_and_confirmed_before_it_stops(
    telegram: LocalTelegramServer, pipeline: Pipeline, tables: Tables
) -> None:
    local = telegram.telegram
    emma = local.people[1002]
    local.faults.add(method="sendMessage", times=1, delay=0.3)
    local.send_text(emma, 1002, "/add milk")
    stopping = asyncio.Event()
    polling = asyncio.create_task(Polling(pipeline.bot, pipeline.queues).run(stopping))

    async def is_committed() -> bool:
        return len(await tables.items(1002)) == 1

    await wait_until(is_committed)
    stopping.set()  # while the reply is on its way
    await polling

    assert local.updates.pending_count == 0
    assert seen(local.messages(1002)[-1]["text"]) == "Added: 🥛 milk\n1 item in the fridge now."


async def test_the_updates_of_a_chat_keep_their_order(
    telegram: LocalTelegramServer, pipeline: Pipeline
) -> None:
    local = telegram.telegram
    people = [local.people[1001], local.people[1002]]
    for number in range(20):
        for person in people:
            local.send_text(person, person.id, f"/add thing {number}")
    stopping = asyncio.Event()
    polling = asyncio.create_task(Polling(pipeline.bot, pipeline.queues).run(stopping))

    def replies_to(person: Person) -> list[str]:
        return [m["text"] for m in local.messages(person.id) if m["from"]["is_bot"]]

    async def all_are_answered() -> bool:
        return all(len(replies_to(person)) == 20 for person in people)

    await wait_until(all_are_answered)
    for person in people:
        replies = replies_to(person)
        assert [f"thing {number}\n" in reply for number, reply in enumerate(replies)] == [True] * 20
    stopping.set()
    await polling


@pytest.mark.parametrize("status", [429, 500, 502])
async def test_a_passing_fault_is_waited_out(
    telegram: LocalTelegramServer, pipeline: Pipeline, status: int
) -> None:
    local = telegram.telegram
    local.faults.add(
        method="getUpdates", times=1, status=status, retry_after=1 if status == 429 else None
    )
    stopping = asyncio.Event()
    polling = asyncio.create_task(Polling(pipeline.bot, pipeline.queues).run(stopping))
    local.send_text(local.people[1002], 1002, "/add milk")

    await local.wait_for_message(1002, after=1, timeout=10)

    stopping.set()
    await polling


async def test_a_token_that_is_no_longer_taken_ends_the_program(
    telegram: LocalTelegramServer, pipeline: Pipeline
) -> None:
    telegram.telegram.faults.add(
        method="getUpdates", times=1, status=401, description="Unauthorized"
    )

    with pytest.raises(InvalidToken):
        await asyncio.wait_for(Polling(pipeline.bot, pipeline.queues).run(asyncio.Event()), 5)
