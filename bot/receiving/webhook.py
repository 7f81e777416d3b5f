"""Receives updates over HTTP, and acknowledges one only after its effect is committed."""

import asyncio
import hmac
import logging
import math
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Final
from weakref import WeakValueDictionary

from aiohttp import StreamReader, hdrs, web
from pydantic_core import to_json
from yarl import URL

from bot.receiving.guarded_server import GuardedServer
from bot.receiving.routing import ALLOWED_UPDATES
from bot.receiving.wiring import Pipeline
from bot.telegram.calls import ApiCall
from bot.telegram.updates import Update, is_basic_group, read_body
from bot.telegram.webhook_info import WebhookInfo
from db.connection.errors import DatabaseAway

logger = logging.getLogger(__name__)

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)
MAX_CONNECTIONS: Final = 100

PATIENCE_SECONDS: Final = 50.0
"""How long an answer may take: after 60 seconds, Telegram sends the update again."""

RETRY_AFTER_SECONDS: Final = 2
LONGEST_RETRY_AFTER_SECONDS: Final = 3600
"""Telegram ignores a `Retry-After` of more than an hour."""

ANOTHER_PROGRAM: Final = "another program with this token"

BODY_SECONDS: Final = 10.0
"""How long a body may take to arrive."""


class Webhook:
    """The HTTP endpoint that Telegram posts updates to.

    python-telegram-bot's own endpoint acknowledges an update when it is queued, so that a process
    that is killed loses its queue. Telegram sends the updates of a chat one after the other, each
    after the last one was acknowledged, and so keeps their order.

    Args:
        pipeline: the parts that an update passes. Updates that were stored while the bot polled
            come before those that are posted.
        url: the public address.
        secret: the text that Telegram sends with every post.
        reply_in_response: whether the last call of an answer travels in the response, and is made
            by Telegram. Its result can't be seen. But the bot makes a call less, and no update is
            acknowledged without its answer.
    """

    def __init__(
        self, pipeline: Pipeline, *, url: str, secret: str, reply_in_response: bool
    ) -> None:
        self._bot = pipeline.bot
        self._processing = pipeline.processing
        self._delivery = pipeline.delivery
        self._limits = pipeline.limits
        self._queues = pipeline.queues
        self._door = pipeline.door
        self._url = url
        self._path = URL(url).path_safe
        self._secret = _as_bytes(secret)
        self._reply_in_response = reply_in_response
        self._postponed = 0
        # Telegram orders taps by person, so a tap may come beside a message of the same chat.
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    @property
    def postponed(self) -> int:
        """How many posts were answered with 503, for Telegram to send them again."""
        return self._postponed

    def differs(self, info: WebhookInfo) -> str:
        """Describe how a webhook differs from the registered one; empty if it does not."""
        if not info.url:
            return f"{ANOTHER_PROGRAM} has deleted it (a copy without WEBHOOK_URL does), stop that"
        if not _same(info.url, self._url):
            return f"{ANOTHER_PROGRAM} has set another URL, stop that"
        # An absent list means all usual kinds, which include ours.
        if frozenset(info.allowed_updates or ALLOWED_UPDATES) != frozenset(ALLOWED_UPDATES):
            return f"{ANOTHER_PROGRAM} has asked for other kinds of updates, stop that"
        if info.max_connections not in {None, MAX_CONNECTIONS}:
            return f"{ANOTHER_PROGRAM} has asked for other connections, stop that"
        if info.has_custom_certificate:
            return f"{ANOTHER_PROGRAM} has set a certificate, stop that"
        return ""

    async def register(self) -> None:
        """Tell Telegram where to post."""
        await self._bot.set_webhook(
            self._url,
            secret_token=self._secret.decode(),
            allowed_updates=ALLOWED_UPDATES,
            max_connections=MAX_CONNECTIONS,
        )

    def build_server(self) -> web.Server:
        """Build the web server that takes the posts."""
        return GuardedServer(self._judge, self._receive)

    def _judge(self, request: web.BaseRequest) -> HTTPStatus | None:
        """Let in only posts with the secret."""
        if request.rel_url.path_safe != self._path:
            return HTTPStatus.NOT_FOUND
        if request.method != hdrs.METH_POST:
            return HTTPStatus.METHOD_NOT_ALLOWED
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(_as_bytes(given), self._secret):
            return HTTPStatus.FORBIDDEN
        return None

    async def _receive(self, request: web.BaseRequest) -> web.Response:
        if hdrs.CONTENT_ENCODING in request.headers:
            return web.Response(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            body = await _read(request)
            update = None if body is None else read_body(body)
        except TimeoutError:
            return web.Response(status=HTTPStatus.REQUEST_TIMEOUT)
        except (ValueError, web.RequestPayloadError, ConnectionError):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        # If an update that can't be parsed were refused, Telegram would send it again and again,
        # and hold back the updates after it.
        if update is None or not self._door.lets_in(update):
            return web.Response()
        return await self._take(update)

    async def _take(self, update: Update) -> web.Response:
        chat_id = update.chat_id
        if self._queues.holds(chat_id):
            return self._come_again()
        # To wait here would use up the few connections that other chats need.
        held = self._limits.seconds_held(chat_id)
        if held > RETRY_AFTER_SECONDS:
            return self._come_again(min(held, LONGEST_RETRY_AFTER_SECONDS))
        turn = self._turns.setdefault(chat_id, asyncio.Lock())
        return await self._process(update, turn)

    async def _process(self, update: Update, turn: asyncio.Lock) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), turn:
                return await self._answer(update, await self._processing.handle(update))
        except (DatabaseAway, TimeoutError):
            return self._come_again()
        except Exception:
            # If it were refused, Telegram would send it again and again.
            logger.exception("Update %d could not be processed", update.update_id)
            return web.Response()

    def _may_be_in_response(self, call: ApiCall) -> bool:
        # The result of an edit is needed, and that of a message to a group that may have moved.
        return (
            self._reply_in_response and call.fits_in_response and not is_basic_group(call.chat_id)
        )

    async def _answer(self, update: Update, calls: Sequence[ApiCall]) -> web.Response:
        if not calls:
            return web.Response()
        *first, last = calls
        if self._may_be_in_response(last):
            # Encoded before it counts as sent: that may fail.
            body = to_json({"method": last.method, **last.parameters})
            if self._delivery.take_for_response(last):
                if first:
                    await self._processing.deliver(update, first)
                return web.Response(body=body, content_type="application/json")
        await self._processing.deliver(update, calls)
        return web.Response()

    def _come_again(self, seconds: float = RETRY_AFTER_SECONDS) -> web.Response:
        self._postponed += 1
        return web.Response(
            status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(math.ceil(seconds))}
        )


async def _read(request: web.BaseRequest) -> bytes | None:
    """Read the body of a post. If it is too large, log that and return None.

    No update of a person is as large. If it were refused, Telegram would send it again and again.

    Raises:
        TimeoutError: the body does not arrive in time.
    """
    if request.content.is_eof():  # The body came with the headers, as nearly always.
        body = request.content.read_nowait()
        if len(body) <= request.client_max_size:
            return body
    elif (request.content_length or 0) <= request.client_max_size:
        with suppress(web.HTTPRequestEntityTooLarge):
            async with asyncio.timeout(BODY_SECONDS):
                return await request.read()
    logger.warning("An update of over %d bytes was dropped", request.client_max_size)
    await _discard(request.content)
    return None


async def _discard(body: StreamReader) -> None:
    """Read the rest of a body and drop it: a client that is still sending may miss the answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(BODY_SECONDS):
            while await body.readany():
                pass


def _same(url: str, other: str) -> bool:
    """Whether two URLs are the same, for instance with and without the usual port."""
    try:
        return URL(url) == URL(other)
    except ValueError:
        return False


def _as_bytes(secret: str) -> bytes:
    """Return the bytes of a header, which may be no UTF-8."""
    return secret.encode("utf-8", "surrogateescape")
