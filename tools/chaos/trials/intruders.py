"""Strangers who want something of a webhook, in a process of their own: bombs, garbage, idling.

All of it is bounded in number and time, and goes to an address of this machine.
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
"""What a packed body becomes; packed, it is a thousandth of that."""

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
    """Post a packed body that becomes a thousand times as large, without the secret."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    with suppress(aiohttp.ClientError):
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=bomb, headers=headers) as response,
        ):
            await response.read()


async def _babble(host: str, port: int, random: Random) -> None:
    """Send what is no HTTP, or begins as HTTP does, and look whether anything comes."""
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
    """Open a connection and say nothing until it is closed, or for ever."""
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
    """Do all of it at once, for so many seconds.

    Raises:
        ValueError: the address is none of this machine.
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
