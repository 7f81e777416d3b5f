"""Middlewares of all routes: who may ask, with what body, and how broken requests are answered."""

import logging
import re
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError

from local_telegram.http.loopback import is_loopback

logger = logging.getLogger(__name__)

HOST = re.compile(r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<name>[^:\[\]@]*))(?::[0-9]*)?")
ELSEWHERE = frozenset({"cross-site", "same-site"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests that pages of other servers make through a browser on this machine."""
    if _comes_from_here(request):
        return await handler(request)
    return web.json_response({"error": "Only pages of this server may do that."}, status=403)


@web.middleware
async def refuse_packed_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a compressed body: a small body may be huge once it is decompressed."""
    if hdrs.CONTENT_ENCODING in request.headers:
        return _refusal(415, "The body must not be packed.")
    return await handler(request)


@web.middleware
async def forgive_broken_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 400 if a body can't be read, and nothing if its sender has disconnected."""
    try:
        return await handler(request)
    except web.RequestPayloadError:
        request.content.feed_eof()  # the rest of the body can't be read either
        return _refusal(400, "The body can't be read.")
    except ConnectionResetError:
        return web.Response()


def check_length(request: web.Request) -> None:
    """Refuse a body by its Content-Length, before any of the body is read.

    Raises:
        HTTPRequestEntityTooLarge: The body is larger than the application accepts.
    """
    length = request.content_length or 0
    if length > request.client_max_size:
        raise web.HTTPRequestEntityTooLarge(request.client_max_size, length)


def request_logger() -> logging.Logger:
    """Return the logger for aiohttp's errors; input that is not HTTP becomes a DEBUG line."""
    logger.addFilter(_is_our_error)
    return logger


def _is_our_error(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, HttpProcessingError):
        return True
    logger.debug("What came is no HTTP: %s", type(error).__name__)
    return False


def _refusal(status: int, error: str) -> web.Response:
    refusal = web.json_response({"error": error}, status=status)
    refusal.force_close()
    return refusal


def _comes_from_here(request: web.Request) -> bool:
    """Tell whether a request names a loopback host and comes from no other server's page.

    Browsers leave `Origin` out of some requests, such as those for images. But `Sec-Fetch-Site`
    tells how the page that makes the request is related to this server.
    """
    host = request.headers.get("Host", "")
    match = HOST.fullmatch(host)
    if match is None or not is_loopback(match["bracketed"] or match["name"] or ""):
        return False
    if request.headers.get("Sec-Fetch-Site") in ELSEWHERE and not _follows_a_link(request):
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{host}"


def _follows_a_link(request: web.Request) -> bool:
    """Tell whether a link on another page opens the chat page, which is harmless."""
    return request.path == "/" and request.headers.get("Sec-Fetch-Mode") == "navigate"
