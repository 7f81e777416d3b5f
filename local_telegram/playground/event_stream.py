"""The stream of events (server-sent events) from which the chat page learns what happens."""

import asyncio
from contextlib import suppress

from aiohttp import web

from local_telegram.playground.answers import readable_json
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.clock import Sleep
from local_telegram.state.events import Event, EventLog

HEARTBEAT_SECONDS = 15.0
HEARTBEAT = b": still here\n\n"


class EventStreams:
    """Sends the events of the log to each page that asks; `sleep` times the heartbeats."""

    def __init__(self, events: EventLog, sleep: Sleep) -> None:
        self._events = events
        self._sleep = sleep
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End all streams."""
        self._closing.set()
        self._events.wake_all()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Send the events after `Last-Event-ID` (or `after`) until the page is closed."""
        resumed = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        after = Parameters({"after": resumed}).integer("after", minimum=0)
        if after > self._events.last_id:
            after = 0  # the number is from before this server's start
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        with suppress(ConnectionResetError):  # the page was closed
            await response.prepare(request)
            await self._stream(response, after)
        return response

    async def _stream(self, response: web.StreamResponse, after: int) -> None:
        while not self._closing.is_set():
            events = self._events.since(after)
            if events:
                await response.write(b"".join(map(_as_sent, events)))
                after = events[-1].id
            elif not await self._happens_before_heartbeat(after):
                await response.write(HEARTBEAT)

    async def _happens_before_heartbeat(self, after: int) -> bool:
        """Wait for an event; return whether one came before a heartbeat is due."""
        happened = asyncio.ensure_future(self._happened(after))
        slept = asyncio.ensure_future(self._sleep(HEARTBEAT_SECONDS))
        try:
            done, _ = await asyncio.wait({happened, slept}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            happened.cancel()
            slept.cancel()
        return happened in done

    async def _happened(self, after: int) -> None:
        while self._events.last_id <= after and not self._closing.is_set():
            await self._events.next()


def _as_sent(event: Event) -> bytes:
    return f"id: {event.id}\ndata: {readable_json(event.body)}\n\n".encode()
