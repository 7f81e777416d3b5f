"""Every statement finds its rows by an index, and every index serves a statement."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import asyncpg
import pytest
from sqlalchemy import text

from db.connection.database import Engine, create_engine
from db.schema.models import Base
from tests.db.commands import (
    EVERYTHING,
    NOW,
    OF_A_CHAT,
    Command,
    Repositories,
    noting_statements,
)
from tests.db.statements import STATEMENTS

# As full as a small instance is, with as much to do for the jobs as there is each hour.
FILL: Final = """
    INSERT INTO user_fridge_sessions
        (chat_id, created_at, expires_at, last_accessed, revision)
        SELECT row_number() OVER (), used, used + interval '24 hours', used, 1
        FROM generate_series(
            timestamptz '2026-02-28 11:00Z', '2026-03-01 12:00Z', '4 seconds'
        ) AS used;
    INSERT INTO user_fridge_ingredients
        SELECT chat_id, 0, 'thing' || number, '', created_at
        FROM user_fridge_sessions, generate_series(1, 2) AS number;
    INSERT INTO chat_settings (chat_id, language)
        SELECT chat, 'ko' FROM generate_series(1, 5000) AS chat;
    INSERT INTO expiry_warnings
        SELECT row_number() OVER (), warned, warned, warned, warned, warned, '{}'
        FROM generate_series(
            timestamptz '2026-01-30 11:00Z', '2026-03-01 12:00Z', '1 minute'
        ) AS warned;
    INSERT INTO unreachable_chats
        SELECT row_number() OVER (), since
        FROM generate_series(
            timestamptz '2026-01-30 11:00Z', '2026-03-01 12:00Z', '5 minutes'
        ) AS since;
    INSERT INTO handled_requests
        SELECT row_number() OVER () % 5000, handled, handled, '{}'
        FROM generate_series(
            timestamptz '2026-02-27 11:00Z', '2026-03-01 12:00Z', '5 seconds'
        ) AS handled;
    INSERT INTO waiting_updates
        SELECT number % 100, number, repeat(md5(number::text), 20)
        FROM generate_series(1, 10000) AS number;
    INSERT INTO failed_updates
        SELECT row_number() OVER (), 1, failed, '', repeat(md5(failed::text), 30)
        FROM generate_series(
            timestamptz '2026-01-30 11:00Z', '2026-03-01 12:00Z', '40 minutes'
        ) AS failed;
    INSERT INTO job_runs
        SELECT job, begun, begun, begun, 0
        FROM unnest(ARRAY['extend', 'purge']) AS job, generate_series(
            timestamptz '2026-01-30 11:00Z', '2026-03-01 11:00Z', '1 hour'
        ) AS begun;
"""

# What a statement is to be found by, where that is not a primary key.
MEANT: Final = {
    "expiry_warnings.SLICE_END": "ix_expiry_warnings_claimed_at",
    "expiry_warnings.FORGET": "ix_expiry_warnings_claimed_at",
    "expiry_warnings.NEXT": "ix_user_fridge_sessions_expires_at",
    "failed_updates.FORGET": "ix_failed_updates_failed_at",
    "failed_updates.OLDEST": "ix_failed_updates_failed_at",
    "failed_updates.SUMMARY": "ix_failed_updates_failed_at",
    "handled_requests.SLICE_END": "ix_handled_requests_handled_at",
    "handled_requests.FORGET": "ix_handled_requests_handled_at",
    "sessions.DROP_STALE_WARNINGS": "ix_user_fridge_sessions_expires_at",
    "sessions.EXTEND": "ix_user_fridge_sessions_expires_at",
    "sessions.PURGE": "ix_user_fridge_sessions_expires_at",
    "sessions.SLICE_END": "ix_user_fridge_sessions_expires_at",
    "unreachable_chats.FORGET": "ix_unreachable_chats_since",
}

# What reads a table or an index from end to end, and why.
READS_ALL: Final = {
    "statistics.COUNT_ITEMS": "the items of a sample of all fridges, or of all where they are few",
    "ownership.FIND": "the one row that there can be",
    "waiting_updates.CHATS": "the chats of all that waits, when a bot starts: nearly always none",
}

Node = Mapping[str, Any]


@pytest.fixture(scope="module")
def full_database_url(new_database: Callable[[], str]) -> str:
    url = new_database()

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(FILL)
        await connection.execute("VACUUM ANALYZE")
        await connection.close()

    asyncio.run(fill())
    return url


@pytest.fixture(scope="module")
def prepared_plans(full_database_url: str) -> Mapping[str, Sequence[Node]]:
    """The steps of each statement's plan once it has run a few times: one for all parameters."""

    async def explain() -> Mapping[str, Sequence[Node]]:
        connection = await asyncpg.connect(full_database_url)
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        plans: dict[str, Sequence[Node]] = {}
        for name, statement in STATEMENTS.items():
            await connection.execute(f"PREPARE stated AS {statement}")
            nothing = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", statement))))
            values = f"({nothing})" if nothing else ""
            plan = await connection.fetchval(
                f"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE stated{values}"
            )
            plans[name] = list(below(json.loads(plan)[0]["Plan"]))
            await connection.execute("DEALLOCATE stated")
        await connection.close()
        return plans

    return asyncio.run(explain())


@pytest.fixture
async def full(full_database_url: str) -> AsyncIterator[Engine]:
    engine = create_engine(full_database_url)
    yield engine
    await engine.dispose()


def below(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("Plans", ()):
        yield from below({**child, "Parent": node["Node Type"]})


def reads_all(node: Node) -> bool:
    """Whether it reads a whole table or index.

    But for those that don't grow with the chats: the catalogue, and what PostgreSQL keeps of itself
    (its list of connections is a view of its memory, which no index can serve).
    """
    if node.get("Relation Name") == "ingredients" or node.get("Schema") == "pg_catalog":
        return False
    if node["Node Type"] == "Seq Scan":
        return True
    is_bounded = "Index Cond" in node or node.get("Parent") == "Limit"
    return "Index Name" in node and not is_bounded


def looks_at_chats(node: Node) -> bool:
    """Whether it finds rows in a table of chats."""
    table = Base.metadata.tables.get(node.get("Relation Name", ""))
    return "Scan" in node["Node Type"] and table is not None and "chat_id" in table.columns


def chat_looked_at(node: Node) -> str | None:
    """The parameter that the rows' chat is equal to."""
    conditions = f"{node.get('Index Cond')} {node.get('Recheck Cond')} {node.get('Filter')}"
    found = re.search(r"chat_id = (\$\d+)", conditions)
    return found[1] if found else None


def test_no_prepared_statement_searches_from_end_to_end(
    prepared_plans: Mapping[str, Sequence[Node]],
) -> None:
    reading_all = {name for name, nodes in prepared_plans.items() if any(map(reads_all, nodes))}

    assert prepared_plans.keys() == STATEMENTS.keys()
    assert reading_all <= READS_ALL.keys() <= STATEMENTS.keys()


def test_jobs_go_along_the_index_that_is_meant_for_them(
    prepared_plans: Mapping[str, Sequence[Node]],
) -> None:
    used = {
        name: {node["Index Name"] for node in nodes if "Index Name" in node}
        for name, nodes in prepared_plans.items()
    }

    assert {name: index for name, index in MEANT.items() if index not in used[name]} == {}


@pytest.mark.parametrize("command", EVERYTHING.values(), ids=EVERYTHING.keys())
async def test_nothing_is_searched_through_from_end_to_end_at_first_either(
    command: Command, full: Engine
) -> None:
    """The first times that a statement runs, it is planned for its parameters."""
    names = {statement: name for name, statement in STATEMENTS.items()}
    with noting_statements(full) as noted:
        await command(Repositories(full), NOW)

    async with full.connect() as connection:
        for statement, parameters in noted:
            rows = await connection.exec_driver_sql(
                f"EXPLAIN (VERBOSE, FORMAT JSON) {statement}", parameters
            )
            reading_all = any(map(reads_all, below(rows.scalar_one()[0]["Plan"])))
            assert not reading_all or names[statement] in READS_ALL, names[statement]


async def test_a_command_looks_at_the_rows_of_one_chat_alone(
    prepared_plans: Mapping[str, Sequence[Node]], full: Engine
) -> None:
    with noting_statements(full) as noted:
        for command in OF_A_CHAT.values():
            await command(Repositories(full), NOW)

    commands = {statement for statement, _ in noted}
    chats = {
        name: {chat_looked_at(node) for node in prepared_plans[name] if looks_at_chats(node)}
        for name, statement in STATEMENTS.items()
        if statement in commands
    }
    assert len(chats) > 20
    assert {name: found for name, found in chats.items() if len(found) > 1 or None in found} == {}


async def test_every_index_serves_a_statement(
    prepared_plans: Mapping[str, Sequence[Node]], full: Engine
) -> None:
    used: set[str] = set()
    for node in (node for nodes in prepared_plans.values() for node in nodes):
        used |= {node.get("Index Name", ""), *node.get("Conflict Arbiter Indexes", ())}

    async with full.connect() as connection:
        indexes = await connection.execute(
            text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
        )
        made = set(indexes.scalars())
    assert made - used == {"alembic_version_pkc"}
