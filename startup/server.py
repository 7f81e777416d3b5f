"""The PostgreSQL that the settings name: that of DATABASE_URL, or an embedded one."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from db.connection.embedded import EmbeddedPostgres
from startup.errors import StartError
from startup.settings import Settings


@dataclass(frozen=True, slots=True)
class Server:
    """Where the database is, and how to start its server again if that is our own."""

    name: str
    """What it is called in a line for the operator."""

    url: str = field(repr=False)
    restart: Callable[[], Awaitable[str]] | None = None


@asynccontextmanager
async def open_server(settings: Settings, *, only_existing: bool = False) -> AsyncGenerator[Server]:
    """Name the server of DATABASE_URL, or have an embedded one run meanwhile.

    Args:
        settings: what the operator has set.
        only_existing: for work on what is there already: no new embedded server is made, and an old
            one may be of another version of PostgreSQL.

    Raises:
        StartError: nothing is there.
        DatabaseUnavailable: the embedded server can't run.
    """
    if settings.database_url:
        yield Server("DATABASE_URL", settings.database_url.get_secret_value())
        return
    server = EmbeddedPostgres(settings.server_dir, any_version=only_existing)
    if only_existing and not server.exists:
        raise StartError(
            f"There is no database in {settings.server_dir}: set DATA_DIR or DATABASE_URL to where "
            "it is (and BOT_TOKEN, without which it is the playground's)"
        )
    try:
        restart = partial(_start, server)
        yield Server(str(settings.server_dir), await restart(), restart)
    finally:
        await asyncio.to_thread(server.stop)


async def _start(server: EmbeddedPostgres) -> str:
    return await _finish_despite_cancellation(asyncio.to_thread(server.start))


async def _finish_despite_cancellation(work: Coroutine[Any, Any, str]) -> str:
    """Await work to its end even if the caller is cancelled, and return its result."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        raise
