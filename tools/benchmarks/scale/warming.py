"""Fills the server's cache as hours of use would: COPY leaves its rows out of the cache."""

from typing import Final

import asyncpg

# Ranges of blocks: a sequential scan of a large table would reuse a few buffers.
# https://www.postgresql.org/docs/current/glossary.html (buffer access strategy)
RANGES: Final = (
    "SELECT count(*) FROM user_fridge_ingredients WHERE ctid >= '(0,0)'",
    "SELECT count(*) FROM user_fridge_sessions WHERE ctid >= '(0,0)'",
)

INDEXES: Final = (
    "SELECT FROM user_fridge_ingredients ORDER BY chat_id, ingredient_id, name_key OFFSET 0",
    "SELECT FROM user_fridge_sessions ORDER BY chat_id OFFSET 0",
    "SELECT FROM user_fridge_sessions ORDER BY expires_at OFFSET 0",
)

AS_WRITTEN: Final = {
    "enable_seqscan": "off",
    "enable_sort": "off",
    "max_parallel_workers_per_gather": "0",
}
"""Have the planner use ranges and indexes, even if a sequential scan would be faster."""


async def warm(url: str) -> None:
    """Read the fridges and their indexes into `shared_buffers`, as far as they fit."""
    connection = await asyncpg.connect(url, server_settings=AS_WRITTEN)
    try:
        for statement in RANGES:
            await connection.execute(statement)
        for ordered in INDEXES:
            await connection.execute(f"SELECT count(*) FROM ({ordered}) AS ordered")  # noqa: S608
    finally:
        await connection.close()
