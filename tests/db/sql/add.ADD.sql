WITH recorded AS MATERIALIZED (
    SELECT outcome, handled_at, message_date
    FROM handled_requests
    WHERE chat_id = :chat_id
        AND request = :request
        AND (message_date = CAST(:message_date AS timestamptz)) IS NOT FALSE
    FOR UPDATE
),
wanted AS MATERIALIZED (
    SELECT *
    FROM unnest(
        CAST(:ingredient_ids AS integer[]), CAST(:name_keys AS text[]), CAST(:names AS text[])
    ) WITH ORDINALITY AS wanted (ingredient_id, name_key, name, position)
),
snapshot AS MATERIALIZED (
    SELECT created_at, last_accessed, revision,
        (stored.expires_at > :now OR stored.last_accessed > :idle_since) AS live
    FROM user_fridge_sessions AS stored
    WHERE stored.chat_id = :chat_id
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
met AS MATERIALIZED (
    SELECT wanted.*, held.name_key AS held_key, held.name AS held_name, held.added_at,
        held.amount, held.unit, held.best_before, held.place, held.note, held.moved_at
    FROM wanted
    LEFT JOIN held
        ON held.ingredient_id = wanted.ingredient_id
        AND held.of_name = wanted.name_key
),
missing AS MATERIALIZED (
    SELECT ingredient_id, name_key, name, position FROM met WHERE held_key IS NULL
),
use AS MATERIALIZED (
    SELECT snapshot.*, held.count AS held, NOT EXISTS (SELECT FROM recorded)
        AND (
            EXISTS (SELECT FROM missing)
                AND held.count < :max_items
                OR (snapshot.live AND snapshot.last_accessed > :recorded_since) IS NOT TRUE
        ) AS is_recorded
    FROM (SELECT count(*) FROM held) AS held
    LEFT JOIN snapshot
        ON true
),
used AS (
    UPDATE user_fridge_sessions AS stored
    SET created_at = CASE WHEN use.live THEN stored.created_at ELSE :now END,
        expires_at = CASE WHEN use.live THEN stored.expires_at ELSE :expires_at END,
        last_accessed = greatest(stored.last_accessed, :now), revision = stored.revision + 1,
        language = coalesce(:session_language, stored.language)
    FROM use
    WHERE stored.chat_id = :chat_id
        AND stored.revision = use.revision
        AND use.is_recorded
    RETURNING stored.created_at
),
begun AS (
    INSERT INTO user_fridge_sessions (
        chat_id, created_at, expires_at, last_accessed, revision, language
    )
    SELECT CAST(:chat_id AS bigint), CAST(:now AS timestamptz),
        CAST(:expires_at AS timestamptz), CAST(:now AS timestamptz),
        CAST(:first_revision AS bigint), CAST(:session_language AS text)
    FROM use
    WHERE use.is_recorded
        AND use.revision IS NULL
    ON CONFLICT (chat_id) DO NOTHING
    RETURNING created_at
),
session AS MATERIALIZED (SELECT created_at FROM used UNION ALL SELECT created_at FROM begun),
ended AS MATERIALIZED (SELECT use.last_accessed FROM used CROSS JOIN use WHERE NOT use.live),
outlived AS (
    DELETE FROM user_fridge_ingredients AS item
    WHERE EXISTS (SELECT FROM ended)
        AND item.chat_id = :chat_id
        AND item.added_at < :now
        AND NOT EXISTS (
            SELECT
            FROM missing
            WHERE missing.ingredient_id = item.ingredient_id
                AND missing.name_key = item.name_key
        )
),
stale AS (
    DELETE FROM expiry_warnings
    WHERE chat_id = :chat_id
        AND last_accessed < (SELECT last_accessed FROM ended)
),
added AS (
    INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
    SELECT :chat_id, missing.ingredient_id, missing.name_key, missing.name,
        greatest(session.created_at, :now)
    FROM missing
    CROSS JOIN session
    ORDER BY missing.position
    LIMIT greatest(0, :max_items - (SELECT held FROM use))
    ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE SET name = excluded.name,
        added_at = excluded.added_at, amount = excluded.amount, unit = excluded.unit,
        best_before = excluded.best_before, place = excluded.place, note = excluded.note,
        moved_at = excluded.moved_at
    RETURNING ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
        moved_at
),
there AS (
    SELECT met.ingredient_id, met.held_key AS name_key, met.held_name AS name, met.added_at,
        met.amount, met.unit, met.best_before, met.place, met.note, met.moved_at
    FROM met
    WHERE NOT num_nonnulls(met.unit, met.best_before, met.place, met.note) = 0
),
computed AS (
    SELECT jsonb_build_object('added_ids', added_items.ids, 'added_keys', added_items.keys, 'added_names', added_items.names, 'added_times', added_items.times, 'missing_ids', ARRAY(SELECT ingredient_id FROM missing ORDER BY position), 'missing_keys', ARRAY(SELECT name_key FROM missing ORDER BY position), 'held', (SELECT held FROM use)) || added_items.lots || coalesce(
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
                'added_lots', array_agg(lot)
            ) ELSE jsonb '{}' END AS lots
        FROM (
            SELECT *,
                CASE WHEN NOT num_nonnulls(added.unit, added.best_before, added.place, added.note) = 0 THEN jsonb_strip_nulls(
                    jsonb_build_object(
                        'amount', CAST(added.amount AS text), 'unit', added.unit, 'best_before',
                        added.best_before, 'place', added.place, 'note', added.note, 'moved_at',
                        added.moved_at
                    )
                ) END AS lot
            FROM added
            ORDER BY added.added_at DESC, added.ingredient_id, added.name_key
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
first AS (SELECT outcome, handled_at FROM recorded UNION ALL SELECT outcome, handled_at FROM record)
SELECT CAST(:chat_id AS bigint) AS chat_id, first.outcome, first.handled_at,
    (SELECT language FROM chat_settings WHERE chat_id = :chat_id) AS language
FROM (SELECT true) AS always
LEFT JOIN first
    ON true
