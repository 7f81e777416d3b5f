"""The database that the program works on: that of DATABASE_URL, or an embedded one."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from db.catalogue.catalogue import Catalogue
from db.database import Engine, check, create_engine
from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from startup.ownership import refuse_others
from startup.patience import Patience
from startup.settings import Settings


@asynccontextmanager
async def open_database(
    settings: Settings, catalogue: Catalogue, *, of_any_owner: bool = False
) -> AsyncGenerator[Engine]:
    """Open and migrate the database of DATABASE_URL, or an embedded server that runs meanwhile.

    Args:
        settings: what the operator has set.
        catalogue: goes into the database.
        of_any_owner: whether the database may also be another bot's.

    Raises:
        StartError: the database is another's; it is then left as it is.
        DatabaseUnavailable: the database can't be used.
    """
    async with AsyncExitStack() as stack:
        restart: Callable[[], Awaitable[str]] | None = None
        if settings.database_url:
            url = settings.database_url.get_secret_value()
        else:
            server = EmbeddedPostgres(settings.server_dir)
            stack.push_async_callback(asyncio.to_thread, server.stop)
            restart = partial(_start_server, server)
            url = await restart()
        patience = Patience(settings.start_patience)
        await patience.wait_for(
            "The database",
            partial(_prepare, url, settings, catalogue, of_any_owner=of_any_owner),
        )
        engine = create_engine(url, restart=restart)
        stack.push_async_callback(engine.dispose)
        yield engine


async def _prepare(
    url: str, settings: Settings, catalogue: Catalogue, *, of_any_owner: bool
) -> None:
    """Check the database and bring it up to date, which may take any time."""
    engine = create_engine(url, command_timeout=None)
    try:
        await check(engine)
        if not of_any_owner:
            await refuse_others(engine, settings)
        await migrate(engine, catalogue)
    finally:
        await engine.dispose()


async def _start_server(server: EmbeddedPostgres) -> str:
    return await _finish_despite_cancellation(asyncio.to_thread(server.start))


async def _finish_despite_cancellation(work: Coroutine[Any, Any, str]) -> str:
    """Await work to its end even if the caller is cancelled, and return its result."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        raise
