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
use AS MATERIALIZED (
    SELECT *, NOT EXISTS (SELECT FROM recorded)
        AND (last_accessed <= :recorded_since OR false) AS is_recorded
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
computed AS (
    SELECT jsonb_build_object(
        'names',
        ARRAY(
            SELECT item.name
            FROM user_fridge_ingredients AS item
            CROSS JOIN session
            WHERE item.chat_id = :chat_id
                AND item.added_at >= session.created_at
                AND item.name <> ''
            ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
        )
    ) AS outcome
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
)
SELECT CAST(:chat_id AS bigint) AS chat_id,
    NOT EXISTS (SELECT FROM recorded UNION ALL SELECT FROM record) AS raced,
    (SELECT handled_at FROM recorded) AS handled_at,
    CASE row_number() OVER in_order WHEN 1 THEN (SELECT outcome FROM recorded) END AS outcome,
    session.expires_at, session.last_accessed, chosen.language, chosen.time_zone,
    item.ingredient_id, item.name_key, item.name, item.added_at, item.amount, item.unit,
    item.best_before, item.place, item.note, item.moved_at, ingredient.ko, ingredient.en,
    ingredient.category, ingredient.emoji
FROM (SELECT true) AS always
LEFT JOIN chat_settings AS chosen
    ON chosen.chat_id = :chat_id
LEFT JOIN session
    ON true
LEFT JOIN user_fridge_ingredients AS item
    ON item.chat_id = :chat_id
    AND item.added_at >= session.created_at
LEFT JOIN ingredients AS ingredient
    ON ingredient.ingredient_id = item.ingredient_id
WINDOW in_order AS (ORDER BY item.added_at DESC, item.ingredient_id, item.name_key)
ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
