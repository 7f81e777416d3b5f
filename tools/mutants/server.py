"""Serves an embedded PostgreSQL until its input ends: one for all runs of the tests."""

import asyncio
import sys
import tempfile
from pathlib import Path

import asyncpg

from db.connection.embedded import EmbeddedPostgres
from tools.chaos.servers.postgres import make_database
from tools.mutants.quick_databases import TEMPLATE


def main() -> None:
    """Print the URL of a new server, and keep it."""
    with tempfile.TemporaryDirectory(prefix="fridge-", dir="/tmp") as folder:
        server = EmbeddedPostgres(Path(folder))
        url = server.start()
        asyncio.run(_forget_durability(url))
        asyncio.run(make_database(url, TEMPLATE))
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.stop()


async def _forget_durability(url: str) -> None:
    connection = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


if __name__ == "__main__":
    main()
