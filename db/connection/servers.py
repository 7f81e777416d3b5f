"""The servers of a database URL, and the search for the one that takes writes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, unquote, urlencode, urlunsplit

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from db.connection.database_url import DatabaseUrl, read_database_url, split_url
from db.connection.errors import DatabaseUnavailable, DatabaseUnreachable, reason

CONNECT_TIMEOUT_SECONDS: Final = 10
"""For all servers together. A silent server, such as a machine without power, is passed over."""

CLOSE_TIMEOUT_SECONDS: Final = 0.2
PORT: Final = 5432


class Servers:
    """The servers of a URL: a primary, which takes writes, and its standbys.

    The server that was the primary last is tried first: a promoted standby is then found at once,
    and an old primary that comes back is not used beside it.
    """

    def __init__(self, dsn: str) -> None:
        self._asked = read_database_url(dsn)
        self._servers = list(split(self._asked.url))

    async def connect(self, command_timeout: float | None) -> asyncpg.Connection:
        """Connect to the primary.

        Raises:
            DatabaseUnreachable: no server that answers takes writes.
            DatabaseUnavailable: a server refuses a parameter.
            OSError: the only server does not answer.
            asyncpg.PostgresError: a server refuses the connection.
        """
        timeout = self._asked.connect_timeout or CONNECT_TIMEOUT_SECONDS / len(self._servers)
        failures: list[str] = []
        for server in tuple(self._servers):
            try:
                async with asyncio.timeout(timeout):
                    connection = await _connect(server.url, self._asked, command_timeout)
            except _OnlyReadsError:
                failures.append(f"{server.name} only reads, as a standby does")
            except (
                OSError,
                asyncpg.CannotConnectNowError,
                asyncpg.PostgresConnectionError,
            ) as error:
                if len(self._servers) > 1:
                    failures.append(f"{server.name}: {reason(error)}")
                elif isinstance(error, OSError) and error.errno is not None:
                    # uvloop's error does not name the server: raise the same error with its name.
                    raise OSError(error.errno, f"{error.strerror} at {server.name}") from error
                else:
                    raise
            else:
                self._servers.sort(key=lambda other: other is not server)
                return connection
        raise DatabaseUnreachable(
            f"No server of DATABASE_URL takes writes ({'; '.join(failures)}): "
            "start the primary, or promote a standby"
        )


class OwnServer:
    """The embedded server, which the bot itself has to start again if it is gone."""

    def __init__(self, dsn: str, restart: Callable[[], Awaitable[str]]) -> None:
        self._servers = Servers(dsn)
        self._restart = restart
        self._restarts = 0
        self._restarting = asyncio.Lock()

    async def connect(self, command_timeout: float | None) -> asyncpg.Connection:
        """Connect as `Servers` does; if the server does not answer, start it first."""
        restarts = self._restarts
        try:
            return await self._servers.connect(command_timeout)
        except (ConnectionError, FileNotFoundError):
            async with self._restarting:
                # Of all callers that found the server gone, one starts it.
                if self._restarts == restarts:
                    self._servers = Servers(await self._restart())
                    self._restarts += 1
            return await self._servers.connect(command_timeout)


@dataclass(frozen=True, slots=True)
class Server:
    """A server: its URL, and its name for the operator."""

    url: str = field(repr=False)
    name: str


def split(dsn: str) -> Sequence[Server]:
    """Split a URL with several hosts into one URL per host; return others as they are.

    asyncpg takes several hosts too, but with one time-out for all: a silent host would use up the
    time of the next one.
    """
    parts = split_url(dsn)
    login, at, hosts = parts.netloc.rpartition("@")
    if hosts:
        return [
            Server(urlunsplit(parts._replace(netloc=f"{login}{at}{host}")), unquote(host))
            for host in hosts.split(",")
        ]
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    names, ports = query.get("host", "").split(","), query.get("port", str(PORT)).split(",")
    if len(ports) == 1:
        ports *= len(names)
    if len(names) == 1 or len(ports) != len(names):
        return [Server(dsn, names[0] or "localhost")]
    base, _, _ = dsn.partition("?")
    return [
        Server(f"{base}?{urlencode(query | {'host': name, 'port': port})}", name)
        for name, port in zip(names, ports, strict=True)
    ]


class _Connection(asyncpg.Connection):
    """A connection that closes in time even if its server is silent."""

    async def close(self, *, timeout: float | None = None) -> None:
        with suppress(TimeoutError):
            await super().close(timeout=timeout or CLOSE_TIMEOUT_SECONDS)


class _OnlyReadsError(Exception):
    """A server takes no writes."""


async def _connect(
    url: str, asked: DatabaseUrl, command_timeout: float | None
) -> asyncpg.Connection:
    try:
        connection = await asyncpg.connect(
            url,
            connection_class=_Connection,
            timeout=asked.connect_timeout or CONNECT_TIMEOUT_SECONDS,
            command_timeout=command_timeout,
            ssl=asked.tls,
            server_settings={"application_name": asked.application_name},
            # Keep every statement prepared: the longest ones are beyond the driver's own limit, and
            # would be parsed and planned anew each time.
            max_cacheable_statement_size=0,
            # Overrides the URL. The driver judges by parameters that the server reports at connect,
            # and a pooler's are old: its server may be gone, or a standby may be primary by now.
            target_session_attrs=SessionAttribute.any,
        )
    except asyncpg.PostgresError as error:
        if _is_of_parameter(error):
            raise DatabaseUnavailable(
                f"The server refuses a parameter of DATABASE_URL ({reason(error)}): "
                "mend it, or remove it"
            ) from None
        raise
    try:
        only_reads = await connection.fetchval("SHOW transaction_read_only")
    except BaseException:
        connection.terminate()
        raise
    if only_reads == "on":
        connection.terminate()
        raise _OnlyReadsError
    return connection


def _is_of_parameter(error: asyncpg.PostgresError) -> bool:
    """Whether a server or a pooler refused a parameter of the connection."""
    return isinstance(
        error,
        asyncpg.UndefinedObjectError
        | asyncpg.InvalidParameterValueError
        | asyncpg.CantChangeRuntimeParamError,
    ) or "startup parameter" in str(error)
