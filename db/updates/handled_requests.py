"""Records of handled requests: a request delivered again changes nothing, and is answered alike.

Telegram delivers an update again if it saw no confirmation: the bot was killed, or the connection
was lost, after the change was committed. So the statement that makes a change also records it, with
its outcome.
"""

from collections.abc import Iterable, Sequence
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
"""The CTE `recorded`: the record of the request's first delivery, if there was one.

A record with another date is that of another message, whose number was given again. Records from
before there were dates have none, and neither has the request of a button: these match by name.

The lock makes the commit wait for a synchronous standby, which then has everything that was written
before. The first delivery's own wait may have been broken off: its change is then visible, and
would still be lost with the primary.
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
"""The CTE `record`, which records the row of `computed`, unless another delivery was faster.

It overwrites the record of an older message that had the same number.
"""

FIND: Final = text(f"WITH {RECORDED} SELECT outcome, message_date FROM recorded")

_KEPT: Final = f"""
    {RECORDED},
    computed AS (
        SELECT CAST(:outcome AS jsonb) AS outcome WHERE NOT EXISTS (SELECT FROM recorded)
    ),
    {RECORD}
"""

CHOOSE_OF_OFFER: Final = text(
    f"""
    WITH chosen AS (
        UPDATE handled_requests AS offer SET outcome = jsonb_set(
            offer.outcome, '{{left_out}}',
            (coalesce(offer.outcome -> 'left_out', jsonb '[]') - CAST(:number AS text))
                || CASE WHEN :is_out THEN jsonb_build_array(CAST(:number AS text))
                    ELSE jsonb '[]' END
        )
        WHERE offer.chat_id = :chat_id AND offer.request = :request
            AND offer.kind = '{RequestKind.IMPORT}'
            AND NOT EXISTS (
                SELECT FROM handled_requests AS added
                WHERE added.chat_id = :chat_id AND added.request = :added
            )
        RETURNING offer.outcome, offer.message_date
    )
    SELECT outcome, message_date FROM chosen
    UNION ALL
    SELECT offer.outcome, offer.message_date FROM handled_requests AS offer
    WHERE offer.chat_id = :chat_id AND offer.request = :request
        AND offer.kind = '{RequestKind.IMPORT}'
        AND NOT EXISTS (SELECT FROM chosen)
    """
)
"""Leaves a thing of an offer out, or takes it in again, and returns the offer as it is then.

Done twice, it is done once. An offer that was added stays as it was then, because a further tap
gets the same answer.
"""

EFFECTS: Final = text(
    """
    SELECT request FROM handled_requests
    WHERE chat_id = :chat_id AND request ~ :of_message
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
        AND jsonb_array_length(coalesce(outcome -> 'added_ids', jsonb '[]'))
            + jsonb_array_length(coalesce(outcome -> 'removed_ids', jsonb '[]'))
            + jsonb_array_length(coalesce(outcome -> 'changed', jsonb '[]')) > 0
    ORDER BY handled_at DESC, request DESC
    """
)
"""Finds the records of what a message, and the edits of it, changed; the latest is first."""

_IS_KEPT: Final = "SELECT EXISTS (SELECT FROM record) OR EXISTS (SELECT FROM recorded)"
"""False if another delivery is just being recorded: the statement is then run again."""

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
"""Records an offer, and empties older offers of the chat: a list may be as long as a file."""

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
    """The names that a request offers to put in.

    `left_out` has the numbers of those that stay out, from 0 on, and `remarks` the lines of HTML
    below the names. Versions before had neither.
    """

    names: list[str]
    left_out: Sequence[str] = ()
    remarks: Sequence[str] = ()


class Offer(NamedTuple):
    """The names that a request offers to put in; none if the offer is not kept any more."""

    key: RequestKey
    names: Sequence[str]
    left_out: frozenset[int] = frozenset()
    remarks: Sequence[str] = ()


class HandledRequestRepository:
    """Records that are not part of a change; other repositories write theirs with the change."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def is_handled(self, key: RecordKey) -> bool:
        """Tell whether the request has a record of this kind."""
        return await self._find(key) is not None

    async def find(self, key: RecordKey, model: type[OutcomeT]) -> OutcomeT | None:
        """Return the outcome of a handled request, or None."""
        found = await self._find(key)
        return model.model_validate(found["outcome"]) if found else None

    async def record(self, key: RecordKey, outcome: RecordedOutcome, now: datetime) -> None:
        """Record a request whose work does no harm if it is done twice; the first record stays."""
        await self._keep(KEEP_OUTCOME, key, outcome, now)

    async def offer(
        self,
        key: RequestKey,
        names: Sequence[str],
        now: datetime,
        *,
        left_out: Iterable[int] = (),
        remarks: Sequence[str] = (),
    ) -> Offer:
        """Keep the names that a request offers to put in; older offers of the chat lose theirs.

        Returns:
            The offer.
        """
        offer = RecordedOffer(
            names=list(names), left_out=[str(one) for one in left_out], remarks=list(remarks)
        )
        await self._keep(KEEP_OFFER, key.to(RequestKind.IMPORT), offer, now)
        return _offer(key, offer)

    async def choose(self, key: RequestKey, number: int, *, is_out: bool) -> Offer:
        """Leave a thing of an offer out, or take it in again, unless the offer was added.

        Returns:
            The offer as it is then.
        """
        values = {
            "chat_id": key.chat_id,
            "request": key.to(RequestKind.IMPORT).name,
            "added": key.to(RequestKind.ADD).name,
            "number": str(number),
            "is_out": is_out,
        }
        async with connected(self._engine) as connection:
            found = (await connection.execute(CHOOSE_OF_OFFER, values)).mappings().one_or_none()
        return _found_offer(key, found)

    async def offered(self, key: RequestKey) -> Offer:
        """Return the offer of a request; its key has the date of the message, if it is known."""
        return _found_offer(key, await self._find(key.to(RequestKind.IMPORT)))

    async def effects(self, of: RequestKey) -> Sequence[RecordKey]:
        """Return the records of what a message and its edits changed; the latest is first.

        Args:
            of: the request of the message, with its date.
        """
        values = {
            "chat_id": of.chat_id,
            "of_message": rf"^{of.request}(e\d+)?(\.\d+)? ",
            "message_date": of.message_date,
        }
        async with connected(self._engine) as connection:
            names = (await connection.execute(EFFECTS, values)).scalars()
            return [RecordKey.named(of.chat_id, name) for name in names]

    async def forget_old(self, now: datetime) -> int:
        """Delete the records that no further delivery can need, in batches.

        Records of chats with waiting updates stay: a handled update may be among those.

        Returns:
            The number of records deleted.
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


def _found_offer(key: RequestKey, found: RowMapping | None) -> Offer:
    if found is None:
        return Offer(key, ())
    offer = RecordedOffer.model_validate(found["outcome"])
    return _offer(key._replace(message_date=found["message_date"]), offer)


def _offer(key: RequestKey, offer: RecordedOffer) -> Offer:
    return Offer(key, offer.names, frozenset(map(int, offer.left_out)), tuple(offer.remarks))
