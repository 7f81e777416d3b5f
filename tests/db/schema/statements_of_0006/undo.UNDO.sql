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
    SELECT item.ingredient_id, item.name_key, item.name, item.added_at
    FROM user_fridge_ingredients AS item
    JOIN snapshot
        ON item.added_at >= snapshot.created_at
    WHERE item.chat_id = :chat_id
),
undone AS MATERIALIZED (
    SELECT outcome, outcome -> 'undone' IS NOT NULL AS already
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :undone
),
put_in AS MATERIALIZED (
    SELECT item.*
    FROM undone
    CROSS JOIN LATERAL (
        SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key, item.name,
            CAST(item.added_at AS timestamptz) AS added_at
        FROM ROWS FROM (
            jsonb_array_elements_text(undone.outcome -> 'added_ids'),
            jsonb_array_elements_text(undone.outcome -> 'added_keys'),
            jsonb_array_elements_text(undone.outcome -> 'added_names'),
            jsonb_array_elements_text(undone.outcome -> 'added_times')
        ) AS item (ingredient_id, name_key, name, added_at)
    ) AS item
    WHERE NOT undone.already
),
taken_out AS MATERIALIZED (
    SELECT item.*
    FROM undone
    CROSS JOIN LATERAL (
        SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key, item.name,
            CAST(item.added_at AS timestamptz) AS added_at
        FROM ROWS FROM (
            jsonb_array_elements_text(undone.outcome -> 'removed_ids'),
            jsonb_array_elements_text(undone.outcome -> 'removed_keys'),
            jsonb_array_elements_text(undone.outcome -> 'removed_names'),
            jsonb_array_elements_text(undone.outcome -> 'removed_times')
        ) AS item (ingredient_id, name_key, name, added_at)
    ) AS item
    WHERE NOT undone.already
),
undoable AS MATERIALIZED (
    SELECT true AS is_undoable
    FROM snapshot
    WHERE NOT EXISTS (SELECT FROM recorded)
        AND EXISTS (SELECT 1 FROM put_in UNION ALL SELECT 1 FROM taken_out)
        AND (SELECT count(*) FROM put_in) = (
            SELECT count(*) FROM put_in JOIN held USING (ingredient_id, name_key, added_at)
        )
        AND (SELECT count(*) FROM taken_out) = (
            SELECT count(*) FROM taken_out WHERE taken_out.added_at >= snapshot.created_at
        )
        AND NOT EXISTS (SELECT FROM taken_out JOIN held USING (ingredient_id, name_key))
        AND (SELECT count(*) FROM held) - (SELECT count(*) FROM put_in) + (SELECT count(*) FROM taken_out) <= greatest(
            :max_items, (SELECT count(*) FROM held)
        )
),
use AS MATERIALIZED (
    SELECT *, NOT EXISTS (SELECT FROM recorded)
        AND (last_accessed <= :recorded_since OR EXISTS (SELECT FROM undoable)) AS is_recorded
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
    USING used, put_in
    WHERE EXISTS (SELECT FROM undoable)
        AND item.chat_id = :chat_id
        AND item.ingredient_id = put_in.ingredient_id
        AND item.name_key = put_in.name_key
    RETURNING item.ingredient_id, item.name_key, item.name, item.added_at
),
added AS (
    INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
    SELECT CAST(:chat_id AS bigint), taken_out.ingredient_id, taken_out.name_key,
        taken_out.name, taken_out.added_at
    FROM taken_out
    CROSS JOIN used
    WHERE EXISTS (SELECT FROM undoable)
    ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE SET name = excluded.name,
        added_at = excluded.added_at
    RETURNING ingredient_id, name_key, name, added_at
),
marked AS (
    UPDATE handled_requests
    SET outcome = outcome || jsonb '{"undone": true}'
    FROM used
    WHERE EXISTS (SELECT FROM undoable)
        AND handled_requests.chat_id = :chat_id
        AND handled_requests.request = :undone
),
computed AS (
    SELECT jsonb_build_object(
        'removed_ids', removed_items.ids, 'removed_keys', removed_items.keys, 'removed_names',
        removed_items.names, 'removed_times', removed_items.times, 'added_ids', added_items.ids,
        'added_keys', added_items.keys, 'added_names', added_items.names, 'added_times',
        added_items.times, 'already', EXISTS (SELECT FROM undone WHERE already), 'forgotten',
        NOT EXISTS (SELECT FROM undone)
    ) AS outcome
    FROM (SELECT true) AS always
    CROSS JOIN (
        SELECT coalesce(array_agg(ingredient_id), '{}') AS ids,
            coalesce(array_agg(name_key), '{}') AS keys, coalesce(array_agg(name), '{}') AS names,
            coalesce(array_agg(added_at), '{}') AS times
        FROM (
            SELECT *
            FROM removed
            ORDER BY removed.added_at DESC, removed.ingredient_id, removed.name_key
        ) AS item
    ) AS removed_items
    CROSS JOIN (
        SELECT coalesce(array_agg(ingredient_id), '{}') AS ids,
            coalesce(array_agg(name_key), '{}') AS keys, coalesce(array_agg(name), '{}') AS names,
            coalesce(array_agg(added_at), '{}') AS times
        FROM (
            SELECT * FROM added ORDER BY added.added_at DESC, added.ingredient_id, added.name_key
        ) AS item
    ) AS added_items
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
    WHERE NOT EXISTS (
        SELECT
        FROM removed
        WHERE removed.ingredient_id = held.ingredient_id
            AND removed.name_key = held.name_key
    )
    UNION ALL
    SELECT *
    FROM added
)
SELECT CAST(:chat_id AS bigint) AS chat_id,
    CASE row_number() OVER in_order WHEN 1 THEN first.outcome END AS outcome, first.handled_at,
    session.expires_at, session.last_accessed,
    (SELECT language FROM chat_settings WHERE chat_id = :chat_id) AS language, item.ingredient_id,
    item.name_key, item.name, item.added_at, ingredient.ko, ingredient.en, ingredient.category,
    ingredient.emoji
FROM (SELECT true) AS always
LEFT JOIN first
    ON true
LEFT JOIN session
    ON true
LEFT JOIN present AS item
    ON true
LEFT JOIN ingredients AS ingredient
    ON ingredient.ingredient_id = item.ingredient_id
WINDOW in_order AS (ORDER BY item.added_at DESC, item.ingredient_id, item.name_key)
ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
