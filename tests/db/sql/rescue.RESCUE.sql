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
    SELECT item.ingredient_id, item.name_key, item.name, item.added_at, item.amount, item.unit,
        item.best_before, item.place, item.note, item.moved_at,
        split_part(item.name_key, chr(10), 1) AS of_name
    FROM user_fridge_ingredients AS item
    JOIN snapshot
        ON snapshot.live
        AND item.added_at >= snapshot.created_at
    WHERE item.chat_id = :chat_id
),
listed AS MATERIALIZED (
    SELECT CAST(item.ingredient_id AS integer) AS ingredient_id, item.name_key,
        split_part(item.name_key, chr(10), 1) AS of_name, item.name,
        CAST(item.added_at AS timestamptz) AS added_at,
        CAST(item.lot ->> 'amount' AS numeric) AS amount, item.lot ->> 'unit' AS unit,
        CAST(item.lot ->> 'best_before' AS date) AS best_before, item.lot ->> 'place' AS place,
        item.lot ->> 'note' AS note, CAST(item.lot ->> 'moved_at' AS timestamptz) AS moved_at,
        item.position
    FROM lost
    CROSS JOIN LATERAL ROWS FROM (
        jsonb_array_elements_text(items -> 'ids'), jsonb_array_elements_text(items -> 'keys'),
        jsonb_array_elements_text(items -> 'names'), jsonb_array_elements_text(items -> 'times'),
        jsonb_array_elements(items -> 'lots')
    ) WITH ORDINALITY AS item (ingredient_id, name_key, name, added_at, lot, position)
),
last_lots AS MATERIALIZED (
    SELECT held.ingredient_id, split_part(held.name_key, chr(10), 1) AS of_name,
        max(
            CAST(coalesce(nullif(split_part(held.name_key, chr(10), 2), ''), '1') AS integer)
        ) AS number
    FROM held
    GROUP BY 1, 2
),
missing AS MATERIALIZED (
    SELECT listed.ingredient_id,
        CASE WHEN last_lots.number IS NULL THEN listed.name_key ELSE listed.of_name || CASE (coalesce(last_lots.number, 0) + row_number() OVER (PARTITION BY listed.ingredient_id, listed.of_name ORDER BY listed.position)) WHEN 1 THEN '' ELSE chr(10) || CAST(
            (
                coalesce(last_lots.number, 0) + row_number() OVER (
                    PARTITION BY listed.ingredient_id, listed.of_name ORDER BY listed.position
                )
            ) AS text
        ) END END AS name_key,
        listed.name, listed.added_at, listed.amount, listed.unit, listed.best_before, listed.place,
        listed.note, listed.moved_at
    FROM listed
    LEFT JOIN last_lots
    USING (ingredient_id, of_name)
    WHERE NOT EXISTS (
        SELECT
        FROM held
        WHERE held.ingredient_id = listed.ingredient_id
            AND held.of_name = listed.of_name
            AND (
                num_nonnulls(listed.unit, listed.best_before, listed.place, listed.note) = 0
                    OR (
                        held.unit, held.best_before, held.place, held.note
                    ) IS NOT DISTINCT FROM (
                        listed.unit, listed.best_before, listed.place, listed.note
                    )
            )
    )
    ORDER BY listed.position
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
    INSERT INTO user_fridge_ingredients (
        chat_id, ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
        moved_at
    )
    SELECT CAST(:chat_id AS bigint), missing.ingredient_id, missing.name_key, missing.name,
        missing.added_at, missing.amount, missing.unit, missing.best_before, missing.place,
        missing.note, missing.moved_at
    FROM missing
    CROSS JOIN session
    ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE SET name = excluded.name,
        added_at = excluded.added_at, amount = excluded.amount, unit = excluded.unit,
        best_before = excluded.best_before, place = excluded.place, note = excluded.note,
        moved_at = excluded.moved_at
    RETURNING ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
        moved_at
),
computed AS (
    SELECT jsonb_build_object(
        'put_back_ids', put_back_items.ids, 'put_back_keys', put_back_items.keys, 'put_back_names',
        put_back_items.names, 'put_back_times', put_back_items.times, 'held',
        (SELECT count(*) FROM held) + (SELECT count(*) FROM put_back), 'expires_at',
        (SELECT expires_at FROM session), 'last_accessed', (SELECT last_accessed FROM session)
    ) || put_back_items.lots AS outcome
    FROM (SELECT true) AS always
    CROSS JOIN (
        SELECT coalesce(array_agg(ingredient_id), '{}') AS ids,
            coalesce(array_agg(name_key), '{}') AS keys, coalesce(array_agg(name), '{}') AS names,
            coalesce(array_agg(added_at), '{}') AS times,
            CASE WHEN count(lot) > 0 THEN jsonb_build_object(
                'put_back_lots', array_agg(lot)
            ) ELSE jsonb '{}' END AS lots
        FROM (
            SELECT *,
                CASE WHEN NOT num_nonnulls(put_back.unit, put_back.best_before, put_back.place, put_back.note) = 0 THEN jsonb_strip_nulls(
                    jsonb_build_object(
                        'amount', CAST(put_back.amount AS text), 'unit', put_back.unit,
                        'best_before', put_back.best_before, 'place', put_back.place, 'note',
                        put_back.note, 'moved_at', put_back.moved_at
                    )
                ) END AS lot
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
