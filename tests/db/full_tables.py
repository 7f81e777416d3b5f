"""Rows of all kinds in every table."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    Numeric,
    Table,
    Text,
    insert,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from db.schema.models import Base

# What COPY writes in a way of its own, or SQL, or zip; and what nobody thought of.
TEXTS: Final = (
    "",
    "우유",
    "🥛 milk",
    "tab\tline\nreturn\r\\N",
    "\\.",
    '"a,b"',
    "'; --",
    "x" * 5000,
)
NUMBERS: Final = (-(1 << 63), -4001, 0, 1001, (1 << 52) - 1, (1 << 63) - 1, 7, 8)
SMALL_NUMBERS: Final = (-(1 << 31), 0, 3, (1 << 31) - 1, 5, 6, 7, 8)
TIMES: Final = (
    datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
)
DATES: Final = tuple(time.date() for time in TIMES)
AMOUNTS: Final = (Decimal("0.001"), Decimal(100_000), Decimal("333.333"), Decimal(8))
OBJECTS: Final[Sequence[object]] = (
    {},
    {"items": [{"name": "우\n유", "id": 0}], "deep": {"null": None, "yes": True, "n": 1.5}},
    {"quote": '"\\"', "tab": "\t"},
)

SAMPLES: Final[Mapping[type, Sequence[object]]] = {
    BigInteger: NUMBERS,
    Integer: SMALL_NUMBERS,
    Numeric: AMOUNTS,
    Text: TEXTS,
    Boolean: (True, False),
    DateTime: TIMES,
    Date: DATES,
    JSONB: OBJECTS,
}
"""By type; a type stands before those that it is derived from."""


async def fill(engine: AsyncEngine) -> None:
    """Puts some rows into each table of the newest schema, which have all kinds of values.

    The catalogue is left as it is.
    """
    async with engine.connect() as connection:
        known = await connection.execute(text("SELECT ingredient_id FROM ingredients LIMIT 8"))
        ingredients = known.scalars().all()
        for table in Base.metadata.sorted_tables:
            if table.name == "ingredients":
                continue
            count = 1 if table.name == "database_owner" else len(NUMBERS)
            await connection.execute(
                insert(table), [_row(table, number, ingredients) for number in range(count)]
            )


def _row(table: Table, number: int, ingredients: Sequence[int]) -> Mapping[str, object]:
    return {
        column.name: _value(column, number, ingredients)
        for column in table.columns
        if column.computed is None
    }


def _value(column: Column[Any], number: int, ingredients: Sequence[int]) -> object:
    if column.name == "ingredient_id":
        return ingredients[number]
    if column.nullable and number == 1:
        return None
    samples = next(
        (samples for kind, samples in SAMPLES.items() if isinstance(column.type, kind)), None
    )
    if samples is None:
        raise NotImplementedError(f"{column}: say here which values of {column.type} to try")
    return samples[number % len(samples)]
