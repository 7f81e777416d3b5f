"""LocalTelegramServer: the Bot API, the people's side and the chat page on one loopback port."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from local_telegram.bot_api.dispatcher import BotApiDispatcher
from local_telegram.bot_api.routes import BotApiRoutes
from local_telegram.http.middlewares import (
    forgive_broken_bodies,
    refuse_packed_bodies,
    refuse_strangers,
    request_logger,
)
from local_telegram.playground.routes import PlaygroundRoutes
from local_telegram.state.clock import Sleep
from local_telegram.telegram import LocalTelegram

PAGE = Path(__file__).parent / "playground" / "page"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LARGEST_BODY_BYTES = 50 * 1024 * 1024
SHUTDOWN_SECONDS = 1.0
LINGERING_SECONDS = 1.0
"""How long an unread body is drained after the answer, so that its sender sees the answer."""

KEEP_ALIVE_SECONDS = 75.0


class LocalTelegramServer:
    """Serves one LocalTelegram; several may run side by side.

    `url` is the root: calls of the bot go to `<url>/bot<token>/<method>`, a browser to `<url>/`.
    `sleep` times the heartbeats in the streams of events.
    """

    def __init__(
        self, telegram: LocalTelegram | None = None, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.telegram = telegram or LocalTelegram()
        self._sleep = sleep
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free port.

        Raises:
            OSError: The address is taken, or is not one of this machine.
        """
        await self._start(host, lambda runner: [web.TCPSite(runner, host, port)])

    async def start_on(self, host: str, sockets: Sequence[socket.socket]) -> None:
        """Listen on sockets that are bound already, to addresses of the host.

        Raises:
            OSError: The address is taken.
        """
        await self._start(host, lambda runner: [web.SockSite(runner, bound) for bound in sockets])

    async def _start(
        self, host: str, sites: Callable[[web.AppRunner], Sequence[web.BaseSite]]
    ) -> None:
        api = BotApiDispatcher(self.telegram)
        playground = PlaygroundRoutes(self.telegram, self._sleep)
        application = web.Application(
            client_max_size=LARGEST_BODY_BYTES,
            middlewares=[refuse_strangers, refuse_packed_bodies, forgive_broken_bodies],
        )
        application.add_routes(BotApiRoutes(api, self.telegram.token).routes())
        application.add_routes(playground.routes())
        application.add_routes([web.get("/", _index), web.static("/page", PAGE)])
        application.on_response_prepare.append(_add_page_headers)

        async def end_waiting(_application: web.Application) -> None:
            playground.close()
            await api.close()

        application.on_shutdown.append(end_waiting)
        runner = web.AppRunner(
            application,
            access_log=None,
            logger=request_logger(),
            shutdown_timeout=SHUTDOWN_SECONDS,
            auto_decompress=False,
            lingering_time=LINGERING_SECONDS,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
        )
        await runner.setup()
        self._runner = runner
        try:
            for site in sites(runner):
                await site.start()
        except OSError:
            await self.stop()
            raise
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening; end waiting polls, requests to the webhook and streams of events."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.stop()


async def _add_page_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Forbid the page to load anything from outside, and browsers to reuse it unasked."""
    if request.path == "/" or request.path.startswith("/page/"):
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")
