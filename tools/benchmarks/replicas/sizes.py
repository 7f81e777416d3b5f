"""Sizes of rows in a database."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import asyncpg

SIZE: Final = "SELECT pg_total_relation_size('{table}')::float8 / count(*), count(*) FROM {table}"
TABLES: Final = {
    "user_fridge_sessions": "a session",
    "user_fridge_ingredients": "a thing in a fridge",
    "handled_requests": "a request that changed something, for 48 hours",
}


class Size(NamedTuple):
    """The bytes of a row with its index entries, as the mean over a number of rows."""

    what: str
    bytes: float
    of: int


async def read_sizes(database_url: str) -> Sequence[Size]:
    """Return the sizes in a database that was used for a while."""
    connection = await asyncpg.connect(database_url)
    sizes = [
        Size(what, row[0], row[1])
        for table, what in TABLES.items()
        for row in await connection.fetch(SIZE.format(table=table))
    ]
    await connection.close()
    return sizes
