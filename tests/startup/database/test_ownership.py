"""The bot of BOT_TOKEN, or the playground, on a database that has an owner or none."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from db.connection.database import Engine
from db.operation.ownership import OwnershipRepository
from startup.database.ownership import adopt, claim, refuse_others
from startup.errors import StartError
from startup.settings.settings import Settings

Work = Callable[[Engine, Settings], Awaitable[object]]

SECRET = "AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"


@pytest.fixture
def ownership(engine: Engine) -> OwnershipRepository:
    return OwnershipRepository(engine)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def bot(number: str = "42", secret: str = SECRET) -> Settings:
    return Settings.model_validate({"bot_token": f"{number}:{secret}"})


def playground() -> Settings:
    return Settings.model_validate({"playground": True})


async def test_the_first_bot_owns_the_database_and_a_new_token_makes_it_no_other_bot(
    engine: Engine, ownership: OwnershipRepository
) -> None:
    await refuse_others(engine, bot())
    assert await ownership.find() is None
    await claim(engine, bot())

    for token in (bot(), bot(secret="AAFanotherSecretOfTheSameBot_0123456"), bot("0042")):
        await refuse_others(engine, token)
        await claim(engine, token)
    assert await ownership.find() == "42"


@pytest.mark.parametrize("work", [refuse_others, claim])
async def test_everybody_else_is_refused_and_told_how_to_go_on(
    engine: Engine, ownership: OwnershipRepository, work: Work
) -> None:
    await claim(engine, bot())

    with pytest.raises(StartError, match=r"belongs to bot 42, and BOT_TOKEN is of bot 43: .*adopt"):
        await work(engine, bot("43"))
    with pytest.raises(StartError, match=r"belongs to bot 42: set DATABASE_URL .*playground"):
        await work(engine, playground())
    assert await ownership.find() == "42"


@pytest.mark.parametrize("work", [refuse_others, claim, adopt])
async def test_no_bot_goes_live_among_made_up_people(engine: Engine, work: Work) -> None:
    await claim(engine, playground())
    await claim(engine, playground())

    with pytest.raises(StartError, match=r"is the playground's, and its people are made up: set"):
        await work(engine, bot())


async def test_the_playground_leaves_fridges_alone_that_nobody_owns(
    engine: Engine, ownership: OwnershipRepository
) -> None:
    async with engine.connect() as connection:
        await connection.execute(
            text("INSERT INTO chat_settings (chat_id, language) VALUES (7, 'ko')")
        )

    with pytest.raises(StartError, match="holds fridges, and not the playground's: set"):
        await claim(engine, playground())

    assert await ownership.find() is None
    await claim(engine, bot())
    assert await ownership.find() == "42"


async def test_a_bot_adopts_the_database_of_another(
    engine: Engine, ownership: OwnershipRepository
) -> None:
    assert await adopt(engine, bot()) == "The database belongs to bot 42"
    assert await adopt(engine, bot()) == "The database belongs to bot 42"
    assert (
        await adopt(engine, bot("43"))
        == "The database belongs to bot 43 now, and no longer to bot 42"
    )
    with pytest.raises(StartError, match="set BOT_TOKEN"):
        await adopt(engine, playground())
    assert await ownership.find() == "43"
