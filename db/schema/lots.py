"""The columns and keys of lots, as pieces of SQL."""

from collections.abc import Sequence
from typing import Final

from fridge.lots import MOST, Place

SAID_FIELDS: Final = ("amount", "unit", "best_before", "place", "note")
"""The columns of a lot that people tell."""

LOT_FIELDS: Final = (*SAID_FIELDS, "moved_at")
"""The columns of a lot besides its name, and the time at which it was put in."""

_KINDS_OF_LOTS: Final = ("unit", "best_before", "place", "note")
"""The columns in which the lots of a name differ."""

ITEM_COLUMNS: Final = ("ingredient_id", "name_key", "name", "added_at", *LOT_FIELDS)
"""The columns of an item, in the order that every CTE of items has."""

NAME_KEY: Final = "split_part({0}.name_key, chr(10), 1)"
"""The key of the name of a row, without the number that its `name_key` may end with."""

LOT_NUMBER: Final = (
    "CAST(coalesce(nullif(split_part({0}.name_key, chr(10), 2), ''), '1') AS integer)"
)
"""The number of a row among the lots of its name."""

DUE_FIRST: Final = "{0}.best_before, {0}.added_at, {0}.name_key"
"""The order in which the lots of a name are used: the one due first, then the oldest."""


def moved_at(held_place: str, place: str, held: str) -> str:
    """The time at which a lot was frozen or thawed: now, where a move does so; NULL for neither.

    Args:
        held_place: the place of the lot before the move.
        place: the new place; NULL where the lot is not moved.
        held: the time from before the move.
    """
    return f"""
        CASE WHEN ({place} = '{Place.FREEZER}')
                <> (coalesce({held_place}, '') = '{Place.FREEZER}')
            THEN CAST(:now AS timestamptz) ELSE {held} END
    """


FITS: Final = f"coalesce({{0}} + {{1}} <= {MOST}, true)"
"""The condition that two numbers, or NULLs, add up to the number of an amount."""


def columns(of: str, names: Sequence[str] = ITEM_COLUMNS) -> str:
    """Columns of a table or CTE; by default those of an item."""
    return ", ".join(f"{of}.{name}" for name in names)


def is_same_kind(one: str, other: str) -> str:
    """The condition that two lots of a name add up: they differ in nothing but the amount."""
    return (
        f"({columns(one, _KINDS_OF_LOTS)}) IS NOT DISTINCT FROM ({columns(other, _KINDS_OF_LOTS)})"
    )


def is_bare(lot: str) -> str:
    """The condition that nothing is known of a lot but its name."""
    return f"num_nonnulls({columns(lot, _KINDS_OF_LOTS)}) = 0"


def lot_as_json(lot: str) -> str:
    """The fields of a lot as JSON, NULL for a bare lot. Amounts are texts: no float rounds them."""
    return f"""
        CASE WHEN NOT {is_bare(lot)} THEN jsonb_strip_nulls(jsonb_build_object(
            'amount', CAST({lot}.amount AS text), 'unit', {lot}.unit,
            'best_before', {lot}.best_before, 'place', {lot}.place, 'note', {lot}.note,
            'moved_at', {lot}.moved_at
        )) END
    """


def lot_from_json(json: str) -> str:
    """The columns of a lot from what `lot_as_json` made; NULLs from NULL."""
    return f"""
        CAST({json} ->> 'amount' AS numeric) AS amount, {json} ->> 'unit' AS unit,
        CAST({json} ->> 'best_before' AS date) AS best_before, {json} ->> 'place' AS place,
        {json} ->> 'note' AS note, CAST({json} ->> 'moved_at' AS timestamptz) AS moved_at
    """


LAST_LOTS: Final = f"""
    last_lots AS MATERIALIZED (
        SELECT held.ingredient_id, {NAME_KEY.format("held")} AS of_name,
            max({LOT_NUMBER.format("held")}) AS number
        FROM held GROUP BY 1, 2
    )
"""
"""The CTE `last_lots`: the highest number of a lot of each name. Reads `held`."""


def next_lot(name_key: str, last: str, step: str = "1") -> str:
    """The `name_key` of a further lot of a name: the first one has the name's key alone.

    Args:
        name_key: the key of the name.
        last: the highest number of a lot of the name, NULL without one.
        step: how many lots of the name the statement puts in up to this one.
    """
    number = f"(coalesce({last}, 0) + {step})"
    suffix = f"CASE {number} WHEN 1 THEN '' ELSE chr(10) || CAST({number} AS text) END"
    return f"{name_key} || {suffix}"


PUT_COLUMNS: Final = f"(chat_id, {', '.join(ITEM_COLUMNS)})"
"""The columns of an INSERT of items."""
