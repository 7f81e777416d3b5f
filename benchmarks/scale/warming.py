"""Fills the server's own cache as hours of use do: what is copied into a table passes it by."""

from typing import Final

import asyncpg

# Ranges of places: a sequential scan of a large table would use a few buffers in turn.
# https://www.postgresql.org/docs/current/glossary.html (buffer access strategy)
TABLES_READ: Final = (
    "SELECT count(*) FROM user_fridge_ingredients WHERE ctid >= '(0,0)'",
    "SELECT count(*) FROM user_fridge_sessions WHERE ctid >= '(0,0)'",
)

INDEXES_READ: Final = (
    "SELECT FROM user_fridge_ingredients ORDER BY chat_id, ingredient_id, name_key OFFSET 0",
    "SELECT FROM user_fridge_sessions ORDER BY chat_id OFFSET 0",
    "SELECT FROM user_fridge_sessions ORDER BY expires_at OFFSET 0",
)

AS_WRITTEN: Final = """
    SET enable_seqscan = off; SET enable_sort = off; SET max_parallel_workers_per_gather = 0
"""
"""Has the planner take the ranges and the indexes, where a sequential scan would be faster."""


async def warm(url: str) -> None:
    """Read the fridges, and the indexes to them, into `shared_buffers`, as far as they fit."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(AS_WRITTEN)
        for statement in TABLES_READ:
            await connection.execute(statement)
        for ordered in INDEXES_READ:
            await connection.execute(f"SELECT count(*) FROM ({ordered}) AS ordered")  # noqa: S608
    finally:
        await connection.close()
