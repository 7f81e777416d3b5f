import asyncio
import logging
import time
from dataclasses import replace

import pytest
from telegram.error import InvalidToken

from bot.features.services import Services
from bot.receiving.chat_queues import GRACE_SECONDS
from bot.receiving.polling import Polling
from bot.receiving.wiring import Pipeline
from db.connection.database import Engine
from local_telegram.server import LocalTelegramServer
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.bot.away import FOR_EVER, AwayRepository
from tests.bot.conftest import UNTIL_RELEASED
from tests.bot.conversation import Conversation, seen
from tests.bot.running import new_pipeline, polling
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
    polling = asyncio.create_task(Polling(pipeline).run(stopping))

    await asyncio.wait_for(local.updates.confirmed(update_id), 60)

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
    polling = asyncio.create_task(Polling(pipeline).run(stopping))

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
    polling = asyncio.create_task(Polling(pipeline).run(stopping))

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
    began_at = time.monotonic()
    polling = asyncio.create_task(Polling(pipeline).run(stopping))
    local.send_text(local.people[1002], 1002, "/add milk")

    await local.wait_for_message(1002, after=1, timeout=10)

    # After a 429, for as long as it says.
    assert status != 429 or time.monotonic() - began_at >= 1
    stopping.set()
    await polling


async def test_a_server_that_keeps_no_poll_waiting_is_not_asked_without_a_pause(
    telegram: LocalTelegramServer, pipeline: Pipeline
) -> None:
    local = telegram.telegram

    async def were_asked() -> bool:
        return sum(call.method == "getUpdates" for call in local.calls) > 3

    began_at = time.monotonic()
    async with polling(pipeline, poll_seconds=0, shortest_empty_poll_seconds=0.2):
        await wait_until(were_asked)
        assert time.monotonic() - began_at >= 3 * 0.2
        local.send_text(local.people[1002], 1002, "/add milk")
        assert await local.wait_for_message(1002)


async def test_a_token_that_is_no_longer_taken_ends_the_program(
    telegram: LocalTelegramServer, pipeline: Pipeline
) -> None:
    telegram.telegram.faults.add(
        method="getUpdates", times=1, status=401, description="Unauthorized"
    )

    with pytest.raises(InvalidToken):
        await asyncio.wait_for(Polling(pipeline).run(asyncio.Event()), 60)


async def test_ids_that_begin_anew_after_a_quiet_week_confirm_nothing_that_was_not_answered(
    telegram: LocalTelegramServer, pipeline: Pipeline
) -> None:
    local = telegram.telegram
    emma = local.people[1002]
    async with polling(pipeline, poll_seconds=1):
        local.send_text(emma, emma.id, "/add milk")
        await asyncio.wait_for(local.updates.confirmed(local.updates.last_id), 60)

        async def nothing_came() -> bool:
            polls = [c.parameters["offset"] for c in local.calls if c.method == "getUpdates"]
            return len(polls) > 2 and polls[-1] == 0

        await wait_until(nothing_came)
        local.updates.last_id = 10
        said = local.send_text(emma, emma.id, "/add tofu")
        reply = await local.wait_for_message(emma.id, after=said["message_id"])
    assert seen(reply["text"]) == "Added: 🥢 tofu\n2 items in the fridge now."


def said_in(local: LocalTelegram, chat: int) -> list[str]:
    """What the bot has said in a chat."""
    return [seen(m["text"]) for m in local.messages(chat) if m["from"]["is_bot"]]


@pytest.mark.parametrize("grace", [GRACE_SECONDS])
async def test_a_chat_whose_answer_takes_long_holds_up_neither_the_others_nor_the_next_polls(
    *,
    local: LocalTelegram,
    release: asyncio.Event,
    pipeline: Pipeline,
    services: Services,
    tables: Tables,
) -> None:
    emma, minji = local.people[1002], local.people[1001]
    local.faults.add(method="sendMessage", times=1, delay=UNTIL_RELEASED)
    async with polling(pipeline):
        local.send_text(emma, emma.id, "/add milk")
        update_id = local.updates.last_id

        async def is_committed() -> bool:
            return len(await tables.items(emma.id)) == 1

        await wait_until(is_committed)
        for number in range(1, 4):
            said = local.send_text(minji, minji.id, "/fridge")
            await local.wait_for_message(minji.id, after=said["message_id"])
            assert len(said_in(local, minji.id)) == number
        await local.updates.confirmed(update_id)
        assert said_in(local, emma.id) == []
        [waiting] = await services.waiting_updates.next(emma.id, 0, 100)
        assert waiting.update_id == update_id

        release.set()
        await local.wait_for_message(emma.id)

        async def is_dropped() -> bool:
            return not await services.waiting_updates.chats()

        await wait_until(is_dropped)
    assert said_in(local, emma.id) == ["Added: 🥛 milk\n1 item in the fridge now."]


async def test_a_flood_of_one_chat_is_answered_in_its_order_and_others_meanwhile(
    telegram: LocalTelegramServer, pipeline: Pipeline
) -> None:
    local = telegram.telegram
    emma, minji = local.people[1002], local.people[1001]
    for number in range(300):
        local.send_text(emma, emma.id, f"/add thing {number}")
    said = local.send_text(minji, minji.id, "/fridge")
    local.faults.add(method="sendMessage", times=301, delay=0.01)
    async with polling(pipeline):
        await local.wait_for_message(minji.id, after=said["message_id"], timeout=10)
        answered_before = len(said_in(local, emma.id))

        async def all_are_answered() -> bool:
            return len(said_in(local, emma.id)) >= 300

        await wait_until(all_are_answered, seconds=60)
    assert answered_before < 300
    answers = said_in(local, emma.id)
    assert [f"Added: thing {n}\n" in answer for n, answer in enumerate(answers)] == [True] * 300


async def test_a_stop_repeats_nothing_and_the_next_start_goes_on(
    telegram: LocalTelegramServer, services: Services
) -> None:
    local = telegram.telegram
    emma = local.people[1002]
    for number in range(150):
        local.send_text(emma, emma.id, f"/add thing {number}")
    local.faults.add(method="sendMessage", times=150, delay=0.01)
    async with new_pipeline(telegram, services) as first, polling(first):
        await local.wait_for_message(emma.id, timeout=10)
        # A batch is stored, and the next poll has confirmed it.
        await asyncio.wait_for(local.updates.confirmed(local.updates.last_id - 149), 60)
    answered = len(said_in(local, emma.id))
    assert 0 < answered < 150

    async with new_pipeline(telegram, services) as second, polling(second):

        async def all_are_answered() -> bool:
            return len(said_in(local, emma.id)) >= 150 and not local.updates.pending_count

        await wait_until(all_are_answered, seconds=60)

    answers = said_in(local, emma.id)
    assert len(answers) == 150
    assert [f"Added: thing {n}\n" in answer for n, answer in enumerate(answers)] == [True] * 150
    assert await services.waiting_updates.chats() == []


async def test_what_could_not_be_stored_when_it_stops_is_not_confirmed(
    telegram: LocalTelegramServer, services: Services, engine: Engine
) -> None:
    local = telegram.telegram
    emma = local.people[1002]
    away = AwayRepository(engine, times=0)
    local.faults.add(method="sendMessage", times=1, delay=2)
    async with (
        new_pipeline(telegram, replace(services, waiting_updates=away)) as first,
        polling(first),
    ):
        away.times = FOR_EVER
        local.send_text(emma, emma.id, "/add milk")

        async def has_tried_to_store() -> bool:
            return away.times < FOR_EVER

        await wait_until(has_tried_to_store)
    assert local.updates.pending_count == 1

    async with new_pipeline(telegram, services) as second, polling(second):
        await asyncio.wait_for(local.updates.confirmed(local.updates.last_id), 60)

    # It was answered, and as nobody could know that, it is answered again.
    assert said_in(local, emma.id) == ["Added: 🥛 milk\n1 item in the fridge now."] * 2


async def test_another_program_that_polls_is_named_in_one_line(
    bot: Conversation, telegram: LocalTelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot.receiving.polling_conflicts")
    telegram.telegram.faults.add(
        method="getUpdates", times=2, status=409, description="Conflict: terminated by other"
    )

    await bot.say("emma", "/fridge")
    await bot.say("emma", "/fridge")

    beginning, end = (record.getMessage() for record in caplog.records)
    assert beginning.startswith("Polling fails")
    assert "another program polls with this token, probably another copy of this bot" in beginning
    assert end.startswith("Polling works again")


async def test_updates_of_no_chat_and_unreadable_ones_are_confirmed(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    poll = telegram.telegram.push_update({"poll": {"id": "1"}})
    odd = telegram.telegram.push_update({"message": {"chat": {"id": 1002}, "text": 5}})

    await bot.say("emma", "/fridge")

    async with asyncio.timeout(60):
        await telegram.telegram.updates.confirmed(poll)
        await telegram.telegram.updates.confirmed(odd)
