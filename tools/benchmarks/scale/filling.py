"""Fills the migrated tables with any number of fridges, by COPY.

The contents and times of some thousand lives are drawn. Each fridge has one of these lives, with
microseconds of its own. A fridge is filled at two times, as a real one would be, so that its rows
are in two places of the table. Fridges are created in another order than that of their chats.
"""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Final

import asyncpg

from db.updates.handled_requests import RETENTION
from fridge.catalogue.catalogue import load_catalogue
from fridge.catalogue.normalise import normalise
from fridge.items import UNCATALOGUED

FIRST_CHAT: Final = 1_000_000_000
ITEMS: Final = 5
ITEMS_AT_FIRST: Final = 3
EXPIRED_EVERY: Final = 10

LIVES: Final = 20_000
STEP: Final = 7_368_787  # a prime, so that each chat comes once
FRIDGES_AT_ONCE: Final = 2_000

SECOND: Final = timedelta(seconds=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(hours=24)
KEPT: Final = RETENTION + HOUR
LONGEST_LIFE: Final = timedelta(days=5)
SINGLE_USE: Final = 0.3
TYPED: Final = ("할머니 된장", "엄마 김치", "매운 소스", "leftover curry", "Oma's pie", "lunch box")
TYPED_SHARE: Final = 0.06

SESSIONS: Final = "user_fridge_sessions"
CONTENTS: Final = "user_fridge_ingredients"
RECORDS: Final = "handled_requests"
TABLES: Final = (SESSIONS, CONTENTS, RECORDS)

COLUMNS: Final = {CONTENTS: ("chat_id", "ingredient_id", "name_key", "name", "added_at")}
"""The columns that the rows of a table have, where they do not have all."""

CONSTRAINTS: Final = """
    SELECT conrelid::regclass::text AS table, conname AS name,
        pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE conrelid = ANY($1::text[]::regclass[]) AND contype IN ('f', 'p')
    ORDER BY contype
"""

INDEXES: Final = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index WHERE indrelid = ANY($1::text[]::regclass[]) AND NOT indisprimary
"""

Rows = Callable[[int], str]
"""The rows of the fridge with a number in one table, in the form that COPY reads."""


@dataclass(frozen=True, slots=True)
class _Life:
    """The columns after the chat in the rows of a fridge; a % stands for its microseconds."""

    session: str
    at_first: Sequence[str]
    later: Sequence[str]
    outcome: str


def chat_of(number: int, fridges: int) -> int:
    """The chat of the fridge that was created after a number of others."""
    return FIRST_CHAT + number * STEP % fridges


def is_expired(number: int) -> bool:
    """Whether the fridge has expired."""
    return number % EXPIRED_EVERY == 0


async def fill(url: str, fridges: int, now: datetime) -> None:
    """Fill the tables, which must be empty, and leave them as autovacuum does.

    A tenth of the fridges have just expired. Each fridge has the record of one request from the
    last 49 hours, so that the records of an hour can be deleted.

    Args:
        url: The database.
        fridges: The number of fridges.
        now: The present time.
    """
    source = _Fridges(fridges, now)
    connection = await asyncpg.connect(url)
    try:
        async with _without_indexes(connection):
            await asyncio.gather(
                _copy(url, SESSIONS, fridges, source.session),
                _copy(url, RECORDS, fridges, source.record),
            )
            await asyncio.gather(
                _copy(url, CONTENTS, fridges, source.items_at_first),
                _copy(url, CONTENTS, fridges, source.later_items),
            )
        for table in TABLES:
            await connection.execute(f"VACUUM (ANALYZE) {table}")
    finally:
        await connection.close()


@asynccontextmanager
async def _without_indexes(connection: asyncpg.Connection) -> AsyncGenerator[None]:
    """Drop the keys and indexes of the tables meanwhile, and build the same ones afterwards."""
    constraints = await connection.fetch(CONSTRAINTS, TABLES)
    indexes = await connection.fetch(INDEXES, TABLES)
    for row in constraints:  # foreign keys are dropped first
        await connection.execute(f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']}")
    for row in indexes:
        await connection.execute(f"DROP INDEX {row['name']}")
    yield
    for row in indexes:
        await connection.execute(row["definition"])
    for row in reversed(constraints):
        await connection.execute(
            f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['definition']}"
        )


async def _copy(url: str, table: str, fridges: int, rows: Rows) -> None:
    async def text() -> AsyncGenerator[bytes]:
        for begin in range(0, fridges, FRIDGES_AT_ONCE):
            numbers = range(begin, min(begin + FRIDGES_AT_ONCE, fridges))
            yield "".join(map(rows, numbers)).encode()

    connection = await asyncpg.connect(url)
    try:
        await connection.copy_to_table(table, columns=COLUMNS.get(table), source=text())
    finally:
        await connection.close()


class _Fridges:
    """The rows of all tables."""

    def __init__(self, count: int, now: datetime) -> None:
        self._count = count
        self._lives = _draw(now)
        self._seconds = [_text(now - KEPT + second * SECOND) for second in range(KEPT // SECOND)]

    def session(self, number: int) -> str:
        return self._of_chat(number, [self._lives[number % LIVES].session])

    def items_at_first(self, number: int) -> str:
        return self._of_chat(number, self._lives[number % LIVES].at_first)

    def later_items(self, number: int) -> str:
        return self._of_chat(number, self._lives[number % LIVES].later)

    def record(self, number: int) -> str:
        # Records are in their table in order of time, oldest first.
        at = self._seconds[number * len(self._seconds) // self._count]
        outcome = self._lives[number % LIVES].outcome
        sent_at = at.replace("%", "0")  # Telegram counts in whole seconds
        return self._of_chat(number, [f"m{number} add\t{at}\t{outcome}\t{sent_at}\n"])

    def _of_chat(self, number: int, rows: Sequence[str]) -> str:
        chat, microseconds = chat_of(number, self._count), f"{number % 999_983:06}"
        return "".join(f"{chat}\t{row.replace('%', microseconds)}" for row in rows)


def _draw(now: datetime) -> Sequence[_Life]:
    chance = random.Random(1)  # noqa: S311 (reproducible, nothing secret)
    ids = [ingredient.id for ingredient in load_catalogue().ingredients]
    chance.shuffle(ids)
    # Zipf: the second ingredient is half as common as the first, the third a third.
    weights = list(accumulate(1 / rank for rank in range(1, len(ids) + 1)))

    def items() -> Sequence[tuple[int, str, str]]:
        drawn: dict[tuple[int, str, str], None] = {}
        while len(drawn) < ITEMS:
            if chance.random() < TYPED_SHARE:
                name = chance.choice(TYPED)
                drawn[UNCATALOGUED, normalise(name), name] = None
            else:
                [known] = chance.choices(ids, cum_weights=weights)
                drawn[known, "", ""] = None
        return list(drawn)

    return [_life(chance, items(), now, number) for number in range(LIVES)]


def _life(
    chance: random.Random, items: Sequence[tuple[int, str, str]], now: datetime, number: int
) -> _Life:
    # Live fridges stay live for an hour.
    used = now - (
        DAY + HOUR * chance.random() if is_expired(number) else 23 * HOUR * chance.random()
    )
    is_single = chance.random() < SINGLE_USE
    created = used if is_single else used - LONGEST_LIFE * chance.random()
    later = created + (used - created) * chance.random()
    expires = used + DAY
    if not (is_single or is_expired(number)):
        # The expiry was written after an earlier use, and has not been due since.
        soonest = now + HOUR
        expires = soonest + (expires - soonest) * chance.random()
    language = chance.choice(("ko", "ko", "en"))
    revision = int(created.timestamp()) * 1_000_000
    return _Life(
        session=f"{_text(created)}\t{_text(expires)}\t{_text(used)}\t{revision}\t{language}\n",
        at_first=[_item(*item, created) for item in items[:ITEMS_AT_FIRST]],
        later=[_item(*item, later) for item in items[ITEMS_AT_FIRST:]],
        outcome=_outcome(items[ITEMS_AT_FIRST:], later),
    )


def _item(ingredient_id: int, key: str, name: str, added: datetime) -> str:
    return f"{ingredient_id}\t{key}\t{name}\t{_text(added)}\n"


def _outcome(added: Sequence[tuple[int, str, str]], at: datetime) -> str:
    """The outcome as `/add` records it."""
    ids, keys, names = (list(column) for column in zip(*added, strict=True))
    outcome = {
        "held": ITEMS_AT_FIRST,
        "added_ids": ids,
        "added_keys": keys,
        "added_names": names,
        "added_times": [f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S+00:00}"] * len(added),
        "missing_ids": ids,
        "missing_keys": keys,
    }
    return json.dumps(outcome, ensure_ascii=False)


def _text(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}.%+00"
