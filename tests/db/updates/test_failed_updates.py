from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.updates.failed_updates import (
    LONGEST_ERROR,
    LONGEST_TRACEBACK,
    MOST_KEPT,
    FailedUpdateRepository,
    FailureSummary,
)
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.tables import Tables

DAY: Final = timedelta(days=1)
MICROSECOND: Final = timedelta(microseconds=1)


@pytest.fixture
def failed_updates(engine: AsyncEngine) -> FailedUpdateRepository:
    return FailedUpdateRepository(engine)


async def read(engine: AsyncEngine) -> list[RowMapping]:
    """The failures, the oldest first."""
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT * FROM failed_updates ORDER BY failed_at"))
        return list(rows.mappings())


async def test_nothing_has_failed_at_first(
    failed_updates: FailedUpdateRepository, clock: Clock
) -> None:
    assert await failed_updates.summary(clock.now - DAY) == FailureSummary(0, None, None)


async def test_the_summary_counts_what_failed_since_and_names_the_last(
    failed_updates: FailedUpdateRepository, clock: Clock
) -> None:
    since = clock.now
    await failed_updates.record(CHAT, 1, "too old", "", since)
    clock.advance(hours=1)
    await failed_updates.record(CHAT, 2, "in time", "", clock.now)
    last = clock.advance(hours=1)
    await failed_updates.record(OTHER_CHAT, 3, "the last", "", last)
    await failed_updates.record(CHAT, 4, "late to arrive", "", last - MICROSECOND)

    assert await failed_updates.summary(since) == FailureSummary(3, "the last", last)
    assert await failed_updates.summary(since - MICROSECOND) == FailureSummary(4, "the last", last)
    assert await failed_updates.summary(last) == FailureSummary(0, None, None)


async def test_an_update_that_fails_again_is_one_failure(
    failed_updates: FailedUpdateRepository, engine: AsyncEngine, clock: Clock
) -> None:
    await failed_updates.record(CHAT, 1, "first", "here", clock.now)
    await failed_updates.record(OTHER_CHAT, 1, "another chat's", "there", clock.now)
    clock.advance(seconds=1)
    await failed_updates.record(CHAT, 1, "second", "elsewhere", clock.now)

    assert [(row["error"], row["traceback"]) for row in await read(engine)] == [
        ("another chat's", "there"),
        ("second", "elsewhere"),
    ]
    assert await failed_updates.summary(clock.now - DAY) == FailureSummary(2, "second", clock.now)


async def test_what_postgresql_cannot_store_is_written_out(
    failed_updates: FailedUpdateRepository, engine: AsyncEngine, clock: Clock
) -> None:
    odd = "우유\x00 \ud83d 🥛 \udce9 :name"

    await failed_updates.record(CHAT, 1, odd, odd, clock.now)

    [row] = await read(engine)
    assert row["error"] == row["traceback"] == "우유\\x00 \\ud83d 🥛 \\udce9 :name"


@pytest.mark.parametrize("filling", ["가", "\x00", "\ud83d"])
async def test_of_a_long_error_the_beginning_stays_and_of_a_long_traceback_the_end(
    filling: str, failed_updates: FailedUpdateRepository, engine: AsyncEngine, clock: Clock
) -> None:
    long = filling * 200_000

    await failed_updates.record(CHAT, 1, f"begin{long}", f"{long}end", clock.now)

    [row] = await read(engine)
    assert (len(row["error"]), row["error"][:5]) == (LONGEST_ERROR, "begin")
    assert (len(row["traceback"]), row["traceback"][-3:]) == (LONGEST_TRACEBACK, "end")


async def test_what_is_over_30_days_old_is_forgotten(
    failed_updates: FailedUpdateRepository, engine: AsyncEngine, clock: Clock
) -> None:
    month_ago = clock.now - 30 * DAY
    await failed_updates.record(CHAT, 1, "over", "", month_ago - MICROSECOND)
    await failed_updates.record(CHAT, 2, "just", "", month_ago)
    await failed_updates.record(CHAT, 3, "now", "", clock.now)

    assert await failed_updates.forget_old(clock.now) == 1
    assert await failed_updates.forget_old(clock.now) == 0
    assert [row["error"] for row in await read(engine)] == ["just", "now"]


async def test_of_the_newest_thousand_too_what_is_over_30_days_old_is_forgotten(
    failed_updates: FailedUpdateRepository, tables: Tables, clock: Clock
) -> None:
    await tables.run(
        "INSERT INTO failed_updates"
        " SELECT :chat_id, n, CAST(:now AS timestamptz) - n * interval '1 hour', '', ''"
        " FROM generate_series(1, :most) AS n",
        chat_id=CHAT,
        now=clock.now,
        most=MOST_KEPT,
    )

    assert await failed_updates.forget_old(clock.now) == MOST_KEPT - 30 * 24


async def test_the_newest_thousand_are_kept(
    failed_updates: FailedUpdateRepository, tables: Tables, engine: AsyncEngine, clock: Clock
) -> None:
    await tables.run(
        "INSERT INTO failed_updates"
        " SELECT :chat_id, n, CAST(:now AS timestamptz) - n * interval '1 second', n::text, ''"
        " FROM generate_series(1, 1025) AS n",
        chat_id=CHAT,
        now=clock.now,
    )

    assert await failed_updates.forget_old(clock.now) == 25

    kept = [int(row["error"]) for row in await read(engine)]
    assert sorted(kept) == list(range(1, MOST_KEPT + 1))
