"""Several ways to the server of the tests, which pass for several servers."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

from tests.postgres_proxy import write_message
from tools.chaos.faults.postgres import PostgresFaultProxy


def url_of(proxies: Sequence[PostgresFaultProxy], user: str = "postgres") -> str:
    """The URL that names them all, in their order."""
    hosts = ",".join(f"127.0.0.1:{proxy.port}" for proxy in proxies)
    return urlunsplit(urlsplit(proxies[0].url)._replace(netloc=f"{user}@{hosts}"))


@asynccontextmanager
async def starting_up() -> AsyncGenerator[int]:
    """A server that is starting up, as it says to a client without TLS; gives its port."""

    async def refuse(_: StreamReader, writer: StreamWriter) -> None:
        write_message(
            writer,
            b"E",
            b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0",
        )
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
