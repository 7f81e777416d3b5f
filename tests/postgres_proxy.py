"""A way to a real PostgreSQL on which somebody may look at what passes, or change it."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit, urlunsplit


class PostgresProxy:
    """Passes everything on as it comes; others replace `pass_to_server` or `pass_to_client`."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._pipes: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[str]:
        """Listens meanwhile, at the URL that it gives."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        parts = urlsplit(self._database_url)
        login = parts.netloc.rpartition("@")[0] or "postgres"
        try:
            # Without TLS, which nobody can look into.
            yield urlunsplit(
                parts._replace(netloc=f"{login}@{host}:{port}", query="sslmode=disable")
            )
        finally:
            server.close()
            for pipe in self._pipes:
                pipe.cancel()
            await asyncio.gather(*self._pipes, return_exceptions=True)

    async def pass_to_server(self, client: StreamReader, server: StreamWriter) -> None:
        """What the program sends."""
        await _pass(client, server)

    async def pass_to_client(self, server: StreamReader, client: StreamWriter) -> None:
        """What PostgreSQL answers."""
        await _pass(server, client)

    async def _connect(self, from_client: StreamReader, to_client: StreamWriter) -> None:
        from_server, to_server = await self._open_server()
        for work in (
            _until_closed(self.pass_to_server(from_client, to_server), to_server),
            _until_closed(self.pass_to_client(from_server, to_client), to_client),
        ):
            pipe = asyncio.create_task(work)
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)

    async def _open_server(self) -> tuple[StreamReader, StreamWriter]:
        parts = urlsplit(self._database_url)
        socket_directory = parse_qs(parts.query).get("host")
        if socket_directory:
            return await asyncio.open_unix_connection(f"{socket_directory[0]}/.s.PGSQL.5432")
        return await asyncio.open_connection(parts.hostname, parts.port)


async def read_message(reader: StreamReader) -> tuple[bytes, bytes]:
    """A message's kind, and its body.

    https://www.postgresql.org/docs/current/protocol-message-formats.html

    Raises:
        IncompleteReadError: the other side has closed the connection.
    """
    kind = await reader.readexactly(1)
    length = await reader.readexactly(4)
    return kind, await reader.readexactly(int.from_bytes(length) - 4)


def write_message(writer: StreamWriter, kind: bytes, body: bytes) -> None:
    """Writes a message; the one that begins a connection has no kind."""
    writer.write(kind + (len(body) + 4).to_bytes(4) + body)


async def _pass(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)


async def _until_closed(work: Awaitable[None], writer: StreamWriter) -> None:
    try:
        with suppress(asyncio.IncompleteReadError):
            await work
    finally:
        writer.close()
