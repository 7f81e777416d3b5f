"""A proxy whose faults are switched on and off while it is used."""

import asyncio
from asyncio import Server, StreamReader, StreamWriter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit, urlunsplit

from tools.chaos.faults.connection import Connection, Cut
from tools.chaos.faults.dialogue import Dialogue, Request, TakingTurns

HOST: Final = "127.0.0.1"
HTTP_PORT: Final = 80

Fault = Callable[[Connection], None]


@dataclass(slots=True)
class _Coming:
    """A fault of the next connections."""

    fault: Fault
    connections: int


class FaultProxy:
    """Passes all bytes between a free loopback port and a server, except for its faults.

    A fault without `next_connections` applies to the present connections. If it lasts (`slow`,
    `black_hole`), it also applies to later connections, until `heal`. With `next_connections` it
    applies to that many of the next connections, and to no present one.

    `server` is a host and a port, or a Unix socket. If the server can't be reached, the proxy
    resets each connection.
    """

    def __init__(self, server: tuple[str, int] | Path) -> None:
        self._server = server
        self._port = 0
        self._listener: Server | None = None
        self._connections: set[Connection] = set()
        self._lasting: list[Fault] = []
        self._coming: list[_Coming] = []
        self._cuts: list[Cut] = []

    @property
    def port(self) -> int:
        """The port on 127.0.0.1; it stays the same after `refuse`."""
        return self._port

    @property
    def connection_count(self) -> int:
        """The number of present connections."""
        return len(self._connections)

    def slow(self, seconds: float, *, next_connections: int | None = None) -> None:
        """Delay all bytes by a number of seconds, in both directions."""
        self._last(lambda connection: connection.slow(seconds), next_connections)

    def black_hole(self, *, next_connections: int | None = None) -> None:
        """Accept connections and bytes, and pass nothing on.

        `heal` passes on the held bytes, as a mended cable would: also the bytes of connections
        that the client has closed meanwhile.
        """
        self._last(Connection.hold, next_connections)

    def reset(self, *, next_connections: int | None = None) -> None:
        """End connections with a TCP reset to both sides."""
        self._happen(Connection.reset, next_connections)

    def half_close(self, *, next_connections: int | None = None) -> None:
        """End the server's direction: the client reads the end, and its bytes still arrive."""
        self._happen(Connection.half_close, next_connections)

    def refuse(self) -> None:
        """Refuse new connections; the present ones stay."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def cut_answers(
        self, *, containing: bytes = b"", skip: int = 0, times: int = 1, after: int | None = None
    ) -> Cut:
        """Let requests arrive and be carried out, and reset their connections before the answer.

        Args:
            containing: Only requests that contain these bytes are cut. They are searched for in a
                whole request of HTTP, or in a statement of PostgreSQL and its parameters.
            skip: How many of these requests pass before the first cut.
            times: How many of them are cut.
            after: How many bytes of the answer arrive before the reset, which may then come before
                the request has been carried out. Without `after`, the reset comes after that, and
                nothing of the answer arrives.

        Returns:
            The cut, whose `happened` counts.
        """
        cut = Cut(containing, skip, times, after)
        self._cuts.append(cut)
        return cut

    async def heal(self) -> None:
        """End all faults, including those that have not happened yet; listen again."""
        self._lasting.clear()
        self._coming.clear()
        self._cuts.clear()
        for connection in self._connections:
            connection.heal()
        await self._listen()

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.refuse()
        connections = list(self._connections)
        for connection in connections:
            connection.reset()
        await asyncio.gather(*(connection.ended() for connection in connections))

    def _new_dialogue(self) -> Dialogue:
        return TakingTurns()

    def _last(self, fault: Fault, next_connections: int | None) -> None:
        if next_connections is None:
            self._lasting.append(fault)
        self._happen(fault, next_connections)

    def _happen(self, fault: Fault, next_connections: int | None) -> None:
        if next_connections is not None:
            self._coming.append(_Coming(fault, next_connections))
            return
        for connection in self._connections:
            fault(connection)

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(self._connect, HOST, self._port)
            self._port = self._listener.sockets[0].getsockname()[1]

    def _connect(self, reader: StreamReader, writer: StreamWriter) -> None:
        connection = Connection(
            reader,
            writer,
            open_server=self._open_server,
            dialogue=self._new_dialogue(),
            find_cut=self._find_cut,
        )
        self._connections.add(connection)
        connection.on_end(lambda: self._connections.discard(connection))
        for fault in self._lasting:
            fault(connection)
        for coming in self._coming:
            if coming.connections > 0:
                coming.connections -= 1
                coming.fault(connection)

    async def _open_server(self) -> tuple[StreamReader, StreamWriter]:
        if isinstance(self._server, Path):
            return await asyncio.open_unix_connection(self._server)
        return await asyncio.open_connection(*self._server)

    def _find_cut(self, request: Request) -> Cut | None:
        for cut in self._cuts:
            if cut.times > 0 and request.content and cut.containing in request.content:
                if cut.skip:
                    cut.skip -= 1
                else:
                    cut.times -= 1
                    return cut
        return None


class HttpFaultProxy(FaultProxy):
    """A proxy in front of the HTTP server of a URL."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        super().__init__((self._parts.hostname or HOST, self._parts.port or HTTP_PORT))

    @property
    def url(self) -> str:
        """The same URL, through the proxy."""
        return urlunsplit(self._parts._replace(netloc=f"{HOST}:{self.port}"))
