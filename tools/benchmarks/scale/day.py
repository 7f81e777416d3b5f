"""Plays days of people and jobs in fast motion, and counts which updates are heap-only."""

import random
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from db.connection.database import create_engine
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.catalogue.catalogue import load_catalogue
from fridge.items import ItemKey, NewItem
from fridge.lifetime import Lifetime
from fridge.request_keys import RequestKey
from tools.benchmarks.scale.people import Command
from tools.benchmarks.scale.tables import Tables, Updates

CHATS: Final = 100
DAYS: Final = 4
FIRST_DAY: Final = datetime(2026, 3, 1, tzinfo=UTC)
DAY: Final = timedelta(hours=24)
HOUR: Final = timedelta(hours=1)
WAKING_HOURS: Final = range(8, 22)
MIX: Final = (Command.ADD, Command.FRIDGE, Command.REMOVE)
WEIGHTS: Final = (60, 25, 15)


async def live(url: str, uses_a_day: int) -> Updates:
    """Let people use their fridges a number of times a day, while the jobs run each hour.

    The tables are emptied before.

    Returns:
        The updates of sessions after the first day, on which all sessions begin.
    """
    connection = await asyncpg.connect(url)
    tables = Tables(connection)
    await connection.execute("TRUNCATE user_fridge_sessions, handled_requests CASCADE")
    try:
        await _live(url, uses_a_day, 0)
        before = await tables.updates()
        for day in range(1, DAYS):
            await _live(url, uses_a_day, day)
        return (await tables.updates()).since(before)
    finally:
        await connection.close()


async def _live(url: str, uses_a_day: int, day: int) -> None:
    chance = random.Random(day)  # noqa: S311 (reproducible, nothing secret)
    ids = [ingredient.id for ingredient in load_catalogue().ingredients]
    lifetime = Lifetime(DAY)
    engine = create_engine(url)
    fridges, sessions = FridgeRepository(engine, lifetime), SessionRepository(engine, lifetime)
    uses = sorted(
        (chance.uniform(WAKING_HOURS.start, WAKING_HOURS.stop), chat)
        for chat in range(1, CHATS + 1)
        for _ in range(uses_a_day)
    )
    hours_run = 0
    for number, (hour, chat) in enumerate([*uses, (24.0, 0)]):
        while hours_run <= hour and hours_run < DAY / HOUR:
            now = FIRST_DAY + day * DAY + hours_run * HOUR
            await sessions.extend_used(now + 2 * HOUR, now)
            await sessions.purge_expired(now)
            hours_run += 1
        if chat:
            now = FIRST_DAY + day * DAY + hour * HOUR
            key = RequestKey(chat, f"m{day}-{number}")
            names = [ItemKey(ingredient) for ingredient in chance.choices(ids, k=2)]
            match chance.choices(MIX, WEIGHTS)[0]:
                case Command.ADD:
                    await fridges.add(key, [NewItem(name) for name in dict.fromkeys(names)], now)
                case Command.FRIDGE:
                    await fridges.list(chat, now)
                case Command.REMOVE:
                    await fridges.remove(key, names, now)
    await engine.dispose()
