"""The queue of updates: their ids, how long they are kept, and how they are confirmed."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from local_telegram.protocol.json_values import Json, is_object
from local_telegram.state.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT_SECONDS = 24 * 60 * 60
CALLBACK_QUERY_KEPT_SECONDS = 150
FIRST_UPDATE_ID = 100_000_001
OFF_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class PendingUpdate:
    """An update and whether it has been confirmed (or dropped); `expires_at` is a Unix time."""

    update_id: int
    body: Json
    expires_at: float
    confirmed: bool = False


class UpdateQueue:
    """The bot's updates, oldest first, until they are confirmed or too old.

    `on_added` is called with every new update. Ids count on from `numbered_after` updates that
    there were before.
    """

    def __init__(self, clock: Clock, numbered_after: int = 0) -> None:
        self.last_id = FIRST_UPDATE_ID - 1 + numbered_after
        self.allowed: frozenset[str] | None = None
        self.on_added: Callable[[PendingUpdate], None] = _ignore
        self._clock = clock
        self._updates: OrderedDict[int, PendingUpdate] = OrderedDict()
        self._confirmation_waiters: dict[int, list[asyncio.Future[None]]] = {}

    @property
    def pending_count(self) -> int:
        """The number of unconfirmed updates, including old ones that are not removed yet."""
        return len(self._updates)

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
        now = self._clock().timestamp()
        found: list[PendingUpdate] = []
        too_old: list[PendingUpdate] = []
        for update in self._updates.values():
            if update.update_id < offset:
                continue
            if update.expires_at <= now:
                too_old.append(update)
                continue
            found.append(update)
            if len(found) >= limit:
                break
        for update in too_old:
            self.confirm(update)
        return found

    def confirm_below(self, offset: int) -> None:
        """Confirm every update below an id."""
        below = takewhile(lambda update: update.update_id < offset, self._updates.values())
        for update in list(below):
            self.confirm(update)

    def confirm(self, update: PendingUpdate) -> None:
        """Remove one update from the queue."""
        if self._updates.pop(update.update_id, None) is None:
            return
        update.confirmed = True
        for waiter in self._confirmation_waiters.pop(update.update_id, ()):
            if not waiter.done():
                waiter.set_result(None)

    def confirm_all(self) -> None:
        """Drop all pending updates."""
        self.confirm_below(self.last_id + 1)

    def count_pending(self) -> int:
        """Return how many updates are neither confirmed nor too old."""
        return len(self.unconfirmed(0, self.pending_count))

    async def confirmed(self, update_id: int) -> None:
        """Return when an update has been confirmed (or dropped)."""
        if update_id not in self._updates:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._confirmation_waiters.setdefault(update_id, []).append(waiter)
        await waiter

    def _is_allowed(self, kind: str) -> bool:
        if self.allowed is None:
            return kind not in OFF_BY_DEFAULT
        return kind in self.allowed

    def _append(self, update_id: int, body: Json, kind: str) -> None:
        kept = CALLBACK_QUERY_KEPT_SECONDS if kind == "callback_query" else KEPT_SECONDS
        update = PendingUpdate(update_id, body, self._clock().timestamp() + kept)
        self.last_id = update_id
        self._updates[update_id] = update
        self.on_added(update)


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


def _ignore(_update: PendingUpdate) -> None:
    """Ignore a new update: no poll and no webhook is set up yet."""
