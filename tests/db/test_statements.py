"""What the design wants of all statements wherever they run (docs/decisions/0019)."""

import re
from collections.abc import Callable
from typing import Final

import asyncpg
import pytest

from db.connection.database import create_engine
from tests.db.commands import EVERYTHING, NOW, Repositories, noting_statements
from tests.db.statements import STATEMENTS

CLOCKS: Final = re.compile(
    r"\b(now|transaction_timestamp|statement_timestamp|clock_timestamp|timeofday)\s*\("
    r"|\b(current_(date|time|timestamp)|localtime(stamp)?)\b",
    re.IGNORECASE,
)
AFTER_THE_PROPOSED_ROWS: Final = re.compile(r"\bON CONFLICT\b.*|\bRETURNING\b.*", re.DOTALL)


@pytest.fixture(scope="module")
def shared_database_url(new_database: Callable[[], str]) -> str:
    return new_database()


async def test_what_is_sent_is_one_of_the_statements(shared_database_url: str) -> None:
    engine = create_engine(shared_database_url)

    with noting_statements(engine) as noted:
        for command in EVERYTHING.values():
            await command(Repositories(engine), NOW)

    assert {statement for statement, _ in noted} <= set(STATEMENTS.values())
    await engine.dispose()


def test_no_statement_reads_the_clock() -> None:
    assert {name for name, statement in STATEMENTS.items() if CLOCKS.search(statement)} == set()


def test_an_insert_over_several_shards_has_no_parameter_behind_the_rows_that_it_proposes() -> None:
    # On a Citus cluster, what each shard got had lost them, and no warning was sent.
    parameters = {
        name: re.findall(r"\$\d+", found[0])
        for name in ("expiry_warnings.CLAIM", "migrate.SYNC_CATALOGUE", "waiting_updates.PUT")
        if (found := AFTER_THE_PROPOSED_ROWS.search(STATEMENTS[name]))
    }

    assert parameters
    assert not any(parameters.values())


async def test_every_key_of_a_table_of_chats_begins_with_the_chat(shared_database_url: str) -> None:
    connection = await asyncpg.connect(shared_database_url)

    keys = await connection.fetch(
        """
        SELECT indexrelid::regclass::text AS key, pg_get_indexdef(indexrelid, 1, true) AS first
        FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attname = 'chat_id'
        WHERE indisunique AND indrelid::regclass::text NOT LIKE 'pg_%'
        """
    )

    assert len(keys) >= 8
    assert {key["key"]: key["first"] for key in keys if key["first"] != "chat_id"} == {}
    await connection.close()
