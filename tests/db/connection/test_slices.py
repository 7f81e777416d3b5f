from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

import db.connection.slices
from db.connection.database import connected
from db.connection.slices import PAUSE, Slice, in_slices, slice_end
from fridge.times import EPOCH
from tests.conftest import Clock
from tests.db.tables import Tables

SECONDS_OF_WORK = 0.02


async def test_between_slices_there_is_time_for_what_people_ask(
    engine: AsyncEngine, tables: Tables, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chat in range(4):
        expires_at = clock.now + timedelta(minutes=chat)
        await tables.put_session(
            chat, created_at=clock.now, expires_at=expires_at, last_accessed=clock.now
        )
    pauses: list[float] = []
    slices: list[Slice] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(db.connection.slices, "sleep", note)

    async with connected(engine) as connection:

        async def work(piece: Slice) -> int:
            slices.append(piece)
            await connection.execute(text(f"SELECT pg_sleep({SECONDS_OF_WORK})"))
            return 1

        end = slice_end("user_fridge_sessions", "expires_at")
        last = clock.now + timedelta(hours=1)
        assert await in_slices(connection, end, last, 2, work) == 3

    second, fourth = clock.now + timedelta(minutes=1), clock.now + timedelta(minutes=3)
    assert slices == [Slice(EPOCH, second), Slice(second, fourth), Slice(fourth, last)]

    assert len(pauses) == 2
    assert min(pauses) >= SECONDS_OF_WORK * PAUSE
