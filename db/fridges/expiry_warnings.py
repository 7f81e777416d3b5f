"""The warnings that a fridge is about to empty itself: one for each period of quiet.

A period of quiet begins with a use of the fridge, and is named by the time of that use. A replica
claims a warning before sending it, so that no other replica sends it. A warning that was claimed
and not sent, because the replica was killed or Telegram was away, is claimed again minutes later.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.connection.database import connected
from db.connection.slices import Slice, in_slices, slice_end
from db.fridges.statements.recorded_items import RecordedLot, RecordedLots, new_items
from db.fridges.statements.rescue import RESCUE, RecordedRescue
from db.fridges.statements.shared import IN_ORDER
from db.schema.lots import lot_as_json
from db.updates.handled_requests import record_key
from fridge.items import MAX_ITEMS, NewItem
from fridge.lifetime import Lifetime
from fridge.request_keys import RequestKey, RequestKind
from fridge.times import EPOCH, MICROSECOND, to_microseconds

CLAIM_LIFE: Final = timedelta(minutes=5)
"""How long a claim holds: much longer than sending a batch takes."""

RETENTION: Final = timedelta(days=30)
"""How long a warning is kept at least, and with it the items that it can put back."""

BATCH_SIZE: Final = 5_000

KOREAN_ZONE: Final = "Asia/Seoul"
OTHER_ZONE: Final = "UTC"

# This reads one table, along the index on its expiry. `DUE` then finds the due warnings among the
# chats that this returns.
NEXT: Final = text(
    """
    SELECT expires_at, chat_id FROM user_fridge_sessions
    WHERE expires_at >= :begin AND expires_at <= :end
        AND (expires_at > :begin OR chat_id > :begin_chat_id) AND last_accessed <= :idle_end
    ORDER BY expires_at, chat_id LIMIT :most
    """
)

DUE: Final = text(
    f"""
    SELECT session.chat_id, session.created_at, session.expires_at, session.last_accessed,
        coalesce(settings.language, session.language) AS language,
        array_agg(item.ingredient_id ORDER BY {IN_ORDER.format("item")}) AS ids,
        array_agg(item.name_key ORDER BY {IN_ORDER.format("item")}) AS keys,
        array_agg(item.name ORDER BY {IN_ORDER.format("item")}) AS names,
        array_agg(item.added_at ORDER BY {IN_ORDER.format("item")}) AS times,
        jsonb_agg({lot_as_json("item")} ORDER BY {IN_ORDER.format("item")}) AS lots
    FROM user_fridge_sessions AS session
    JOIN user_fridge_ingredients AS item
        ON item.chat_id = session.chat_id AND item.chat_id = ANY(:chat_ids)
            AND item.added_at >= session.created_at
    LEFT JOIN chat_settings AS settings
        ON settings.chat_id = session.chat_id AND settings.chat_id = ANY(:chat_ids)
    WHERE session.chat_id = ANY(:chat_ids)
        AND settings.warnings IS NOT FALSE
        AND EXISTS (
            SELECT FROM unnest(
                CAST(:zones AS text[]),
                CAST(:afters AS timestamptz[]), CAST(:untils AS timestamptz[]),
                CAST(:idle_afters AS timestamptz[]), CAST(:idle_untils AS timestamptz[])
            ) AS due_window (zone, after, until, idle_after, idle_until)
            WHERE zone = coalesce(
                    settings.time_zone,
                    CASE coalesce(settings.language, session.language)
                        WHEN 'ko' THEN '{KOREAN_ZONE}' ELSE '{OTHER_ZONE}' END
                )
                AND session.expires_at <= until AND session.last_accessed <= idle_until
                AND (session.expires_at > after OR session.last_accessed > idle_after)
        )
        AND NOT EXISTS (
            SELECT FROM expiry_warnings AS warned
            WHERE warned.chat_id = session.chat_id AND warned.chat_id = ANY(:chat_ids)
                AND warned.last_accessed >= session.last_accessed
                AND (warned.sent_at IS NOT NULL OR warned.claimed_at > :lapsed)
        )
        AND NOT EXISTS (
            SELECT FROM unreachable_chats AS unreachable
            WHERE unreachable.chat_id = session.chat_id AND unreachable.chat_id = ANY(:chat_ids)
                AND unreachable.since >= session.last_accessed
        )
    GROUP BY session.chat_id, session.created_at, session.expires_at, session.last_accessed,
        settings.language, session.language
    ORDER BY session.expires_at, session.chat_id
    """
)

# The join claims only sessions that were not used since `DUE` read them, and nothing of a chat that
# was forgotten since. The lapse is computed from `claimed_at`: where an INSERT goes to several
# shards, Citus loses the parameters in its ON CONFLICT.
CLAIM: Final = text(
    f"""
    WITH due AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:chat_ids AS bigint[]), CAST(:last_uses AS timestamptz[]),
            CAST(:beginnings AS timestamptz[]), CAST(:ends AS timestamptz[]),
            CAST(:items AS text[])
        ) AS due (chat_id, last_accessed, created_at, expires_at, items)
    )
    INSERT INTO expiry_warnings AS stored
        (chat_id, last_accessed, created_at, expires_at, claimed_at, items)
    SELECT due.chat_id, due.last_accessed, due.created_at, due.expires_at,
        CAST(:now AS timestamptz), CAST(due.items AS jsonb)
    FROM due
    JOIN user_fridge_sessions AS session
        ON session.chat_id = due.chat_id AND session.last_accessed = due.last_accessed
            AND session.chat_id = ANY(:chat_ids)
    ORDER BY due.chat_id DESC
    ON CONFLICT (chat_id) DO UPDATE SET
        last_accessed = excluded.last_accessed, created_at = excluded.created_at,
        expires_at = excluded.expires_at, claimed_at = excluded.claimed_at, sent_at = NULL,
        items = excluded.items
    WHERE stored.last_accessed < excluded.last_accessed
        OR (
            stored.last_accessed = excluded.last_accessed
            AND stored.sent_at IS NULL
            AND stored.claimed_at <= session_expiry(
                excluded.claimed_at, -{CLAIM_LIFE.total_seconds():.0f}
            )
        )
    RETURNING chat_id
    """
)

MARK_SENT: Final = text(
    """
    UPDATE expiry_warnings SET sent_at = :now
    WHERE chat_id = :chat_id AND last_accessed = :last_accessed
    """
)

SLICE_END: Final = slice_end("expiry_warnings", "claimed_at")

# A warning of a fridge that is still live stays: without it, the chat would be warned again.
FORGET: Final = text(
    """
    DELETE FROM expiry_warnings
    WHERE claimed_at > :after AND claimed_at <= :until
        AND expires_at <= :now AND last_accessed <= :idle_since
    """
)


class Window(NamedTuple):
    """The fridges of a time zone's chats that expire after one time and not later than another."""

    zone: str
    after: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class DueWarning:
    """A warning to send: the chat's fridge, its last use, its end and its items.

    `language` is the chat's choice, else the language of the person who last put something in.
    """

    chat_id: int
    last_accessed: datetime
    expires_at: datetime
    items: Sequence[NewItem]
    language: str | None


class Position(NamedTuple):
    """A place in the order in which fridges expire: right after the fridge of a chat."""

    expires_at: datetime = EPOCH
    chat_id: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """Claimed warnings, soonest expiry first, and the position to go on from; None at the end."""

    warnings: Sequence[DueWarning]
    end: Position | None


@dataclass(frozen=True, slots=True)
class KeptAfterWarning:
    """The fridge after a tap on "keep" below a warning, at the time `at`.

    `put_back` has the items that came back, if the fridge was gone. `expires_at` is None if they
    can't come back any more.
    """

    put_back: Sequence[NewItem]
    count: int
    at: datetime
    expires_at: datetime | None
    language: str | None


class ExpiryWarningRepository:
    """The last warning of each chat."""

    def __init__(self, engine: AsyncEngine, lifetime: Lifetime) -> None:
        self._engine = engine
        self._lifetime = lifetime

    async def claim(
        self, windows: Sequence[Window], begin: Position, most: int, now: datetime
    ) -> Claimed:
        """Claim the warnings that are due among the fridges that expire next.

        Args:
            windows: the windows of expiry to warn of.
            begin: the position to go on from, at first `Position()`.
            most: how many fridges to look at.
            now: the present time.
        """
        async with connected(self._engine) as connection:
            fridges = await self._next(connection, windows, begin, most)
            chat_ids = [fridge.chat_id for fridge in fridges]
            values = {
                "chat_ids": chat_ids,
                "lapsed": now - CLAIM_LIFE,
                **self._columns(windows),
            }
            due = (await connection.execute(DUE, values)).mappings().all()
            claimed = await _claim(connection, due, now)
        return Claimed(
            [self._warning(row) for row in due if row["chat_id"] in claimed],
            fridges[-1] if len(fridges) == most else None,
        )

    async def mark_sent(self, chat_id: int, last_accessed: datetime, now: datetime) -> None:
        """Record that Telegram took the warning of a period."""
        values = {"chat_id": chat_id, "last_accessed": last_accessed, "now": now}
        async with connected(self._engine) as connection:
            await connection.execute(MARK_SENT, values)

    async def keep(
        self, key: RequestKey, last_accessed: datetime, now: datetime, language: str | None = None
    ) -> KeptAfterWarning:
        """Let a live fridge live for its full time from now, or put back the items of a warning.

        Args:
            key: the request.
            last_accessed: the period of quiet that the warning was for.
            now: the present time.
            language: the language of the person who taps.
        """
        values = {
            **record_key(key.to(RequestKind.RESCUE)),
            "last_accessed": last_accessed,
            "now": now,
            "idle_since": self._lifetime.idle_since(now),
            "expires_at": self._lifetime.expires_at(now),
            "first_revision": to_microseconds(now),
            "session_language": language,
            "max_items": MAX_ITEMS,
        }
        async with connected(self._engine) as connection:
            while True:
                row = (await connection.execute(RESCUE, values)).mappings().one()
                if row["outcome"] is not None:
                    break
        outcome = RecordedRescue.model_validate(row["outcome"])
        return KeptAfterWarning(
            put_back=outcome.put_back,
            count=outcome.held,
            at=row["handled_at"],
            expires_at=self._lifetime.end(
                outcome.expires_at, outcome.last_accessed, row["handled_at"]
            ),
            language=row["language"],
        )

    async def forget_old(self, now: datetime) -> int:
        """Delete the warnings that are over 30 days old and whose fridges have expired, in batches.

        Returns:
            The number of warnings deleted.
        """
        async with connected(self._engine) as connection:

            async def forget(batch: Slice) -> int:
                values = {
                    **batch._asdict(),
                    "now": now,
                    "idle_since": self._lifetime.idle_since(now),
                }
                return (await connection.execute(FORGET, values)).rowcount

            oldest = now - RETENTION - MICROSECOND
            return await in_slices(connection, SLICE_END, oldest, BATCH_SIZE, forget)

    async def _next(
        self, connection: AsyncConnection, windows: Sequence[Window], begin: Position, most: int
    ) -> Sequence[Position]:
        end = max(window.until for window in windows)
        values = {
            "begin": begin.expires_at,
            "begin_chat_id": begin.chat_id,
            "end": end,
            "idle_end": self._lifetime.idle_since(end),
            "most": most,
        }
        return [Position(*row) for row in await connection.execute(NEXT, values)]

    def _columns(self, windows: Sequence[Window]) -> dict[str, list[str] | list[datetime]]:
        idle_since = self._lifetime.idle_since
        return {
            "zones": [window.zone for window in windows],
            "afters": [window.after for window in windows],
            "untils": [window.until for window in windows],
            "idle_afters": [idle_since(window.after) for window in windows],
            "idle_untils": [idle_since(window.until) for window in windows],
        }

    def _warning(self, row: RowMapping) -> DueWarning:
        return DueWarning(
            chat_id=row["chat_id"],
            last_accessed=row["last_accessed"],
            expires_at=max(row["expires_at"], self._lifetime.expires_at(row["last_accessed"])),
            items=new_items(row["ids"], row["keys"], row["names"], _lots(row)),
            language=row["language"],
        )


def _lots(row: RowMapping) -> RecordedLots:
    return [lot and RecordedLot.model_validate(lot) for lot in row["lots"]]


async def _claim(
    connection: AsyncConnection, due: Sequence[RowMapping], now: datetime
) -> frozenset[int]:
    """Claim the due warnings, and return the chats whose claim succeeded.

    `CLAIM` takes the chats in the order of `CommandConnections`: so neither two replicas nor a
    replica and a command wait for each other in a circle.
    """
    if not due:
        return frozenset()
    values = {
        "chat_ids": [row["chat_id"] for row in due],
        "last_uses": [row["last_accessed"] for row in due],
        "beginnings": [row["created_at"] for row in due],
        "ends": [row["expires_at"] for row in due],
        "items": [_as_json(row) for row in due],
        "now": now,
    }
    return frozenset((await connection.execute(CLAIM, values)).scalars())


def _as_json(row: RowMapping) -> str:
    times = [time.isoformat() for time in row["times"]]
    items = {"ids": row["ids"], "keys": row["keys"], "names": row["names"], "times": times}
    return json.dumps({**items, "lots": row["lots"]} if any(row["lots"]) else items)
