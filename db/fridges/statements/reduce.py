"""Takes amounts and parts out of lots, or leaves an amount in them."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field
from sqlalchemy import text

from db.fridges.statements.recorded_items import RecordedChanges, RecordedItem, RecordedRemoval
from db.fridges.statements.shared import (
    CHANGED_LOTS,
    HELD,
    OUTCOME,
    REPEATED,
    REWRITE,
    record_outcome,
    recorded_rows,
    remove_wanted,
    session_snapshot,
    use_session,
)
from db.schema.lots import (
    DUE_FIRST,
    LOT_FIELDS,
    LOT_NUMBER,
    NAME_KEY,
    columns,
    is_bare,
    lot_as_json,
)
from db.updates.handled_requests import RECORDED
from fridge.lots import DECIMALS, Unit
from fridge.outcomes import Reduction

_IN_ORDER_OF_USE: Final = (
    f"PARTITION BY candidate.position ORDER BY {DUE_FIRST.format('candidate')}"
)

_HOLDS_SEVERAL: Final = f"'{Unit.BAG}', '{Unit.BOX}', '{Unit.TRAY}', '{Unit.BUNCH}'"
"""Units of which a whole one is hardly meant by a bare count."""

_IS_CHANGED: Final = (
    "(planned.amount, planned.unit) IS DISTINCT FROM (planned.held, planned.held_in)"
)
_IS_GONE: Final = "(planned.manner = 'all' OR planned.amount = 0)"

REDUCE: Final = text(
    f"""
    WITH {RECORDED},
    asked AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:positions AS integer[]), CAST(:ingredient_ids AS integer[]),
            CAST(:name_keys AS text[]), CAST(:manners AS text[]), CAST(:amounts AS numeric[]),
            CAST(:divisors AS numeric[]), CAST(:units AS text[]), CAST(:best_befores AS date[]),
            CAST(:places AS text[]), CAST(:usual_places AS text[]), CAST(:numbers AS integer[])
        ) AS asked
            (position, ingredient_id, of_name, manner, amount, divisor, unit, best_before, place,
                usual_place, number)
    ),
    {session_snapshot(unless=REPEATED)},
    {HELD},
    candidate AS MATERIALIZED (
        SELECT DISTINCT ON (held.ingredient_id, held.name_key)
            {columns("held")}, asked.position, asked.manner, asked.amount AS asked, asked.divisor,
            asked.unit AS asked_in,
            held.unit = asked.unit
                OR asked.unit = '{Unit.PIECE}'
                    AND held.unit NOT IN ('{Unit.GRAM}', '{Unit.MILLILITRE}')
                    AND NOT (
                        asked.manner = 'amount' AND held.amount <= asked.amount
                            AND held.unit IN ({_HOLDS_SEVERAL})
                    ) AS is_countable
        FROM held
        JOIN asked ON asked.ingredient_id = held.ingredient_id
            AND asked.of_name = {NAME_KEY.format("held")}
            AND coalesce(held.best_before = asked.best_before, asked.best_before IS NULL)
            AND (
                asked.place IS NULL OR coalesce(held.place, asked.usual_place) = asked.place
            )
            AND coalesce({LOT_NUMBER.format("held")} = asked.number, true)
        ORDER BY held.ingredient_id, held.name_key,
            held.best_before IS NOT DISTINCT FROM asked.best_before DESC,
            held.place IS NOT DISTINCT FROM asked.place DESC, asked.position
    ),
    placed AS MATERIALIZED (
        SELECT candidate.*,
            row_number() OVER ({_IN_ORDER_OF_USE}) AS turn,
            count(*) OVER (PARTITION BY candidate.position) AS lots,
            coalesce(sum(candidate.amount) FILTER (WHERE candidate.is_countable) OVER (
                {_IN_ORDER_OF_USE} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0) AS sooner
        FROM candidate
    ),
    planned AS MATERIALIZED (
        SELECT placed.position, placed.ingredient_id, placed.name_key, placed.name,
            placed.added_at, {lot_as_json("placed")} AS before,
            placed.amount AS held, placed.unit AS held_in, placed.manner, placed.is_usable,
            CASE WHEN NOT placed.is_usable OR placed.manner = 'all' THEN placed.amount
                WHEN placed.manner = 'amount'
                    THEN placed.amount
                        - least(placed.amount, greatest(placed.asked - placed.sooner, 0))
                WHEN placed.manner = 'part'
                    THEN round(
                        placed.amount * (placed.divisor - placed.asked) / placed.divisor,
                        {DECIMALS}
                    )
                ELSE placed.asked END AS amount,
            CASE WHEN placed.is_usable AND placed.manner = 'left'
                    AND placed.is_countable IS NOT TRUE
                THEN placed.asked_in ELSE placed.unit END AS unit,
            {columns("placed", LOT_FIELDS[2:])}
        FROM (
            SELECT *,
                CASE manner WHEN 'all' THEN true
                    WHEN 'amount' THEN coalesce(is_countable, false)
                    WHEN 'part' THEN turn = 1 AND amount IS NOT NULL
                    ELSE lots = 1 END AS is_usable
            FROM placed
        ) AS placed
    ),
    outcomes AS MATERIALIZED (
        SELECT asked.position,
            CASE WHEN count(planned.position) = 0 THEN '{Reduction.NOT_THERE.value}'
                WHEN bool_or(planned.is_usable) THEN '{Reduction.TAKEN.value}'
                WHEN min(asked.manner) = 'left' THEN '{Reduction.SEVERAL.value}'
                WHEN min(asked.manner) = 'amount' AND count(planned.held) > 0
                    THEN '{Reduction.OTHER_UNIT.value}'
                ELSE '{Reduction.UNKNOWN_AMOUNT.value}' END AS outcome
        FROM asked LEFT JOIN planned ON planned.position = asked.position
        GROUP BY asked.position
    ),
    wanted AS MATERIALIZED (
        SELECT planned.ingredient_id, planned.name_key FROM planned WHERE {_IS_GONE}
    ),
    {
        use_session(
            also_where=f"EXISTS (SELECT FROM planned WHERE {_IS_GONE} OR {_IS_CHANGED})",
        )
    },
    {remove_wanted()},
    changed AS MATERIALIZED (
        SELECT planned.* FROM planned CROSS JOIN used WHERE NOT {_IS_GONE} AND {_IS_CHANGED}
    ),
    {REWRITE},
    there AS MATERIALIZED (
        SELECT {columns("held")} FROM held
        WHERE NOT {is_bare("held")}
            AND EXISTS (
                SELECT FROM asked
                WHERE asked.ingredient_id = held.ingredient_id
                    AND asked.of_name = {NAME_KEY.format("held")}
            )
            AND NOT EXISTS (
                SELECT FROM planned
                WHERE planned.ingredient_id = held.ingredient_id
                    AND planned.name_key = held.name_key AND ({_IS_GONE} OR {_IS_CHANGED})
            )
    ),
    {
        record_outcome(
            "removed",
            also=(CHANGED_LOTS, recorded_rows("there")),
            outcomes="ARRAY(SELECT outcome FROM outcomes ORDER BY position)",
            held="(SELECT count(*) FROM held)",
        )
    }
    {OUTCOME}
    """
)
"""Takes from the lot due first, then from the oldest; more than there is takes all.

A count without a unit is of the lots' own containers; but one onion is not the last bag of onions.
Where no lot has a known amount of the unit, nothing changes. A part is one of the lot due first,
and what is left is that of the only lot. If a request has several shares of one lot, the one counts
that says its date and its place as they are, and of such the first one.
"""


class RecordedReduce(RecordedRemoval, RecordedChanges):
    """The outcome of `REDUCE`. `held` is the number of lots before it."""

    outcomes: Sequence[Annotated[Reduction, Field(strict=False)]]
    held: int
    there: Sequence[RecordedItem] = ()
