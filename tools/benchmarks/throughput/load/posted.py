"""Hands updates over to a bot that has a webhook."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from tools.benchmarks.throughput.load.ledger import Answer, Ledger
from tools.benchmarks.throughput.load.wire import ClientConnection

PAUSE_SECONDS: Final = 0.05
ACCEPTED: Final = b"HTTP/1.1 2"
CALL: Final = b"method"
"""Bytes by which a response with a call is recognised."""


class Posted:
    """Posts updates concurrently: each is under way until it is acknowledged and answered.

    A chat has one update under way at most, as with Telegram; its next update waits.

    Args:
        ledger: Notes the posts, and the answers in responses.
        updates: As JSON.
        url: The webhook.
        secret: Sent with every post.
        at_once: How many updates are under way.
    """

    def __init__(
        self, ledger: Ledger, updates: Sequence[bytes], *, url: str, secret: str, at_once: int
    ) -> None:
        self._ledger = ledger
        self._updates = updates
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or 80
        self._head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self._at_once = at_once
        self._free: list[ClientConnection] = []
        self._under_way = 0
        self._next = 0
        self._is_stopped = False
        self._half_done: set[int] = set()
        self._busy_chats: set[int] = set()
        self._held_back: dict[int, deque[int]] = {}
        ledger.on_answer = self._end_half

    @property
    def is_over(self) -> bool:
        """Whether no further update will be posted."""
        return self._is_stopped or self._next == len(self._updates)

    async def start(self) -> None:
        """Connect as soon as the bot listens, and begin."""
        loop = asyncio.get_running_loop()
        while len(self._free) < self._at_once:
            try:
                _, connection = await loop.create_connection(
                    lambda: ClientConnection(self._on_response, self._on_loss),
                    self._host,
                    self._port,
                )
            except ConnectionRefusedError:
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                self._free.append(connection)
        self._post_more()

    def stop(self) -> None:
        """Post no more updates."""
        self._is_stopped = True

    def close(self) -> None:
        """Close all connections."""
        for connection in self._free:
            connection.close()

    def _post_more(self) -> None:
        while self._under_way < self._at_once and self._free and not self.is_over:
            index = self._next
            self._next += 1
            chat_id = self._ledger.chat_ids[index]
            if chat_id in self._busy_chats:
                self._held_back.setdefault(chat_id, deque()).append(index)
            else:
                self._busy_chats.add(chat_id)
                self._post(index)

    def _post(self, index: int) -> None:
        connection = self._free.pop()
        body = self._updates[index]
        connection.index = index
        self._under_way += 1
        self._ledger.give(index)
        connection.post(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))

    def _on_response(self, connection: ClientConnection, head: bytes, body: bytes) -> None:
        self._free.append(connection)
        index = connection.index
        if not head.startswith(ACCEPTED):
            self._ledger.faults.append(f"a post answered by {head[:12].decode()}")
        elif CALL in body:
            self._ledger.answer(self._ledger.chat_ids[index], Answer(head, body))
        self._end_half(index)

    def _on_loss(self, connection: ClientConnection, error: Exception | None) -> None:
        if connection in self._free:
            self._free.remove(connection)
        else:
            self._ledger.faults.append(f"a connection broken off by the webhook: {error}")

    def _end_half(self, index: int) -> None:
        """Note one half of an update's end: its acknowledgement, or its answer."""
        if index not in self._half_done:
            self._half_done.add(index)
            return
        self._half_done.discard(index)
        self._under_way -= 1
        chat_id = self._ledger.chat_ids[index]
        if held_back := self._held_back.get(chat_id):
            self._post(held_back.popleft())
        else:
            self._held_back.pop(chat_id, None)
            self._busy_chats.discard(chat_id)
        self._post_more()
