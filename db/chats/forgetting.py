"""Forgets a chat: deletes every row that is stored of it.

It is a transaction of a few statements, over many tables of one chat. The first waits for
statements that are changing the chat's fridge, so that no row of such a change stays behind.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.connection.database import connected
from db.updates.handled_requests import RECORD, RECORDED, record_key
from db.updates.recorded_outcomes import RecordedOutcome
from fridge.request_keys import RequestKey, RequestKind

QUESTION_LIFE: Final = timedelta(hours=1)
"""How long a confirmation counts after the question: the button of an old message does nothing."""

STORED: Final = text(
    """
    SELECT
        (SELECT count(*) FROM user_fridge_ingredients WHERE chat_id = :chat_id) AS items,
        EXISTS (SELECT FROM chat_settings WHERE chat_id = :chat_id) AS settings,
        EXISTS (SELECT FROM expiry_warnings WHERE chat_id = :chat_id) AS warning
    """
)

WAIT_FOR_CHANGES: Final = text(
    "SELECT chat_id FROM user_fridge_sessions WHERE chat_id = :chat_id FOR UPDATE"
)

_ASKED = "chat_id = :chat_id AND EXISTS (SELECT FROM asked)"

FORGET: Final = text(
    f"""
    WITH {RECORDED},
    asked AS MATERIALIZED (
        SELECT true AS now WHERE CAST(:in_time AS boolean) AND NOT EXISTS (SELECT FROM recorded)
    ),
    items AS (DELETE FROM user_fridge_ingredients WHERE {_ASKED} RETURNING 1),
    sessions AS (DELETE FROM user_fridge_sessions WHERE {_ASKED}),
    settings AS (DELETE FROM chat_settings WHERE {_ASKED} RETURNING 1),
    warnings AS (DELETE FROM expiry_warnings WHERE {_ASKED} RETURNING 1),
    unreachable AS (DELETE FROM unreachable_chats WHERE {_ASKED}),
    failures AS (DELETE FROM failed_updates WHERE {_ASKED}),
    computed AS (
        SELECT jsonb_build_object(
            'items', (SELECT count(*) FROM items),
            'settings', EXISTS (SELECT FROM settings),
            'warning', EXISTS (SELECT FROM warnings)
        ) AS outcome
        FROM asked
    ),
    bare AS MATERIALIZED (
        SELECT jsonb_object_agg(
            request,
            (
                SELECT coalesce(
                    jsonb_object_agg(name, CASE jsonb_typeof(value)
                        WHEN 'array' THEN jsonb '[]'
                        WHEN 'boolean' THEN jsonb 'false'
                        WHEN 'number' THEN jsonb '0'
                        ELSE jsonb 'null'
                    END),
                    jsonb '{{}}'
                )
                FROM jsonb_each(outcome) AS field (name, value)
            )
        ) AS outcomes
        FROM handled_requests
        WHERE {_ASKED} AND kind <> '{RequestKind.FORGET}'
    ),
    {RECORD}
    SELECT outcome, NULL AS bare FROM recorded
    UNION ALL
    SELECT outcome, (SELECT outcomes FROM bare) FROM record
    """
)
"""Deletes the chat's rows, and returns the bare outcomes that its records are to keep.

A bare outcome has the fields of the outcome, with empty lists, zeros and NULLs. It is computed
here, since the outcomes of two days are more than a program should fetch. A request that is handled
meanwhile keeps its items and its record. The record of an earlier forgetting has no names in it."""

BARE: Final = text(
    """
    UPDATE handled_requests SET outcome = bare.outcome
    FROM jsonb_each(CAST(:bare AS jsonb)) AS bare (request, outcome)
    WHERE handled_requests.chat_id = :chat_id AND handled_requests.request = bare.request
    """
)


class Stored(RecordedOutcome):
    """The rows that are stored of a chat. `items` counts those of an expired fridge, too."""

    items: int
    settings: bool
    warning: bool


class ForgettingRepository:
    """Deletes all that is stored of a chat."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def stored(self, chat_id: int) -> Stored:
        """Return what `forget` would delete."""
        async with connected(self._engine) as connection:
            found = await connection.execute(STORED, {"chat_id": chat_id})
            return Stored(**found.mappings().one())

    async def forget(self, key: RequestKey, asked_at: datetime, now: datetime) -> Stored | None:
        """Delete everything about the chat, once for a request that confirms a question.

        The names of handled requests stay for as long as always, without their outcomes: a request
        that is delivered again must not bring back what was forgotten.

        Returns:
            What it deleted; None if it deleted nothing, because the question is too old.
        """
        in_time = now - asked_at <= QUESTION_LIFE
        values = {**record_key(key.to(RequestKind.FORGET)), "in_time": in_time, "now": now}
        async with connected(self._engine) as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")
            async with connection.begin():
                await connection.execute(WAIT_FOR_CHANGES, {"chat_id": key.chat_id})
                return await _forget(connection, values)


async def _forget(connection: AsyncConnection, values: Mapping[str, object]) -> Stored | None:
    while True:
        done = (await connection.execute(FORGET, values)).one_or_none()
        if done is not None:
            if done.bare:
                values = {"chat_id": values["chat_id"], "bare": json.dumps(done.bare)}
                await connection.execute(BARE, values)
            return Stored.model_validate(done.outcome)
        if not values["in_time"]:
            return None
        # Another delivery of the request was faster: the next try finds its record.
