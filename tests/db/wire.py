"""A proxy between the program and PostgreSQL that counts round trips."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit, urlunsplit

# https://www.postgresql.org/docs/current/protocol-message-formats.html
SYNC = b"S"
QUERY = b"Q"


class CountingProxy:
    """Passes everything on. Each Sync or simple Query that it sees is one round trip."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self.url = ""
        self.round_trips = 0
        self._pipes: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Listens meanwhile; `url` is then the way through the proxy."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        parts = urlsplit(self._database_url)
        login = parts.netloc.rpartition("@")[0] or "postgres"
        # Without TLS, which nobody can look into.
        self.url = urlunsplit(
            parts._replace(netloc=f"{login}@{host}:{port}", query="sslmode=disable")
        )
        try:
            yield
        finally:
            server.close()
            for pipe in self._pipes:
                pipe.cancel()
            await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _connect(
        self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter
    ) -> None:
        server_reader, server_writer = await self._open_server()
        for work in (
            self._count_and_pass(client_reader, server_writer),
            _pass(server_reader, client_writer),
        ):
            pipe = asyncio.create_task(work)
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)

    async def _open_server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self._database_url)
        socket_directory = parse_qs(parts.query).get("host")
        if socket_directory:
            return await asyncio.open_unix_connection(f"{socket_directory[0]}/.s.PGSQL.5432")
        return await asyncio.open_connection(parts.hostname, parts.port)

    async def _count_and_pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            start_up_length = await reader.readexactly(4)
            rest = await reader.readexactly(int.from_bytes(start_up_length) - 4)
            writer.write(start_up_length + rest)
            while True:
                kind = await reader.readexactly(1)
                length = await reader.readexactly(4)
                writer.write(kind + length + await reader.readexactly(int.from_bytes(length) - 4))
                self.round_trips += kind in (SYNC, QUERY)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
