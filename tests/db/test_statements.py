"""What the design wants of all statements wherever they run (docs/decisions/0019)."""

import re
from collections.abc import Callable
from typing import Final

import asyncpg
import pytest

from db.connection.database import Engine
from fridge.outcomes import Undone
from tests.db.commands import EVERYTHING, NOW, Repositories, noting_statements
from tests.db.statements import STATEMENTS

CLOCKS: Final = re.compile(
    r"\b(now|transaction_timestamp|statement_timestamp|clock_timestamp|timeofday)\s*\("
    r"|\b(current_(date|time|timestamp)|localtime(stamp)?)\b",
    re.IGNORECASE,
)
NOT_RUN: Final = {
    "backup.COLUMNS": "for a backup",
    "backup.LOOK_ANEW": "for a restoration",
    "backup.OTHER_BOTS": "for a restoration",
    "backup.PLAIN_SETTINGS": "for a backup",
    "expiry_warnings.CLAIM": "where a warning is due",
    "job_runs.FORGET_RUNS_TO_COME": "where a clock was ahead",
    "migrate.SYNC_CATALOGUE": "by a migration",
    "migrated_groups.PUT_WARNING": "where the group was warned",
}
"""Those that no command runs on a database with little in it, and when the program runs them."""

AFTER_THE_PROPOSED_ROWS: Final = re.compile(r"\bON CONFLICT\b.*|\bRETURNING\b.*", re.DOTALL)


@pytest.fixture(scope="module")
def database_url(new_database: Callable[[], str]) -> str:
    return new_database()


async def test_what_is_sent_is_one_of_the_statements(engine: Engine) -> None:
    with noting_statements(engine) as noted:
        done = {
            name: await command(Repositories(engine), NOW) for name, command in EVERYTHING.items()
        }

    run = {statement for statement, _ in noted}
    assert run - set(STATEMENTS.values()) == set()
    not_run = {name for name, statement in STATEMENTS.items() if statement not in run}
    assert not_run == NOT_RUN.keys()
    assert isinstance(done["undo"], Undone)
    assert done["undo"].put_back


def test_no_statement_reads_the_clock() -> None:
    assert {name for name, statement in STATEMENTS.items() if CLOCKS.search(statement)} == set()


def test_an_insert_over_several_shards_has_no_parameter_behind_the_rows_that_it_proposes() -> None:
    # On a Citus cluster, what each shard got had lost them, and no warning was sent.
    for name in ("expiry_warnings.CLAIM", "migrate.SYNC_CATALOGUE", "waiting_updates.PUT"):
        found = AFTER_THE_PROPOSED_ROWS.search(STATEMENTS[name])
        assert found, name
        assert re.findall(r"\$\d+", found[0]) == [], name


async def test_every_key_of_a_table_of_chats_begins_with_the_chat(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)

    keys = await connection.fetch(
        """
        SELECT indexrelid::regclass::text AS key, pg_get_indexdef(indexrelid, 1, true) AS first
        FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attname = 'chat_id'
        WHERE indisunique AND indrelid::regclass::text NOT LIKE 'pg_%'
        """
    )

    await connection.close()
    assert len(keys) >= 8
    assert {key["key"]: key["first"] for key in keys if key["first"] != "chat_id"} == {}
