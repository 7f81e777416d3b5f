WITH recorded AS MATERIALIZED (
    SELECT outcome, handled_at, message_date
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :request
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    FOR UPDATE
),
asked AS MATERIALIZED (
    SELECT *
    FROM unnest(
        CAST(:positions AS integer[]), CAST(:ingredient_ids AS integer[]),
        CAST(:name_keys AS text[]), CAST(:manners AS text[]), CAST(:amounts AS numeric[]),
        CAST(:divisors AS numeric[]), CAST(:units AS text[]), CAST(:best_befores AS date[]),
        CAST(:places AS text[]), CAST(:usual_places AS text[]), CAST(:numbers AS integer[])
    ) AS asked (
        position, ingredient_id, of_name, manner, amount, divisor, unit, best_before, place,
        usual_place, number
    )
),
snapshot AS MATERIALIZED (
    SELECT created_at, expires_at, last_accessed, revision
    FROM user_fridge_sessions AS stored
    WHERE stored.chat_id = :chat_id
        AND (stored.expires_at > :now OR stored.last_accessed > :idle_since)
        AND NOT EXISTS (SELECT FROM recorded)
),
held AS MATERIALIZED (
    SELECT item.ingredient_id, item.name_key, item.name, item.added_at, item.amount, item.unit,
        item.best_before, item.place, item.note, item.moved_at
    FROM user_fridge_ingredients AS item
    JOIN snapshot
        ON item.added_at >= snapshot.created_at
    WHERE item.chat_id = :chat_id
),
candidate AS MATERIALIZED (
    SELECT DISTINCT ON (held.ingredient_id, held.name_key) held.ingredient_id, held.name_key,
        held.name, held.added_at, held.amount, held.unit, held.best_before, held.place, held.note,
        held.moved_at, asked.position, asked.manner, asked.amount AS asked, asked.divisor,
        asked.unit AS asked_in, held.unit = asked.unit
        OR asked.unit = 'piece'
        AND held.unit NOT IN ('g', 'ml')
        AND NOT (
            asked.manner = 'amount'
                AND held.amount <= asked.amount
                AND held.unit IN ('bag', 'box', 'tray', 'bunch')
        ) AS is_countable
    FROM held
    JOIN asked
        ON asked.ingredient_id = held.ingredient_id
        AND asked.of_name = split_part(held.name_key, chr(10), 1)
        AND coalesce(held.best_before = asked.best_before, asked.best_before IS NULL)
        AND (asked.place IS NULL OR coalesce(held.place, asked.usual_place) = asked.place)
        AND coalesce(
            CAST(
                coalesce(nullif(split_part(held.name_key, chr(10), 2), ''), '1') AS integer
            ) = asked.number,
            true
        )
    ORDER BY held.ingredient_id, held.name_key,
        held.best_before IS NOT DISTINCT FROM asked.best_before DESC,
        held.place IS NOT DISTINCT FROM asked.place DESC, asked.position
),
placed AS MATERIALIZED (
    SELECT candidate.*,
        row_number() OVER (
            PARTITION BY candidate.position
            ORDER BY candidate.best_before, candidate.added_at, candidate.name_key
        ) AS turn,
        count(*) OVER (PARTITION BY candidate.position) AS lots,
        coalesce(
            sum(candidate.amount) FILTER (WHERE candidate.is_countable) OVER (
                PARTITION BY candidate.position
                ORDER BY candidate.best_before, candidate.added_at,
                    candidate.name_key ROWS BETWEEN UNBOUNDED PRECEDING
                    AND 1 PRECEDING
            ),
            0
        ) AS sooner
    FROM candidate
),
planned AS MATERIALIZED (
    SELECT placed.position, placed.ingredient_id, placed.name_key, placed.name, placed.added_at,
        CASE WHEN NOT num_nonnulls(placed.unit, placed.best_before, placed.place, placed.note) = 0 THEN jsonb_strip_nulls(
            jsonb_build_object(
                'amount', CAST(placed.amount AS text), 'unit', placed.unit, 'best_before',
                placed.best_before, 'place', placed.place, 'note', placed.note, 'moved_at',
                placed.moved_at
            )
        ) END AS before,
        placed.amount AS held, placed.unit AS held_in, placed.manner, placed.is_usable,
        CASE WHEN NOT placed.is_usable
        OR placed.manner = 'all' THEN placed.amount WHEN placed.manner = 'amount' THEN placed.amount - least(placed.amount, greatest(placed.asked - placed.sooner, 0)) WHEN placed.manner = 'part' THEN round(
            placed.amount * (placed.divisor - placed.asked) / placed.divisor, 3
        ) ELSE placed.asked END AS amount,
            CASE WHEN placed.is_usable
        AND placed.manner = 'left'
        AND placed.is_countable IS NOT TRUE THEN placed.asked_in ELSE placed.unit END AS unit,
            placed.best_before, placed.place, placed.note, placed.moved_at
    FROM (
        SELECT *,
            CASE manner WHEN 'all' THEN true WHEN 'amount' THEN coalesce(
                is_countable, false
            ) WHEN 'part' THEN turn = 1
            AND amount IS NOT NULL ELSE lots = 1 END AS is_usable
        FROM placed
    ) AS placed
),
outcomes AS MATERIALIZED (
    SELECT asked.position,
        CASE WHEN count(
            planned.position
        ) = 0 THEN 'not there' WHEN bool_or(
            planned.is_usable
        ) THEN 'taken' WHEN min(
            asked.manner
        ) = 'left' THEN 'several' WHEN min(asked.manner) = 'amount'
        AND count(planned.held) > 0 THEN 'other unit' ELSE 'unknown amount' END AS outcome
    FROM asked
    LEFT JOIN planned
        ON planned.position = asked.position
    GROUP BY asked.position
),
wanted AS MATERIALIZED (
    SELECT planned.ingredient_id, planned.name_key
    FROM planned
    WHERE (planned.manner = 'all' OR planned.amount = 0)
),
use AS MATERIALIZED (
    SELECT *, NOT false
        AND (
            last_accessed <= :recorded_since
                OR EXISTS (
                    SELECT
                    FROM planned
                    WHERE (planned.manner = 'all' OR planned.amount = 0)
                        OR (
                            planned.amount, planned.unit
                        ) IS DISTINCT FROM (planned.held, planned.held_in)
                )
        ) AS is_recorded
    FROM snapshot
),
used AS (
    UPDATE user_fridge_sessions AS stored
    SET last_accessed = greatest(stored.last_accessed, :now), revision = stored.revision + 1
    FROM use
    WHERE stored.chat_id = :chat_id
        AND stored.revision = use.revision
        AND use.is_recorded
    RETURNING stored.created_at, stored.expires_at, stored.last_accessed
),
session AS MATERIALIZED (
    SELECT *
    FROM used
    UNION ALL
    SELECT created_at, expires_at, last_accessed
    FROM use
    WHERE NOT is_recorded
),
removed AS (
    DELETE FROM user_fridge_ingredients AS item
    USING used, wanted
    WHERE item.chat_id = :chat_id
        AND item.added_at >= used.created_at
        AND item.ingredient_id = wanted.ingredient_id
        AND item.name_key = wanted.name_key
    RETURNING item.ingredient_id, item.name_key, item.name, item.added_at, item.amount,
        item.unit, item.best_before, item.place, item.note, item.moved_at
),
changed AS MATERIALIZED (
    SELECT planned.*
    FROM planned
    CROSS JOIN used
    WHERE NOT (planned.manner = 'all' OR planned.amount = 0)
        AND (planned.amount, planned.unit) IS DISTINCT FROM (planned.held, planned.held_in)
),
rewritten AS (
    UPDATE user_fridge_ingredients AS item
    SET amount = changed.amount, unit = changed.unit, best_before = changed.best_before,
        place = changed.place, note = changed.note, moved_at = changed.moved_at
    FROM changed
    WHERE item.chat_id = :chat_id
        AND item.ingredient_id = changed.ingredient_id
        AND item.name_key = changed.name_key
),
there AS MATERIALIZED (
    SELECT held.ingredient_id, held.name_key, held.name, held.added_at, held.amount, held.unit,
        held.best_before, held.place, held.note, held.moved_at
    FROM held
    WHERE NOT num_nonnulls(held.unit, held.best_before, held.place, held.note) = 0
        AND EXISTS (
            SELECT
            FROM asked
            WHERE asked.ingredient_id = held.ingredient_id
                AND asked.of_name = split_part(held.name_key, chr(10), 1)
        )
        AND NOT EXISTS (
            SELECT
            FROM planned
            WHERE planned.ingredient_id = held.ingredient_id
                AND planned.name_key = held.name_key
                AND (
                    (planned.manner = 'all' OR planned.amount = 0)
                        OR (
                            planned.amount, planned.unit
                        ) IS DISTINCT FROM (planned.held, planned.held_in)
                )
        )
),
computed AS (
    SELECT jsonb_build_object('removed_ids', removed_items.ids, 'removed_keys', removed_items.keys, 'removed_names', removed_items.names, 'removed_times', removed_items.times, 'outcomes', ARRAY(SELECT outcome FROM outcomes ORDER BY position), 'held', (SELECT count(*) FROM held)) || removed_items.lots || coalesce(
        (
            SELECT jsonb_build_object(
                'changed',
                jsonb_agg(
                    jsonb_build_object(
                        'id', changed.ingredient_id, 'key', changed.name_key, 'name', changed.name,
                        'time', changed.added_at, 'before', changed.before, 'after',
                        CASE WHEN NOT num_nonnulls(changed.unit, changed.best_before, changed.place, changed.note) = 0 THEN jsonb_strip_nulls(
                            jsonb_build_object(
                                'amount', CAST(changed.amount AS text), 'unit', changed.unit,
                                'best_before', changed.best_before, 'place', changed.place, 'note',
                                changed.note, 'moved_at', changed.moved_at
                            )
                        ) END
                    )
                    ORDER BY changed.added_at DESC, changed.ingredient_id, changed.name_key
                )
            )
            FROM changed HAVING count(*) > 0
        ),
        jsonb '{}'
    ) || coalesce(
        (
            SELECT jsonb_build_object(
                'there',
                jsonb_agg(
                    jsonb_build_object(
                        'id', there.ingredient_id, 'key', there.name_key, 'name', there.name,
                        'time', there.added_at, 'lot',
                        CASE WHEN NOT num_nonnulls(there.unit, there.best_before, there.place, there.note) = 0 THEN jsonb_strip_nulls(
                            jsonb_build_object(
                                'amount', CAST(there.amount AS text), 'unit', there.unit,
                                'best_before', there.best_before, 'place', there.place, 'note',
                                there.note, 'moved_at', there.moved_at
                            )
                        ) END
                    )
                    ORDER BY there.added_at DESC, there.ingredient_id, there.name_key
                )
            )
            FROM there HAVING count(*) > 0
        ),
        jsonb '{}'
    ) AS outcome
    FROM (SELECT true) AS always
    CROSS JOIN (
        SELECT coalesce(array_agg(ingredient_id), '{}') AS ids,
            coalesce(array_agg(name_key), '{}') AS keys, coalesce(array_agg(name), '{}') AS names,
            coalesce(array_agg(added_at), '{}') AS times,
            CASE WHEN count(lot) > 0 THEN jsonb_build_object(
                'removed_lots', array_agg(lot)
            ) ELSE jsonb '{}' END AS lots
        FROM (
            SELECT *,
                CASE WHEN NOT num_nonnulls(removed.unit, removed.best_before, removed.place, removed.note) = 0 THEN jsonb_strip_nulls(
                    jsonb_build_object(
                        'amount', CAST(removed.amount AS text), 'unit', removed.unit, 'best_before',
                        removed.best_before, 'place', removed.place, 'note', removed.note,
                        'moved_at', removed.moved_at
                    )
                ) END AS lot
            FROM removed
            ORDER BY removed.added_at DESC, removed.ingredient_id, removed.name_key
        ) AS item
    ) AS removed_items
    WHERE NOT EXISTS (SELECT FROM recorded)
        AND NOT (EXISTS (SELECT FROM use WHERE is_recorded) AND NOT EXISTS (SELECT FROM session))
),
record AS (
    INSERT INTO handled_requests AS stored (chat_id, request, message_date, handled_at, outcome)
    SELECT CAST(:chat_id AS bigint), CAST(:request AS text), CAST(:message_date AS timestamptz),
        CAST(:now AS timestamptz), outcome
    FROM computed
    ON CONFLICT (chat_id, request) DO UPDATE SET message_date = excluded.message_date,
        handled_at = excluded.handled_at, outcome = excluded.outcome
    WHERE stored.message_date <> excluded.message_date
    RETURNING outcome, handled_at
),
first AS (SELECT outcome, handled_at FROM recorded UNION ALL SELECT outcome, handled_at FROM record)
SELECT CAST(:chat_id AS bigint) AS chat_id, first.outcome, first.handled_at,
    (SELECT language FROM chat_settings WHERE chat_id = :chat_id) AS language
FROM (SELECT true) AS always
LEFT JOIN first
    ON true
