"""Opens the PostgreSQL server that the settings name: by DATABASE_URL, or an embedded one."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from db.connection.embedded import EmbeddedPostgres
from startup.errors import StartError
from startup.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Server:
    """A server of PostgreSQL; `restart` starts an embedded one again, and returns its URL."""

    name: str
    """The server's name in a line for the operator."""

    url: str = field(repr=False)
    restart: Callable[[], Awaitable[str]] | None = None


@asynccontextmanager
async def open_server(settings: Settings, *, only_existing: bool = False) -> AsyncGenerator[Server]:
    """Give the server of DATABASE_URL, or run an embedded one while the context is open.

    Args:
        settings: name the server.
        only_existing: for a backup: do not create an embedded server, and accept an existing one of
            another version of PostgreSQL.

    Raises:
        StartError: `only_existing` is set, and there is no embedded server.
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
