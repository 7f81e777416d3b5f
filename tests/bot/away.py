"""A table that can't be reached for a while."""

from collections.abc import Sequence

from db.connection.database import Engine
from db.connection.errors import DatabaseAway
from db.updates.waiting_updates import WaitingUpdate, WaitingUpdateRepository

FOR_EVER = 1_000_000


class AwayRepository(WaitingUpdateRepository):
    """The waiting updates, which can't be reached the next `times`."""

    def __init__(self, engine: Engine, times: int) -> None:
        super().__init__(engine)
        self.times = times

    async def put(self, updates: Sequence[WaitingUpdate]) -> None:
        """Keeps updates, if the table can be reached."""
        self._fail()
        await super().put(updates)

    async def next(self, chat_id: int, after: int, limit: int) -> Sequence[WaitingUpdate]:
        """Reads updates, if the table can be reached."""
        self._fail()
        return await super().next(chat_id, after, limit)

    async def drop(self, chat_id: int, update_id: int) -> None:
        """Forgets an update, if the table can be reached."""
        self._fail()
        await super().drop(chat_id, update_id)

    def _fail(self) -> None:
        if self.times:
            self.times -= 1
            raise DatabaseAway("connection refused")
