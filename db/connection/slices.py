"""Work on very many rows, a slice after the other along the index on a time.

Each slice is its own short transaction. It begins where the last one ended: what that deleted stays
in the index until a vacuum, and is not passed over again and again.
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
"""How long it pauses after a slice, for people's commands, as a part of the time that it took."""


class Slice(NamedTuple):
    """The rows whose time is later than one time, and not later than another."""

    after: datetime
    until: datetime


def slice_end(table: str, column: str) -> TextClause:
    """The statement that finds where a slice ends.

    It only cuts up the work: the statement that writes decides by the rows as they then are.
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
    """Do the work for each slice, up to the last time, with pauses in between.

    Args:
        connection: where the ends are found.
        end: a statement of `slice_end`.
        last: of the times.
        size: rows in a slice; more, where more have the same time.
        work: works on a slice, and returns how many rows it changed.

    Returns:
        How many it changed in all.
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
