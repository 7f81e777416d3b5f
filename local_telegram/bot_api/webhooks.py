"""Webhook delivery: per-chat order, parallel chats, retries, and calls in the response's body.

Source: Telegram's documentation of setWebhook, and the behaviour of its published Bot API server.
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from local_telegram.http.loopback import is_loopback
from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json, decode_json, is_object
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.clock import Clock, Sleep
from local_telegram.state.update_queue import PendingUpdate, UpdateQueue, chat_of

DEFAULT_MAX_CONNECTIONS = 40
HIGHEST_MAX_CONNECTIONS = 100
SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]*")
SECRET_TOKEN_LIMIT = 256
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)
LONGEST_RETRY_AFTER_SECONDS = 3600
LONGEST_BACKOFF_SECONDS = (60.0, 120.0)
NOT_DONE_IN_RESPONSES = frozenset({"setwebhook", "deletewebhook", "close", "logout"})

ExecuteCall = Callable[[str, Parameters], Awaitable[object]]


@dataclass(slots=True, frozen=True)
class Webhook:
    """A webhook, as setWebhook describes it."""

    url: str
    secret_token: str
    max_connections: int
    ip_address: str = ""
    has_custom_certificate: bool = False


@dataclass(slots=True)
class LastError:
    """The last failure of a webhook, as getWebhookInfo tells it; `date` is a Unix time."""

    date: int
    message: str


@dataclass(slots=True, frozen=True)
class DeliveryOutcome:
    """How a request ended: `error` is None if the update was accepted."""

    error: str | None
    retry_after: float = 0.0
    call: Json | None = None


@dataclass(slots=True)
class Backoff:
    """The wait before an update is sent again: 0, 2, 4, 8 … s, at most a random 60 to 120 s."""

    failures: int = 0
    delay: float = 1.0
    random: SystemRandom = field(default_factory=SystemRandom)

    def next_delay(self, retry_after: float) -> float:
        """Return how many seconds to wait after another failure."""
        self.failures += 1
        if retry_after > 0:
            return min(retry_after, LONGEST_RETRY_AFTER_SECONDS)
        if self.failures == 1:
            return 0.0
        longest = self.random.uniform(*LONGEST_BACKOFF_SECONDS)
        self.delay = min(longest, self.delay * 2)
        return self.delay


def read_webhook(parameters: Parameters) -> Webhook:
    """Return the webhook that a setWebhook call describes.

    Raises:
        BadRequestError: The URL is not https (or http on loopback, which only this stand-in
            accepts), or the secret token is malformed.
    """
    url = parameters.text("url").strip()
    if not _may_get_updates(url):
        raise BadRequestError("bad webhook: An HTTPS URL must be provided for webhook")
    secret_token = parameters.text("secret_token")
    if len(secret_token) > SECRET_TOKEN_LIMIT:
        raise BadRequestError("secret token is too long")
    if not SECRET_TOKEN.fullmatch(secret_token):
        raise BadRequestError("secret token contains unallowed characters")
    max_connections = parameters.integer(
        "max_connections", DEFAULT_MAX_CONNECTIONS, minimum=1, maximum=HIGHEST_MAX_CONNECTIONS
    )
    return Webhook(
        url,
        secret_token,
        max_connections,
        parameters.text("ip_address"),
        "certificate" in parameters.files,
    )


def _may_get_updates(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_local = parts.scheme == "http" and is_loopback(parts.hostname or "")
    return parts.scheme == "https" or is_local


class WebhookDelivery:
    """Sends the queue's updates to one webhook until `stop` is called.

    `execute` carries out the calls found in responses; `timeout` in seconds ends a request.
    """

    def __init__(
        self,
        webhook: Webhook,
        *,
        updates: UpdateQueue,
        clock: Clock,
        sleep: Sleep,
        execute: ExecuteCall,
        timeout: float,
    ) -> None:
        self.webhook = webhook
        self.last_error: LastError | None = None
        self._updates = updates
        self._clock = clock
        self._sleep = sleep
        self._execute = execute
        self._connections = asyncio.Semaphore(webhook.max_connections)
        self._queues: dict[int | str, deque[PendingUpdate]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=webhook.max_connections),
            timeout=aiohttp.ClientTimeout(total=timeout),
            headers={SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {},
        )

    def start(self) -> None:
        """Send all pending updates."""
        for update in self._updates.unconfirmed(0, self._updates.pending_count):
            self.on_update(update)

    async def stop(self) -> None:
        """Stop sending; cancel the running requests."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._session.close()

    def on_update(self, update: PendingUpdate) -> None:
        """Send an update after the earlier updates of its chat."""
        key = chat_of(update.body) or f"update {update.update_id}"
        queue = self._queues.get(key)
        if queue is not None:
            queue.append(update)
            return
        self._queues[key] = deque([update])
        worker = asyncio.get_running_loop().create_task(self._send_queue(key))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _send_queue(self, key: int | str) -> None:
        queue = self._queues[key]
        while queue:
            await self._send_until_accepted(queue[0])
            queue.popleft()
        del self._queues[key]

    async def _send_until_accepted(self, update: PendingUpdate) -> None:
        backoff = Backoff()
        while not update.confirmed:
            async with self._connections:
                outcome = await self._send(update)
            if outcome.error is None:
                self._updates.confirm(update)
                await self._execute_call(outcome.call)
                return
            now = self._clock().timestamp()
            self.last_error = LastError(int(now), outcome.error)
            delay = backoff.next_delay(outcome.retry_after)
            if now + delay > update.expires_at:
                self._updates.confirm(update)
            elif delay:
                await self._sleep(delay)

    async def _send(self, update: PendingUpdate) -> DeliveryOutcome:
        body = json.dumps(update.body, separators=(",", ":")).encode()
        try:
            async with self._session.post(
                self.webhook.url,
                data=body,
                headers={"Content-Type": "application/json"},
                allow_redirects=False,
            ) as response:
                content = await response.read()
        except TimeoutError:
            return DeliveryOutcome("Read timeout expired")
        except aiohttp.ClientError as error:
            return DeliveryOutcome(f"Connection failed: {type(error).__name__}")
        if response.ok and response.status < 300:  # noqa: PLR2004 (the end of HTTP's successes)
            return DeliveryOutcome(None, call=_call_in(content, response.content_type))
        retry_after = response.headers.get("Retry-After", "")
        return DeliveryOutcome(
            f"Wrong response from the webhook: {response.status} {response.reason}",
            float(retry_after) if retry_after.isdecimal() else 0.0,
        )

    async def _execute_call(self, call: Json | None) -> None:
        method = str((call or {}).get("method", ""))
        lowered = method.lower()
        if call is None or not method or lowered.startswith("get"):
            return
        if lowered not in NOT_DONE_IN_RESPONSES:
            parameters = {name: value for name, value in call.items() if name != "method"}
            await self._execute(method, Parameters(parameters))


def _call_in(content: bytes, content_type: str) -> Json | None:
    """Return the Bot API call in a response's body, or None if the body holds none."""
    if not content:
        return None
    if content_type == "application/x-www-form-urlencoded":
        form: dict[str, Any] = dict(parse_qsl(content.decode("utf-8", "replace")))
        return form
    try:
        decoded = decode_json(content)
    except ValueError:
        return None
    return decoded if is_object(decoded) else None
