WITH snapshot AS MATERIALIZED (
    SELECT created_at, expires_at, last_accessed, revision
    FROM user_fridge_sessions AS stored
    WHERE stored.chat_id = :chat_id
        AND (stored.expires_at > :now OR stored.last_accessed > :idle_since)
        AND NOT false
),
use AS MATERIALIZED (
    SELECT *, NOT false AND (last_accessed <= :recorded_since OR false) AS is_recorded FROM snapshot
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
)
SELECT CAST(:chat_id AS bigint) AS chat_id, session.expires_at, session.last_accessed,
    (EXISTS (SELECT FROM use WHERE is_recorded) AND NOT EXISTS (SELECT FROM session)) AS raced,
    chosen.language, chosen.time_zone, item.ingredient_id, item.name_key, item.name, item.added_at,
    item.amount, item.unit, item.best_before, item.place, item.note, item.moved_at, ingredient.ko,
    ingredient.en, ingredient.category, ingredient.emoji
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
ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
