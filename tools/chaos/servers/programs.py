"""Programs beside a bot: a program may be missing, and takes a while until it listens."""

import asyncio
from typing import Final

SECONDS_TO_START: Final = 30.0
PAUSE_SECONDS: Final = 0.02


class ProgramMissingError(Exception):
    """A program is not installed; the message is one line that says how to get it."""


async def wait_for_listener(address: str) -> None:
    """Return when a program listens on a host:port.

    Raises:
        TimeoutError: No program does.
    """
    host, _, port = address.rpartition(":")
    async with asyncio.timeout(SECONDS_TO_START):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except ConnectionRefusedError:
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                writer.close()
                return
