"""Counts round trips between the program and PostgreSQL, or stands in for a pooler."""

from asyncio import Lock, StreamReader, StreamWriter

from tests.postgres_proxy import PostgresProxy, read_message, write_message

BIND = b"B"
SYNC = b"S"
QUERY = b"Q"


class CountingProxy(PostgresProxy):
    """Each Sync or simple Query that it sees is one round trip."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self.round_trips = 0

    async def pass_to_server(self, client: StreamReader, server: StreamWriter) -> None:
        length = int.from_bytes(await client.readexactly(4))
        write_message(server, b"", await client.readexactly(length - 4))
        while True:
            kind, body = await read_message(client)
            write_message(server, kind, body)
            self.round_trips += kind in (SYNC, QUERY)


class ForgetfulProxy(PostgresProxy):
    """Finds a prepared statement once: as a pooler that then lends another connection."""

    async def pass_to_server(self, client: StreamReader, server: StreamWriter) -> None:
        length = int.from_bytes(await client.readexactly(4))
        write_message(server, b"", await client.readexactly(length - 4))
        found: set[bytes] = set()
        while True:
            kind, body = await read_message(client)
            if kind == BIND:
                portal, name, parameters = body.split(b"\0", 2)
                body = b"\0".join((portal, b"lost" if name in found else name, parameters))
                found.add(name)
            write_message(server, kind, body)


class NarrowPooler(PostgresProxy):
    """A pooler with one server connection: all others wait while a client is in a transaction."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self._lent = Lock()

    async def pass_to_server(self, client: StreamReader, server: StreamWriter) -> None:
        length = int.from_bytes(await client.readexactly(4))
        write_message(server, b"", await client.readexactly(length - 4))
        in_transaction = False
        try:
            while True:
                kind, body = await read_message(client)
                if not in_transaction:
                    await self._lent.acquire()
                in_transaction = in_transaction or (kind == QUERY and body.startswith(b"BEGIN"))
                write_message(server, kind, body)
                in_transaction = in_transaction and not body.startswith((b"COMMIT", b"ROLLBACK"))
                if not in_transaction:
                    self._lent.release()
        finally:
            if in_transaction:
                self._lent.release()
