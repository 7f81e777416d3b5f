"""A way to a real PostgreSQL on which it says that it is an older one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit, urlunsplit

# https://www.postgresql.org/docs/current/protocol-message-formats.html
DATA_ROW = b"D"


class OldPostgres:
    """Passes everything on, but for the server's version number."""

    def __init__(self, database_url: str, version_number: bytes, old_number: bytes) -> None:
        self._database_url = database_url
        self._version_number = version_number
        self._old_number = old_number
        self._pipes: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[str]:
        """Listens meanwhile, at the URL that it gives."""
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        parts = urlsplit(self._database_url)
        login = parts.netloc.rpartition("@")[0] or "postgres"
        # Without TLS, which nobody can look into.
        yield urlunsplit(parts._replace(netloc=f"{login}@{host}:{port}", query="sslmode=disable"))
        server.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _connect(
        self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter
    ) -> None:
        server_reader, server_writer = await self._open_server()
        for work in (
            _pass(client_reader, server_writer),
            self._pass_as_old(server_reader, client_writer),
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

    async def _pass_as_old(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while True:
                kind = await reader.readexactly(1)
                length = await reader.readexactly(4)
                body = await reader.readexactly(int.from_bytes(length) - 4)
                if kind == DATA_ROW:
                    body = body.replace(self._version_number, self._old_number)
                writer.write(kind + length + body)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
