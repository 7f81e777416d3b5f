"""Updates that nobody should ever send do no harm, by polling and by webhook.

`FUZZ_UPDATES=200000` sends so many of them in each mode, `FUZZ_SEED=7` others than usual.
"""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import islice
from typing import Any, Final

import pytest
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.features.guide import views as guide
from bot.locale.language import Language
from bot.receiving.polling import Polling
from bot.receiving.webhook import Webhook
from bot.receiving.wiring import Pipeline
from bot.telegram.updates import read_update
from local_telegram.protocol.json_values import Json
from local_telegram.server import LocalTelegramServer
from local_telegram.state.chats import Chat
from local_telegram.telegram import LocalTelegram
from tests.fuzz.log import listening
from tests.fuzz.updates import Place, Updates
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

COUNT: Final = int(os.environ.get("FUZZ_UPDATES", "1000"))
SEED: Final = int(os.environ.get("FUZZ_SEED", "20260301"))
WAVE: Final = max(300, COUNT // 200)
LONGEST_WAVE_SECONDS: Final = 60
SLOW_SECONDS: Final = 1.0
LONGEST_LINE: Final = 1000
SECRET: Final = "fuzz"

NOBODY: Final = {"id": 9001, "is_bot": False, "first_name": "Nobody"}
UNKNOWN: Final = (
    Place({"id": 9001, "type": "private", "first_name": "Nobody"}, [NOBODY]),
    Place({"id": -9002, "type": "group", "title": "Gone"}, [NOBODY]),
)
"""Chats that Telegram does not find any more."""

Receive = Callable[[Pipeline], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def by_polling(pipeline: Pipeline) -> AsyncGenerator[None]:
    stopping = asyncio.Event()
    polling = asyncio.create_task(Polling(pipeline).run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await polling


@asynccontextmanager
async def by_webhook(pipeline: Pipeline) -> AsyncGenerator[None]:
    listening_socket = socket.create_server(("127.0.0.1", 0))
    port = listening_socket.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hook"
    webhook = Webhook(pipeline, url=url, secret=SECRET, reply_in_response=True)
    runner = web.ServerRunner(webhook.build_server())
    await runner.setup()
    await web.SockSite(runner, listening_socket).start()
    await webhook.register()
    try:
        yield
    finally:
        await pipeline.bot.delete_webhook()
        await runner.cleanup()


@pytest.mark.unwatched
@pytest.mark.parametrize("receive", [by_polling, by_webhook])
async def test_updates_that_nobody_should_send_do_no_harm(
    receive: Receive,
    pipeline: Pipeline,
    telegram: LocalTelegramServer,
    engine: AsyncEngine,
) -> None:
    local = telegram.telegram
    local.record_calls = False
    chats = _populate(local)
    updates = Updates(SEED, [*(_place(chat) for chat in chats), *UNKNOWN])

    with listening() as log:
        async with receive(pipeline):
            stream = updates.take(COUNT)
            while wave := list(islice(stream, WAVE)):
                # Whoever has to wait long goes through the table of those who wait.
                local.faults.add(method="sendMessage", delay=SLOW_SECONDS)
                sent = {local.push_update(update): update for update in wave}
                await _get_through(local, engine)
                failed = await _rows(engine, "failed_updates")
                assert not failed, [(sent[row.update_id], row.error) for row in failed]
                assert not log.errors
            local.faults.clear()
            answers = [await _fridge(local, chat) for chat in chats]

    assert not log.errors
    assert not {answer["text"] for answer in answers} & {
        guide.went_wrong(language).text for language in Language
    }
    assert len(log.longest) <= LONGEST_LINE


def test_the_same_seed_generates_the_same_updates() -> None:
    assert list(Updates(1, UNKNOWN).take(200)) == list(Updates(1, UNKNOWN).take(200))
    assert list(Updates(1, UNKNOWN).take(200)) != list(Updates(2, UNKNOWN).take(200))


def test_what_is_not_damaged_is_read() -> None:
    updates = Updates(SEED, UNKNOWN)

    read = [read_update({"update_id": 1} | updates.valid()) for _ in range(2000)]

    assert None not in read


def _populate(local: LocalTelegram) -> Sequence[Chat]:
    """Let some more people and groups exist; return all chats."""
    people = [
        local.add_person(2001 + number, f"Person {number}", ("ko", "en")[number % 2])
        for number in range(6)
    ]
    for group_id in (-5001, -5002, -1_000_000_005_003):
        local.add_group(group_id, f"Group {group_id}", people[:3])
    return local.chats.all()


def _place(chat: Chat) -> Place:
    return Place(chat.as_chat(), [person.as_user() for person in chat.members.values()])


async def _get_through(local: LocalTelegram, engine: AsyncEngine) -> None:
    """Wait until all that was sent is confirmed and processed."""

    async def is_through() -> bool:
        return not local.updates.pending_count and not await _rows(engine, "waiting_updates")

    try:
        await wait_until(is_through, LONGEST_WAVE_SECONDS)
    except TimeoutError:
        unconfirmed = [update.body for update in local.updates.unconfirmed(0, 3)]
        pytest.fail(f"stuck: {unconfirmed} and {await _rows(engine, 'waiting_updates')}")


async def _fridge(local: LocalTelegram, chat: Chat) -> Json:
    """Let somebody ask what is in the fridge, in a chat that says first that the bot is in it."""
    person = next(iter(chat.members.values()))
    member: Json = {"user": local.bot.as_user(), "status": "member"}
    change: Json = {
        "chat": chat.as_chat(),
        "from": person.as_user(),
        "date": local.now(),
        "old_chat_member": member | {"status": "left"},
        "new_chat_member": member,
    }
    local.push_update({"my_chat_member": change})
    asked = local.send_text(person, chat.id, f"/fridge@{local.bot.username}")
    return await local.wait_for_message(chat.id, after=asked["message_id"])


async def _rows(engine: AsyncEngine, table: str) -> list[Any]:
    async with engine.connect() as connection:
        return list(await connection.execute(text(f"SELECT * FROM {table} LIMIT 3")))
