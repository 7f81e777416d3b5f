"""Works on many rows in slices, along the index on a time.

Each slice is its own short transaction, and begins where the last one ended: deleted rows stay in
the index until a vacuum, and are not to be passed over again by each slice.
"""

import time
from asyncio import sleep
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from fridge.times import EPOCH

PAUSE: Final = 0.2
"""The pause after a slice, for people's commands, as a fraction of the time the slice took."""


class Slice(NamedTuple):
    """The rows with a time after `after` and up to `until`."""

    after: datetime
    until: datetime


def slice_end(table: str, column: str) -> TextClause:
    """Make the statement that finds the last time of a slice.

    It only divides the work: the statement that writes checks its conditions on the rows itself.
    """
    return text(
        f"""
        SELECT {column} FROM {table}
        WHERE {column} > :after AND {column} <= :last
        ORDER BY {column} OFFSET :size - 1 LIMIT 1
        """
    )


async def in_slices(
    connection: AsyncConnection,
    end: TextClause,
    last: datetime,
    size: int,
    work: Callable[[Slice], Awaitable[int]],
) -> int:
    """Do the work for each slice, with pauses in between.

    Args:
        connection: the connection that runs `end`.
        end: a statement of `slice_end`.
        last: the last time to work on.
        size: the number of rows in a slice; a slice has more if they have the same time.
        work: works on a slice, and returns how many rows it changed.

    Returns:
        The number of rows changed.
    """
    changed = 0
    after = EPOCH
    while after < last:
        began_at = time.monotonic()
        values = {"after": after, "last": last, "size": size}
        until = (await connection.execute(end, values)).scalar_one_or_none() or last
        changed += await work(Slice(after, until))
        after = until
        if after < last:
            await sleep((time.monotonic() - began_at) * PAUSE)
    return changed
