"""The queue of updates: their ids, how long they are kept, and who confirmed them."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_telegram.shapes import Clock, Json, is_object

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT_SECONDS = 24 * 60 * 60
CALLBACK_QUERY_KEPT_SECONDS = 150
FIRST_UPDATE_ID = 100_000_001
OFF_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class PendingUpdate:
    """An update that no one has confirmed yet; `expires_at` is a Unix time."""

    update_id: int
    body: Json
    expires_at: float
    confirmed: bool = False


class UpdateQueue:
    """The bot's updates, oldest first, until they are confirmed or too old.

    `on_added` is told about every new update; confirmation can be awaited.
    """

    def __init__(self, clock: Clock) -> None:
        self.last_id = FIRST_UPDATE_ID - 1
        self.pending_count = 0
        self.allowed: frozenset[str] | None = None
        self.on_added: Callable[[PendingUpdate], None] = _nobody
        self._clock = clock
        self._updates: deque[PendingUpdate] = deque()
        self._confirmation_waiters: dict[int, list[asyncio.Future[None]]] = {}

    def push(self, kind: str, payload: Json) -> int | None:
        """Queue an update of a kind; return its id, or None if the bot does not want the kind."""
        if not self._is_allowed(kind):
            return None
        update_id = self.last_id + 1
        self._append(update_id, {"update_id": update_id, kind: payload}, kind)
        return update_id

    def push_as_it_is(self, update: Json) -> int:
        """Queue an arbitrary update; an `update_id` is added if it has none.

        Raises:
            ValueError: The update's own `update_id` is not above all earlier ones.
        """
        update_id = update.get("update_id", self.last_id + 1)
        if not isinstance(update_id, int) or update_id <= self.last_id:
            raise ValueError(f"update_id {update_id!r} does not follow {self.last_id}")
        kind = next((key for key in update if key != "update_id"), "")
        self._append(update_id, {"update_id": update_id} | update, kind)
        return update_id

    def unconfirmed(self, offset: int, limit: int) -> list[PendingUpdate]:
        """Return up to `limit` updates from an id on that are neither confirmed nor too old."""
        self._drop_finished()
        now = self._clock().timestamp()
        found: list[PendingUpdate] = []
        for update in self._updates:
            if update.update_id < offset or update.confirmed:
                continue
            if update.expires_at <= now:
                self._finish(update)
                continue
            found.append(update)
            if len(found) >= limit:
                break
        return found

    def confirm_below(self, offset: int) -> None:
        """Confirm every update below an id."""
        for update in self._updates:
            if update.update_id >= offset:
                break
            self._finish(update)
        self._drop_finished()

    def confirm(self, update: PendingUpdate) -> None:
        """Take one update off the queue for good."""
        self._finish(update)
        self._drop_finished()

    def confirm_all(self) -> None:
        """Drop everything that is pending."""
        self.confirm_below(self.last_id + 1)

    def count_pending(self) -> int:
        """Return how many updates are neither confirmed nor too old."""
        return len(self.unconfirmed(0, self.pending_count))

    async def confirmed(self, update_id: int) -> None:
        """Return when an update has been confirmed (or dropped)."""
        if not any(u.update_id == update_id and not u.confirmed for u in self._updates):
            return
        waiter = asyncio.get_running_loop().create_future()
        self._confirmation_waiters.setdefault(update_id, []).append(waiter)
        await waiter

    def _finish(self, update: PendingUpdate) -> None:
        if update.confirmed:
            return
        update.confirmed = True
        self.pending_count -= 1
        for waiter in self._confirmation_waiters.pop(update.update_id, ()):
            if not waiter.done():
                waiter.set_result(None)

    def _is_allowed(self, kind: str) -> bool:
        if self.allowed is None:
            return kind not in OFF_BY_DEFAULT
        return kind in self.allowed

    def _append(self, update_id: int, body: Json, kind: str) -> None:
        kept = CALLBACK_QUERY_KEPT_SECONDS if kind == "callback_query" else KEPT_SECONDS
        update = PendingUpdate(update_id, body, self._clock().timestamp() + kept)
        self.last_id = update_id
        self.pending_count += 1
        self._updates.append(update)
        self.on_added(update)

    def _drop_finished(self) -> None:
        while self._updates and self._updates[0].confirmed:
            self._updates.popleft()


def chat_of(update: Json) -> int:
    """Return the id of the chat that an update belongs to, or 0 if it belongs to none."""
    for part in update.values():
        if not is_object(part):
            continue
        message = part.get("message")
        holder: Json = message if is_object(message) else part
        chat = holder.get("chat")
        if is_object(chat) and isinstance(chat.get("id"), int):
            return int(chat["id"])
    return 0


def _nobody(_update: PendingUpdate) -> None:
    """Tell no one: nobody listens yet."""
