"""The requests that were handled, so that one delivered again is answered alike and does nothing.

Telegram delivers an update again when it has seen no confirmation of it: the bot was killed, or the
line was cut, after the change was committed. A change is therefore recorded, with its outcome, by
the very statement that makes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import connected
from db.connection.slices import Slice, in_slices, slice_end
from db.updates.recorded_outcomes import RecordedOutcome
from fridge.request_keys import RecordKey, RequestKey, RequestKind
from fridge.times import MICROSECOND

OutcomeT = TypeVar("OutcomeT", bound=RecordedOutcome)

RETENTION: Final = timedelta(hours=48)
"""How long a record is kept. Telegram keeps an unconfirmed update for 24 hours."""

BATCH_SIZE: Final = 5_000

RECORDED: Final = """
    recorded AS MATERIALIZED (
        SELECT outcome, handled_at, message_date FROM handled_requests
        WHERE chat_id = :chat_id AND request = :request
            AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
        FOR UPDATE
    )
"""
"""The CTE that holds what the request's first delivery did, if there was one.

A record of another date is one of another message, whose number was given again. A record without a
date is one of before dates were recorded, and a button's request has none: they match by the name.

The lock is there for its commit, which waits for a synchronous standby: it has all that was written
before. The first delivery's own wait may have been broken off; what it did can then be seen, and be
lost with the primary all the same.
"""

RECORD: Final = """
    record AS (
        INSERT INTO handled_requests AS stored
            (chat_id, request, message_date, handled_at, outcome)
        SELECT CAST(:chat_id AS bigint), CAST(:request AS text),
            CAST(:message_date AS timestamptz), CAST(:now AS timestamptz), outcome
        FROM computed
        ON CONFLICT (chat_id, request) DO UPDATE SET
            message_date = excluded.message_date, handled_at = excluded.handled_at,
            outcome = excluded.outcome
        WHERE stored.message_date <> excluded.message_date
        RETURNING outcome, handled_at
    )
"""
"""The CTE that records the one row of `computed`, unless another delivery was faster.

The record of a message that had the same number before goes.
"""

FIND: Final = text(f"WITH {RECORDED} SELECT outcome, message_date FROM recorded")

_KEPT: Final = f"""
    {RECORDED},
    computed AS (
        SELECT CAST(:outcome AS jsonb) AS outcome WHERE NOT EXISTS (SELECT FROM recorded)
    ),
    {RECORD}
"""

_IS_KEPT: Final = "SELECT EXISTS (SELECT FROM record) OR EXISTS (SELECT FROM recorded)"
"""False where another delivery was just recording it: the statement is then run again."""

KEEP_OUTCOME: Final = text(f"WITH {_KEPT} {_IS_KEPT}")

KEEP_OFFER: Final = text(
    f"""
    WITH {_KEPT},
    emptied AS (
        UPDATE handled_requests AS older SET outcome = jsonb '{{"names": []}}'
        FROM record
        WHERE older.chat_id = :chat_id AND older.request <> :request
            AND older.kind = '{RequestKind.IMPORT}'
            AND jsonb_array_length(older.outcome -> 'names') > 0
    )
    {_IS_KEPT}
    """
)
"""A list may be as long as a file. Of a chat one is kept: the names of those before it go."""

SLICE_END: Final = slice_end("handled_requests", "handled_at")

FORGET: Final = text(
    """
    DELETE FROM handled_requests
    WHERE handled_at > :after AND handled_at <= :until
        AND NOT EXISTS (
            SELECT FROM waiting_updates WHERE waiting_updates.chat_id = handled_requests.chat_id
        )
    """
)


def record_key(key: RecordKey) -> dict[str, object]:
    """The parameters by which `RECORDED` and `RECORD` find the record of a request."""
    return {
        "chat_id": key.of.chat_id,
        "request": key.name,
        "message_date": key.of.message_date,
    }


class RecordedOffer(RecordedOutcome):
    """The names that a request offers to put in."""

    names: list[str]


class Offer(NamedTuple):
    """What a request offers to put in: no names where they are not kept any more."""

    key: RequestKey
    names: Sequence[str]


class HandledRequestRepository:
    """The records as such; the repositories of fridges and chats write theirs with the change."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def is_handled(self, key: RecordKey) -> bool:
        """Whether a request was handled."""
        return await self._find(key) is not None

    async def find(self, key: RecordKey, model: type[OutcomeT]) -> OutcomeT | None:
        """The outcome of a request that was handled, or None."""
        found = await self._find(key)
        return model.model_validate(found["outcome"]) if found else None

    async def record(self, key: RecordKey, outcome: RecordedOutcome, now: datetime) -> None:
        """Record a request whose work may be done twice without harm; the first record stays."""
        await self._keep(KEEP_OUTCOME, key, outcome, now)

    async def offer(self, key: RequestKey, names: Sequence[str], now: datetime) -> None:
        """Keep the names that a request offers to put in, in the place of an older offer's."""
        await self._keep(
            KEEP_OFFER, key.to(RequestKind.IMPORT), RecordedOffer(names=list(names)), now
        )

    async def offered(self, key: RequestKey) -> Offer:
        """What a request offers to put in; its key then has the date of the message."""
        found = await self._find(key.to(RequestKind.IMPORT))
        if found is None:
            return Offer(key, ())
        offer = RecordedOffer.model_validate(found["outcome"])
        return Offer(key._replace(message_date=found["message_date"]), offer.names)

    async def forget_old(self, now: datetime) -> int:
        """Delete the records that no delivery can come back to, in batches.

        Where updates of a chat wait, its records stay: one that was handled may be among them.

        Returns:
            How many it deleted.
        """
        async with connected(self._engine) as connection:

            async def forget(batch: Slice) -> int:
                return (await connection.execute(FORGET, batch._asdict())).rowcount

            oldest = now - RETENTION - MICROSECOND
            return await in_slices(connection, SLICE_END, oldest, BATCH_SIZE, forget)

    async def _find(self, key: RecordKey) -> RowMapping | None:
        async with connected(self._engine) as connection:
            return (await connection.execute(FIND, record_key(key))).mappings().one_or_none()

    async def _keep(
        self, statement: TextClause, key: RecordKey, outcome: RecordedOutcome, now: datetime
    ) -> None:
        values = {**record_key(key), "outcome": outcome.model_dump_json(), "now": now}
        async with connected(self._engine) as connection:
            while not (await connection.execute(statement, values)).scalar_one():
                pass
