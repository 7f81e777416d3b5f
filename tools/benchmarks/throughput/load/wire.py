"""The part of HTTP/1.1 that bots speak, at little cost: the load shares the cores with them."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Final, Protocol, runtime_checkable
from urllib.parse import parse_qsl

HEAD_END: Final = b"\r\n\r\n"
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
BOUNDARY: Final = re.compile(rb'boundary="?([^";\r\n]+)', re.IGNORECASE)
PART_NAME: Final = re.compile(rb'name="?([^";\r\n]+)', re.IGNORECASE)
MULTIPART: Final = b"multipart/"


@runtime_checkable
class Writer(Protocol):
    """The used methods of a transport; uvloop's transports do not inherit from asyncio's."""

    def write(self, data: bytes) -> None:
        """Send bytes as soon as there is room."""

    def is_closing(self) -> bool:
        """Whether the transport is closed or closing."""
        ...

    def close(self) -> None:
        """Close the transport."""


class Messages:
    """Splits the bytes of a connection into messages, each a head and a body."""

    def __init__(self) -> None:
        self._received = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Take received bytes; return the messages that are complete now."""
        self._received += data
        while (end := self._received.find(HEAD_END)) >= 0:
            head, start = self._received[:end], end + len(HEAD_END)
            if length := LENGTH.search(head):
                stop = start + int(length[1])
                if len(self._received) < stop:
                    return
                body = self._received[start:stop]
            elif CHUNKED.search(head):
                unchunked = _unchunked(self._received, start)
                if unchunked is None:
                    return
                body, stop = unchunked
            else:
                body, stop = b"", start
            self._received = self._received[stop:]
            yield head, body


def _unchunked(received: bytes, place: int) -> tuple[bytes, int] | None:
    """The body of a chunked message and the place of its end; None if it is incomplete."""
    body = b""
    while (line_end := received.find(b"\r\n", place)) >= 0:
        length = int(received[place:line_end].partition(b";")[0], 16)
        start = line_end + 2
        if len(received) < start + length + 2:
            return None
        if not length:
            return body, start + 2
        body += received[start : start + length]
        place = start + length + 2
    return None


def fields(head: bytes, body: bytes) -> dict[str, str]:
    """Return the fields of a form, URL-encoded or multipart."""
    boundary = BOUNDARY.search(head) if MULTIPART in head.lower() else None
    if boundary is None:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    found: dict[str, str] = {}
    for part in body.split(b"--" + boundary[1]):
        part_head, separator, content = part.partition(HEAD_END)
        if separator and (name := PART_NAME.search(part_head)):
            found[name[1].decode()] = content.removesuffix(b"\r\n").decode()
    return found


class ServerConnection(asyncio.Protocol):
    """A bot's connection to the stand-in; each request is handed over with the connection."""

    def __init__(self, handle: "Callable[[ServerConnection, bytes, bytes], None]") -> None:
        self._handle = handle
        self._messages = Messages()
        self._transport: Writer | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        if isinstance(transport, Writer):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Handle the requests that are complete."""
        for head, body in self._messages.feed(data):
            self._handle(self, head, body)

    @property
    def is_open(self) -> bool:
        """Whether the bot may still read an answer."""
        return self._transport is not None and not self._transport.is_closing()

    def answer(self, body: bytes, status: bytes = b"200 OK") -> None:
        """Write an answer in JSON, if the bot may still read it."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(body), body)
            )


class ClientConnection(asyncio.Protocol):
    """A connection that posts to a bot's webhook, one request after the other.

    Args:
        on_response: Called with the connection and the head and body of a response.
        on_loss: Called with the connection when it is closed, and the error if there is one.
    """

    def __init__(
        self,
        on_response: "Callable[[ClientConnection, bytes, bytes], None]",
        on_loss: "Callable[[ClientConnection, Exception | None], None]",
    ) -> None:
        self.index = -1
        """The number of the update that was posted last."""
        self._on_response = on_response
        self._on_loss = on_loss
        self._messages = Messages()
        self._transport: Writer | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        if isinstance(transport, Writer):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand over the response when it is complete."""
        for head, body in self._messages.feed(data):
            self._on_response(self, head, body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Report that the connection is closed."""
        self._transport = None
        self._on_loss(self, exc)

    def post(self, request: bytes) -> None:
        """Write a whole request."""
        if self._transport is not None:
            self._transport.write(request)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()
