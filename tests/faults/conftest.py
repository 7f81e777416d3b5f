"""Clients and servers that see what the proxy does."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tools.chaos.faults.proxy import HOST, FaultProxy


class Echo:
    """A server that sends back what it gets; it remembers that, and how connections ended."""

    def __init__(self) -> None:
        self.port = 0
        self.got = b""
        self.ends = asyncio.Queue[type[OSError] | None]()

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        end: type[OSError] | None = None
        try:
            while data := await reader.read(1024):
                self.got += data
                writer.write(data)
                await writer.drain()
        except OSError as error:
            end = type(error)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        self.ends.put_nowait(end)


class Client:
    """A connection to the proxy."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def say(self, data: bytes) -> None:
        self._writer.write(data)

    def say_no_more(self) -> None:
        self._writer.write_eof()

    async def hear(self) -> bytes:
        """What comes next, or nothing if no more comes."""
        async with asyncio.timeout(60):
            return await self._reader.read(1024)

    async def ask(self, data: bytes) -> bytes:
        self.say(data)
        return await self.hear()

    async def hears_nothing(self) -> bool:
        """Tell whether nothing comes for a moment, neither bytes nor an end."""
        try:
            async with asyncio.timeout(0.1):
                await self._reader.read(1)
        except TimeoutError:
            return True
        return False

    async def close(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, HOST, 0)
    echo.port = server.sockets[0].getsockname()[1]
    yield echo
    server.close()


@pytest.fixture
async def echo_socket(short_path: Path) -> AsyncIterator[Path]:
    path = short_path / "echo"
    server = await asyncio.start_unix_server(Echo().serve, path)
    yield path
    server.close()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[FaultProxy]:
    async with FaultProxy((HOST, echo.port)) as proxy:
        yield proxy


Connect = Callable[[FaultProxy], Awaitable[Client]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Connects to a proxy."""
    clients: list[Client] = []

    async def connect(proxy: FaultProxy) -> Client:
        client = Client(*await asyncio.open_connection(HOST, proxy.port))
        clients.append(client)
        return client

    yield connect
    for client in clients:
        await client.close()
