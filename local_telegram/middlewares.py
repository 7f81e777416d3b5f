"""What holds for every route: who may ask, and what becomes of requests that break off."""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from local_telegram.loopback import is_loopback

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
async def forgive_broken_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a body that does not arrive as announced; say nothing if its sender has gone."""
    try:
        return await handler(request)
    except web.RequestPayloadError:
        request.content.feed_eof()  # what is left of it can't be read either
        refusal = web.json_response({"error": "The body can't be read."}, status=400)
        refusal.force_close()
        return refusal
    except ConnectionResetError:
        return web.Response()


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
