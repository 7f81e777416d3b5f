import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tools.benchmarks.jobs import JOBS
from tools.benchmarks.scale.filling import ITEMS, TABLES, chat_of, fill, is_expired
from tools.benchmarks.scale.measuring import Figures, Quiet, Times, WithJobs
from tools.benchmarks.scale.people import Command, People
from tools.benchmarks.scale.report import report
from tools.benchmarks.scale.tables import Log, Run, Size, Updates
from tools.benchmarks.scale.warming import AS_WRITTEN, RANGES
from tools.chaos.bots import free_addresses

FRIDGES = 250

SCHEMA = """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint UNION ALL SELECT indexdef FROM pg_indexes ORDER BY 1
"""

LIVE = (
    "SELECT chat_id FROM user_fridge_sessions WHERE greatest(expires_at, last_accessed + $2) > $1"
)

CONTENTS = """
    SELECT count(item.chat_id) FROM user_fridge_sessions AS session
    LEFT JOIN user_fridge_ingredients AS item
        ON item.chat_id = session.chat_id
            AND item.added_at BETWEEN session.created_at AND session.last_accessed
    GROUP BY session.chat_id
"""


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_the_tables_are_filled_with_fridges_as_the_bot_leaves_them(
    connection: asyncpg.Connection, database_url: str
) -> None:
    async def column(query: str, *values: object) -> Sequence[object]:
        return [row[0] for row in await connection.fetch(query, *values)]

    now = datetime.now(UTC)
    schema = await column(SCHEMA)

    await fill(database_url, FRIDGES, now)

    assert await column(SCHEMA) == schema
    assert set(await column(LIVE, now, timedelta(hours=24))) == {
        chat_of(number, FRIDGES) for number in range(FRIDGES) if not is_expired(number)
    }
    assert await column(CONTENTS) == [ITEMS] * FRIDGES
    assert await column("SELECT count(DISTINCT chat_id) FROM handled_requests") == [FRIDGES]


async def test_what_is_read_to_warm_up_stays_in_the_cache(database_url: str) -> None:
    connection = await asyncpg.connect(database_url, server_settings=AS_WRITTEN)

    for statement in RANGES:
        plan = "".join(row[0] for row in await connection.fetch(f"EXPLAIN {statement}"))
        assert "Tid Range Scan" in plan, plan

    await connection.close()


@pytest.fixture
def people() -> People:
    """They write to a program that has ended."""
    [address] = free_addresses(1)
    return People(f"http://{address}", "secret", FRIDGES, rate=1_000)


async def test_sending_ends_when_the_program_does(people: People) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    end = asyncio.create_task(never())

    with pytest.raises(ExceptionGroup):
        await people.send_until(end)

    await asyncio.wait((end,), timeout=1)
    assert end.cancelled()


async def test_what_fails_while_people_send_is_raised(people: People) -> None:
    async def fail() -> None:
        raise LookupError

    end = asyncio.create_task(fail())
    await asyncio.wait((end,))

    with pytest.raises(LookupError):
        await people.send_until(end)


def test_the_log_is_told_between_two_looks() -> None:
    log = Log([(10.0, 1_000), (20.0, 3_000), (30.0, 3_000)])

    assert log.written(10, 15) == 1_000
    assert log.written(15, 25) == 1_000
    assert log.written(0, 99) == 2_000


def figures(fridges: int, p99: float) -> Figures:
    times = {command: Times(p50=0.001, p99=p99) for command in Command}
    return Figures(
        huge_pages="on",
        fridges=fridges,
        seconds_to_fill=1,
        sizes={table: Size(table=fridges * 100, index=fridges * 50) for table in TABLES},
        quiet=Quiet(times, 1, Updates(100, 99), [0.1, 0.25], 80, 90 + fridges / 1000),
        with_jobs=WithJobs(
            runs={job: Run(0, 2, fridges) for job in JOBS},
            times=dict.fromkeys(JOBS, times),
            logged=dict.fromkeys(JOBS, 5),
            memory=1,
        ),
    )


def test_the_largest_is_compared_with_the_smallest() -> None:
    content = report([figures(1_000, 0.01), figures(5_000, 0.02)], {7: Updates(4, 3)})

    for line in (
        "| p99 of `/add`, 5,000 ÷ 1,000 fridges | 2.00 | at most 1.5 |",
        "| p99 of `/fridge` while 5,000 sessions are purged ÷ before | 1.00 | at most 2 |",
        "| memory of the bot, 5,000 − 1,000 fridges | 4.0 MB | at most 10 MB |",
        "| sessions purged a second | 2,500 | at least 20,000 |",
        "| `/stats` with 5,000 fridges | 0.25 s | at most 1 s |",
        "| table and index of an item | 30 bytes | at most 200 |",
        "| with the jobs, at 7 uses a day | 75.0 % | at least 95 % |",
    ):
        assert line in content
