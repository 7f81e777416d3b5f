WITH recorded AS MATERIALIZED (
    SELECT outcome, handled_at, message_date
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :request
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    FOR UPDATE
),
warning AS MATERIALIZED (
    SELECT created_at, items
    FROM expiry_warnings
    WHERE chat_id = :chat_id
        AND last_accessed = :last_accessed
        AND NOT EXISTS (SELECT FROM recorded)
),
snapshot AS MATERIALIZED (
    SELECT created_at, last_accessed, revision,
        (stored.expires_at > :now OR stored.last_accessed > :idle_since) AS live
    FROM user_fridge_sessions AS stored
    WHERE stored.chat_id = :chat_id
        AND NOT EXISTS (SELECT FROM recorded)
),
lost AS MATERIALIZED (
    SELECT created_at, items, CAST(:expires_at AS timestamptz) AS expires_at,
        CAST(:session_language AS text) AS language
    FROM warning
    WHERE NOT EXISTS (
        SELECT
        FROM snapshot
        WHERE CASE WHEN live THEN snapshot.created_at <= warning.created_at ELSE snapshot.last_accessed > :last_accessed END
    )
),
held AS MATERIALIZED (
    SELECT item.ingredient_id, item.name_key
    FROM user_fridge_ingredients AS item
    JOIN snapshot
        ON snapshot.live
        AND item.added_at >= snapshot.created_at
    WHERE item.chat_id = :chat_id
),
missing AS MATERIALIZED (
    SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key, item.name,
        CAST(item.added_at AS timestamptz) AS added_at
    FROM lost
    CROSS JOIN LATERAL ROWS FROM (
        jsonb_array_elements_text(items -> 'ids'), jsonb_array_elements_text(items -> 'keys'),
        jsonb_array_elements_text(items -> 'names'), jsonb_array_elements_text(items -> 'times')
    ) WITH ORDINALITY AS item (ingredient_id, name_key, name, added_at, position)
    WHERE NOT EXISTS (
        SELECT
        FROM held
        WHERE held.ingredient_id = CAST(item.ingredient_id AS integer)
            AND held.name_key = item.name_key
    )
    ORDER BY item.position
    LIMIT greatest(0, :max_items - (SELECT count(*) FROM held))
),
use AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM snapshot WHERE live) OR EXISTS (SELECT FROM lost) AS is_recorded
),
used AS (
    UPDATE user_fridge_sessions AS stored
    SET created_at = coalesce(lost.created_at, stored.created_at),
        expires_at = greatest(stored.expires_at, lost.expires_at),
        last_accessed = greatest(stored.last_accessed, :now), revision = stored.revision + 1,
        language = coalesce(lost.language, stored.language)
    FROM use, snapshot
    LEFT JOIN lost
        ON true
    WHERE stored.chat_id = :chat_id
        AND stored.revision = snapshot.revision
        AND use.is_recorded
    RETURNING stored.expires_at, stored.last_accessed
),
begun AS (
    INSERT INTO user_fridge_sessions (
        chat_id, created_at, expires_at, last_accessed, revision, language
    )
    SELECT CAST(:chat_id AS bigint), created_at, expires_at, CAST(:now AS timestamptz),
        CAST(:first_revision AS bigint), language
    FROM lost
    WHERE NOT EXISTS (SELECT FROM snapshot)
    ON CONFLICT (chat_id) DO NOTHING
    RETURNING expires_at, last_accessed
),
session AS MATERIALIZED (
    SELECT expires_at, last_accessed FROM used UNION ALL SELECT expires_at, last_accessed FROM begun
),
outlived AS (
    DELETE FROM user_fridge_ingredients AS item
    USING snapshot
    WHERE EXISTS (SELECT FROM used)
        AND EXISTS (SELECT FROM lost)
        AND item.chat_id = :chat_id
        AND (NOT snapshot.live OR item.added_at < snapshot.created_at)
        AND NOT EXISTS (
            SELECT
            FROM missing
            WHERE missing.ingredient_id = item.ingredient_id
                AND missing.name_key = item.name_key
        )
),
put_back AS (
    INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
    SELECT CAST(:chat_id AS bigint), missing.ingredient_id, missing.name_key, missing.name,
        missing.added_at
    FROM missing
    CROSS JOIN session
    ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE SET name = excluded.name,
        added_at = excluded.added_at
    RETURNING ingredient_id, name_key, name, added_at
),
computed AS (
    SELECT jsonb_build_object(
        'put_back_ids', put_back_items.ids, 'put_back_keys', put_back_items.keys, 'put_back_names',
        put_back_items.names, 'put_back_times', put_back_items.times, 'held',
        (SELECT count(*) FROM held) + (SELECT count(*) FROM put_back), 'expires_at',
        (SELECT expires_at FROM session), 'last_accessed', (SELECT last_accessed FROM session)
    ) AS outcome
    FROM (SELECT true) AS always
    CROSS JOIN (
        SELECT coalesce(array_agg(ingredient_id), '{}') AS ids,
            coalesce(array_agg(name_key), '{}') AS keys, coalesce(array_agg(name), '{}') AS names,
            coalesce(array_agg(added_at), '{}') AS times
        FROM (
            SELECT *
            FROM put_back
            ORDER BY put_back.added_at DESC, put_back.ingredient_id, put_back.name_key
        ) AS item
    ) AS put_back_items
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
