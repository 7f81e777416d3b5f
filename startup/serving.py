"""Serves HTTP at the address of LISTEN."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from startup.errors import StartError
from startup.settings import Address

# aiohttp waits so long twice: for the requests to end, and for those that it has cancelled.
SECONDS_TO_STOP: Final = 3.5


@asynccontextmanager
async def serve(server: web.Server, listen: Address) -> AsyncGenerator[None]:
    """Run a web server meanwhile; the requests that it has at the end are finished."""
    runner = web.ServerRunner(server, shutdown_timeout=SECONDS_TO_STOP)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, *listen).start()
        except OSError as error:
            raise address_in_use(listen, error) from error
        yield
    finally:
        await runner.cleanup()


def address_in_use(listen: Address, error: OSError) -> StartError:
    """Say in a line that the address is taken, or is none of this machine."""
    return StartError(
        f"LISTEN={listen.host}:{listen.port} can't be used ({error.strerror}): "
        "stop the program that has it, or set LISTEN to another host:port"
    )
