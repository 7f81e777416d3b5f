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
        AND NOT (
            held.ingredient_id = :by_ingredient_id
                AND split_part(held.name_key, chr(10), 1) = CAST(:by_name_key AS text)
        )
    ORDER BY held.name_key
    LIMIT 1
),
replaced AS MATERIALIZED (SELECT held.* FROM held JOIN wanted USING (ingredient_id, name_key)),
equal AS MATERIALIZED (
    SELECT held.ingredient_id, held.name_key, held.name, held.added_at, held.amount, held.unit,
        held.best_before, held.place, held.note, held.moved_at, replaced.amount AS more
    FROM held
    CROSS JOIN replaced
    WHERE (
        held.ingredient_id = :by_ingredient_id
            AND split_part(held.name_key, chr(10), 1) = CAST(:by_name_key AS text)
    )
        AND (
            num_nonnulls(replaced.unit, replaced.best_before, replaced.place, replaced.note) = 0
                OR (
                    held.unit, held.best_before, held.place, held.note
                ) IS NOT DISTINCT FROM (
                    replaced.unit, replaced.best_before, replaced.place, replaced.note
                )
        )
        AND coalesce(held.amount + replaced.amount <= 100000, true)
    ORDER BY held.name_key
    LIMIT 1
),
last_lots AS MATERIALIZED (
    SELECT held.ingredient_id, split_part(held.name_key, chr(10), 1) AS of_name,
        max(
            CAST(coalesce(nullif(split_part(held.name_key, chr(10), 2), ''), '1') AS integer)
        ) AS number
    FROM held
    GROUP BY 1, 2
),
use AS MATERIALIZED (
    SELECT *, NOT false
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
added AS (
    INSERT INTO user_fridge_ingredients (
        chat_id, ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
        moved_at
    )
    SELECT CAST(:chat_id AS bigint), CAST(:by_ingredient_id AS integer),
        CAST(:by_name_key AS text) || CASE (coalesce(last_lots.number, 0) + 1) WHEN 1 THEN '' ELSE chr(10) || CAST(
            (coalesce(last_lots.number, 0) + 1) AS text
        ) END,
        CAST(:by_name AS text), removed.added_at, removed.amount, removed.unit, removed.best_before,
        removed.place, removed.note, removed.moved_at
    FROM removed
    LEFT JOIN last_lots
        ON last_lots.ingredient_id = CAST(:by_ingredient_id AS integer)
        AND last_lots.of_name = CAST(:by_name_key AS text)
    WHERE NOT EXISTS (SELECT FROM equal)
    ON CONFLICT (chat_id, ingredient_id, name_key) DO UPDATE SET name = excluded.name,
        added_at = excluded.added_at, amount = excluded.amount, unit = excluded.unit,
        best_before = excluded.best_before, place = excluded.place, note = excluded.note,
        moved_at = excluded.moved_at
    RETURNING ingredient_id, name_key, name, added_at, amount, unit, best_before, place, note,
        moved_at
),
changed AS MATERIALIZED (
    SELECT equal.ingredient_id, equal.name_key, equal.name, equal.added_at,
        CASE WHEN NOT num_nonnulls(equal.unit, equal.best_before, equal.place, equal.note) = 0 THEN jsonb_strip_nulls(
            jsonb_build_object(
                'amount', CAST(equal.amount AS text), 'unit', equal.unit, 'best_before',
                equal.best_before, 'place', equal.place, 'note', equal.note, 'moved_at',
                equal.moved_at
            )
        ) END AS before,
        equal.amount + equal.more AS amount, equal.unit, equal.best_before, equal.place, equal.note,
        equal.moved_at
    FROM equal
    CROSS JOIN used
    WHERE equal.more IS NOT NULL
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
computed AS (
    SELECT jsonb_build_object('removed_ids', removed_items.ids, 'removed_keys', removed_items.keys, 'removed_names', removed_items.names, 'removed_times', removed_items.times, 'added_ids', added_items.ids, 'added_keys', added_items.keys, 'added_names', added_items.names, 'added_times', added_items.times, 'held', (SELECT count(*) FROM held, session)) || removed_items.lots || added_items.lots || coalesce(
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
