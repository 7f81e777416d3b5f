"""The HTTP requests of python-telegram-bot, made by aiohttp."""

import asyncio
import io
import json
import re
import ssl
from collections.abc import Awaitable, Callable
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any, Final, TypeGuard
from urllib.request import getproxies, proxy_bypass

import certifi
from aiohttp import (
    BytesIOPayload,
    BytesPayload,
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    Payload,
    SocketTimeoutError,
    TCPConnector,
)
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import HttpProcessingError
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

CONNECTIONS: Final = 256
POOL_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 10.0
WRITE_SECONDS: Final = 10.0
MEDIA_WRITE_SECONDS: Final = 20.0
READ_SECONDS: Final = 30.0

# aiohttp treats a timeout of zero as no timeout.
SHORTEST_SECONDS: Final = 0.001
# A body of this size fits into the connection's buffer, so that sending it never waits.
UNHINDERED_BYTES: Final = 32 * 1024
REMEMBERED: Final = 128
JSON: Final = "application/json"
SUCCESS: Final = re.compile(rb'\s*\{\s*"ok"\s*:\s*true\b')
"""The beginning of an answer by which a success is known without decoding the rest."""

ERROR_CODES: Final = range(400, 600)

DEFAULT_NONE: Final = BaseRequest.DEFAULT_NONE

Route = Callable[[str], tuple[URL, URL | None]]


class AiohttpRequest(BaseRequest):
    """Makes the requests of a `telegram.Bot` on shared connections, which are kept open.

    A URL contains the token, so no error that is raised here has a URL, or an error of aiohttp's.
    Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`) at `initialize`.

    Args:
        connections: how many calls may be made at once; others wait until one of them ends.
        pool_timeout: how long a call waits for that. All timeouts are in seconds; None is none.
        connect_timeout: how long to connect, TLS included.
        write_timeout: how long to send a call.
        media_write_timeout: how long to send a call with files.
        read_timeout: how long to wait for the beginning of an answer, or for its next part.
    """

    def __init__(
        self,
        *,
        connections: int = CONNECTIONS,
        pool_timeout: float | None = POOL_SECONDS,
        connect_timeout: float | None = CONNECT_SECONDS,
        write_timeout: float | None = WRITE_SECONDS,
        media_write_timeout: float | None = MEDIA_WRITE_SECONDS,
        read_timeout: float | None = READ_SECONDS,
    ) -> None:
        self._pool_timeout = pool_timeout
        self._connect_timeout = connect_timeout
        self._write_timeout = write_timeout
        self._media_write_timeout = media_write_timeout
        self._read_timeout = read_timeout
        # Instead of aiohttp's own limit: if a call is cancelled just after its turn has come,
        # aiohttp gives the turn to no other call.
        self._free = asyncio.Semaphore(connections)
        self._session: ClientSession | None = None
        self._route: Route = _route

    @property
    def read_timeout(self) -> float | None:
        """The read timeout of a call that gives none, in seconds."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the session, also after a `shutdown`; an open session stays as it is."""
        if self._session is None:
            self._route = lru_cache(REMEMBERED)(_route)
            self._session = ClientSession(
                connector=TCPConnector(limit=0, ssl=_trust()),
                cookie_jar=DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close all connections; calls under way fail."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(  # noqa: PLR0917 (python-telegram-bot's interface)
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make a request, and return the status and the body of the answer.

        An answer that refuses the call has the status of its error, also where the server sent it
        with the status of a success.

        Raises:
            TimedOut: something took too long.
            NetworkError: no whole answer came, or an error that is not from the Bot API.
            RuntimeError: the session is not open.
        """
        body = self._body(request_data, write_timeout)
        limits = _timeouts(
            _seconds(connect_timeout, self._connect_timeout),
            _seconds(read_timeout, self._read_timeout),
        )

        async def exchange(session: ClientSession) -> tuple[int, bytes]:
            target, proxy = self._route(url)
            response = await session.request(
                method, target, data=body, proxy=proxy, timeout=limits, allow_redirects=False
            )
            return response.status, await response.read()

        pool_seconds = _seconds(pool_timeout, self._pool_timeout)
        status, answer = await self._carry_out(exchange, pool_seconds)
        if status >= HTTPStatus.MULTIPLE_CHOICES and not _is_answer(_decoded(answer)):
            # The 403 or 404 of a proxy or a firewall says nothing about a chat or the token. Its
            # page, which python-telegram-bot would quote, may contain the URL.
            raise NetworkError(f"Status {status}, and not from the Bot API")
        if status < HTTPStatus.MULTIPLE_CHOICES and not SUCCESS.match(answer):
            status = _status_of_refusal(answer) or status
        return status, answer

    async def download(self, url: str, most_bytes: int) -> tuple[int, bytes]:
        """Fetch a file, and return the status and the first `most_bytes` bytes.

        The rest is not fetched, whatever size the server announces. Nothing is decompressed.

        Raises:
            TimedOut: something took too long.
            NetworkError: no whole answer came.
            RuntimeError: the session is not open.
        """
        limits = _timeouts(self._connect_timeout, self._read_timeout)

        async def exchange(session: ClientSession) -> tuple[int, bytes]:
            target, proxy = self._route(url)
            async with session.get(
                target,
                headers={"Accept-Encoding": "identity"},
                auto_decompress=False,
                proxy=proxy,
                timeout=limits,
                allow_redirects=False,
            ) as response:
                content = bytearray()
                async for chunk in response.content.iter_any():
                    content += chunk
                    if len(content) >= most_bytes:
                        response.close()
                        break
                return response.status, bytes(content[:most_bytes])

        return await self._carry_out(exchange, self._pool_timeout)

    async def _carry_out(
        self,
        exchange: Callable[[ClientSession], Awaitable[tuple[int, bytes]]],
        pool_seconds: float | None,
    ) -> tuple[int, bytes]:
        """Make a request when its turn comes, and return the status and the body of the answer."""
        await self._wait_until_free(pool_seconds)
        try:
            if self._session is None:
                raise RuntimeError("This AiohttpRequest is not initialized!")
            return await exchange(self._session)
        except (ClientError, HttpProcessingError, OSError, ValueError) as caught:
            error = _without_url(caught)
        finally:
            self._free.release()
        # Raised outside the `except`: the caught error has the URL, and would become the context.
        raise error

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the JSON object of an answer.

        python-telegram-bot's own logs an answer that it can't parse, such as a page of a proxy,
        which may contain the URL.

        Raises:
            NetworkError: the answer is not one of the Bot API.
        """
        decoded = _decoded(payload)
        if not _is_answer(decoded):
            raise NetworkError("What came is not an answer of the Bot API")
        if decoded.get("ok") is True:
            # An answer without a result is a success, too: a retry would make the call twice.
            decoded.setdefault("result", None)
        return decoded

    async def _wait_until_free(self, seconds: float | None) -> None:
        if not self._free.locked():
            await self._free.acquire()  # does not wait
            return
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError:
            raise TimedOut("Timed out waiting for a free connection") from None

    def _body(self, data: RequestData | None, write_timeout: ODVInput[float]) -> Payload | None:
        if data is None:
            return None
        if data.contains_files:
            return _TimedBody(_form(data), _seconds(write_timeout, self._media_write_timeout))
        # `RequestData.json_payload` encodes nested values twice, and takes three times as long.
        encoded = json.dumps(data.parameters).encode()
        if len(encoded) <= UNHINDERED_BYTES:
            return BytesPayload(encoded, content_type=JSON)
        body = BytesIOPayload(io.BytesIO(encoded), content_type=JSON)
        return _TimedBody(body, _seconds(write_timeout, self._write_timeout))


class _TimedBody(Payload):
    """A body with a limit on the time that sending it takes; aiohttp has no such limit."""

    def __init__(self, body: Payload, seconds: float | None) -> None:
        super().__init__(body, headers=body.headers)
        self._body = body
        self._seconds = seconds

    @property
    def size(self) -> int | None:
        return self._body.size

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return self._body.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        await self.write_with_length(writer, None)

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        async with asyncio.timeout(self._seconds):
            await self._body.write_with_length(writer, content_length)

    async def close(self) -> None:
        await self._body.close()


@cache
def _trust() -> ssl.SSLContext:
    """Return a context that trusts the certificates of the system and of certifi.

    Some systems have no certificates. Reading them takes a while, so all connections share them.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _form(data: RequestData) -> Payload:
    # Telegram does not decode a file name that is percent-encoded.
    form = FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, content_type) in data.multipart_data.items():
        # aiohttp sends a file object in pieces, and warns of large bytes.
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, file, filename=filename, content_type=content_type)
    return form()


def _route(url: str) -> tuple[URL, URL | None]:
    """Return the parsed URL, and the proxy to it."""
    target = URL(url, encoded=True)
    proxies = getproxies()
    proxy = proxies.get(target.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(target.host or ""):
        return target, None
    return target, URL(proxy if "://" in proxy else f"http://{proxy}")


def _seconds(given: ODVInput[float], default: float | None) -> float | None:
    """Return the timeout that the caller gave, or else the default."""
    return given if given is None or isinstance(given, float | int) else default


@lru_cache(REMEMBERED)
def _timeouts(connect: float | None, read: float | None) -> ClientTimeout:
    return ClientTimeout(
        total=None,
        connect=None if connect is None else max(connect, SHORTEST_SECONDS),
        sock_read=None if read is None else max(read, SHORTEST_SECONDS),
    )


def _without_url(error: Exception) -> NetworkError:
    """Return an error that says the same in words that can't contain the URL."""
    match error:
        case ConnectionTimeoutError():
            return TimedOut("Timed out connecting")
        case SocketTimeoutError():
            return TimedOut("Timed out waiting for the answer")
        case TimeoutError():
            return TimedOut("Timed out sending")
        case ClientHttpProxyError():
            cause = f": the proxy answers {error.status}"
        case ClientConnectorError():
            cause = f": {error.os_error}"
        case _:
            # The words of aiohttp may contain the URL; those of the system error behind do not.
            behind = error.__cause__
            from_system = isinstance(behind, OSError) and not isinstance(behind, ClientError)
            cause = f": {behind}" if from_system else ""
    return NetworkError(type(error).__name__ + cause)


def _decoded(payload: bytes) -> object:
    """Return the decoded JSON, or None."""
    try:
        return json.loads(payload.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _status_of_refusal(payload: bytes) -> int | None:
    """Return the status that belongs to an answer which refuses the call; None for others."""
    decoded = _decoded(payload)
    if not _is_answer(decoded) or decoded["ok"] is True:
        return None
    code = decoded.get("error_code")
    return code if isinstance(code, int) and code in ERROR_CODES else HTTPStatus.BAD_REQUEST


def _is_answer(decoded: object) -> TypeGuard[dict[str, Any]]:
    """Whether this is an answer of the Bot API: an object that says whether the call succeeded."""
    return isinstance(decoded, dict) and "ok" in decoded
