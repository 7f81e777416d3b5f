"""A way to a real PostgreSQL on which it says that it is an older one."""

from asyncio import StreamReader, StreamWriter

from tests.postgres_proxy import PostgresProxy, read_message, write_message

DATA_ROW = b"D"


class OldPostgres(PostgresProxy):
    """Passes everything on, but for the server's version number."""

    def __init__(self, database_url: str, version_number: bytes, old_number: bytes) -> None:
        super().__init__(database_url)
        self._version_number = version_number
        self._old_number = old_number

    async def pass_to_client(self, server: StreamReader, client: StreamWriter) -> None:
        while True:
            kind, body = await read_message(server)
            if kind == DATA_ROW:
                body = body.replace(self._version_number, self._old_number)
            write_message(client, kind, body)
