"""One client of a proxy, and its way to the server."""

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from socket import SO_LINGER, SOL_SOCKET
from typing import Final

from tools.chaos.faults.dialogue import Dialogue, Request

CHUNK_BYTES: Final = 65536
CHUNKS_ON_THE_WAY: Final = 1024

# Lingering for no time: a socket that is closed then sends a reset instead of its last bytes.
RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)

Open = Callable[[], Awaitable[tuple[StreamReader, StreamWriter]]]
Chunks = asyncio.Queue[tuple[float, bytes]]


@dataclass(slots=True)
class Cut:
    """Which answers are cut off, and how many were so far (see `FaultProxy.cut_answers`)."""

    containing: bytes
    skip: int
    times: int
    after: int | None
    happened: int = 0


class Connection:
    """Passes bytes on in both directions, each a queue of chunks with the time they are due.

    `open_server` connects to the server; `find_cut` is called with every request.
    """

    def __init__(
        self,
        reader: StreamReader,
        writer: StreamWriter,
        *,
        open_server: Open,
        dialogue: Dialogue,
        find_cut: Callable[[Request], Cut | None],
    ) -> None:
        self._from_client = reader
        self._to_client = writer
        self._to_server: StreamWriter | None = None
        self._open_server = open_server
        self._dialogue = dialogue
        self._find_cut = find_cut
        self._delay = 0.0
        self._passable = asyncio.Event()
        self._passable.set()
        self._client_hears = True
        self._request: Request | None = None
        self._cut: Cut | None = None
        self._bytes_passed = 0
        self._running = asyncio.create_task(self._run())

    def on_end(self, call: Callable[[], object]) -> None:
        """Have a callback called when both sides are closed."""
        self._running.add_done_callback(lambda _: call())

    async def ended(self) -> None:
        """Wait until both sides are closed."""
        await asyncio.wait((self._running,))

    def slow(self, seconds: float) -> None:
        """Delay all bytes that are sent from now on, by a number of seconds."""
        self._delay = seconds

    def hold(self) -> None:
        """Accept bytes, and pass none on."""
        self._passable.clear()

    def heal(self) -> None:
        """Pass on the held bytes, and from now on all bytes at once."""
        self._delay = 0.0
        self._passable.set()

    def reset(self) -> None:
        """End the connection at once, with a reset for both sides."""
        self._abort()
        self._running.cancel()

    def half_close(self) -> None:
        """End the server's direction; the client's bytes still reach the server."""
        self._client_hears = False
        self._to_client.write_eof()

    async def _run(self) -> None:
        try:
            await self._passable.wait()
            from_server, self._to_server = await self._open_server()
            requests = Chunks(CHUNKS_ON_THE_WAY)
            answers = Chunks(CHUNKS_ON_THE_WAY)
            async with asyncio.TaskGroup() as directions:
                directions.create_task(self._take(self._from_client, requests))
                directions.create_task(self._give(requests, self._to_server, self._ask))
                directions.create_task(self._take(from_server, answers))
                directions.create_task(self._give(answers, self._to_client, self._answer))
            self._to_client.close()
            self._to_server.close()
        except* OSError:
            self._abort()
        finally:
            for writer in self._writers():
                with suppress(OSError):
                    await writer.wait_closed()

    async def _take(self, reader: StreamReader, chunks: Chunks) -> None:
        data = b"the first read"
        while data:
            data = await reader.read(CHUNK_BYTES)
            await chunks.put((asyncio.get_running_loop().time() + self._delay, data))

    async def _give(
        self, chunks: Chunks, writer: StreamWriter, give: Callable[[bytes], Awaitable[None]]
    ) -> None:
        while True:
            due, data = await chunks.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            await self._passable.wait()
            if not data:
                writer.write_eof()
                return
            await give(data)

    async def _ask(self, data: bytes) -> None:
        self._dialogue.ask(data)
        if self._to_server is not None:
            self._to_server.write(data)
            await self._to_server.drain()

    async def _answer(self, data: bytes) -> None:
        for part in self._dialogue.answer(data):
            if part.request is not self._request:
                self._request = part.request
                self._cut = self._find_cut(part.request)
                self._bytes_passed = 0
            await self._tell(part.data if self._cut is None else self._rest(part.data, self._cut))
            if self._cut is not None and self._is_due(self._cut, is_last=part.is_last):
                self._cut.happened += 1
                raise ConnectionResetError

    async def _tell(self, data: bytes) -> None:
        self._bytes_passed += len(data)
        if self._client_hears:
            self._to_client.write(data)
            await self._to_client.drain()

    def _rest(self, data: bytes, cut: Cut) -> bytes:
        """The bytes that the client still gets of an answer that is cut off."""
        return data[: (cut.after or 0) - self._bytes_passed]

    def _is_due(self, cut: Cut, *, is_last: bool) -> bool:
        return is_last if cut.after is None else self._bytes_passed >= cut.after

    def _abort(self) -> None:
        for writer in self._writers():
            if not writer.transport.is_closing():
                writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, RESET_ON_CLOSE)
            writer.transport.abort()

    def _writers(self) -> Iterable[StreamWriter]:
        return (writer for writer in (self._to_client, self._to_server) if writer is not None)
