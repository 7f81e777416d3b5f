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
        AND NOT EXISTS (SELECT FROM recorded)
),
use AS MATERIALIZED (
    SELECT *, NOT false
        AND (
            last_accessed <= :recorded_since
                OR EXISTS (
                    SELECT
                    FROM user_fridge_ingredients AS item
                    WHERE item.chat_id = :chat_id
                        AND item.added_at >= snapshot.created_at
                        AND item.added_at <= :added_until
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
    USING used
    WHERE item.chat_id = :chat_id
        AND item.added_at >= used.created_at
        AND item.added_at <= :added_until
    RETURNING item.ingredient_id, item.name_key, item.name, item.added_at, item.amount,
        item.unit, item.best_before, item.place, item.note, item.moved_at
),
computed AS (
    SELECT jsonb_build_object(
        'removed_ids', removed_items.ids, 'removed_keys', removed_items.keys, 'removed_names',
        removed_items.names, 'removed_times', removed_items.times, 'removed',
        (SELECT count(*) FROM removed)
    ) || removed_items.lots AS outcome
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
