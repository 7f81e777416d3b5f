import asyncio
from collections.abc import Callable

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import create_engine
from db.connection.errors import DatabaseUnavailable
from db.schema.migrate import alembic_config, migrate
from fridge.catalogue.catalogue import Catalogue
from tests.db.snapshots import schema


async def run_alembic(engine: AsyncEngine, action: Callable[[Config], object]) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        async with connection.begin():
            await connection.run_sync(lambda sync: action(alembic_config(sync)))


# SQLAlchemy stumbles over NOT VALID in constraints that it reads, and reads them all the same.
@pytest.mark.filterwarnings("ignore:Can't validate argument 'dialect_options'")
async def test_a_migrated_database_equals_the_models(engine: AsyncEngine) -> None:
    await run_alembic(engine, command.check)


async def test_every_migration_goes_down_and_up_again(engine: AsyncEngine) -> None:
    def revisions(connection: Connection) -> list[str]:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
        return [script.revision for script in scripts.walk_revisions()]

    async with engine.connect() as connection:
        stairs = await connection.run_sync(revisions)
    assert stairs
    at_the_top = await schema(engine)

    for _ in stairs:
        before = await schema(engine)
        await run_alembic(engine, lambda config: command.downgrade(config, "-1"))
        await run_alembic(engine, lambda config: command.upgrade(config, "+1"))
        assert await schema(engine) == before
        await run_alembic(engine, lambda config: command.downgrade(config, "-1"))

    await run_alembic(engine, lambda config: command.upgrade(config, "head"))
    assert await schema(engine) == at_the_top


async def test_several_bots_that_start_at_once_migrate_once(
    empty_database_url: str, catalogue: Catalogue
) -> None:
    engines = [create_engine(empty_database_url) for _ in range(4)]

    await asyncio.gather(*(migrate(engine, catalogue) for engine in engines))

    async with engines[0].connect() as connection:
        known = await connection.execute(text("SELECT count(*) FROM ingredients"))
        assert known.scalar_one() == len(catalogue.ingredients) + 1
        versions = await connection.execute(text("SELECT count(*) FROM alembic_version"))
        assert versions.scalar_one() == 1
    for engine in engines:
        await engine.dispose()


async def test_starting_again_writes_nothing(engine: AsyncEngine, catalogue: Catalogue) -> None:
    versions = text("SELECT ingredient_id, xmin::text FROM ingredients ORDER BY 1")
    async with engine.connect() as connection:
        before = (await connection.execute(versions)).all()

    await migrate(engine, catalogue)

    async with engine.connect() as connection:
        assert (await connection.execute(versions)).all() == before


@pytest.mark.parametrize("column", ["category", "emoji", "ko", "en"])
async def test_what_changes_in_the_catalogue_reaches_the_table_under_the_same_id(
    engine: AsyncEngine, catalogue: Catalogue, column: str
) -> None:
    milk = catalogue.match("milk")
    assert milk is not None
    async with engine.connect() as connection:
        await connection.execute(
            text(f"UPDATE ingredients SET {column} = 'before' WHERE ingredient_id = :id"),
            {"id": milk.id},
        )

    await migrate(engine, catalogue)

    async with engine.connect() as connection:
        found = await connection.execute(
            text("SELECT category, emoji, ko, en FROM ingredients WHERE ingredient_id = :id"),
            {"id": milk.id},
        )
        assert found.one() == (milk.category, milk.emoji, milk.ko, milk.en)


async def test_a_schema_from_a_newer_version_is_left_alone(
    engine: AsyncEngine, catalogue: Catalogue
) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseUnavailable, match="newer version"):
        await migrate(engine, catalogue)


async def test_what_is_migrated_and_the_catalogue_share_their_connections_to_the_nodes_of_citus(
    engine: AsyncEngine, catalogue: Catalogue
) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE noted (mode text)"))
        await connection.execute(
            text(
                """
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    INSERT INTO noted VALUES (current_setting('citus.multi_shard_modify_mode'));
                    RETURN NULL;
                END $$
                """
            )
        )
        await connection.execute(
            text("CREATE TRIGGER note AFTER INSERT ON ingredients EXECUTE FUNCTION note()")
        )

    await migrate(engine, catalogue)

    async with engine.connect() as connection:
        modes = await connection.execute(text("SELECT mode FROM noted"))
        assert modes.scalars().all() == ["sequential"]
