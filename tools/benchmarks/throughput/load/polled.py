"""Hands updates over to a bot that polls."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from tools.benchmarks.throughput.load.ledger import Ledger
from tools.benchmarks.throughput.load.wire import ServerConnection

LARGEST_BATCH: Final = 100
NOTHING_NEW: Final = b'{"ok":true,"result":[]}'
CONFLICT: Final = (
    b'{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates '
    b'request; make sure that only one bot instance is running"}'
)


class _Waiting(NamedTuple):
    """A poll that waits for updates until its time is over."""

    connection: ServerConnection
    limit: int
    timer: asyncio.TimerHandle


class Polled:
    """Gives out updates in batches; a batch is repeated until a poll's offset confirms it.

    Telegram gives out all pending updates. This class holds the next batch back while the bot has
    `at_once` unanswered updates or more. So the number of updates under way is bounded, and the bot
    always has work.

    Args:
        ledger: Notes when each update is given out.
        updates: As JSON; their ids count from `first_id`.
        first_id: The id of the first update.
        at_once: With this number of unanswered updates, the bot gets no more.
    """

    def __init__(
        self, ledger: Ledger, updates: Sequence[bytes], *, first_id: int, at_once: int
    ) -> None:
        self._ledger = ledger
        self._updates = updates
        self._first_id = first_id
        self._at_once = at_once
        self._confirmed = 0
        self._waiting: _Waiting | None = None
        self._is_stopped = False
        ledger.on_answer = self._on_answer

    @property
    def is_over(self) -> bool:
        """Whether no further update will be given out."""
        return self._is_stopped or self._ledger.given == len(self._updates)

    def stop(self) -> None:
        """Give out no more updates."""
        self._is_stopped = True

    def poll(
        self, connection: ServerConnection, *, offset: int, limit: int, timeout: float
    ) -> None:
        """Answer a poll now, at the next update, or when its time is over."""
        if self._waiting is not None:
            self._answer_waiting(CONFLICT, b"409 Conflict")
        if offset > 0:
            self._confirmed = max(self._confirmed, offset - self._first_id)
        limit = min(limit, LARGEST_BATCH)
        if self._has_some():
            self._give(connection, limit)
        elif timeout > 0:
            timer = asyncio.get_running_loop().call_later(
                timeout, self._answer_waiting, NOTHING_NEW
            )
            self._waiting = _Waiting(connection, limit, timer)
        else:
            connection.answer(NOTHING_NEW)

    def _has_some(self) -> bool:
        return (
            not self._is_stopped
            and self._confirmed < len(self._updates)
            and self._ledger.unanswered < self._at_once
        )

    def _give(self, connection: ServerConnection, limit: int) -> None:
        batch = self._updates[self._confirmed : self._confirmed + limit]
        for index in range(self._confirmed, self._confirmed + len(batch)):
            self._ledger.give(index)
        connection.answer(b'{"ok":true,"result":[%b]}' % b",".join(batch))

    def _answer_waiting(self, body: bytes, status: bytes = b"200 OK") -> None:
        if self._waiting is not None:
            connection, _, timer = self._waiting
            self._waiting = None
            timer.cancel()
            connection.answer(body, status)

    def _on_answer(self, _index: int) -> None:
        waiting = self._waiting
        if waiting is None or not self._has_some():
            return
        self._waiting = None
        waiting.timer.cancel()
        if waiting.connection.is_open:
            self._give(waiting.connection, waiting.limit)
