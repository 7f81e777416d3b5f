"""What holds for every route: who may ask, with what body, and what becomes of broken requests."""

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
    """Let in programs of this machine and pages of this server; any web page could try."""
    if _comes_from_here(request):
        return await handler(request)
    return web.json_response({"error": "Only pages of this server may do that."}, status=403)


@web.middleware
async def refuse_packed_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a body that is packed: a small one may be huge when it is unpacked."""
    if hdrs.CONTENT_ENCODING in request.headers:
        return _refusal(415, "The body must not be packed.")
    return await handler(request)


@web.middleware
async def forgive_broken_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a body that does not arrive as announced; say nothing if its sender has gone."""
    try:
        return await handler(request)
    except web.RequestPayloadError:
        request.content.feed_eof()  # what is left of it can't be read either
        return _refusal(400, "The body can't be read.")
    except ConnectionResetError:
        return web.Response()


def check_length(request: web.Request) -> None:
    """Refuse a body that is announced as too large, before any of it is read.

    Raises:
        HTTPRequestEntityTooLarge: It is.
    """
    length = request.content_length or 0
    if length > request.client_max_size:
        raise web.HTTPRequestEntityTooLarge(request.client_max_size, length)


def request_logger() -> logging.Logger:
    """Return the log of aiohttp's errors, in which what is no HTTP is a line for debugging."""
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
    """Tell whether neither a foreign page nor a foreign name is behind a request.

    Browsers send `Origin` not with every request (not with that of an image), but they say in
    `Sec-Fetch-Site` how the page that asks is related to this server.
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
    """Tell whether somebody opens the chat page by a link on another page, which only shows it."""
    return request.path == "/" and request.headers.get("Sec-Fetch-Mode") == "navigate"
