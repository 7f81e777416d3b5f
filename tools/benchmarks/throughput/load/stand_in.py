"""A stand-in Telegram that costs little: only the calls that the contenders make."""

import asyncio
import json
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Protocol, Self

from tools.benchmarks.throughput.load.answers import parameters
from tools.benchmarks.throughput.load.ledger import Answer, Ledger
from tools.benchmarks.throughput.load.wire import ServerConnection

TOKEN: Final = "1234567890:AAbenchmark-of-the-fridge-bot-42"  # noqa: S105 (of the stand-in)
BOT: Final = {
    "id": 1234567890,
    "is_bot": True,
    "first_name": "Fridge",
    "username": "fridge_bot",
}
ME: Final = {
    **BOT,
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
    "can_connect_to_business": False,
    "has_main_web_app": False,
}
CHAT_ID: Final = re.compile(
    rb'chat_id"?(?:: ?|=|\r\n(?:[^\r\n]+\r\n)*\r\n)(-?\d+)'  # JSON, a form, a multipart form
)
DONE: Final = b'{"ok":true,"result":true}'
ME_ANSWER: Final = json.dumps({"ok": True, "result": ME}).encode()
NOT_FOUND: Final = b'{"ok":false,"error_code":404,"description":"Not Found"}'
# As long as an ordinary answer, so that reading it costs a bot as much as usual.
MESSAGE: Final = b"".join(
    (
        b'{"ok":true,"result":{"message_id":%d,"from":',
        json.dumps(BOT).encode(),
        b',"chat":{"id":%d,"first_name":"Emma","type":"private"},"date":1790000000,"text":',
        json.dumps("Added: 🥛 milk, 🥚 egg\n7 items in the fridge now.").encode(),
        b"}}",
    )
)
DONE_BY: Final = frozenset({b"setMyCommands", b"setWebhook", b"deleteWebhook"})
NO_WEBHOOK: Final = ""


class Poll(Protocol):
    """Receives a bot's poll for updates, to answer it when there are some."""

    def __call__(
        self, connection: ServerConnection, *, offset: int, limit: int, timeout: float
    ) -> None:
        """Answer the poll over its connection; `timeout` is in seconds."""


class StandIn:
    """The Bot API on a port of its own, as an async context manager.

    Args:
        ledger: Notes the answers.
        poll: Receives the polls; None if updates are posted.
    """

    def __init__(self, ledger: Ledger, poll: Poll | None = None) -> None:
        self.url = ""
        self.is_registered = asyncio.Event()
        """Set when the bot has polled or set its webhook."""
        self._ledger = ledger
        self._poll = poll
        self._messages = 0
        self._webhook_url = NO_WEBHOOK
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: ServerConnection(self._handle), "127.0.0.1", 0
        )
        port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()

    def _handle(self, connection: ServerConnection, head: bytes, body: bytes) -> None:
        method = head.split(b" ", 2)[1].rpartition(b"/")[2]
        if method == b"sendMessage":
            self._send_message(connection, head, body)
        elif method == b"getUpdates" and self._poll is not None:
            self.is_registered.set()
            asked = parameters(Answer(head, body))
            self._poll(
                connection,
                offset=int(asked.get("offset", 0)),
                limit=int(asked.get("limit", 100)),
                timeout=float(asked.get("timeout", 0)),
            )
        elif method == b"getMe":
            connection.answer(ME_ANSWER)
        elif method == b"getWebhookInfo":
            connection.answer(json.dumps({"ok": True, "result": self._webhook_info()}).encode())
        elif method in DONE_BY:
            connection.answer(DONE)
            if method == b"setWebhook":
                self._webhook_url = parameters(Answer(head, body))["url"]
                self.is_registered.set()
            elif method == b"deleteWebhook":
                self._webhook_url = NO_WEBHOOK
        else:
            self._ledger.faults.append(f"an unexpected call of {method.decode()}")
            connection.answer(NOT_FOUND, b"404 Not Found")

    def _webhook_info(self) -> Mapping[str, object]:
        return {
            "url": self._webhook_url,
            "has_custom_certificate": False,
            "pending_update_count": 0,
        }

    def _send_message(self, connection: ServerConnection, head: bytes, body: bytes) -> None:
        found = CHAT_ID.search(body)
        if found is None:
            self._ledger.faults.append("a message to nobody")
            connection.answer(NOT_FOUND, b"404 Not Found")
            return
        self._messages += 1
        chat_id = int(found[1])
        connection.answer(MESSAGE % (self._messages, chat_id))
        self._ledger.answer(chat_id, Answer(head, body))
