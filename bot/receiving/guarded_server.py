"""An HTTP server for a public address, on which strangers cost next to nothing."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError

logger = logging.getLogger(__name__)

MOST_STRANGERS: Final = 64
"""Connections of strangers. A further one closes the oldest.

With a limit of 256 open files, Telegram's 100 connections and those to the database fit, too.
"""

SECONDS_TO_ASK: Final = 10.0
"""How long a stranger's connection may take for a whole request."""

KEEP_ALIVE_SECONDS: Final = 75.0
"""How long a connection may be idle: longer than a proxy keeps it (nginx: 60 s). Otherwise a proxy
would post into a connection that is just being closed."""

MOST_HEADERS: Final = 64
LONGEST_HEADER: Final = 4096

REPORT_SECONDS: Final = 60.0

OPTIONS: Final[Mapping[str, Any]] = {
    "access_log": None,
    "auto_decompress": False,
    # Seconds for which a body is read after its answer.
    "lingering_time": 0,
    "keepalive_timeout": KEEP_ALIVE_SECONDS,
    "max_headers": MOST_HEADERS,
    "max_line_size": LONGEST_HEADER,
    "max_field_size": LONGEST_HEADER,
}

Judge = Callable[[web.BaseRequest], HTTPStatus | None]
"""Returns the status that turns a request away; None lets it in. Reads only the request's head."""

Handle = Callable[[web.BaseRequest], Awaitable[web.Response]]


class GuardedServer(web.Server):
    """A web server that turns strangers away before it reads, inflates or parses their bodies.

    A connection is a stranger's until a request on it is let in. A stranger's connection is closed
    after a refused request, or if no request comes in time. Each stranger who is turned away is a
    line in the log at DEBUG; once a minute a line at INFO counts them.

    Args:
        judge: lets requests in, or turns them away.
        handle: answers the requests that are let in. Their bodies are not decompressed.
    """

    def __init__(self, judge: Judge, handle: Handle) -> None:
        super().__init__(self._receive)
        self._judge = judge
        self._handle = handle
        # In the order in which they connected.
        self._strangers: dict[web.RequestHandler, asyncio.TimerHandle] = {}
        self._counts: Counter[str] = Counter()
        self._report_due: asyncio.TimerHandle | None = None

    def __call__(self) -> web.RequestHandler:
        """Return the protocol of a new connection."""
        return _Connection(self, self._loop)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Register a new connection as a stranger's."""
        super().connection_made(handler, transport)
        if len(self._strangers) >= MOST_STRANGERS:
            self._close(next(iter(self._strangers)))
        self._strangers[handler] = self._loop.call_later(SECONDS_TO_ASK, self._close, handler)

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        """Forget a connection."""
        self._forget_stranger(handler)
        super().connection_lost(handler, exc)

    async def shutdown(self, timeout: float | None = None) -> None:
        """Close all connections as soon as their requests are answered."""
        if self._report_due is not None:
            self._report_due.cancel()
            self._report()
        await super().shutdown(timeout)

    def count(self, kind: str, remote: str | None, reason: str) -> None:
        """Count a stranger who is turned away."""
        logger.debug("Turned away %s: %s", remote or "a stranger", reason)
        self._counts[kind] += 1
        if self._report_due is None:
            self._report_due = self._loop.call_later(REPORT_SECONDS, self._report)

    def _receive(self, request: web.BaseRequest) -> Awaitable[web.Response]:
        status = self._judge(request)
        if status is not None:
            return self._refuse(request, status)
        self._forget_stranger(request.protocol)
        return self._handle(request)

    async def _refuse(self, request: web.BaseRequest, status: HTTPStatus) -> web.Response:
        self.count("refused requests", request.remote, str(status.value))
        return _last_answer(status)

    def _forget_stranger(self, connection: web.RequestHandler) -> None:
        if timer := self._strangers.pop(connection, None):
            timer.cancel()

    def _close(self, stranger: web.RequestHandler) -> None:
        self._forget_stranger(stranger)
        self.count("idle connections", None, "no request came")
        stranger.force_close()

    def _report(self) -> None:
        self._report_due = None
        counts = ", ".join(f"{number} {kind}" for kind, number in self._counts.items())
        self._counts.clear()
        logger.info("Turned strangers away within a minute: %s", counts)


class _Connection(web.RequestHandler):
    """A connection on which malformed HTTP is no error of the program."""

    __slots__ = ("_server",)

    def __init__(self, server: GuardedServer, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(server, loop=loop, **OPTIONS)
        self._server = server

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that failed."""
        if not isinstance(exc, HttpProcessingError):
            return super().handle_error(request, status, exc, message)
        self._server.count("malformed requests", request.remote, type(exc).__name__)
        return _last_answer(HTTPStatus.BAD_REQUEST)


def _last_answer(status: HTTPStatus) -> web.Response:
    """Return an answer after which the connection is closed."""
    response = web.Response(status=status)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers[hdrs.ALLOW] = hdrs.METH_POST
    response.force_close()
    return response
