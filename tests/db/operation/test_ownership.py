"""The database has one owner: the first that claims it, until another one adopts it."""

import asyncio

import pytest
from sqlalchemy import text

from db.connection.database import Engine
from db.operation.ownership import PLAYGROUND, OwnershipRepository
from tests.conftest import Clock


@pytest.fixture
def ownership(engine: Engine) -> OwnershipRepository:
    return OwnershipRepository(engine)


async def test_of_many_that_start_at_once_one_is_the_owner_and_all_are_told(
    ownership: OwnershipRepository,
) -> None:
    assert await ownership.find() is None

    told = await asyncio.gather(*(ownership.claim(str(bot)) for bot in range(5)))

    assert len(set(told)) == 1
    assert await ownership.find() == told[0]
    assert await ownership.claim("7") == told[0]


async def test_a_bot_may_adopt_the_database_of_another(ownership: OwnershipRepository) -> None:
    assert await ownership.adopt("1")
    assert await ownership.adopt("2")

    assert await ownership.claim(PLAYGROUND) == "2"


async def test_nobody_can_adopt_the_playgrounds_database(ownership: OwnershipRepository) -> None:
    await ownership.claim(PLAYGROUND)

    assert not await ownership.adopt("1")

    assert await ownership.find() == PLAYGROUND


async def test_a_database_from_before_there_were_owners_has_none(
    ownership: OwnershipRepository, engine: Engine
) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("DROP TABLE database_owner"))

    assert await ownership.find() is None


@pytest.mark.parametrize(
    "row",
    [
        "user_fridge_sessions VALUES (1, :now, :now, :now, 1, 'ko')",
        "chat_settings (chat_id, language) VALUES (1, 'ko')",
    ],
)
async def test_what_a_chat_has_is_seen(
    ownership: OwnershipRepository, engine: Engine, clock: Clock, row: str
) -> None:
    assert not await ownership.holds_chats()

    async with engine.connect() as connection:
        await connection.execute(text(f"INSERT INTO {row}"), {"now": clock.now})

    assert await ownership.holds_chats()
