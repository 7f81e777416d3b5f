WITH recorded AS MATERIALIZED (
    SELECT outcome, handled_at, message_date
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :request
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    FOR UPDATE
),
snapshot AS MATERIALIZED (
    SELECT created_at, expires_at, last_accessed, revision
    FROM user_fridge_sessions AS stored
    WHERE stored.chat_id = :chat_id
        AND (stored.expires_at > :now OR stored.last_accessed > :idle_since)
        AND NOT false
),
held AS MATERIALIZED (
    SELECT item.ingredient_id, item.name_key, item.name, item.added_at, item.amount, item.unit,
        item.best_before, item.place, item.note, item.moved_at
    FROM user_fridge_ingredients AS item
    JOIN snapshot
        ON item.added_at >= snapshot.created_at
    WHERE item.chat_id = :chat_id
),
wanted AS MATERIALIZED (
    SELECT held.ingredient_id, held.name_key
    FROM held
    WHERE held.ingredient_id = :ingredient_id
        AND CASE split_part(held.name_key, chr(10), 1) WHEN '' THEN '' ELSE left(
            md5(split_part(held.name_key, chr(10), 1)), 12
        ) END = :name_hash
        AND CAST(
            coalesce(nullif(split_part(held.name_key, chr(10), 2), ''), '1') AS integer
        ) = :number
        AND NOT EXISTS (SELECT FROM recorded)
        AND NOT false
    ORDER BY held.name_key
    LIMIT 1
),
use AS MATERIALIZED (
    SELECT *, NOT EXISTS (SELECT FROM recorded)
        AND (last_accessed <= :recorded_since OR EXISTS (SELECT FROM wanted)) AS is_recorded
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
takes AS MATERIALIZED (
    SELECT request, handled_at, outcome
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND kind = 'take'
        AND NOT EXISTS (SELECT FROM recorded)
        AND NOT EXISTS (SELECT FROM wanted)
),
earlier AS MATERIALIZED (
    SELECT takes.request, held.*
    FROM takes
    CROSS JOIN LATERAL (
        SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key, item.name,
            CAST(item.added_at AS timestamptz) AS added_at,
            CAST(item.lot ->> 'amount' AS numeric) AS amount, item.lot ->> 'unit' AS unit,
            CAST(item.lot ->> 'best_before' AS date) AS best_before, item.lot ->> 'place' AS place,
            item.lot ->> 'note' AS note, CAST(item.lot ->> 'moved_at' AS timestamptz) AS moved_at
        FROM ROWS FROM (
            jsonb_array_elements_text(takes.outcome -> 'removed_ids'),
            jsonb_array_elements_text(takes.outcome -> 'removed_keys'),
            jsonb_array_elements_text(takes.outcome -> 'removed_names'),
            jsonb_array_elements_text(takes.outcome -> 'removed_times'),
            jsonb_array_elements(takes.outcome -> 'removed_lots')
        ) AS item (ingredient_id, name_key, name, added_at, lot)
    ) AS held
    JOIN snapshot
        ON held.added_at >= snapshot.created_at
    WHERE takes.outcome -> 'undone' IS NULL
        AND held.ingredient_id = :ingredient_id
        AND CASE split_part(held.name_key, chr(10), 1) WHEN '' THEN '' ELSE left(
            md5(split_part(held.name_key, chr(10), 1)), 12
        ) END = :name_hash
        AND CAST(
            coalesce(nullif(split_part(held.name_key, chr(10), 2), ''), '1') AS integer
        ) = :number
    ORDER BY takes.handled_at DESC, takes.request
    LIMIT 1
),
computed AS (
    SELECT jsonb_build_object(
        'removed_ids', removed_items.ids, 'removed_keys', removed_items.keys, 'removed_names',
        removed_items.names, 'removed_times', removed_items.times, 'earlier_ids', earlier_items.ids,
        'earlier_keys', earlier_items.keys, 'earlier_names', earlier_items.names, 'earlier_times',
        earlier_items.times, 'earlier', (SELECT request FROM earlier)
    ) || removed_items.lots || earlier_items.lots AS outcome
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
    CROSS JOIN (
        SELECT coalesce(array_agg(ingredient_id), '{}') AS ids,
            coalesce(array_agg(name_key), '{}') AS keys, coalesce(array_agg(name), '{}') AS names,
            coalesce(array_agg(added_at), '{}') AS times,
            CASE WHEN count(lot) > 0 THEN jsonb_build_object(
                'earlier_lots', array_agg(lot)
            ) ELSE jsonb '{}' END AS lots
        FROM (
            SELECT *,
                CASE WHEN NOT num_nonnulls(earlier.unit, earlier.best_before, earlier.place, earlier.note) = 0 THEN jsonb_strip_nulls(
                    jsonb_build_object(
                        'amount', CAST(earlier.amount AS text), 'unit', earlier.unit, 'best_before',
                        earlier.best_before, 'place', earlier.place, 'note', earlier.note,
                        'moved_at', earlier.moved_at
                    )
                ) END AS lot
            FROM earlier
            ORDER BY earlier.added_at DESC, earlier.ingredient_id, earlier.name_key
        ) AS item
    ) AS earlier_items
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
first AS (
    SELECT outcome, handled_at FROM recorded UNION ALL SELECT outcome, handled_at FROM record
),
present AS (
    SELECT held.*
    FROM held
    CROSS JOIN session
    WHERE true
        AND NOT EXISTS (
            SELECT
            FROM removed
            WHERE removed.ingredient_id = held.ingredient_id
                AND removed.name_key = held.name_key
        )
)
SELECT CAST(:chat_id AS bigint) AS chat_id,
    CASE row_number() OVER in_order WHEN 1 THEN first.outcome END AS outcome, first.handled_at,
    session.expires_at, session.last_accessed, chosen.language, chosen.time_zone,
    item.ingredient_id, item.name_key, item.name, item.added_at, item.amount, item.unit,
    item.best_before, item.place, item.note, item.moved_at, ingredient.ko, ingredient.en,
    ingredient.category, ingredient.emoji
FROM (SELECT true) AS always
LEFT JOIN chat_settings AS chosen
    ON chosen.chat_id = :chat_id
LEFT JOIN first
    ON true
LEFT JOIN session
    ON true
LEFT JOIN present AS item
    ON true
LEFT JOIN LATERAL (
    SELECT * FROM ingredients WHERE ingredient_id = item.ingredient_id OFFSET 0
) AS ingredient
    ON true
WINDOW in_order AS (ORDER BY item.added_at DESC, item.ingredient_id, item.name_key)
ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
