"""Strangers attack a webhook, from a process of their own: bombs, garbage, idle connections.

The attacks are bounded in number and time, and only an address of this machine is attacked.
"""

import asyncio
import gzip
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from random import Random
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from local_telegram.http.loopback import is_loopback

BOMB_BYTES: Final = 256 << 20
"""The size of a decompressed body, a thousand times that of the compressed one."""

BOMBERS: Final = 4
BOMB_PAUSE_SECONDS: Final = 0.2
BABBLERS: Final = 4
BABBLE_PAUSE_SECONDS: Final = 0.05
IDLERS: Final = 200
IDLE_PAUSE_SECONDS: Final = 5.0
MOST_BABBLED_BYTES: Final = 4_096
SECONDS_TO_CLOSE: Final = 5.0

BEGUN: Final = "Begun"
"""Printed when everything is prepared."""


async def _bomb(url: str, bomb: bytes) -> None:
    """Post a compressed body without the secret; decompressed, it is a thousand times as large."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    with suppress(aiohttp.ClientError):
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=bomb, headers=headers) as response,
        ):
            await response.read()


async def _babble(host: str, port: int, random: Random) -> None:
    """Send bytes that are not HTTP, or only begin like HTTP; read until the server answers."""
    said = random.randbytes(random.randrange(1, MOST_BABBLED_BYTES))
    if random.random() < 0.5:  # noqa: PLR2004 (every other one)
        said = b"POST /hook HTTP/1.1\r\n" + said
    with suppress(OSError, TimeoutError):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(said)
            async with asyncio.timeout(SECONDS_TO_CLOSE):
                await reader.read()
        finally:
            writer.close()


async def _idle(host: str, port: int) -> None:
    """Open a connection and send nothing until the server closes it, or for ever."""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            await reader.read()
        finally:
            writer.close()


async def _again(act: Callable[[], Awaitable[None]], pause: float) -> None:
    while True:
        await act()
        await asyncio.sleep(pause)


async def intrude(url: str, seconds: float) -> None:
    """Carry out all attacks at once, for a number of seconds.

    Raises:
        ValueError: The address is not one of this machine.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 0
    if not is_loopback(host):
        raise ValueError(f"{host} is not this machine")
    random = Random(6)  # noqa: S311 (reproducible, not secret)
    bomb = partial(_bomb, url, gzip.compress(bytes(BOMB_BYTES), compresslevel=9))
    babble = partial(_babble, host, port, random)
    idle = partial(_idle, host, port)
    print(BEGUN, flush=True)  # noqa: T201 (the trial waits for it)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for act, pause, number in (
                (bomb, BOMB_PAUSE_SECONDS, BOMBERS),
                (babble, BABBLE_PAUSE_SECONDS, BABBLERS),
                (idle, IDLE_PAUSE_SECONDS, IDLERS),
            ):
                for _ in range(number):
                    group.create_task(_again(act, pause))


if __name__ == "__main__":
    asyncio.run(intrude(sys.argv[1], float(sys.argv[2])))
