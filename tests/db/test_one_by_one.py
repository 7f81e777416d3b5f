"""The statements come to the same where their CTEs run one after the other, as on Citus."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlalchemy import text

from db.connection.database import Engine, create_engine
from db.fridges.expiry_warnings import Position, Window
from db.schema.models import Base
from fridge.items import ItemKey, NewItem
from fridge.request_keys import RequestKey, RequestKind
from tests.db.commands import NOW, Repositories
from tests.db.conftest import CHAT
from tests.db.one_by_one import one_by_one

MILK: Final = NewItem(ItemKey(1))
EGG: Final = NewItem(ItemKey(2))
TOFU: Final = NewItem(ItemKey(0, "tofu"), "Tofu")

Step = Callable[[Repositories, datetime], Awaitable[object]]


def key(name: str) -> RequestKey:
    return RequestKey(CHAT, name)


async def warn(to: Repositories, now: datetime) -> object:
    """Claim what is due, and say when the chat used its fridge last."""
    claimed = await to.warnings.claim(
        [Window("UTC", now - timedelta(days=9), now + timedelta(days=9))], Position(), 50, now
    )
    for warning in claimed.warnings:
        await to.warnings.mark_sent(warning.chat_id, warning.last_accessed, now)
    return claimed


# Each after so many minutes.
STEPS: Final[Sequence[tuple[int, Step]]] = [
    (0, lambda to, now: to.fridges.add(key("a"), [MILK, TOFU], now, "ko")),
    (0, lambda to, now: to.fridges.add(key("b"), [MILK, EGG], now)),
    (0, lambda to, now: to.fridges.add(key("b"), [MILK, EGG], now)),
    (0, lambda to, now: to.fridges.add(key("c"), [MILK], now)),
    (5, lambda to, now: to.fridges.add(key("d"), [MILK], now)),
    (0, lambda to, now: to.fridges.list(CHAT, now)),
    (5, lambda to, now: to.fridges.list(CHAT, now)),
    (0, lambda to, now: to.fridges.remove(key("e"), [MILK.key, ItemKey(9)], now)),
    (0, lambda to, now: to.fridges.remove(key("f"), [MILK.key], now)),
    (0, lambda to, now: to.fridges.undo(key("g"), key("e").to(RequestKind.REMOVE), now)),
    (0, lambda to, now: to.fridges.undo(key("h"), key("e").to(RequestKind.REMOVE), now)),
    (0, lambda to, now: to.fridges.undo(key("g"), key("e").to(RequestKind.REMOVE), now)),
    (0, lambda to, now: to.fridges.undo(key("i"), key("unknown").to(RequestKind.REMOVE), now)),
    (0, lambda to, now: to.fridges.take(key("j"), TOFU.key.reference, now)),
    (0, lambda to, now: to.fridges.take(key("k"), TOFU.key.reference, now)),
    (0, lambda to, now: to.fridges.undo(key("l"), key("j").to(RequestKind.TAKE), now)),
    (0, lambda to, now: to.fridges.replace(key("m"), EGG.key.reference, NewItem(ItemKey(3)), now)),
    (0, lambda to, now: to.fridges.replace(key("n"), ItemKey(3).reference, MILK, now)),
    (0, lambda to, now: to.fridges.undo(key("o"), key("n").to(RequestKind.REPLACE), now)),
    (0, lambda to, now: to.fridges.undo(key("p"), key("m").to(RequestKind.REPLACE), now)),
    (0, lambda to, now: to.fridges.clear(key("q"), now, now)),
    (0, lambda to, now: to.fridges.undo(key("r"), key("q").to(RequestKind.CLEAR), now)),
    (0, lambda to, now: to.fridges.keep(key("s"), now)),
    (0, lambda to, now: to.chats.choose(key("t"), now, language="en")),
    (0, lambda to, now: to.chats.choose(key("u"), now, warnings=True)),
    (0, lambda to, now: to.chats.choose(key("t"), now, language="ko")),
    (0, lambda to, now: to.handled_requests.offer(key("v"), ["quark"], now)),
    (0, lambda to, now: to.handled_requests.offer(key("w"), ["mold"], now)),
    (60, warn),
    (60, lambda to, now: to.warnings.keep(key("x"), NOW + timedelta(minutes=10), now)),
    (60, warn),
    (24 * 60, lambda to, now: to.fridges.list(CHAT, now)),
    (0, lambda to, now: to.warnings.keep(key("y"), NOW + timedelta(minutes=130), now, "en")),
    (60, warn),
    (24 * 60, lambda to, now: to.sessions.purge_expired(now)),
    (0, lambda to, now: to.fridges.add(key("z"), [NewItem(ItemKey(5))], now)),
    (0, lambda to, now: to.warnings.keep(key("ä"), now - timedelta(minutes=24 * 60 + 60), now)),
    (25 * 60, lambda to, now: to.fridges.add(key("ö"), [EGG], now)),
    (0, lambda to, now: to.fridges.list(CHAT, now)),
    (0, lambda to, now: to.fridges.keep(RequestKey(-CHAT, "a"), now)),
    (0, lambda to, now: to.migrated_groups.move(CHAT, -CHAT, now)),
    (0, lambda to, now: to.forgetting.forget(RequestKey(-CHAT, "b"), now, now)),
    (0, lambda to, now: to.forgetting.forget(RequestKey(-CHAT, "b"), now, now)),
]


async def take_steps(engine: Engine) -> Sequence[object]:
    """What each step says, and what is then stored."""
    said: list[object] = []
    to, now = Repositories(engine), NOW
    for minutes, step in STEPS:
        now += timedelta(minutes=minutes)
        said += [await step(to, now), await stored(engine)]
    return said


async def stored(engine: Engine) -> Mapping[str, Sequence[str]]:
    async with engine.connect() as connection:
        return {
            name: (
                await connection.execute(text(f"SELECT row::text FROM {name} AS row ORDER BY 1"))
            )
            .scalars()
            .all()
            for name, table in Base.metadata.tables.items()
            if "chat_id" in table.columns
        }


@pytest.fixture
def other_database_url(new_database: Callable[[], str]) -> str:
    return new_database()


async def test_every_step_says_and_stores_the_same(
    database_url: str, other_database_url: str
) -> None:
    together, apart = create_engine(database_url), create_engine(other_database_url)

    at_once = await take_steps(together)
    with one_by_one(apart):
        one_after_the_other = await take_steps(apart)

    for number, (expected, found) in enumerate(zip(at_once, one_after_the_other, strict=True)):
        assert (number // 2, found) == (number // 2, expected)
    await together.dispose()
    await apart.dispose()


async def test_many_at_once_come_through_and_lose_nothing(database_url: str) -> None:
    engine = create_engine(database_url)
    fridges = Repositories(engine).fridges
    things = [NewItem(ItemKey(0, f"thing{number}"), "thing") for number in range(6)]

    with one_by_one(engine):
        await asyncio.gather(*(fridges.add(key(each.key.name_key), [each], NOW) for each in things))
        await asyncio.gather(
            *(fridges.remove(key(each.key.name_key), [each.key], NOW) for each in things[1:])
        )
        fridge = await fridges.list(CHAT, NOW)

    assert [item.key for item in fridge.items] == [things[0].key]
    await engine.dispose()
