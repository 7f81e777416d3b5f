"""What a database is made of, and what it holds, as texts to compare."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

SCHEMA = text(
    """
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        AND contype <> 'n' -- that a column is not null, which only PostgreSQL 18 lists here too
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT relname || ' ' || reloptions::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL
    UNION ALL SELECT sequencename || ' ' || coalesce(last_value::text, '-') FROM pg_sequences
    ORDER BY 1
    """
)
TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")


async def schema(engine: AsyncEngine) -> Sequence[str]:
    """Every column, index, constraint, function and sequence, as PostgreSQL names them."""
    async with engine.connect() as connection:
        return (await connection.execute(SCHEMA)).scalars().all()


async def rows(engine: AsyncEngine) -> Mapping[str, Sequence[str]]:
    """Every row of every table, as PostgreSQL writes it."""
    async with engine.connect() as connection:
        names = (await connection.execute(TABLES)).scalars().all()
        found = {
            name: await connection.execute(text(f"SELECT t::text FROM {name} AS t ORDER BY 1"))
            for name in names
        }
        return {name: result.scalars().all() for name, result in found.items()}
