"""The contenders' databases: equal copies on one server."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from fridge.catalogue.catalogue import Catalogue
from tools.benchmarks.throughput.load.mix import CHATS, FIRST_CHAT, ITEMS
from tools.chaos.servers.postgres import make_database

TEMPLATE: Final = "fridges"
LAST_USES: Final = timedelta(hours=8)
"""The last uses are spread over this time.

A chat is warned in the evening, up to 12 hours ahead, if its fridge ends in the night. With this
spread, no chat is warned.
"""

NEWEST_USE: Final = timedelta(minutes=5)

FILL_SESSIONS: Final = """
    INSERT INTO user_fridge_sessions
            (chat_id, created_at, expires_at, last_accessed, revision, language)
        SELECT $1 + number, used - interval '1 day', used + interval '1 day', used, 1,
            CASE number % 2 WHEN 0 THEN 'ko' ELSE 'en' END
        FROM generate_series(0, $2 - 1) AS number,
            LATERAL (SELECT $3::timestamptz - number * $4::interval) AS use (used)
        ORDER BY hashint8(number)
"""

FILL_ITEMS: Final = """
    INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
        SELECT chat_id, ($1::integer[])[1 + (chat_id * 7 + number * 131) % $2], '', '',
            created_at + number * interval '1 second'
        FROM user_fridge_sessions, generate_series(0, $3 - 1) AS number
"""


FILL_REQUESTS: Final = """
    INSERT INTO handled_requests (chat_id, request, handled_at, outcome)
        SELECT chat_id, 'm0 add', last_accessed, '{}' FROM user_fridge_sessions
"""
"""A request of the past for each chat. For an empty table PostgreSQL plans to read it whole, and a
bot would keep that plan while the table grows."""


class Databases:
    """Makes databases with the same fridges in them.

    Args:
        server_url: The server's own database.
        catalogue: The ingredients.
    """

    def __init__(self, server_url: str, catalogue: Catalogue) -> None:
        self._server_url = server_url
        self._catalogue = catalogue

    async def fill(self) -> None:
        """Make the template: a migrated database with five things in each fridge, used once."""
        url = await make_database(self._server_url, TEMPLATE)
        ids = [ingredient.id for ingredient in self._catalogue.ingredients]
        connection = await asyncpg.connect(url)
        # The rows are right: checking the references of each would take most of the time.
        await connection.execute("SET session_replication_role = replica")
        newest = datetime.now(UTC) - NEWEST_USE
        await connection.execute(FILL_SESSIONS, FIRST_CHAT, CHATS, newest, LAST_USES / CHATS)
        await connection.execute(FILL_ITEMS, ids, len(ids), ITEMS)
        await connection.execute(FILL_REQUESTS)
        await connection.execute("VACUUM (ANALYZE, FREEZE)")
        await connection.close()

    async def copy(self, name: str, changes: Sequence[str] = ()) -> str:
        """Copy the template, apply changes to the copy, and return its URL."""
        connection = await asyncpg.connect(self._server_url)
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        await connection.close()
        url = self._server_url.replace("/postgres?", f"/{name}?")
        if changes:
            connection = await asyncpg.connect(url)
            for change in changes:
                await connection.execute(change)
            await connection.close()
        return url

    async def settle(self) -> None:
        """Let the server write its memory to disk, so that no run pays for the one before."""
        connection = await asyncpg.connect(self._server_url)
        await connection.execute("CHECKPOINT")
        await connection.close()
