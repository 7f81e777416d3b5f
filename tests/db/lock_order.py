"""The order in which a statement locks the rows of several chats."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.db.tables import Tables
from tests.waiting import wait_until


async def chats_not_locked_yet(
    engine: AsyncEngine, table: str, chat: int, command: Coroutine[Any, Any, object]
) -> Sequence[int]:
    """The chats whose rows a command has not locked when it waits for the row of one chat."""
    tables = Tables(engine)

    async def it_waits() -> bool:
        return await tables.count_waiting() == 1

    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        async with connection.begin():
            held = f"SELECT FROM {table} WHERE chat_id = :chat FOR UPDATE"
            await connection.execute(text(held), {"chat": chat})
            running = asyncio.create_task(command)
            await wait_until(it_waits)
            others = f"SELECT chat_id FROM {table} WHERE chat_id <> :chat FOR UPDATE SKIP LOCKED"
            found = await connection.execute(text(others), {"chat": chat})
            free = sorted(found.scalars())
    await running
    return free
